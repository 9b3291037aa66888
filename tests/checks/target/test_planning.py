"""Large experiments on SQLite: how many logs a filter selects decides how they are read, and not which they are."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from checks.target.asking import judged, plan, selected, statement
from faults.lab import DATA
from parea_target import Parts, RootLog, Store, planning
from parea_target.conditions import CONDITIONS
from parea_target.contract import Contract
from parea_target.filters import Filter
from parea_target.loader import read_experiments

MANY = 240
HALF = MANY // 2

# One more than none, than few and than half are selected, and all are.
VALUES = {
    "text": ["0001", "000", "0, 0001", ""],
    "number": ["1", "-1", "120", "1,2", "0,119", "0,500"],
    "timestamp": ["2024-04-15T00:00:01Z", "2024-04-15T00:02:00Z", "2023-04-15T00:00:00Z,2024-04-15T00:02:00Z"],
    "boolean": ["true", "false"],
    "string_list": ["tag 1", "all", "tag 1, tag 2", "tag"],
    "integer_list": ["1", "1000", "1, 2"],
    "map": ["1", "0,119", "all", "a"],
    "structure": [""],
}


@pytest.fixture(scope="module")
def logs(make_log: Callable[..., Any]) -> list[RootLog]:
    """Logs, every other of which has what the others lack; not in the order of answers."""
    return [
        RootLog.of(
            make_log(
                f"{index:04}",
                output=f"{index:04}",
                latency=index,
                start_timestamp=f"2024-04-15T00:{(index * 7 % MANY) // 60:02}:{(index * 7 % MANY) % 60:02}Z",
                scores=[{"name": "s", "score": index}, {"name": "s", "score": 1000}],
                annotations={"c": {"u": {"score": index, "value": f"{index:04}"}, "v": {"score": 1, "value": "all"}}},
                **({"tags": [f"tag {index}", "all", "all"], "metadata": {"k": index, "t": "all"}} if index % 2 else {}),
                **({"evaluation_metric_ids": [index, 1000]} if index % 2 else {}),
            )
        )
        for index in range(MANY)
    ]


@pytest.fixture(scope="module")
def store(contract: Contract, logs: list[RootLog]) -> Iterator[Store]:
    with Store(contract, [("e", logs)]) as store:
        yield store


def filters(contract: Contract) -> Iterator[Filter]:
    """Each operator on each kind, on a member, a score and an annotation, with each value that it takes."""
    fields = {kind: name for name, kind in reversed(contract.kinds.items())}
    fields |= {"number": "latency", "text": "output", "timestamp": "start_timestamp", "map": "metadata"}
    for operator, kind in CONDITIONS:
        for key in (None, "k", "t") if kind == "map" else (None,):
            for value in VALUES[kind] if operator not in ("exists", "is_null") else (None,):
                yield Filter(fields[kind], key, operator, value)
    for field, operator, value in itertools.product(
        ("s", "annotation:score:c"), ("equals", "not_equals", "greater_than", "between", "is_null"), VALUES["number"]
    ):
        yield Filter(field, None, operator, value if operator != "is_null" else None)


def accepted(contract: Contract) -> list[Filter]:
    """Those filters that the contract accepts."""
    named = [
        (asked, {name: value for name, value in vars(asked).items() if value is not None})
        for asked in filters(contract)
    ]
    return [asked for asked, body in named if not Parts().validate(contract, body)]


@pytest.mark.parametrize("few", [0, 3, HALF, MANY])
def test_the_same_is_selected(store: Store, contract: Contract, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    asked = accepted(contract)
    assert {(each.filter_operator, contract.field_kind(each.filter_field or "")) for each in asked} >= set(CONDITIONS)
    expected = [selected(store, "e", each) for each in asked]
    assert {0, 1, HALF, MANY} <= {len(each) for each in expected}
    monkeypatch.setattr(planning, "LARGE", MANY - 1)
    monkeypatch.setattr(planning, "FEW", few)
    for each, right in zip(asked, expected, strict=True):
        assert selected(store, "e", each) == right, each


@pytest.mark.parametrize(
    ("asked", "is_read_in_order"),
    [
        (Filter("latency", None, "less_than", "3"), False),
        (Filter("latency", None, "greater_than", "3"), True),
        (Filter("latency", None, "between", "0,3"), False),
        (Filter("latency", None, "between", "0,300"), True),
        (Filter("tags", None, "equals", "tag 1"), False),
        (Filter("tags", None, "equals", "all"), True),
        (Filter("tags", None, "not_equals", "tag 1"), True),
        (Filter("metadata", "k", "less_than", "3"), False),
        (Filter("metadata", "k", "greater_than", "3"), True),
        (Filter("s", None, "equals", "3"), False),
        (Filter("s", None, "equals", "1000"), True),
        (Filter("output", None, "like", "0001"), False),
        (Filter("output", None, "like", "0"), True),
    ],
    ids=str,
)
def test_few_are_sorted_and_many_are_read_in_their_order(
    store: Store, monkeypatch: pytest.MonkeyPatch, asked: Filter, is_read_in_order: bool
) -> None:
    monkeypatch.setattr(planning, "LARGE", MANY - 1)
    monkeypatch.setattr(planning, "FEW", 5)
    assert selected(store, "e", asked)
    found = plan(store, "e", asked)
    assert ("INDEX log_order" in found) is is_read_in_order, found
    assert not is_read_in_order or "TEMP B-TREE" not in found, found


def test_small_experiments_are_asked_as_they_were(store: Store) -> None:
    asked = statement(store, "e", Filter("latency", None, "less_than", "3"))
    with store._engine.connect() as connection:
        assert planning.planned(connection, asked, store.tables.log) is asked


@pytest.mark.slow
def test_the_suite_finds_it_conformant(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "LARGE", 0)
    monkeypatch.setattr(planning, "FEW", 20)
    with Store(contract, read_experiments([DATA], contract)) as store:
        assert judged(store) == ("", [])
