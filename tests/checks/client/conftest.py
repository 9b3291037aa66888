"""A local server, and every call both ways: sync and async."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from checks.client.support import LocalServer, local_server
from parea_trace_logs import AsyncParea, Parea, TraceLog, TraceLogFilters
from parea_trace_logs._http.async_transport import AsyncTransport
from parea_trace_logs._http.sync_transport import SyncTransport
from parea_trace_logs._tables import batches as batches_module

Call = Callable[..., list[TraceLog]]


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the environment, nor reaches production by accident."""
    monkeypatch.delenv("PAREA_API_KEY", raising=False)
    monkeypatch.setenv("PAREA_BASE_URL", "http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses before requests are sent again, none of which a test waits for."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(SyncTransport, "_sleep", waited.append)
    monkeypatch.setattr(AsyncTransport, "_sleep", staticmethod(sleep))
    return waited


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of which library our own clients are made."""
    name: str = request.param
    pytest.importorskip(name)
    monkeypatch.setenv("PAREA_HTTP_LIBRARY", name)
    return name


@pytest.fixture(params=["Parea", "AsyncParea"])
def call(request: pytest.FixtureRequest) -> Call:
    """Call `get_experiment_trace_logs` with a client of its own; keyword arguments are the client's."""

    def sync(uuid: str, filters: TraceLogFilters | None = None, **arguments: Any) -> list[TraceLog]:
        with Parea(**{"api_key": "a-key-to-hide", **arguments}) as client:
            return client.get_experiment_trace_logs(uuid, filters)

    async def awaited(uuid: str, filters: TraceLogFilters | None = None, **arguments: Any) -> list[TraceLog]:
        async with AsyncParea(**{"api_key": "a-key-to-hide", **arguments}) as client:
            return await client.get_experiment_trace_logs(uuid, filters)

    return sync if request.param == "Parea" else lambda *args, **kwargs: asyncio.run(awaited(*args, **kwargs))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_module, "BATCH_ROWS", 2)
