"""Hostile answers made up by chance, against every way of calling: `make fuzz-client`.

    python -m checks.client.fuzz [--minutes 5] [--seed 1] [--case SEED:NUMBER]

Each case is an answer built from hostile parts, and cut, repeated or garbled by chance. It must end in logs or in an
error of the package, in time, in bounded memory, and show the key nowhere. What breaks this is printed with the case
that makes it happen again; the exit status is then 1.
"""

import argparse
import asyncio
import contextlib
import gc
import gzip
import io
import json
import logging
import os
import pickle
import random
import resource
import socket
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from checks.client.hostile import LOG, escaped
from checks.client.network_faults import BODY, Act, fault_server
from parea_trace_logs import AsyncParea, Parea, PareaError
from parea_trace_logs._cli.command import main as command
from parea_trace_logs._http import async_transport, sync_transport

KEY = "Secret/Key-to-hide+9"
MAX_LOG_BYTES = 1 << 16
DEADLINE = 1.0
ADDRESS_SPACE = 2 << 30
MEGABYTES = 250
"""Resident, for the whole process: the fuzz and its server too. No answer may need more with logs of 64 kB at most."""

STATUSES = ["200 OK"] * 6 + "204 No|206 Part|301 Moved|302 Found|304 Not|400 Bad|401 Un|404 Not|405 Not|409 C|413 Big|422 Un|429 Many|500 Oops|503 Busy|599 X|999 Y".split("|")  # fmt: skip # noqa: E501, SIM905
HEADERS = [
    "Content-Encoding: gzip", "Content-Encoding: gzip, gzip", "Content-Encoding: deflate", "Content-Encoding: br",
    "Content-Encoding: identity", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Content-Type: text/html",
    "Content-Type: application/json; charset=utf-16", "Retry-After: 0", "Retry-After: 99999999999999999999",
    "Retry-After: Fri, 31 Dec 9999 23:59:59 -9999", "Location: //x/?k=Secret%2FKey-to-hide%2B9", f"X-Echo: {KEY}",
    f"X-Request-Id: {KEY.lower()}", "Connection: keep-alive", "Connection: close",
    "Content-Length: 5", "Content-Length: 99999999999", "Content-Length: -1", "Content-Length: 0", "Set-Cookie: a=b",
    "X-Long: " + "a" * 9000, "X-\x1b[2J: 1", "X: \x80\xff", "Upgrade: h2c", "Trailer: X",
]  # fmt: skip
TEXTS = [
    KEY.encode(), KEY.lower().encode(), escaped(KEY), KEY.replace("/", "\\/").encode(), b"\\ud800", b"\\udc00\\ud800",
    b"\\u0000", b"\xff\xfe", b"\x1b[2J\xe2\x80\xae", b"a" * 70_000, b"\xf0\x9f\x98\x80" * 999, b"\\\\" * 999, b"", b"x",
]  # fmt: skip
VALUES = [
    b"null", b"true", b"1", b"-0", b"1e999", b"NaN", b"-Infinity", b"9" * 5000, b"1.0", b"[]", b"{}", b"[[]]",
    b"[" * 2000 + b"]" * 2000, b'{"a":' * 1500 + b"1" + b"}" * 1500, b"[" * 3000, b'[{"name":"a","score":1}]', b"tru",
    b'{"model":1,"messages":[{"role":"a","content":[]}]}', b'[{"trace_id":"c","start_timestamp":"d"}]', b"'", b"]",
]  # fmt: skip
MEMBERS = [
    "trace_id", "start_timestamp", "trace_name", "latency", "input_tokens", "cache_hit", "inputs", "tags", "scores",
    "children_logs", "annotations", "configuration", "comments", "images", "depth", "status", "unheard_of", KEY,
]  # fmt: skip


def _log(chance: random.Random) -> bytes:
    members = b""
    for _ in range(chance.randrange(4)):
        text = b'"' + chance.choice(TEXTS) + b'"'
        value = chance.choice([text, chance.choice(VALUES), b"[" + text + b"]", b"{" + text + b":" + text + b"}"])
        members += b"," + json.dumps(chance.choice(MEMBERS)).encode() + b":" + value
    return LOG % members


ODD = [
    b"", b" " * 100_000, b"<html>", b"[", b"[]", b"[]x", b"null", b"[,]", b"[1 2]", b"\xef\xbb\xbf[]",
    json.dumps({"detail": KEY}).encode("utf-16"), BODY,
]  # fmt: skip


def _logs(chance: random.Random) -> bytes:
    logs = [_log(chance) for _ in range(chance.choice([1, 2, 3, 3, 40, 600]))]
    return b"[" + chance.choice([b",", b", ", b"\n,\n"]).join(logs) + b"]"


BODIES: list[Callable[[random.Random], bytes]] = [
    lambda chance: chance.choice(ODD),
    lambda chance: b'{"detail": "' + chance.choice(TEXTS) + b'"}',
    lambda chance: (
        b'{"detail": [{"loc": ["' + chance.choice(TEXTS) + b'", 1], "msg": ' + chance.choice(VALUES) + b"}]}"
    ),
    lambda chance: b"[" + chance.choice(VALUES) + b"," + chance.choice(TEXTS),
    *[_logs] * 4,
]


def _garbled(body: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.6 or not body:
        return body
    place = chance.randrange(len(body))
    return chance.choice(
        [
            body[:place],
            body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :],
            body[:place] + body[place:] * 2,
            body + HTTP_AFTER,
            body[:place] + chance.choice(TEXTS) + body[place:],
        ]
    )


HTTP_AFTER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


def _coded(body: bytes, headers: list[str], chance: random.Random) -> bytes:
    named = "".join(header for header in headers if header.startswith("Content-Encoding"))
    if chance.random() < 0.1:
        return body
    if "gzip, gzip" in named:
        return gzip.compress(gzip.compress(body, 1), 1)
    if "gzip" in named:
        body = gzip.compress(body, 1) if chance.random() < 0.7 else gzip.compress(b"[" + b" " * (1 << 24) + body, 1)
        return body if chance.random() < 0.8 else body[: chance.randrange(len(body))] + body[::-1][:9]
    if "deflate" in named:
        return zlib.compress(body, 1) if chance.random() < 0.5 else zlib.compress(body, 1)[2:-4]
    return body


def _chunked(body: bytes, step: int, chance: random.Random) -> bytes:
    step = max(step, len(body) // 30_000 + 1)
    cut = (body[place : place + step] for place in range(0, len(body), step))
    end = chance.choice([b"0\r\n\r\n"] * 3 + [b"", b"zz\r\n"])
    return b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in cut) + end


HEADS = [b"", b"HTTP/9 200\r\n\r\n", KEY.encode(), b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 3000, b"\x16\x03\x01"]


def act(chance: random.Random) -> Act:
    """One answer, or what is none."""
    status, headers = chance.choice(STATUSES), chance.sample(HEADERS, chance.choice([0, 0, 1, 1, 2, 3, 5]))
    body = _coded(_garbled(chance.choice(BODIES)(chance), chance), headers, chance)
    step = max(chance.choice([1 << 30, 1 << 30, 4096, 100, 7]), len(body) // 3000)
    if any(header.startswith("Transfer-Encoding: chunked") for header in headers):
        body = _chunked(body, step, chance)
        step = 1 << 30
    elif not any(header.startswith("Content-Length") for header in headers) and chance.random() < 0.5:
        headers = [*headers, f"Content-Length: {len(body)}"]
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1")
    before = b"HTTP/1.1 102 Wait\r\n\r\n" * chance.choice([0, 0, 0, 0, 1, 3, 200])
    if chance.random() < 0.03:
        head = chance.choice(HEADS)
    end = chance.choice(["close"] * 30 + ["reset"] * 3 + ["endless", "drip", "hang"])

    def answer(connection: socket.socket) -> None:
        connection.settimeout(3)
        connection.sendall(before + head)
        for place in range(0, len(body), step):
            connection.sendall(body[place : place + step])
        until = time.monotonic() + 2
        while end in {"endless", "drip", "hang"} and time.monotonic() < until:
            if end != "hang":
                connection.sendall((body or b" ") * (1 if end == "drip" else 1 + (1 << 16) // (len(body) + 1)))
            if end != "endless":
                time.sleep(0.05)
        if end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def _list(url: str, **options: object) -> None:
    with Parea(KEY, url, max_retries=1, deadline=DEADLINE, max_log_bytes=MAX_LOG_BYTES) as client:
        client.get_experiment_trace_logs("e", **options)  # type: ignore[arg-type]


def _stream(url: str, **options: object) -> None:
    with Parea(KEY, url, max_retries=1, deadline=DEADLINE, max_log_bytes=MAX_LOG_BYTES) as client:
        for _ in client.iter_experiment_trace_logs("e", **options):  # type: ignore[arg-type]
            pass


def _async(url: str, **options: object) -> None:
    async def fetch() -> None:
        async with AsyncParea(KEY, url, max_retries=1, deadline=DEADLINE, max_log_bytes=MAX_LOG_BYTES) as client:
            async for _ in client.iter_experiment_trace_logs("e", **options):  # type: ignore[arg-type]
                pass

    asyncio.run(fetch())


def _async_list(url: str, **options: object) -> None:
    async def fetch() -> None:
        async with AsyncParea(KEY, url, max_retries=1, deadline=DEADLINE, max_log_bytes=MAX_LOG_BYTES) as client:
            await client.get_experiment_trace_logs("e", **options)  # type: ignore[arg-type]

    asyncio.run(fetch())


WAYS: dict[str, Callable[..., None]] = {
    "list": _list,
    "stream": _stream,
    "async stream": _async,
    "async list": _async_list,
}


def _command(url: str, way: str) -> str:
    """What the command says; its status is one of those that it documents.

    The logs of a good answer, which it prints, are as they came: what a server writes into them is no word of ours.
    """
    logs, said = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        output = ["-o", str(Path(folder) / f"logs.{way}")] if way else []
        with contextlib.redirect_stdout(logs), contextlib.redirect_stderr(said):
            status = command(["fetch", "e", "--base-url", url, "--deadline", str(DEADLINE), *output])
        left = [path.name for path in Path(folder).iterdir()]
    if status not in range(6) or [name for name in left if name.startswith(".")] or (status and left):
        raise AssertionError(f"status {status}, left {left}")
    printed = logs.getvalue() + said.getvalue()
    if "\x1b" in printed or "\u202e" in printed:
        raise AssertionError("what steers a terminal")
    return printed if status else said.getvalue()


def _shown(error: PareaError) -> str:
    parts = [str(error), repr(error), repr(vars(error)), pickle.dumps(error).decode("latin-1")]
    return "\n".join([*parts, "".join(traceback.format_exception(error))])


def trial(seed: int, number: int, logged: io.StringIO) -> str:
    """Run one case; what came of it.

    Raises:
        AssertionError: it broke a rule; any other exception that is not of the package breaks one as well.
    """
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - a seed, not a secret
    way = chance.choice([*WAYS, *WAYS, "command", "command csv", "command jsonl"])
    invalid = chance.choice(["raise", "skip", "collect"])
    logged.seek(0)
    logged.truncate()
    outcome, text = "logs", ""
    began = time.monotonic()
    with fault_server(act(chance)) as server:
        try:
            if way.startswith("command"):
                text = _command(server.url, way.removeprefix("command").strip())
            else:
                WAYS[way](server.url, invalid=invalid)
        except PareaError as error:
            outcome, text = type(error).__name__, _shown(error)
        seconds = time.monotonic() - began
    text = (text + logged.getvalue()).replace("\x00", "").lower()
    if KEY.lower() in text or escaped(KEY).decode().lower() in text:
        raise AssertionError(f"{way}: the key is shown")
    if seconds > 2 * DEADLINE + 3:
        raise AssertionError(f"{way}: {seconds:.1f} s, beyond the deadline of {DEADLINE}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if peak > MEGABYTES:
        raise AssertionError(f"{way}: {peak:.0f} MB")
    return f"{way.split()[0]}: {outcome}"


async def _no_sleep(_: float) -> None:
    """Retries are not waited for."""


def main() -> int:
    """Run cases until the time is up; the exit status says whether all held."""
    parser = argparse.ArgumentParser(description="Hostile answers made up by chance, against every way of calling.")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", help="one case, SEED:NUMBER, as a finding names it")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    os.environ["PAREA_API_KEY"] = KEY
    warnings.simplefilter("ignore")
    logged = io.StringIO()
    logging.getLogger("parea_trace_logs").setLevel(logging.DEBUG)
    logging.getLogger("parea_trace_logs").addHandler(logging.StreamHandler(logged))
    sync_transport.SyncTransport._sleep = staticmethod(lambda _: None)  # type: ignore[assignment, method-assign]
    async_transport.AsyncTransport._sleep = staticmethod(_no_sleep)  # type: ignore[assignment, method-assign]
    seed, only = (map(int, options.case.split(":"))) if options.case else (options.seed, None)
    until, number, found, outcomes = time.monotonic() + 60 * options.minutes, only or 0, 0, Counter[str]()
    while time.monotonic() < until:
        try:
            outcomes[trial(seed, number, logged)] += 1
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            found += 1
            print(f"--case {seed}:{number}\n{traceback.format_exc()}", flush=True)
        if only is not None:
            break
        number += 1
        if number % 200 == 0:
            gc.collect()
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:7,}  {outcome}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{sum(outcomes.values()) + found:,} cases of seed {seed}, {found} findings, peak {peak:.0f} MB")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
