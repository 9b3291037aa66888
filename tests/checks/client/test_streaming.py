"""Streams: one bad log does not cost the rest, and memory does not grow with their number."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from checks.client.network_faults import answer, fault_server
from checks.client.support import ROOT, SAMPLE
from parea_trace_logs import AsyncParea, InvalidAnswerError, InvalidLog, Parea, TraceLog

GOOD = json.dumps(SAMPLE[0]).encode()
BAD = json.dumps({**SAMPLE[0], "scores": [{"name": 1, "score": 1}]}).encode()
UNKNOWN = json.dumps({**SAMPLE[0], "news": 1}).encode()
BROKEN = GOOD.replace(b"0.721968", b"NaN")
MIXED = b"[" + b",\n".join([GOOD, BAD, UNKNOWN, BROKEN, GOOD]) + b"]"
FAULTS = [(1, "$[1].scores[0].name", BAD), (3, "$[3]", BROKEN)]

Fetched = tuple[list[TraceLog], list[InvalidLog]]


def fetch(way: str, url: str, invalid: Any) -> Fetched:
    """The logs and what was collected."""
    with Parea("k", url) as client:
        if way == "list":
            listed = client.get_experiment_trace_logs("e", invalid=invalid)
            return listed, listed.invalid
        with client.iter_experiment_trace_logs("e", invalid=invalid) as stream:
            return list(stream), stream.invalid


async def afetch(way: str, url: str, invalid: Any) -> Fetched:
    async with AsyncParea("k", url) as client:
        if way == "list":
            listed = await client.get_experiment_trace_logs("e", invalid=invalid)
            return listed, listed.invalid
        async with client.iter_experiment_trace_logs("e", invalid=invalid) as stream:
            return [log async for log in stream], stream.invalid


@pytest.fixture(params=["list", "stream", "async list", "async stream"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def logs(way: str, invalid: str) -> Fetched:
    with fault_server(answer("200 OK", MIXED)) as server:
        kind = way.removeprefix("async ")
        return fetch(kind, server.url, invalid) if kind == way else asyncio.run(afetch(kind, server.url, invalid))


def test_by_default_a_bad_log_is_an_error(way: str) -> None:
    with pytest.raises(InvalidAnswerError, match="Expected `str`, got `int`") as caught:
        logs(way, "raise")
    assert (caught.value.index, caught.value.path) == FAULTS[0][:2]


def test_bad_logs_can_be_collected(way: str, caplog: pytest.LogCaptureFixture) -> None:
    found, invalid = logs(way, "collect")
    assert [log.to_dict() for log in found] == [json.loads(each) for each in (GOOD, UNKNOWN, GOOD)]
    assert [(each.index, each.path, each.content.strip()) for each in invalid] == FAULTS
    assert all(each.reason for each in invalid)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_bad_logs_can_be_skipped_but_not_in_silence(way: str, caplog: pytest.LogCaptureFixture) -> None:
    found, invalid = logs(way, "skip")
    assert (len(found), invalid) == (3, [])
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == len(FAULTS)
    assert all(f"log {index} " in text and path in text for text, (index, path, _) in zip(warned, FAULTS, strict=True))


def test_memory_does_not_grow_with_the_number_of_logs() -> None:
    """100 MB in less than what half of them takes: a list of these would need more than 300."""
    command = [sys.executable, "-m", "bench.stream", "--logs", "50000", "--stream-only"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment)  # noqa: S603
    words = done.stdout.split()
    assert words[1] == "50,000"
    assert int(words[words.index("peak") + 1]) < 100
