"""How long a call takes, whatever the server does."""

import time
from typing import Any

import pytest
from checks.client.calls import CALLS, caught
from checks.client.hostile import DRIPPING, log, one_by_one
from checks.client.network_faults import LOGS, OK, answer, fault_server
from parea_trace_logs import Parea, PareaTimeoutError, StatusError, TraceLog

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


RECEIVERS: dict[str, Callable[[], Receiver]] = {
    "list": lambda: Receiver(1 << 30),
    "list, sizes looked at": lambda: Receiver(1 << 12),
    "stream": lambda: Elements(TraceLog, 200, "raise", []),
}


@pytest.mark.parametrize("made", RECEIVERS)
def test_pieces_of_one_byte_take_time_that_grows_with_their_number(made: str) -> None:
    """Computing time of this thread, which no other process of the machine adds to."""

    def seconds(logs: int) -> float:
        body = b"[" + b",".join([LOG % (b',"output":"%b"' % (b'}\\"' * 900))] * logs) + b"]"
        receiver = RECEIVERS[made]()
        receiver.begin(Answer(200, {}, b""))
        began = time.thread_time()
        count = sum(len(list(receiver.feed(body[place : place + 1]))) for place in range(len(body)))
        assert receiver.end() is None
        assert count in (0, logs)
        return time.thread_time() - began

    def of_one(size: int) -> float:
        body = log(output='}"' * (size // 3))
        receiver = Elements(TraceLog, 200, "raise", [])
        receiver.begin(Answer(200, {}, b""))
        began = time.thread_time()
        for place in range(len(body)):
            list(receiver.feed(body[place : place + 1]))
        return time.thread_time() - began

    for measure, few, many in ((seconds, 10, 60), (of_one, 30_000, 180_000)):
        measure(few)
        assert measure(many) < 15 * measure(few) + 0.1


@pytest.mark.parametrize("call", CALLS)
def test_chunks_of_one_byte(call: str) -> None:
    seen: list[TraceLog] = []
    with fault_server(one_by_one(log(output='}"' * 1_000))) as server:
        CALLS[call](server.url, seen)
    assert [each.output for each in seen] == ['}"' * 1_000]


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
