"""A PostgreSQL server for tests: a real one, in a folder of its own, on a free port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

# PostgreSQL refuses to run as root: then as the first of these users that there is.
_USERS = ("postgres", "nobody")


def find_binaries() -> Path | None:
    """The folder of PostgreSQL's programs: on the path, or where Debian puts the newest; None where there is none."""
    found = shutil.which("initdb")
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    return Path(found).resolve().parent if found else next(iter(folders), None)


@dataclass
class Server:
    """A server that can be killed and started again.

    Attributes:
        port: where it listens, on 127.0.0.1; anyone may connect as `postgres`.
    """

    binaries: Path
    folder: Path
    port: int
    user: str | None
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = count()  # noqa: RUF009 - one for all

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            TimeoutError: it does not.
        """
        settings = [
            "fsync=off",
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
        ]
        options = [f"--{setting}" for setting in settings]
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, user=self.user, stdout=log, stderr=log)  # noqa: S603
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError((self.folder / "log").read_text())

    def kill(self) -> None:
        """End it at once, with every connection."""
        assert self.process is not None
        self.process.send_signal(3)  # SIGQUIT: an immediate shutdown
        self.process.wait(30)

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        """What a statement answers."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> str:
        """The URL of a new database, whose collation is not that of code points where the machine has another."""
        name = f"logs{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def running_server(binaries: Path) -> Iterator[Server]:
    """A server, until the context ends."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next(name for name in _USERS if name in names) if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="parea-postgresql-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        initdb = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--auth=trust", "-E", "UTF8"]
        locale = ["--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*initdb, *locale], user=user, check=True, capture_output=True)  # noqa: S603
        server = Server(binaries, folder, port, user)
        try:
            server.start()
            yield server
        finally:
            if server.process is not None:
                server.kill()
