"""Whatever a server does: no traceback, always a report, never 0, and 2 where the run could not go on."""

import gzip
import itertools
import json
import socket
import time
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from checks.suite.raw_server import Answer, raw_server, response
from checks.suite.support import KEY
from parea_conformance import cli
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.client import Client
from parea_conformance.http.in_process import InProcess
from parea_conformance.ledger import Verdict
from parea_conformance.logs import seed_data
from parea_conformance.options import Options
from parea_target.server import running
from starlette.types import ASGIApp, Message, Receive, Scope, Send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]

MakeOptions = Callable[..., Options]
LOG = b'{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z"}'


def _command(
    base_url: str, directory: Path, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, dict[str, str]]:
    """The exit status, what was printed, and the reports by name."""
    given = ["--experiment", seed_data.EXPERIMENT, "--class", "core", "--report-dir", str(directory), *words]
    status = cli.main([base_url, *given])
    printed = capsys.readouterr()
    reports = {file.name: file.read_text(encoding="utf-8") for file in directory.iterdir()}
    assert {"report.json", "report.html", "junit.xml"} <= set(reports)
    json.loads(reports["report.json"])
    ET.fromstring(reports["junit.xml"])  # noqa: S314 - our own report
    assert "Traceback" not in printed.out + printed.err
    return status, printed.out + printed.err, reports


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)


# Keys -------------------------------------------------------------------------------------------------------------

_ESCAPED = "".join(f"\\u{ord(char):04x}" for char in KEY)
_ECHOES: dict[str, Callable[[str], bytes]] = {
    "detail": lambda key: json.dumps({"detail": f"no such key: {key}"}).encode(),
    "escapes": lambda key: b'{"detail": "' + "".join(f"\\u{ord(char):04x}" for char in key).encode() + b'"}',
    "not JSON": lambda key: f"<b>{key}</b>".encode(),
    "another member": lambda key: json.dumps({"detail": "x", "headers": {"x-api-key": key}}).encode(),
    "percent": lambda key: json.dumps({"detail": quote("".join(f"%{ord(char):02x}" for char in key))}).encode(),
    "wrong type": lambda key: json.dumps({"detail": [key]}).encode(),
    "long before": lambda key: json.dumps({"detail": "x" * (290 - len(key) // 2) + key}).encode(),
}


def _echoing(app: ASGIApp, echo: Callable[[str], bytes]) -> ASGIApp:
    """The application, whose errors and headers hold the key that was sent, and the right one."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, keep)
        start = sent[0]
        if start["status"] >= 400:
            body = echo(KEY)
            headers = [(b"content-type", b"text/" + KEY.encode()), (b"allow", KEY.encode())]
            start = {**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
            sent = [start, {"type": "http.response.body", "body": body}]
        else:
            start["headers"] = [(b"content-type", b"x/" + KEY.encode()), *start["headers"]]
        for message in sent:
            await send(message)

    return serve


@pytest.mark.parametrize("way", list(_ECHOES))
def test_an_echoed_key_stands_in_nothing_that_is_written(
    target: ASGIApp, way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(_echoing(target, _ECHOES[way])) as base_url:
        status, printed, reports = _command(base_url, tmp_path, capsys)
    assert status == 1
    for text in (printed, "".join(printed.split()), *reports.values()):
        assert KEY not in text
        assert KEY[: len(KEY) // 2 + 1] not in text
        assert _ESCAPED not in text.lower().replace("\\\\", "\\")
        assert "".join(f"%{ord(char):02x}" for char in KEY) not in text.lower().replace("%25", "%")
    assert "$PAREA_API_KEY" in reports["report.json"]


# What a server says -----------------------------------------------------------------------------------------------

_FORGED = "\r\n\x1b[2K\x1b[32mpass     auth.key-missing\x9b1m\u202e\u2066"


def test_terminal_escapes_line_ends_and_turned_text_are_shown_as_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = json.dumps([{"trace_id": f"a{_FORGED}\ud800", "start_timestamp": f"no time{_FORGED}"}, json.loads(LOG)])
    error = json.dumps({"detail": {_FORGED: _FORGED}}, ensure_ascii=False).encode()

    def answer(connection: socket.socket, head: bytes, _body: bytes) -> None:
        good = KEY.encode() in head and head.startswith(b"POST")
        connection.sendall(
            response(log.encode()) if good else response(error, f"401 {_FORGED[9:12]}", "allow: \x1b[1m")
        )

    with raw_server(answer) as base_url:
        status, printed, reports = _command(base_url, tmp_path, capsys)
    assert status == 1
    for text in (printed, reports["report.json"], reports["junit.xml"], reports["report.html"]):
        assert not any(char in text for char in "\x1b\r\x9b\u202e\u2066")
    assert "\\r\\n\\u001b[2K\\u001b[32mpass" in "".join(printed.split())  # a table breaks its lines


def test_half_a_pair_in_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs = b'[{"trace_id":"\\ud800","start_timestamp":"2024-01-01T00:00:00Z","output":"\\udfff","tags":["\\ud83e"]},%b]'
    other = logs % LOG.replace(b'"a"', b'"\\udc00"')
    answers = itertools.cycle([logs % LOG, b"[" + LOG + b"]", other, b"[]"])

    def answer(connection: socket.socket, _head: bytes, _body: bytes) -> None:
        connection.sendall(response(next(answers)))

    with raw_server(answer) as base_url:
        status, _, _ = _command(base_url, tmp_path, capsys, "--class", "semantics", "--class", "robustness")
    assert status == 1


@pytest.mark.parametrize("wait", ["²", "-1", "1e9", "99999999999999999999", "soon", "\x00"])
def test_what_no_retry_after_is(
    options: MakeOptions, contract: Contract, wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    def answer(connection: socket.socket, _head: bytes, _body: bytes) -> None:
        connection.sendall(response(b'{"detail":"busy"}', "429 Busy", f"retry-after: {wait}"))

    with raw_server(answer) as base_url:
        client = Client(contract, options(base_url))
        exchange = client.send(client.request({}))
        client.close()
    assert exchange.status == 429 or exchange.error
    assert all(0 <= seconds <= 10 for seconds in slept)


# Time and size ----------------------------------------------------------------------------------------------------


def _trickle(before: bytes, piece: bytes) -> Answer:
    def answer(connection: socket.socket, _head: bytes, _body: bytes) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(piece)
            time.sleep(0.05)

    return answer


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        _trickle(b"HTTP/1.1 200 OK\r\n", b"x-header: 1\r\n"),
        _trickle(_HEAD + b"\r\n[", b" "),
        _trickle(_HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        _trickle(_HEAD + b"content-encoding: gzip\r\n\r\n" + gzip.compress(b"[")[:10], b"\0\0\0\xff\xff"),
        _trickle(b"", b"H"),
    ],
)
def test_the_timeout_is_of_the_whole_answer(options: MakeOptions, answer: Answer) -> None:
    with raw_server(answer) as base_url:
        start = time.monotonic()
        report = judge(options(base_url, timeout=0.5))
    assert report.status == 2
    assert time.monotonic() - start < 8
    assert report.requests == 1
    assert "cannot be read whole" in report.cause
    assert "0.5 s (--timeout)" in report.cause


def _endless(before: bytes, piece: bytes, *headers: bytes) -> Answer:
    head = _HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n"

    def answer(connection: socket.socket, _head: bytes, _body: bytes) -> None:
        connection.sendall(head + before)
        while True:
            connection.sendall(piece)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        _endless(b"[" + LOG, (b"," + LOG.replace(b"}", b',"output":"%b"}' % (b"x" * 2000))) * 500),
        _endless(b"[", b"[" * (1 << 20)),
        _endless(b'["', b"x" * (1 << 20)),
        _endless(b"", b" " * (1 << 20)),
        _endless(b"", gzip.compress(b"[" + b" " * (64 << 20)), b"content-encoding: gzip"),
    ],
)
def test_an_answer_without_an_end(options: MakeOptions, answer: Answer) -> None:
    tracemalloc.start()
    try:
        with raw_server(answer) as base_url:
            report = judge(options(base_url, timeout=5.0, max_answer=20.0, classes=("core",)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.status in (1, 2)
    assert report.cause
    assert peak < 400e6


def test_an_error_without_an_end(options: MakeOptions, contract: Contract) -> None:
    def answer(connection: socket.socket, _head: bytes, _body: bytes) -> None:
        connection.sendall(_HEAD.replace(b"200 OK", b"404 No") + b"\r\n")
        while True:
            connection.sendall(b"x" * (1 << 20))

    with raw_server(answer) as base_url:
        client = Client(contract, options(base_url))
        exchange = client.send(client.request({}))
        client.close()
    assert (exchange.status, exchange.error) == (0, "no answer: the answer, a 404, has more than 16 MiB")


# Servers that die -------------------------------------------------------------------------------------------------


class Dying:
    """The application, until so many requests were answered; then none is."""

    def __init__(self, app: ASGIApp, after: int) -> None:
        self._app, self._left = app, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._left -= 1
        if self._left < 0:
            raise ConnectionResetError
        await self._app(scope, receive, send)


@pytest.mark.parametrize("after", [1, 5, 60, 600])
@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_server_that_dies(target: ASGIApp, options: MakeOptions, after: int, concurrency: int) -> None:
    def dead(connection: socket.socket, _head: bytes, _body: bytes) -> None:
        connection.shutdown(socket.SHUT_RDWR)

    left = itertools.count(after, -1)
    with running(target) as base_url:
        port = int(base_url.rpartition(":")[2])

        def answer(connection: socket.socket, head: bytes, body: bytes) -> None:
            if next(left) <= 0:
                return dead(connection, head, body)
            with socket.create_connection(("127.0.0.1", port)) as inner:
                lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection")]
                inner.sendall(b"\r\n".join([*lines, b"connection: close", b"", b""]) + body)
                while more := inner.recv(65536):
                    connection.sendall(more)
            return None

        with raw_server(answer) as front:
            report = judge(options(front, concurrency=concurrency))
    assert report.status == 2
    assert "in a row" in report.cause or "no array" in report.cause or after == 1
    assert not report.count(Verdict.PASS)


def test_a_server_that_hangs_at_some_requests_is_judged_to_the_end(target: ASGIApp, options: MakeOptions) -> None:
    async def hanging(scope: Scope, receive: Receive, send: Send) -> None:
        if dict(scope["headers"]).get(b"content-type", b"").startswith(b"application/json"):
            return await target(scope, receive, send)
        raise ConnectionResetError

    with InProcess(hanging) as transport:
        report = judge(options("http://in-process.invalid"), transport=transport)
    assert report.status == 1
    assert not report.cause
    failed = {entry.requirement.id for entry in report.entries if entry.verdict is Verdict.FAIL}
    assert failed >= {"http.media-type", "robust.no-server-error"}
    assert "body.rejected" not in failed


def test_several_without_an_answer_in_a_row_end_the_run(target: ASGIApp, options: MakeOptions) -> None:
    answered = itertools.count()

    async def hanging(scope: Scope, receive: Receive, send: Send) -> None:
        if next(answered) < 60:
            return await target(scope, receive, send)
        event = await receive()
        assert event["type"] == "http.request"
        await receive()
        return None

    start = time.monotonic()
    with InProcess(hanging) as transport:
        report = judge(options("http://in-process.invalid", timeout=0.5), transport=transport)
    assert report.status == 2
    assert "none of 6 requests in a row" in report.cause
    assert report.requests < 90
    assert time.monotonic() - start < 60
