"""The servers that `bench.target` measures, each a process of its own, and the databases under them."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clients import Address, Question
from checks.target.postgresql import find_binaries, running_server
from parea_target import RootLog

TARGET = [sys.executable, "-m", "parea_target"]


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        pid: its process.
        address: where it listens.
        questions: what it is asked, by the name of the answer: `short`, `long`, `whole`; of the route `short` alone.
    """

    pid: int
    address: Address
    questions: dict[str, Question]

    @property
    def memory(self) -> tuple[float, float]:
        """Its resident memory in MB: now, and at most so far."""
        status = dict(line.split(":", 1) for line in Path(f"/proc/{self.pid}/status").read_text().splitlines())
        now, most = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return now, most


def array(roots: Sequence[RootLog]) -> bytes:
    """The answer that holds these logs, in the order of the contract."""
    ordered = sorted(roots, key=lambda root: (root.log["start_timestamp"], root.log["trace_id"]))
    return b"[" + b",".join(root.body for root in ordered) + b"]"


def ask(experiment: str, key: str, body: object) -> bytes:
    """The request for an experiment's logs."""
    content = json.dumps(body).encode()
    head = (
        f"POST /api/parea/v1/experiment/{experiment}/trace_logs HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@contextmanager
def process(command: list[str]) -> Iterator[tuple[int, str]]:
    """A server's process, and the first line that it prints.

    Raises:
        RuntimeError: it ended without one.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line:
                raise RuntimeError(f"{' '.join(command[1:4])} did not start")
            yield server.pid, line.strip()
        finally:
            server.terminate()


def address_of(base_url: str) -> Address:
    """Where a server of this base URL listens."""
    host, port = base_url.removeprefix("http://").rsplit(":", 1)
    return host, int(port)


@contextmanager
def plain(connections: int) -> Iterator[Served]:
    """The plain route."""
    question = Question(ask("many", "k", _one("0")), b"[]")
    with process([sys.executable, "-m", "bench.plain", str(connections)]) as (pid, line):
        yield Served(pid, address_of(line), {"short": question})


@contextmanager
def target(url: str, loaded: Mapping[str, Sequence[RootLog]], connections: int) -> Iterator[Served]:
    """The target, on a database that was loaded with these experiments."""
    command = [*TARGET, "--database", url, "--max-connections", str(connections)]
    with process(command) as (pid, line):
        ready = json.loads(line)
        key, many = ready["api_key"], loaded["many"]
        sought = many[len(many) // 2]
        questions = {
            "short": Question(ask("many", key, _one(sought.log["trace_id"])), array([sought])),
            "long": Question(ask("some", key, {}), array(loaded["some"])),
            "whole": Question(ask("many", key, {}), array(many)),
        }
        yield Served(pid, address_of(ready["base_url"]), questions)


def _one(trace_id: str) -> dict[str, Any]:
    return {"filter_field": "trace_id", "filter_operator": "equals", "filter_value": trace_id}


@contextmanager
def database(name: str) -> Iterator[str]:
    """The URL of a new database.

    Raises:
        RuntimeError: no server is installed.
    """
    if name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="parea-bench-") as folder:
            yield f"sqlite:///{folder}/logs.db"
        return
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no server of PostgreSQL's is installed (Debian: apt-get install postgresql)")
    with running_server(binaries) as server:
        yield server.new_database()
