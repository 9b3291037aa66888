"""The key is shown nowhere, however a server spells it."""

import json
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import parea_trace_logs
import pytest
from checks.client.calls import CALLS, caught
from checks.client.hostile import escaped, log
from checks.client.network_faults import Act, answer, fault_server
from parea_trace_logs import AsyncParea, AuthenticatedClient, Parea

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
    monkeypatch.setattr("checks.client.calls.KEY", key)
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
