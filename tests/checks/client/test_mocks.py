"""Mocks of httpx are answers like any other: by `MockTransport`, respx and pytest-httpx."""

import asyncio
import gzip
import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import parea_trace_logs
import pytest
import respx
from checks.client.hostile import EVERY_STATUS
from checks.client.network_faults import BODY, LOGS
from checks.client.support import ROOT
from parea_trace_logs import (
    AsyncParea,
    InvalidAnswerError,
    Parea,
    PareaConnectionError,
    PareaTimeoutError,
    StatusError,
    TraceLog,
    UnauthorizedError,
)
from pytest_httpx import HTTPXMock

KEY = "a-key-to-hide"
README = (ROOT / "README.md").read_text(encoding="utf-8")


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


# By what a mock answers with 200: what comes of it, the error's words or None.
ANSWERS: dict[str, tuple[Callable[[], httpx.Response], str | None]] = {
    "no body": (lambda: httpx.Response(200), "the answer has no body"),
    "text": (lambda: httpx.Response(200, text="hello"), "JSON is malformed: invalid character"),
    "HTML": (lambda: httpx.Response(200, html="<p>hello</p>"), "is the base URL right"),
    "an object": (lambda: httpx.Response(200, json={}), "Expected `array`, got `object`"),
    "no Content-Type": (lambda: httpx.Response(200, content=b"[]"), None),
    "a stream": (lambda: httpx.Response(200, stream=httpx.ByteStream(b"[]")), None),
}


async def _awaited(ways: Iterable[str]) -> None:
    async with AsyncParea(KEY, "http://mocked", max_retries=0) as client:
        for way in ways:
            if way == "list":
                await client.get_experiment_trace_logs("e")
            else:
                async for _ in client.iter_experiment_trace_logs("e"):
                    pass


def _called(kind: str, way: str) -> None:
    if kind == "async":
        asyncio.run(_awaited([way]))
        return
    with Parea(KEY, "http://mocked", max_retries=0) as client:
        list(client.get_experiment_trace_logs("e") if way == "list" else client.iter_experiment_trace_logs("e"))


def _check(kind: str, way: str, words: str | None) -> None:
    if words is None:
        _called(kind, way)
        return
    with pytest.raises(InvalidAnswerError, match=words) as info:
        _called(kind, way)
    assert info.value.index is None
    assert "$" not in str(info.value)  # the answer as a whole is wrong, and no log of it


@pytest.mark.parametrize("way", ["list", "stream"])
@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("made", ANSWERS)
def test_respx(made: str, kind: str, way: str) -> None:
    response, words = ANSWERS[made]
    for transport in ("httpcore", "httpx"):
        with respx.mock(using=transport) as mocked:
            mocked.post(path__regex="/trace_logs$").mock(return_value=response())
            _check(kind, way, words)


@pytest.mark.parametrize("way", ["list", "stream"])
@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("made", ANSWERS)
def test_pytest_httpx(made: str, kind: str, way: str, httpx_mock: HTTPXMock) -> None:
    response, words = ANSWERS[made]
    httpx_mock.add_callback(lambda _: response())
    _check(kind, way, words)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_pytest_httpx_mocks_errors(kind: str, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401)
    with pytest.raises(UnauthorizedError, match="no body"):
        _called(kind, "list")
    httpx_mock.add_exception(httpx.ReadTimeout("late"))
    with pytest.raises(PareaTimeoutError, match="late"):
        _called(kind, "stream")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_respx_mocks_errors(kind: str) -> None:
    with respx.mock as mocked:
        mocked.post(path__regex="/trace_logs$").mock(side_effect=httpx.ConnectError("refused"))
        with pytest.raises(PareaConnectionError, match="refused"):
            _called(kind, "list")


def test_what_readme_shows_of_pytest_httpx(httpx_mock: HTTPXMock) -> None:
    """That of respx runs with the other snippets."""
    names: dict[str, Any] = {}
    shown = re.findall(r"```python\n((?:(?!```).)*def (test_\w+)\(httpx_mock.*?)```", README, re.DOTALL)
    assert len(shown) == 1
    exec(shown[0][0], {**vars(parea_trace_logs), "pytest": pytest}, names)  # noqa: S102 - our own text
    names[shown[0][1]](httpx_mock)
