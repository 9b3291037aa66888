"""Options of a client and of a call; and what an answer tells beside its logs."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from checks.client.network_faults import BODY
from checks.client.support import LocalServer
from parea_trace_logs import AsyncParea, AuthenticatedClient, ClientClosedError, Parea, StatusError


def test_with_options(server: LocalServer) -> None:
    server.answer(503, b"")
    with Parea("a-key", server.url, default_headers={"A": "1", "B": "1"}) as client:
        for each, tries in ((client, 3), (client.with_options(max_retries=0), 1)):
            server.received.clear()
            with pytest.raises(StatusError):
                each.get_experiment_trace_logs("e")
            assert len(server.received) == tries
        server.answer(200, [])
        other = client.with_options(default_headers={"b": "2"})
        other.get_experiment_trace_logs("e")
        assert (server.received[-1].headers["a"], server.received[-1].headers["b"]) == ("1", "2")
        assert other._client._sync._client() is client._client._sync._client()
        other.close()
        with pytest.raises(ClientClosedError):
            other.get_experiment_trace_logs("e")
        client.get_experiment_trace_logs("e")
        assert server.received[-1].headers["b"] == "1"
        another = client.with_options(timeout=3)
        assert another._client._sync._timeout == 3
        assert another.with_options(max_retries=1)._client._sync._timeout == 3
    with pytest.raises(ClientClosedError):
        another.get_experiment_trace_logs("e")


def test_with_options_asynchronously(server: LocalServer) -> None:
    async def run() -> None:
        async with AsyncParea("a-key", server.url) as client:
            other = client.with_options(default_headers={"b": "2"}, max_retries=0)
            await other.get_experiment_trace_logs("e")
            await other.aclose()
            await client.get_experiment_trace_logs("e")

    asyncio.run(run())
    assert [each.headers.get("b") for each in server.received] == ["2", None]


def test_what_an_answer_tells_beside_its_logs(server: LocalServer) -> None:
    server.headers["X-Request-Id"] = "r-17"

    async def run() -> None:
        async with AsyncParea("a-key", server.url) as client:
            logs = await client.get_experiment_trace_logs("e")
            assert logs.response is not None
            assert logs.response.request_id == "r-17"
            stream = client.iter_experiment_trace_logs("e")
            assert stream.response is None
            await anext(stream)
            assert stream.response is not None
            assert stream.response.status_code == 200

    with Parea("a-key", server.url) as client:
        logs = client.get_experiment_trace_logs("e")
        assert logs.response is not None
        assert (logs.response.status_code, logs.response.request_id) == (200, "r-17")
        assert logs.response.headers["content-type"] == "application/json"
        server.answer(200, [], {"X-Request-Id": "r-18"})
        with client.iter_experiment_trace_logs("e") as stream:
            assert stream.response is None
            assert list(stream) == []
            assert stream.response is not None
            assert stream.response.request_id == "r-18"
    server.answer(200, server.content, {"X-Request-Id": "r-17"})
    server.content = BODY
    asyncio.run(run())


def test_the_generators_client_takes_the_same(server: LocalServer) -> None:
    from parea_trace_logs import TraceLogFilters
    from parea_trace_logs.api.experiment import get_experiment_trace_logs

    with AuthenticatedClient(server.url, "a-key", default_headers={"a": "1"}) as client:
        get_experiment_trace_logs.sync("e", client=client, body=TraceLogFilters(), extra_headers={"b": "2"})
        get_experiment_trace_logs.sync(
            "e", client=client.with_options(default_headers={"a": "3"}), body=TraceLogFilters()
        )
    assert [each.headers.get("a") for each in server.received] == ["1", "3"]
    assert server.received[0].headers["b"] == "2"


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("parea_trace_logs")
    before = logger.level
    yield logger
    logger.setLevel(before)
    logger.handlers.clear()


def test_the_environment_asks_for_a_log(server: LocalServer) -> None:
    code = f"from parea_trace_logs import Parea; Parea('a-key-to-hide', {server.url!r}).get_experiment_trace_logs('e')"
    for level, lines in (("debug", 2), ("INFO", 0), ("", 0)):
        environment = {"PAREA_LOG": level, "PATH": ""}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
        assert len(done.stderr.splitlines()) == lines, done.stderr
        assert "to-hide" not in done.stderr


def test_a_log_that_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch, logger: logging.Logger) -> None:
    monkeypatch.setenv("PAREA_LOG", "loud")
    with pytest.raises(ValueError, match="PAREA_LOG must be one of debug, info, warning, not 'loud'"):
        Parea("a-key")
    monkeypatch.setenv("PAREA_LOG", "debug")
    Parea("a-key")
    assert logger.level == logging.DEBUG
    assert logger.handlers == []  # for pytest has handlers of its own, as an application may have
