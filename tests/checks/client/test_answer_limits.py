"""Answers without end, and answers that are more than they seem: how much is read of them."""

import gzip

import pytest
from checks.client.calls import CALLS, caught
from checks.client.hostile import LOG, dripping, endless
from checks.client.network_faults import BODY, LOGS, answer, fault_server, unframed
from parea_trace_logs import InvalidAnswerError, Parea, StatusError, TraceLog, TruncatedResponse

KEY = "a-key-to-hide"


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


def test_unframed_and_whole() -> None:
    with fault_server(unframed(BODY)) as server, Parea(KEY, server.url) as client:
        assert len(client.get_experiment_trace_logs("e")) == LOGS
    with fault_server(dripping("200 OK", b"[]", b" ", 0.0)) as server, Parea(KEY, server.url) as client:
        assert client.get_experiment_trace_logs("e") == []
