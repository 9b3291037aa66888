"""Headers of the caller's own."""

import asyncio
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest
from checks.client.support import LocalServer
from parea_trace_logs import AsyncParea, Parea


def both(arguments: dict[str, Any], **call: Any) -> None:
    """The same call, as a list and as a stream, sync and async."""

    async def awaited() -> None:
        async with AsyncParea("a-key", **arguments) as client:
            await client.get_experiment_trace_logs("e", **call)
            async for _ in client.iter_experiment_trace_logs("e", **call):
                pass

    with Parea("a-key", **arguments) as client:
        client.get_experiment_trace_logs("e", **call)
        list(client.iter_experiment_trace_logs("e", **call))
    asyncio.run(awaited())


LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2])


def test_headers_of_ones_own(server: LocalServer) -> None:
    headers = {"X-Team": "a", "User-Agent": "mine/1", "Accept": "application/json; q=1"}
    both({"base_url": server.url, "default_headers": headers}, extra_headers={"x-TEAM": "b", "X-Trace": "t"})
    assert len(server.received) == 4
    for each in server.received:
        assert each.headers["x-team"] == "b"
        assert each.headers["x-trace"] == "t"
        assert each.headers["user-agent"] == "mine/1"
        assert each.headers["accept"] == "application/json; q=1"
        assert each.headers["x-api-key"] == "a-key"
        assert each.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("headers", "kind", "words"),
    [
        ({"X-API-Key": "secret-value"}, ValueError, "the key is the argument api_key"),
        ({"Content-Type": "secret-value"}, ValueError, "not to be set"),
        ({"Content-Length": "secret-value"}, ValueError, "not to be set"),
        ({"X": "secret-value\r\nY: z"}, ValueError, "the value of X holds what a header cannot carry"),
        ({"X": "secret-value-é"}, ValueError, "cannot carry"),
        ({"X Y": "secret-value"}, ValueError, "'X Y' is not the name of a header"),
        ({"": "secret-value"}, ValueError, "not the name"),
        ({"X": b"secret-value"}, TypeError, "must be strings"),
        ({"X": None}, TypeError, "must be strings"),
        ([("X", "secret-value")], TypeError, "must be a dict"),
    ],
)
def test_headers_that_cannot_be_sent(server: LocalServer, headers: Any, kind: type[Exception], words: str) -> None:
    client = Parea("a-key", server.url)
    for refused in (
        lambda: Parea("a-key", server.url, default_headers=headers),
        lambda: client.with_options(default_headers=headers),
        lambda: client.get_experiment_trace_logs("e", extra_headers=headers),
        lambda: client.iter_experiment_trace_logs("e", extra_headers=headers),
    ):
        with pytest.raises(kind, match=words) as caught:
            refused()
        assert "secret-value" not in str(caught.value)
    assert server.received == []


def test_headers_are_not_shown() -> None:
    client = Parea("a-key", default_headers={"Proxy-Authorization": "secret-value"})
    shown = f"{client!r} {vars(client)} {vars(client._client)} {vars(client._client._sync)}"
    assert "secret-value" not in shown
    assert "proxy-authorization" in shown


@LIBRARIES
def test_a_user_agent_of_a_clients_own_is_kept(server: LocalServer, library: ModuleType) -> None:
    with library.Client(headers={"User-Agent": "mine/2"}) as http:
        Parea("a-key", server.url, http_client=http).get_experiment_trace_logs("e")
        Parea("a-key", server.url, http_client=http, default_headers={"User-Agent": "x"}).get_experiment_trace_logs("e")
    with library.Client() as http:
        Parea("a-key", server.url, http_client=http).get_experiment_trace_logs("e")
    agents = [each.headers["user-agent"] for each in server.received]
    assert agents[:2] == ["mine/2", "x"]
    assert agents[2].startswith("parea-trace-logs/")
