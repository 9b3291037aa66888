"""Samples of large experiments: all of few logs, each sort of many, and enough to decide what the data can decide."""

import json
import random
from collections.abc import Iterable
from typing import Any

import pytest
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.logs.sampling import SAMPLE, Sampler
from parea_conformance.logs.traits import of_log, of_neighbours
from parea_conformance.probes import planner
from parea_conformance.reading.order import root_key

pytestmark = pytest.mark.slow


def _log(number: int, **members: Any) -> dict[str, Any]:
    return {"trace_id": f"t-{number:05}", "start_timestamp": "2024-04-15T10:00:00Z", **members}


def _sample(contract: Contract, logs: Iterable[dict[str, Any]], seed: int = 0) -> list[dict[str, Any]]:
    sampler = Sampler(seed, contract.kinds)
    for log in logs:
        sampler.visit(log)
    return [dict(log) for log in sampler.logs()]


def _ordinary(number: int) -> list[dict[str, Any]]:
    """Logs as an experiment has many of."""
    choose = random.Random(7)  # noqa: S311 - made-up data
    return [
        {
            "trace_id": f"x-{place:06}",
            "start_timestamp": f"2024-04-{1 + place % 28:02}T10:00:00.{place:06}Z",
            "output": " ".join(choose.choices(("quick", "brown", "Fox", "lorem"), k=12)),
            "latency": round(choose.random() * 10, 6),
            "status": choose.choice(("success", "error", None)),
            "metadata": choose.choice((None, {}, {f"key-{place}": place}, {"note": "x y"})),
            "scores": choose.choice((None, [], [{"name": "levenshtein", "score": choose.random()}])),
        }
        for place in range(number)
    ]


def test_few_logs_are_all_judged(contract: Contract) -> None:
    logs = [_log(number, output=str(number)) for number in range(SAMPLE)]
    assert _sample(contract, logs) == logs


def test_many_logs_are_judged_by_a_sample_that_has_each_sort(contract: Contract) -> None:
    logs = [_log(number, metadata={"k": 1} if number % 2 else None) for number in range(5000)]
    logs[4321]["error"] = "rare"
    logs[4999]["metadata"] = {"k": [1, [" end"]]}
    sample = _sample(contract, logs)
    assert len(sample) == SAMPLE
    assert sample == _sample(contract, logs) != _sample(contract, logs, seed=1)
    assert {"t-04321", "t-04999"} <= {log["trace_id"] for log in sample}
    late = sum(log["trace_id"] > "t-02500" for log in sample)
    assert SAMPLE / 4 < late < SAMPLE * 3 / 4, "the rest is drawn from all logs alike"


def test_neighbours_that_a_wrong_order_would_change_round_are_kept_together(contract: Contract) -> None:
    logs = [
        _log(number, start_timestamp=f"2024-04-15T{number // 60 % 24:02}:{number % 60:02}:00Z")
        for number in range(1400)
    ]
    logs[900]["start_timestamp"] = "2024-04-15T10:00:00-05:00"  # 15:00 UTC, and as text before its neighbour
    names = {log["trace_id"] for log in _sample(contract, logs)}
    assert {"t-00899", "t-00900"} <= names
    assert ("order",) in {group for group, _ in of_neighbours(logs[899], logs[900])}


def test_keys_without_number_leave_room_for_other_traits(contract: Contract) -> None:
    logs = [_log(number, metadata={f"run-{number}": number}) for number in range(3000)]
    logs[2999]["target"] = " spaces around "
    assert "t-02999" in {log["trace_id"] for log in _sample(contract, logs)}


@pytest.mark.parametrize(
    ("members", "trait"),
    [
        ({}, (("latency",), "absent")),
        ({"latency": None}, (("latency",), "NoneType")),
        ({"latency": -1}, (("latency",), 1)),
        ({"end_timestamp": "2024-04-15T10:00:00.5+05:30"}, (("end_timestamp", "zone"), "+05:30")),
        ({"end_timestamp": "2024-04-15T10:00:00.5+05:30"}, (("end_timestamp", "precision"), 21)),
        ({"metadata": {"a.b": [1]}}, (("metadata", "key"), ("a.b", "list"))),
        ({"scores": [{"name": "latency", "score": 1}]}, (("score of a member", "latency"), "NoneType")),
        ({"scores": [{"name": "n", "score": 1}] * 2}, (("scores of a name",), 2)),
        ({"children_logs": [_log(2), _log(1)]}, (("order of children",), "children-ties-reversed")),
    ],
)
def test_the_traits_of_a_log(contract: Contract, members: dict[str, Any], trait: object) -> None:
    assert trait in set(of_log(_log(0, **members), contract.kinds))


def test_what_few_telling_logs_decide_they_decide_among_many_others(contract: Contract, sample: Sample) -> None:
    logs = sorted([*map(dict, sample.logs), *_ordinary(3000)], key=root_key)
    sampled = Sample(_sample(contract, json.loads(json.dumps(logs))), contract.kinds, len(logs))
    assert len(sampled.logs) == SAMPLE
    plans = planner.plans(sampled, contract, tuple(contract.requirements), 0)
    assert {plan.requirement: [r.name for r in plan.undecided] for plan in plans if plan.undecided} == {}


def test_sets_of_logs() -> None:
    one, other = LogSet.of([0, 2, 2]), LogSet.of([2, 5])
    assert (list(one), len(one), bool(one), bool(LogSet())) == ([0, 2], 2, True, False)
    assert (one | other, one & other, one - other) == (LogSet.of([0, 2, 5]), LogSet.of([2]), LogSet.of([0]))
    assert len({one, LogSet.of([2, 0])}) == 1
    with pytest.raises(AttributeError):
        one.bits = 7  # type: ignore[misc]
