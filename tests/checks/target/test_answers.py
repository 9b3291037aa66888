"""Answers: their bytes, their size, their independence of each other."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from checks.target.conftest import KEY, PATH
from parea_target import RootLog, Store, create_app
from parea_target.server import running

pytestmark = pytest.mark.slow


def test_bytes_come_as_they_are(contract: Any) -> None:
    """Whatever is equal as JSON but written differently stays as it was written."""
    bodies = [
        '{"trace_id": "a", "start_timestamp":"2024-04-15T22:19:13.10+00:00","latency":1.50E+0}',
        '{ "start_timestamp": "2024-04-16T22:19:13Z",\n "trace_id": "\\u0062", "unknown": [1e400, 1.0, "\\u00e9é"] }',
    ]
    logs = [RootLog(json.loads(body), body.encode()) for body in bodies]
    with Store(contract, [("e", logs)]) as store, running(create_app(store, {KEY: None})) as url:
        for body in ({}, {"filter_field": "trace_id", "filter_operator": "exists"}):
            response = httpx.post(url + PATH.format("e"), json=body, headers={"x-api-key": KEY})
            assert response.text == f"[{','.join(bodies)}]"
            assert response.headers["content-type"] == "application/json"


def test_large_answer_is_whole(serve: Any, make_log: Callable[..., Any]) -> None:
    logs = [make_log(f"{index:05}", output="x" * 700) for index in range(5_000)]
    answer = serve({"e": logs}).post({})
    assert "content-length" not in answer.headers
    assert answer.json() == logs


def test_logs_of_other_experiments_do_not_show(serve: Any, make_log: Callable[..., Any]) -> None:
    client = serve({name: [make_log(name), make_log("same", tags=[name])] for name in "abc"})
    for name in "abc":
        assert [log["trace_id"] for log in client.post({}, name).json()] == [name, "same"]
        answer = client.post({"filter_field": "tags", "filter_operator": "equals", "filter_value": name}, name)
        assert [log["tags"] for log in answer.json()] == [[name]]


def test_concurrent_requests_and_servers(contract: Any, make_log: Callable[..., Any]) -> None:
    """Eight threads ask two servers that share a store, large answers among small ones."""
    logs = [make_log(f"{index:05}", depth=index % 10, output="x" * 300) for index in range(3_000)]
    expected = [[log for log in logs if log["depth"] == depth] for depth in range(10)]
    wrong: list[object] = []

    def ask(url: str, first: int) -> None:
        with httpx.Client(base_url=url, headers={"x-api-key": KEY}) as client:
            for depth in (*range(first, 10), *range(first)):
                body = {"filter_field": "depth", "filter_operator": "equals", "filter_value": str(depth)}
                answer = client.post(PATH.format("e"), json=body).json()
                if answer != expected[depth]:
                    wrong.append((depth, len(answer)))

    with (
        Store(contract, [("e", map(RootLog.of, logs))]) as store,
        running(create_app(store, {KEY: None})) as one,
        running(create_app(store, {KEY: None})) as two,
        ThreadPoolExecutor(8) as pool,
    ):
        for future in [pool.submit(ask, url, first) for url in (one, two) for first in range(4)]:
            future.result()
    assert wrong == []


def test_client_that_leaves_holds_nothing(serve: Any, make_log: Callable[..., Any]) -> None:
    """More clients than the pool keeps connections go in the middle of an answer; the next one is served."""
    logs = [make_log(f"{index:05}", output="x" * 10_000) for index in range(1_000)]
    client = serve({"e": logs})
    for _ in range(20):
        with client.http.stream("POST", PATH.format("e"), json={}, headers={"x-api-key": KEY}) as response:
            next(response.iter_raw())
    assert len(client.post({}).json()) == 1_000


def test_slow_clients_starve_nobody(serve: Any, make_log: Callable[..., Any]) -> None:
    """More of them than a database has connections; and what they read in the end is whole."""
    logs = [make_log(f"{index:05}", output="x" * 20_000) for index in range(600)]
    client = serve({"e": logs})
    path, headers = PATH.format("e"), {"x-api-key": KEY}
    slow = [httpx.Client(base_url=client.http.base_url, headers=headers) for _ in range(60)]
    answers = [each.send(each.build_request("POST", path, json={}), stream=True) for each in slow]
    assert {answer.status_code for answer in answers} == {200}
    assert client.ids("trace_id", "equals", "00500") == "00500"
    whole = client.post({}).content
    assert all(answer.read() == whole for answer in answers[::20])
    for each, answer in zip(slow, answers, strict=True):
        answer.close()
        each.close()
