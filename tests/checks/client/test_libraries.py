"""httpx or httpx2: either will do."""

import asyncio
import subprocess
import sys
from types import ModuleType

import httpx
import httpx2
import pytest
from checks.client.support import LocalServer
from parea_trace_logs import AsyncParea, Parea, PareaConnectionError

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2])


@LIBRARIES
def test_a_client_of_either_library(server: LocalServer, library: ModuleType) -> None:
    async def run() -> None:
        async with library.AsyncClient() as http:
            client = AsyncParea("a-key", server.url, http_client=http, timeout=httpx.Timeout(9, connect=1))
            assert len(await client.get_experiment_trace_logs("e")) == 1
            assert len([log async for log in client.iter_experiment_trace_logs("e")]) == 1

    with library.Client() as http:
        client = Parea("a-key", server.url, http_client=http, timeout=httpx2.Timeout(9, connect=1))
        assert len(client.get_experiment_trace_logs("e")) == len(list(client.iter_experiment_trace_logs("e"))) == 1
        with pytest.raises(PareaConnectionError, match="ConnectError"):
            Parea("a-key", "http://127.0.0.1:9", http_client=http, max_retries=0).get_experiment_trace_logs("e")
    asyncio.run(run())
    assert {each.headers["x-api-key"] for each in server.received} == {"a-key"}


def test_the_environment_names_the_library(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, library in (("httpx2", httpx2), ("httpx", httpx), ("", httpx)):
        monkeypatch.setenv("PAREA_HTTP_LIBRARY", name)
        with Parea("a-key", server.url) as client:
            client.get_experiment_trace_logs("e")
            assert isinstance(client._client._sync._client(), library.Client)
    monkeypatch.setenv("PAREA_HTTP_LIBRARY", "requests")
    with pytest.raises(ValueError, match="PAREA_HTTP_LIBRARY must be one of httpx, httpx2"):
        Parea("a-key")
    monkeypatch.setenv("PAREA_HTTP_LIBRARY", "httpx2")
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'parea-trace-logs\[httpx2\]'"):
        Parea("a-key")


def test_an_import_does_not_bring_httpx2() -> None:
    code = "import sys, parea_trace_logs; parea_trace_logs.Parea('k'); print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False\n"
