"""Hostile answers: each ends in an error of the package, soon, and shows the key nowhere."""

import asyncio
import gzip
import json
import pickle
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import parea_trace_logs
import pytest
from checks.client.hostile import (
    DRIPPING,
    EVERY_STATUS,
    LOG,
    bare,
    chunked_and_more,
    dripping,
    endless,
    escaped,
    kept_alive,
    log,
    one_by_one,
    two_in_one,
)
from checks.client.network_faults import BODY, LOGS, OK, Act, answer, fault_server, unframed
from checks.client.support import OPERATION
from checks.client.test_network import CALLS
from parea_trace_logs import (
    AsyncParea,
    AuthenticatedClient,
    InvalidAnswerError,
    NotFoundError,
    Parea,
    PareaError,
    PareaTimeoutError,
    StatusError,
    TraceLog,
    TruncatedResponse,
    UnauthorizedError,
    UnexpectedStatusError,
)

DOCUMENTED = {int(status) for status in OPERATION["responses"]}
KEY = "Secret/Key-to-hide+9"


def shown(error: BaseException) -> str:
    """All that an error says and holds."""
    texts = [str(error), repr(error), "".join(traceback.format_exception(error)), repr(vars(error))]
    texts.append(pickle.dumps(error).decode("latin-1"))
    return "\n".join(texts)


def spelled(text: str) -> Iterator[str]:
    """The text, and what JSON, HTML and URLs make of it."""
    yield text
    for _ in range(3):
        text = json.loads(f'"{text}"', strict=False) if _parses(text) else text
        yield text


def _parses(text: str) -> bool:
    try:
        json.loads(f'"{text}"', strict=False)
    except ValueError:
        return False
    return True


def caught(call: str, url: str, **options: Any) -> PareaError:
    seen: list[TraceLog] = []
    with pytest.raises(PareaError) as info:
        CALLS[call](url, seen, **{"max_retries": 0, **options})
    return info.value


# ------------------------------------------------------------------------------------------------ what a status without
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", EVERY_STATUS)
def test_a_status_without_a_body_is_the_statuss_own(status: str, call: str, pauses: list[float]) -> None:
    with fault_server(bare(f"{status} Status")) as server:
        error = caught(call, server.url, max_retries=1)
        asked = len(server.heads)
    assert isinstance(error, StatusError)
    assert error.status_code == int(status)
    assert (type(error) is UnexpectedStatusError) == (error.status_code not in DOCUMENTED)
    assert asked == (2 if status in ("429", "500", "503") else 1)
    assert len(pauses) == asked - 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", [b"", b"no", b"[", b'{"detail": "no'])
def test_what_the_body_of_an_error_is_does_not_matter(body: bytes, call: str) -> None:
    with fault_server(bare("401 Unauthorized") if not body else answer("401 Unauthorized", body)) as server:
        assert type(caught(call, server.url)) is UnauthorizedError


@pytest.mark.parametrize("status", [200, *map(int, EVERY_STATUS)])
def test_answers_of_a_mock_transport(status: int, pauses: list[float]) -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, json=[]) if status == 200 else httpx.Response(status)

    async def awaited() -> list[TraceLog]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
            client = AsyncParea(KEY, "http://mocked", http_client=http, max_retries=0)
            return [log async for log in client.iter_experiment_trace_logs("e")]

    with httpx.Client(transport=httpx.MockTransport(handler)) as http:
        client = Parea(KEY, "http://mocked", http_client=http, max_retries=0)
        calls: tuple[Callable[[], object], ...] = (
            lambda: client.get_experiment_trace_logs("e"),
            lambda: list(client.iter_experiment_trace_logs("e")),
            lambda: asyncio.run(awaited()),
        )
        for call in calls:
            if status == 200:
                assert call() == []
                continue
            with pytest.raises(StatusError) as info:
                call()
            assert info.value.status_code == status
    assert len(asked) == 3
    assert not pauses


@pytest.mark.parametrize("coding", ["identity", "gzip", "deflate"])
def test_a_mocked_answer_may_be_compressed_or_streamed(coding: str) -> None:
    content = {"identity": BODY, "gzip": gzip.compress(BODY), "deflate": zlib.compress(BODY)}[coding]

    def whole(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content, headers={"Content-Encoding": coding})

    def streamed(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([content[:50], content[50:]]), headers={"Content-Encoding": coding})

    for handler in (whole, streamed):
        with httpx.Client(transport=httpx.MockTransport(handler)) as http:
            client = Parea(KEY, "http://mocked", http_client=http)
            assert len(client.get_experiment_trace_logs("e")) == LOGS
            assert len(list(client.iter_experiment_trace_logs("e"))) == LOGS


# ------------------------------------------------------------------------------------------------------------- the size
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_log_may_be_only_so_large(where: int, call: str) -> None:
    logs = [b"a" * 10, b"b" * 10, b"c" * 10]
    logs[where] *= 20
    body = b"[" + b", ".join(LOG % (b',"output":"%b"' % each) for each in logs) + b"]"
    with fault_server(answer("200 OK", body)) as server:
        error = caught(call, server.url, max_log_bytes=200)
        seen: list[TraceLog] = []
        CALLS[call](server.url, seen, max_log_bytes=300)
    assert isinstance(error, InvalidAnswerError)
    assert error.index == where
    assert "max_log_bytes" in str(error)
    assert len(seen) == 3


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", [b'[{"trace_id":"', b"[1", b'["', b'[{"a":[', b'[{"a":{"b":'])
def test_nothing_goes_on_without_end(body: bytes, call: str) -> None:
    with fault_server(endless("200 OK", body, b"1")) as server:
        error = caught(call, server.url, max_log_bytes=1 << 16)
    assert isinstance(error, InvalidAnswerError)
    assert error.index == 0


def test_max_log_bytes_is_checked() -> None:
    for wrong in (0, -1):
        with pytest.raises(ValueError, match="max_log_bytes"):
            Parea(KEY, max_log_bytes=wrong)


@pytest.mark.parametrize("call", CALLS)
def test_of_an_errors_body_one_mebibyte_is_kept(call: str) -> None:
    with fault_server(endless("500 Oops", b"begin ", b"a")) as server:
        error = caught(call, server.url)
    assert isinstance(error, StatusError)
    assert error.body.startswith("begin aaa")
    assert len(error.body) == 1 << 20
    assert len(str(error)) < 3000


@pytest.mark.parametrize("call", CALLS)
def test_a_list_may_be_inflated_only_so_far(call: str) -> None:
    body = b"[" + b",".join([LOG % b""] * 20_000) + b"]"
    with fault_server(answer("200 OK", gzip.compress(body), "Content-Encoding: gzip")) as server:
        seen: list[TraceLog] = []
        if "list" in call:
            assert isinstance(caught(call, server.url, max_log_bytes=10_000), InvalidAnswerError)
            CALLS[call](server.url, seen, max_log_bytes=100_000)
        else:
            CALLS[call](server.url, seen, max_log_bytes=10_000)
    assert len(seen) == 20_000


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip, br", "made-up"])
def test_one_coding_and_a_known_one(coding: str, call: str) -> None:
    with fault_server(answer("200 OK", gzip.compress(BODY), f"Content-Encoding: {coding}")) as server:
        error = caught(call, server.url)
    assert isinstance(error, InvalidAnswerError)
    assert "Content-Encoding" in str(error)


@pytest.mark.parametrize("call", CALLS)
def test_members_of_gzip(call: str) -> None:
    """RFC 1952: a gzip file may have several members, which follow each other."""
    seen: list[TraceLog] = []
    body = gzip.compress(BODY[:99]) + gzip.compress(b"") + gzip.compress(BODY[99:])
    with fault_server(answer("200 OK", body, "Content-Encoding: GZip")) as server:
        CALLS[call](server.url, seen)
    assert len(seen) == LOGS


@pytest.mark.parametrize("call", CALLS)
def test_gzip_that_breaks_off_with_the_connection(call: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    with fault_server(lambda connection: connection.sendall(head + gzip.compress(BODY)[:-40])) as server:
        assert isinstance(caught(call, server.url), TruncatedResponse)


# ------------------------------------------------------------------------------------------------------------- the time
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("act", DRIPPING)
def test_a_deadline_ends_a_call(act: str, call: str) -> None:
    with fault_server(DRIPPING[act]) as server:
        began = time.monotonic()
        error = caught(call, server.url, deadline=0.15, max_retries=3)
        assert time.monotonic() - began < 1
    assert isinstance(error, PareaTimeoutError)
    assert "deadline" in str(error)
    assert len(server.heads) == 1


@pytest.mark.parametrize("act", ["1xx without end", "a byte at a time"])
def test_a_deadline_ends_a_call_on_a_connection_that_was_used_before(act: str) -> None:
    def after_one(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
        connection.recv(65536)
        DRIPPING[act](connection)

    with fault_server(after_one) as server, Parea(KEY, server.url, deadline=0.15, max_retries=0) as client:
        assert client.get_experiment_trace_logs("e") == []
        began = time.monotonic()
        with pytest.raises(PareaTimeoutError, match="deadline"):
            client.get_experiment_trace_logs("e")
        assert time.monotonic() - began < 1
        assert len(server.heads) == 1


def test_a_deadline_of_one_call() -> None:
    with fault_server(DRIPPING["1xx without end"]) as server, Parea(KEY, server.url) as client:
        with pytest.raises(PareaTimeoutError, match="deadline"):
            client.get_experiment_trace_logs("e", deadline=0.1)
        with pytest.raises(PareaTimeoutError, match="deadline"):
            next(client.iter_experiment_trace_logs("e", deadline=0.1))
    for wrong in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="deadline"):
            Parea(KEY, deadline=wrong)


@pytest.mark.parametrize("call", CALLS)
def test_a_deadline_is_not_slept_through(call: str, pauses: list[float]) -> None:
    with fault_server(answer("429 Too Many Requests", b"", "Retry-After: 50")) as server:
        assert isinstance(caught(call, server.url, deadline=2, max_retries=5), StatusError)
    assert not pauses


@pytest.mark.parametrize("call", CALLS)
def test_a_deadline_that_is_kept_does_nothing(call: str) -> None:
    seen: list[TraceLog] = []
    with fault_server(OK) as server:
        CALLS[call](server.url, seen, deadline=5)
    assert len(seen) == LOGS


@pytest.mark.parametrize("call", CALLS)
def test_chunks_of_one_byte_take_time_that_grows_with_their_number(call: str) -> None:
    def seconds(size: int) -> float:
        body = log(output='}"' * (size // 3))
        with fault_server(one_by_one(body)) as server:
            began = time.perf_counter()
            CALLS[call](server.url, [])
            return time.perf_counter() - began

    seconds(1000)
    small, large = (min(seconds(size) for _ in range(2)) for size in (5_000, 20_000))
    assert large < 10 * small + 0.2


# -------------------------------------------------------------------------------------------------------------- the key
ECHOES: dict[str, Act] = {
    "escaped": answer("401 Unauthorized", b'{"detail": "no %b"}' % escaped(KEY)),
    "escaped twice": answer("401 Unauthorized", b'{"detail": "no %b"}' % escaped(KEY).replace(b"\\", b"\\\\")),
    "slashes": answer("404 Not Found", b'{"detail": "no %b"}' % KEY.replace("/", "\\/").encode()),
    "as a member's name": answer(
        "422 Oops", b'{"%b": 1, "detail": [{"loc": ["%b"], "msg": "m"}]}' % ((escaped(KEY),) * 2)
    ),
    "lower-cased": answer("500 Oops", KEY.lower().encode()),
    "upper-cased": answer("500 Oops", KEY.upper().encode()),
    "in a header": answer("500 Oops", b"", f"X-Echo: {KEY}", f"X-Request-Id: {KEY.lower()}"),
    "as a header's name": answer("500 Oops", b"", f"X-{KEY.replace('/', '.')}: 1"),
    "in a redirect": answer("302 Found", b"", "Location: http://x/?key=Secret%2FKey-to-hide%2b9"),
    "in another success": answer("206 Partial", KEY.lower().encode()),
    "in UTF-16": answer("500 Oops", json.dumps({"detail": KEY}).encode("utf-16")),
    "in HTML": answer("500 Oops", b"<p>Secret&#47;Key-to-hide&#x2B;9</p>"),
    "in HTML, named": answer("500 Oops", b"<p>Secret&sol;Key-to-hide&plus;9</p>"),
    "in a log that is wrong": answer("200 OK", b'[{"trace_id": {"%b": 1}, "%b": 2}]' % ((escaped(KEY),) * 2)),
    "in a path of a log": answer("200 OK", log(annotations={KEY: {KEY: 1}})),
    "in place of HTTP": lambda connection: connection.sendall(KEY.lower().encode() + b" 200\r\n\r\n"),
    "in a status line": lambda connection: connection.sendall(f"HTTP/1.1 {KEY} OK\r\n\r\n".encode()),
    "in a coding": answer("200 OK", b"x", f"Content-Encoding: {KEY}"),
}
PLAIN_NAME = KEY.replace("/", ".")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("echo", ECHOES)
def test_the_key_is_shown_nowhere(
    echo: str, call: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = PLAIN_NAME if echo == "as a header's name" else KEY
    monkeypatch.setattr("checks.client.test_network.KEY", key)
    caplog.set_level("DEBUG", "parea_trace_logs")
    with fault_server(ECHOES[echo]) as server:
        text = shown(caught(call, server.url)) + caplog.text
    for found in spelled(text.lower().replace("\x00", "")):
        assert key.lower() not in found
        assert "key-to-hide" not in found
    assert "\\u0065" not in text.lower()


@pytest.mark.parametrize("invalid", ["skip", "collect"])
def test_the_key_is_not_logged(invalid: Any, caplog: pytest.LogCaptureFixture) -> None:
    with fault_server(ECHOES["in a path of a log"]) as server, Parea(KEY, server.url) as client:
        logs = client.get_experiment_trace_logs("e", invalid=invalid)
    assert KEY not in caplog.text
    assert not [each for each in logs.invalid if KEY in each.path or KEY in each.reason]


BAD: dict[str, Callable[[], object]] = {
    "base_url": lambda: Parea(KEY, "ftp://nowhere"),
    "base_url with a user": lambda: Parea(KEY, "http://user@nowhere"),
    "max_retries": lambda: Parea(KEY, max_retries=-1),
    "key": lambda: Parea(f"{KEY}\n"),
    "async": lambda: AsyncParea(KEY, "ftp://nowhere"),
    "async key": lambda: AsyncParea(f"{KEY}\n"),
    "token": lambda: AuthenticatedClient("ftp://nowhere", KEY),
    "token alone": lambda: AuthenticatedClient("http://nowhere", f"{KEY} {KEY}"),
}


@pytest.mark.parametrize("bad", BAD)
def test_no_frame_of_ours_shows_the_key(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    with pytest.raises(ValueError) as info:  # noqa: PT011 - whatever it says
        BAD[bad]()
    assert not _frames_that_show(info.value)


def _frames_that_show(error: BaseException) -> list[str]:
    package = str(parea_trace_logs.__file__).removesuffix("__init__.py")
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in told.stack if frame.filename.startswith(package)]
    assert frames
    return [frame.name for frame in frames if KEY in str(frame.locals)]


def test_no_attribute_shows_the_key() -> None:
    client = Parea(KEY)
    waiting: list[Any] = [client]
    seen: list[Any] = []
    while waiting:
        value = waiting.pop()
        if any(value is each for each in seen) or isinstance(value, type | type(parea_trace_logs)):
            continue
        seen.append(value)
        assert value != KEY
        assert KEY not in repr(value)
        waiting += vars(value).values() if hasattr(value, "__dict__") else ()
        waiting += value if isinstance(value, list | tuple) else ()
    assert len(seen) > 4


# ------------------------------------------------------------------------------------------------------- the connection
@pytest.mark.parametrize("act", [two_in_one, chunked_and_more])
@pytest.mark.parametrize("way", ["sync", "async"])
def test_what_follows_an_answer_is_not_the_next_one(act: Act, way: str) -> None:
    async def awaited(url: str) -> list[int]:
        async with AsyncParea(KEY, url, max_retries=0) as client:
            return [
                len(await client.get_experiment_trace_logs("e")),
                len([log async for log in client.iter_experiment_trace_logs("e")]),
                len(await client.get_experiment_trace_logs("e")),
            ]

    def synced(url: str) -> list[int]:
        with Parea(KEY, url, max_retries=0) as client:
            return [
                len(client.get_experiment_trace_logs("e")),
                len(list(client.iter_experiment_trace_logs("e"))),
                len(client.get_experiment_trace_logs("e")),
            ]

    with fault_server(act) as server:
        found = synced(server.url) if way == "sync" else asyncio.run(awaited(server.url))
    assert found == [LOGS, LOGS, LOGS]
    assert len(server.heads) == 3  # one for each connection


def test_a_connection_is_used_again_where_nothing_follows() -> None:
    with fault_server(kept_alive) as server, Parea(KEY, server.url) as client:
        for _ in range(3):
            client.get_experiment_trace_logs("e")
            assert len(list(client.iter_experiment_trace_logs("e"))) == LOGS
    assert len(server.heads) == 1

    async def awaited(url: str) -> None:
        async with AsyncParea(KEY, url) as client:
            for _ in range(3):
                await client.get_experiment_trace_logs("e")

    with fault_server(kept_alive) as server:
        asyncio.run(awaited(server.url))
    assert len(server.heads) == 1


# ------------------------------------------------------------------------------------------------------------ the words
@pytest.mark.parametrize("call", CALLS)
def test_every_error_names_the_operation_and_the_url(call: str) -> None:
    for act in (
        answer("404 Not Found", b'{"detail": "no"}'),
        answer("500 Oops", b""),
        answer("200 OK", b"[1]"),
        answer("200 OK", b"{}"),
        answer("200 OK", b"[", length=9),
        lambda connection: connection.sendall(b"?"),
    ):
        with fault_server(act) as server:
            error = caught(call, server.url)
        assert f"POST {server.url}/api/parea/v1/experiment/e/trace_logs" in str(error)
        assert "get_experiment_trace_logs" in str(error)
        assert error.request == f"POST {server.url}/api/parea/v1/experiment/e/trace_logs"
        assert error.operation == "get_experiment_trace_logs"
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
        assert (str(copy), vars(copy)) == (str(error), vars(error))


@pytest.mark.parametrize("call", CALLS)
def test_the_attempts_are_said(call: str) -> None:
    with fault_server(answer("503 Busy", b"")) as server:
        assert "3 attempts" in str(caught(call, server.url, max_retries=2))
        assert "attempt" not in str(caught(call, server.url, max_retries=0))


WRONG = {
    "FastAPI's": answer("404 Not Found", b'{"detail":"Not Found"}'),
    "a page": answer("404 Not Found", b"<html>nothing here</html>", "Content-Type: text/html"),
    "other JSON": answer("404 Not Found", b'{"error": "no route"}'),
    "nothing": answer("404 Not Found", b""),
    "a site": answer("200 OK", b"<!doctype html><html>Welcome</html>", "Content-Type: text/html"),
    "a site of files": answer("405 Not Allowed", b"<html>nginx</html>", "Content-Type: text/html"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_base_url_is_guessed(wrong: str, call: str) -> None:
    with fault_server(WRONG[wrong]) as server:
        assert "is the base URL right" in str(caught(call, server.url))


@pytest.mark.parametrize("call", CALLS)
def test_a_right_base_url_is_not_doubted(call: str) -> None:
    with fault_server(answer("404 Not Found", b'{"detail": "Experiment not found."}')) as server:
        error = caught(call, server.url)
    assert type(error) is NotFoundError
    assert "base URL" not in str(error)


EVIL = "\x1b[2J\x9b31m\u202eevil\u2066\x07\x7f"


@pytest.mark.parametrize("call", CALLS)
def test_messages_do_not_steer_the_terminal(call: str) -> None:
    acts = {
        "status": answer("404 Not Found", json.dumps({"detail": EVIL}).encode()),
        "text": answer("500 Oops", EVIL.encode()),
    }
    for name, act in acts.items():
        with fault_server(act) as server:
            error = caught(call, server.url)
        assert str(error).isprintable()
        assert "evil" in str(error)
        assert "\\x1b[2J" in str(error)
        assert "\\u202e" in str(error)
        if name == "status":
            assert error.body == {"detail": EVIL}  # type: ignore[attr-defined]


# --------------------------------------------------------------------------------------------------------- the logs
MEMBERS = [
    "trace_name", "latency", "input_tokens", "cache_hit", "inputs", "tags", "children_ids", "scores", "images",
    "comments", "annotations", "configuration", "children_logs", "depth", "status", "trace_id", "start_timestamp",
]  # fmt: skip
LONE = "\ud800"


@pytest.mark.parametrize("value", [LONE, [LONE], {"a": LONE}, {LONE: 1}, [{"name": LONE, "score": LONE}]], ids=ascii)
@pytest.mark.parametrize("member", MEMBERS)
def test_half_a_pair_of_surrogates_in_any_place(member: str, value: Any) -> None:
    """It is a text; where another type is due, the log is wrong, and nothing more."""
    body = log(**{member: value})
    with fault_server(answer("200 OK", body)) as server, Parea(KEY, server.url) as client:
        raised = None
        try:
            client.get_experiment_trace_logs("e")
        except InvalidAnswerError as error:
            raised = error
        skipped = client.get_experiment_trace_logs("e", invalid="skip")
        collected = client.get_experiment_trace_logs("e", invalid="collect")
        streamed = list(client.iter_experiment_trace_logs("e", invalid="skip"))
    wrong = raised is not None
    assert len(skipped) == len(collected) == len(streamed) == (0 if wrong else 1)
    assert len(collected.invalid) == wrong
    if raised is not None:
        assert raised.index == 0
        assert (raised.path or "").startswith(f"$[0].{member}")


def test_unframed_and_whole() -> None:
    with fault_server(unframed(BODY)) as server, Parea(KEY, server.url) as client:
        assert len(client.get_experiment_trace_logs("e")) == LOGS
    with fault_server(dripping("200 OK", b"[]", b" ", 0.0)) as server, Parea(KEY, server.url) as client:
        assert client.get_experiment_trace_logs("e") == []
