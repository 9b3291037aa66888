"""Which connections are used again, and what becomes of a client that is closed."""

import asyncio

import httpx
import pytest
from checks.client.hostile import chunked_and_more, kept_alive, two_in_one
from checks.client.network_faults import BODY, LOGS, Act, answer, fault_server
from checks.client.support import LocalServer
from parea_trace_logs import AsyncParea, ClientClosedError, Parea, PareaError

KEY = "a-key-to-hide"


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


def test_a_closed_client_says_so(server: LocalServer) -> None:
    async def run() -> None:
        client = AsyncParea("a-key", server.url)
        await client.aclose()
        with pytest.raises(ClientClosedError, match="make a new one"):
            await client.get_experiment_trace_logs("e")
        with pytest.raises(ClientClosedError):
            await anext(client.iter_experiment_trace_logs("e"))

    for used in (True, False):
        client = Parea("a-key", server.url)
        if used:
            client.get_experiment_trace_logs("e")
        client.close()
        client.close()
        with pytest.raises(ClientClosedError, match="make a new one"):
            client.get_experiment_trace_logs("e")
        with pytest.raises(PareaError):
            next(client.iter_experiment_trace_logs("e"))
    with httpx.Client() as http:
        client = Parea("a-key", server.url, http_client=http)
    with pytest.raises(ClientClosedError, match="httpx client that was passed"):
        client.get_experiment_trace_logs("e")
    asyncio.run(run())


def test_a_client_closed_amid_a_stream_is_an_error_of_ours() -> None:
    with fault_server(answer("200 OK", BODY * 1, pause=1, length=len(BODY) + 5)) as server:
        client = Parea("a-key", server.url)
        stream = client.iter_experiment_trace_logs("e")
        next(stream)
        client.close()
        with pytest.raises(PareaError):
            list(stream)
