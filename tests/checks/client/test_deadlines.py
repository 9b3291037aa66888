"""How long a call takes, whatever the server does."""

import socket
import threading
import time
from typing import Any

import pytest
from checks.client.calls import CALLS, caught
from checks.client.hostile import DRIPPING, log, one_by_one
from checks.client.network_faults import LOGS, OK, answer, fault_server
from parea_trace_logs import Parea, PareaConnectionError, PareaTimeoutError, StatusError, TraceLog

pytestmark = pytest.mark.slow

KEY = "a-key-to-hide"


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


@pytest.mark.parametrize("way", ["list", "stream"])
def test_a_deadline_ends_a_call_while_a_name_is_looked_up(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a sync call; an async one looks names up where it can be cancelled."""
    found = threading.Event()

    def never(host: str, *_: Any, **__: Any) -> Any:
        assert host == "nowhere.example"
        found.wait(20)
        raise socket.gaierror("not found")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    began = time.monotonic()
    try:
        error = caught(way, "http://nowhere.example", deadline=0.15, max_retries=3)
        assert time.monotonic() - began < 5
    finally:
        found.set()
    assert isinstance(error, PareaTimeoutError)
    assert "deadline" in str(error)


@pytest.mark.parametrize("call", CALLS)
def test_a_name_that_is_looked_up_within_the_deadline(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[TraceLog] = []
    with fault_server(OK) as server:
        CALLS[call](server.url.replace("127.0.0.1", "localhost"), seen, deadline=20)
    assert len(seen) == LOGS

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("not found")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(PareaConnectionError, match="not found"):
        CALLS[call]("http://nowhere.example", seen, deadline=20, max_retries=0)
