"""Seed data that were changed as they were loaded are told of: no answer shows what was lost."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from faults.lab import options, tenants
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.in_process import InProcess
from parea_conformance.logs import as_written, seed_data
from parea_conformance.logs.sample import Sample
from parea_target import RootLog, Store, create_app, load

Logs = list[dict[str, Any]]


def _cut_texts(logs: Logs) -> None:
    for log in logs:
        log["output"] = (log.get("output") or "")[:255] or log.get("output")


def _shift(logs: Logs) -> None:
    for log in logs:
        log["start_timestamp"] = log["start_timestamp"].replace("T10:00:00Z", "T12:00:00+02:00")


def _forget_nulls(logs: Logs) -> None:
    for log in logs:
        for name in [name for name, value in log.items() if value is None]:
            del log[name]


def _drop_leaves(logs: Logs) -> None:
    for log in logs:
        for child in log.get("children_logs") or ():
            child.pop("children_logs", None)


SAME: list[Callable[[Logs], object]] = [
    lambda _logs: None,
    lambda logs: logs.reverse(),
    _shift,
    _forget_nulls,
    lambda logs: [log.setdefault("children_logs", []) for log in logs],
    lambda logs: [log.update(latency=float(log["latency"])) for log in logs if log.get("latency") is not None],
    lambda logs: [log.update(created_at="2024-01-01") for log in logs],
    lambda logs: logs.append({"trace_id": "of their own", "start_timestamp": "2024-01-01T00:00:00Z"}),
]
OTHERWISE: list[tuple[Callable[[Logs], object], str]] = [
    (_cut_texts, "2 of their logs are not as they were"),
    (_drop_leaves, "tree: children_logs"),
    (lambda logs: logs.pop(3), "1 of their logs are not there (tie-"),
    (lambda logs: logs[0].update(inputs={}), "Tie-b: inputs None came as {}"),
    (lambda logs: logs[0].update(depth=0), "Tie-b: depth None came as 0"),
    (lambda logs: logs[2]["metadata"].update(more=1), "metadata.more None came as 1"),
    (lambda logs: logs[0].update(latency=9.5), "Tie-b: latency 9 came as 9.5"),
    (lambda logs: logs[1].update(cache_hit=1), "tie-a: cache_hit True came as 1"),
    (lambda logs: logs[0].update(start_timestamp="2024-04-15T10:00:00Z"), "Tie-b: start_timestamp"),
    (lambda logs: logs[0].update(start_timestamp="yesterday"), "came as 'yesterday'"),
    (lambda logs: [log.update(output="x") for log in logs], "; …)"),
]


def _logs(contract: Contract, change: Callable[[Logs], object]) -> Logs:
    logs = copy.deepcopy(seed_data.logs(contract))
    change(logs)
    return logs


@pytest.mark.parametrize("change", SAME)
def test_what_says_the_same_is_as_written(change: Callable[[Logs], object], contract: Contract) -> None:
    assert as_written.otherwise(Sample(_logs(contract, change), contract.kinds), contract) == ""


@pytest.mark.parametrize(("change", "told"), OTHERWISE)
def test_what_was_changed_is_told(change: Callable[[Logs], object], told: str, contract: Contract) -> None:
    assert told in as_written.otherwise(Sample(_logs(contract, change), contract.kinds), contract)


def test_other_data_are_not_taken_for_it(contract: Contract) -> None:
    logs = _logs(contract, lambda logs: logs.__delitem__(slice(80, None)))
    assert as_written.otherwise(Sample(logs, contract.kinds), contract) == ""


def test_what_is_not_in_a_sample_is_not_missed(contract: Contract) -> None:
    logs = _logs(contract, lambda logs: logs.pop())
    assert as_written.otherwise(Sample(logs, contract.kinds, population=1_000_000), contract) == ""
    assert as_written.otherwise(Sample(logs, contract.kinds), contract)


def test_the_report_says_so(contract: Contract) -> None:
    """Beside the verdict, which it does not change: what filters judge is what answers show."""
    keys = tenants()
    own, empty, other = (*seed_data.TENANTS[0], *seed_data.TENANTS[1])
    logs = [RootLog.of(log) for log in _logs(contract, _cut_texts)]
    with (
        Store(load(), [(own, logs), (empty, []), (other, [])]) as store,
        InProcess(create_app(store, keys)) as transport,
    ):
        asked = replace(options("http://in-process.invalid", keys), dry_run=True)
        [note] = judge(asked, transport=transport).notes
    assert "2 of their logs are not as they were written" in note
