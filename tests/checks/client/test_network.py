"""Fault by call: what the user gets when the network, a proxy or the server fails, and how often was asked."""

import asyncio
import email.utils
import gzip
import logging
import pickle
import socket
import threading
import time
import traceback
from typing import Any

import attrs
import httpx
import pytest
from checks.client.calls import CALLS, KEY, listed, streamed
from checks.client.network_faults import (
    BODY,
    CUT,
    GZIPPED,
    LOGS,
    OK,
    Act,
    answer,
    chunked,
    fault_server,
    garbage,
    reset,
    silent,
    stalled,
    unframed,
)
from parea_trace_logs import (
    AsyncParea,
    InvalidAnswerError,
    NotFoundError,
    Parea,
    PareaConnectionError,
    PareaError,
    PareaTimeoutError,
    ServiceUnavailableError,
    StatusError,
    TooManyRequestsError,
    TraceLog,
    TruncatedResponse,
    UnauthorizedError,
    UnexpectedStatusError,
)
from parea_trace_logs._http.retrying import pause

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("library")]  # on httpx and on httpx2


@attrs.frozen
class Row:
    """One fault and what comes of it. Lists and streams differ where some logs arrive before the fault."""

    acts: tuple[Act, ...]
    error: type[PareaError] | None
    says: str = "."
    asked: int = 3
    """How often: once and two retries, unless it is said."""
    streamed: int = 0
    """How many logs a stream hands out first; then it cannot begin anew."""
    more: dict[str, Any] = attrs.field(factory=dict)


MISSING = answer("404 Not Found", b'{"detail": "Experiment not found."}', "X-Request-Id: r-1")
UNAVAILABLE = answer("503 Service Unavailable", b"<html>busy</html>", "Content-Type: text/html")
LIMITED = answer("429 Too Many Requests", b'{"detail": "slow down"}', "Retry-After: 7")
UNLIMITED = answer("429 Too Many Requests", b'{"detail": "slow down"}')
HTML = answer("200 OK", b"<html>Sign in to the hotel</html>", "Content-Type: text/html")
BAD_LOG = BODY.replace(b'"trace_name": "greeting"', b'"trace_name": 1').replace(
    b'"trace_name": 1', b'"trace_name": ""', 2
)

TABLE: dict[str, Row] = {
    "nothing": Row((OK,), None, asked=1),
    "gzip": Row((GZIPPED,), None, asked=1),
    "chunked": Row((chunked(BODY, b"0\r\n\r\n"),), None, asked=1),
    "unframed": Row((unframed(BODY),), None, asked=1),
    "slow body": Row((answer("200 OK", BODY, pause=0.05),), None, asked=1),
    "reset": Row((reset,), PareaConnectionError, "Read|Protocol"),
    "reset, then fine": Row((reset, OK), None, asked=2),
    "not HTTP": Row((garbage,), PareaConnectionError, "Protocol"),
    "slow headers": Row((silent,), PareaTimeoutError, "ReadTimeout", more={"timeout": 0.1}),
    "slow headers, then fine": Row((silent, OK), None, asked=2, more={"timeout": 0.25}),
    "stalled body": Row((stalled,), PareaTimeoutError, "after 2 whole logs", streamed=2, more={"timeout": 0.25}),
    "cut body": Row((answer("200 OK", CUT, length=len(BODY)),), TruncatedResponse, "after 2 whole logs", streamed=2),
    "cut body, then fine": Row((answer("200 OK", CUT, length=len(BODY)), OK), None, asked=2, streamed=2),
    "reset body": Row((answer("200 OK", CUT, length=len(BODY), cut=True),), TruncatedResponse, "2 whole", streamed=2),
    "cut chunks": Row((chunked(CUT, b""),), TruncatedResponse, "after 2 whole logs", streamed=2),
    "cut unframed": Row((unframed(CUT),), TruncatedResponse, "after 2 whole logs", streamed=2),
    "cut before a log": Row((answer("200 OK", BODY[:99], length=len(BODY)),), TruncatedResponse, "after 0 whole logs"),
    "cut before a log, then fine": Row((answer("200 OK", BODY[:99], length=len(BODY)), OK), None, asked=2),
    "length too small": Row((answer("200 OK", BODY, length=99),), InvalidAnswerError, "truncated", asked=1),
    "cut with its length": Row((answer("200 OK", CUT),), InvalidAnswerError, "truncated", asked=1, streamed=2),
    "bad gzip": Row((answer("200 OK", BODY, "Content-Encoding: gzip"),), InvalidAnswerError, "Encoding", asked=1),
    "cut gzip": Row(
        (answer("200 OK", gzip.compress(BODY)[:-40], "Content-Encoding: gzip"),),
        InvalidAnswerError,
        "truncated",
        asked=1,
        streamed=-1,
    ),
    "bad JSON": Row((answer("200 OK", b'[{"trace_id": }]'),), InvalidAnswerError, r"\$\[0\]", asked=1),
    "object": Row((answer("200 OK", b'{"detail": "no"}'),), InvalidAnswerError, "Expected `array`", asked=1),
    "bad log": Row((answer("200 OK", BAD_LOG),), InvalidAnswerError, r"\$\[2\]\.trace_name", asked=1, streamed=2),
    "HTML from a proxy": Row((HTML,), InvalidAnswerError, "malformed", asked=1),
    "empty": Row((answer("200 OK", b""),), InvalidAnswerError, "the answer has no body", asked=1),
    "404": Row((MISSING,), NotFoundError, r"Experiment not found\. \(request r-1\)", asked=1),
    "401": Row(
        (answer("401 Unauthorized", b'{"detail": "no a-key-to-hide"}'),), UnauthorizedError, r"no \*\*\*", asked=1
    ),
    "418": Row((answer("418 I'm a teapot", b""),), UnexpectedStatusError, "418", asked=1),
    "408": Row((answer("408 Request Timeout", b""),), UnexpectedStatusError, "408"),
    "409": Row((answer("409 Conflict", b""),), UnexpectedStatusError, "409"),
    "429 with Retry-After": Row((LIMITED,), TooManyRequestsError, "slow down"),
    "429 without": Row((UNLIMITED,), TooManyRequestsError, "slow down"),
    "429, then fine": Row((LIMITED, OK), None, asked=2),
    "503": Row((UNAVAILABLE,), ServiceUnavailableError, "503: <html>busy"),
    "503, then fine": Row((UNAVAILABLE, OK), None, asked=2),
    "503, 503, then fine": Row((UNAVAILABLE, UNAVAILABLE, OK), None, asked=3),
    "503, then 404": Row((UNAVAILABLE, MISSING), NotFoundError, asked=2),
    "503, no retries": Row((UNAVAILABLE,), ServiceUnavailableError, asked=1, more={"max_retries": 0}),
    "cut 404": Row((answer("404 Not Found", b"{", length=9),), TruncatedResponse, "after 0 whole logs"),
    "redirect": Row(
        (answer("307 Temporary Redirect", b"", "Location: http://127.0.0.1:9/"),), UnexpectedStatusError, "307", asked=1
    ),
    "520": Row((answer("520 Unknown", b"<html>"),), UnexpectedStatusError, "520"),
}


def hides_the_key(error: BaseException) -> bool:
    shown = ["".join(traceback.format_exception(error)), repr(error), str(vars(error)), repr(pickle.dumps(error))]
    return not any(KEY in text for text in shown) and error.__context__ is None


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", TABLE)
def test_what_the_user_gets(fault: str, call: str, caplog: pytest.LogCaptureFixture) -> None:
    row, seen = TABLE[fault], list[TraceLog]()
    caplog.set_level(logging.DEBUG)
    partial = "stream" in call and row.streamed
    error = TruncatedResponse if partial and row.error is None else row.error
    with fault_server(*row.acts) as server:
        if error is None:
            CALLS[call](server.url, seen, **row.more)
        else:
            with pytest.raises(error, match=row.says) as caught:
                CALLS[call](server.url, seen, **row.more)
            assert type(caught.value) is error
            assert hides_the_key(caught.value)
            if isinstance(caught.value, TruncatedResponse) and "404" not in fault:
                assert caught.value.logs == row.streamed
    assert len(server.heads) == (1 if partial else row.asked)
    assert all(b"x-api-key: " + KEY.encode() in head for head in server.heads)
    if partial:
        assert len(seen) == row.streamed or row.streamed < 0
    else:
        assert len(seen) == (LOGS if error is None else 0)
    assert KEY not in caplog.text


@pytest.mark.parametrize("call", CALLS)
def test_a_refused_connection(call: str, pauses: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PareaConnectionError, match="ConnectError") as caught:
        CALLS[call](f"http://127.0.0.1:{port}", [])
    assert type(caught.value) is PareaConnectionError
    assert len(pauses) == 2


@pytest.mark.parametrize("call", ["stream", "async stream"])
def test_a_log_comes_before_the_next_is_sent(call: str) -> None:
    """The server sends the rest only once the first log has been handed out, or after 5 s."""
    got = threading.Event()
    in_time: list[bool] = []

    def act(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + CUT)
        in_time.append(got.wait(5))
        connection.sendall(BODY[len(CUT) :])

    async def awaited(url: str) -> int:
        async with AsyncParea(KEY, url) as client, client.iter_experiment_trace_logs("e") as logs:
            await anext(logs)
            got.set()
            return 1 + len([log async for log in logs])

    def synced(url: str) -> int:
        with Parea(KEY, url) as client, client.iter_experiment_trace_logs("e") as logs:
            next(logs)
            got.set()
            return 1 + len(list(logs))

    with fault_server(act) as server:
        assert (synced(server.url) if call == "stream" else asyncio.run(awaited(server.url))) == LOGS
    assert in_time == [True]


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7, 7),
        (" 0 ", 0, 0),
        ("100000000000000000000", 60, 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60, 60),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 0),
        *((word, 0.5, 1) for word in ("", "soon", "-1", "1.5", "٣", "Mon, 99 Foo")),
    ],
)
def test_the_pause_a_server_asks_for(asked: str, least: float, most: float) -> None:
    assert least <= pause(0, {"retry-after": asked}) <= most


def test_a_date_is_waited_for() -> None:
    assert 28 <= pause(0, {"retry-after": email.utils.formatdate(time.time() + 30, usegmt=True)}) <= 30


def test_the_pause_grows_with_jitter_and_within_bounds() -> None:
    found = [[pause(attempt, {}) for _ in range(200)] for attempt in range(7)]
    assert all(0.5 <= seconds <= 8 for each in found for seconds in each)
    assert [max(each) for each in found] == sorted(max(each) for each in found)
    assert max(found[0]) <= 1
    assert min(found[6]) == 8
    assert len(set(found[0])) > 100


@pytest.mark.parametrize("call", CALLS)
def test_the_server_is_given_the_time_it_asks_for(call: str, pauses: list[float]) -> None:
    with fault_server(LIMITED, UNLIMITED, OK) as server:
        CALLS[call](server.url, [])
    assert pauses[0] == 7
    assert 1 <= pauses[1] <= 2


@pytest.mark.parametrize("call", CALLS)
def test_a_proxy_and_its_password(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with fault_server(OK) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//user:a-key-to-hide@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        seen: list[TraceLog] = []
        CALLS[call]("http://nowhere.invalid", seen)
    assert proxy.heads[0].startswith(b"POST http://nowhere.invalid/api/parea/v1/experiment/e/trace_logs ")
    assert len(seen) == LOGS


def test_a_client_that_follows_redirects_does_not_here() -> None:
    with fault_server(OK) as other:
        elsewhere = answer("307 Temporary Redirect", b"", f"Location: {other.url}/")
        with fault_server(elsewhere) as server, httpx.Client(follow_redirects=True) as http:
            for call in (listed, streamed):
                with pytest.raises(StatusError, match="not followed"):
                    call(server.url, [], http_client=http)
        assert other.heads == []


def test_a_call_can_have_its_own_timeout() -> None:
    with fault_server(silent) as server, Parea(KEY, server.url, max_retries=0) as client:
        with pytest.raises(PareaTimeoutError):
            client.get_experiment_trace_logs("e", timeout=0.05)
        with pytest.raises(PareaTimeoutError):
            next(client.iter_experiment_trace_logs("e", timeout=0.05))


def test_arguments_that_are_none() -> None:
    with pytest.raises(ValueError, match="max_retries"):
        Parea(KEY, max_retries=-1)
    with fault_server(OK) as server, Parea(KEY, server.url) as client:
        for call in (client.get_experiment_trace_logs, client.iter_experiment_trace_logs):
            with pytest.raises(ValueError, match="invalid must be one of raise, skip, collect"):
                call("e", invalid="ignore")  # type: ignore[arg-type]
        assert server.heads == []


def test_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "parea_trace_logs")
    with fault_server(LIMITED, OK) as server:
        listed(server.url, [])
    path = "POST /api/parea/v1/experiment/e/trace_logs"
    assert [record.getMessage() for record in caplog.records if record.name == "parea_trace_logs"] == [
        f"{path}: attempt 1",
        f"{path}: 429",
        f"{path}: 429; again in 7.00 s",
        f"{path}: attempt 2",
        f"{path}: 200",
    ]
