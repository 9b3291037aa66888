"""The right reading, row by row against the contract's prose."""

from typing import Any

import pytest
from parea_conformance.contract import Contract
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import instant

_ROOT = {"trace_id": "t", "start_timestamp": "2024-04-15T10:00:00.5+00:00"}


def _matches(contract: Contract, log: dict[str, Any], filter_: Filter) -> bool:
    assert contract.accepts(filter_.body()), "the table asks what the contract refuses"
    return RIGHT.judge(RIGHT.values({**_ROOT, **log}, filter_, contract.kinds), filter_)


MATCHING: list[tuple[dict[str, Any], str, str, str | None, bool]] = [
    ({"output": "Foo"}, "output", "equals", "Foo", True),
    ({"output": "Foo"}, "output", "equals", "foo", False),
    ({"output": "Foo"}, "output", "equals", "Foo ", False),
    ({"output": None}, "output", "equals", "", False),
    ({"output": None}, "output", "not_equals", "", True),
    ({}, "output", "not_equals", "Foo", True),
    ({"output": "Foo"}, "output", "not_equals", "Foo", False),
    ({"output": "100% Sure"}, "output", "like", "0% s", True),
    ({"output": "1000 sure"}, "output", "like", "0% s", False),
    ({"output": "axb"}, "output", "like", "a_b", False),
    ({"output": "É"}, "output", "like", "é", False),
    ({"output": ""}, "output", "like", "", True),
    ({}, "output", "like", "", False),
    ({"output": "b"}, "output", "in", "a , b", True),
    ({"output": ""}, "output", "in", "a,", True),
    ({"output": "a, b"}, "output", "in", "a, b", False),
    ({"output": "\tb"}, "output", "in", "a, \tb", True),
    ({"latency": 1}, "latency", "equals", "1.0", True),
    ({"latency": 1}, "latency", "equals", "1e0", True),
    ({"latency": 0.1}, "latency", "equals", "0.1000000000000000055", True),
    ({"total_tokens": 9007199254740993}, "total_tokens", "equals", "9007199254740992", True),
    ({"latency": 10}, "latency", "greater_than", "9", True),
    ({"latency": 9}, "latency", "greater_than", "9", False),
    ({"latency": 9}, "latency", "less_than", "1e400", True),
    ({"latency": None}, "latency", "less_than_or_equal", "1", False),
    ({"latency": 2}, "latency", "in", "1, 2.0", True),
    ({"latency": 2}, "latency", "between", "2 , 3", True),
    ({"latency": 2}, "latency", "between", "3,1", False),
    ({}, "start_timestamp", "equals", "2024-04-15T12:00:00.500000+02:00", True),
    ({}, "start_timestamp", "greater_than", "2024-04-15T11:59:59+02:00", True),
    ({}, "start_timestamp", "equals", "2024-04-15T12:00:00.5Z", False),
    ({}, "end_timestamp", "is_null", None, True),
    ({}, "start_timestamp", "between", "2024-04-15T10:00:00.5Z,2024-04-15T10:00:00.5Z", True),
    ({"cache_hit": False}, "cache_hit", "equals", "false", True),
    ({}, "cache_hit", "equals", "false", False),
    ({}, "cache_hit", "not_equals", "false", True),
    ({"tags": ["a", "b"]}, "tags", "equals", "b", True),
    ({"tags": ["a", "b"]}, "tags", "not_equals", "b", False),
    ({"tags": []}, "tags", "not_equals", "b", True),
    ({"tags": []}, "tags", "is_null", None, False),
    ({"tags": ["Prod"]}, "tags", "like", "PRO", True),
    ({"tags": ["a", "b"]}, "tags", "in", "x,b", True),
    ({"children_ids": [7]}, "children_ids", "equals", "7.0", True),
    ({"children_ids": [7]}, "children_ids", "in", "6 , 70e-1", True),
    ({"images": []}, "images", "exists", None, True),
    ({"metadata": {}}, "metadata", "is_null", None, False),
    ({"scores": [{"name": "x", "score": 1}]}, "x", "equals", "1.0", True),
    ({"scores": [{"name": "x", "score": 1}]}, "score:x", "equals", "1", True),
    ({"scores": [{"name": "X", "score": 1}]}, "score:x", "exists", None, False),
    ({"scores": [{"name": "latency", "score": 1}]}, "latency", "exists", None, False),
    ({"scores": [{"name": "latency", "score": 1}]}, "score:latency", "exists", None, True),
    ({"scores": [{"name": "x", "score": 1}, {"name": "x", "score": 2}]}, "x", "equals", "2", True),
    ({"scores": [{"name": "x", "score": 1}, {"name": "x", "score": 2}]}, "x", "not_equals", "2", False),
    ({"scores": [{"name": "", "score": 1}]}, "", "exists", None, True),
    ({"scores": [{"name": "", "score": 1}]}, "score:", "exists", None, True),
    ({"scores": [{"name": "annotation", "score": 1}]}, "annotation", "exists", None, True),
    ({"annotations": {"7": {"u": {"score": 2, "value": None}}}}, "annotation:score:7", "greater_than", "1", True),
    ({"annotations": {"7": {"u": {"score": None}}}}, "annotation:score:7", "is_null", None, True),
    ({"annotations": {"7": {"u": {"value": "a"}, "v": {"value": "b"}}}}, "annotation:value:7", "equals", "b", True),
    (
        {"annotations": {"7": {"u": {"value": "a"}, "v": {"value": "b"}}}},
        "annotation:value:7",
        "not_equals",
        "b",
        False,
    ),
]

MAPS: list[tuple[Any, str, str | None, bool]] = [
    ("10", "equals", "10", True),
    ("10", "equals", "10.0", False),
    (10, "equals", "10.0", True),
    (10, "equals", "ten", False),
    (True, "equals", "true", True),
    (True, "equals", "1", False),
    (True, "like", "RU", True),
    (1, "equals", "true", False),
    ([1], "equals", "[1]", False),
    ([1], "not_equals", "[1]", True),
    ([1], "exists", None, True),
    (None, "exists", None, False),
    (None, "not_equals", "a", True),
    ("10", "greater_than", "9", False),
    (10, "greater_than", "9", True),
    (10, "greater_than", "nine", False),
    (True, "greater_than", "0", False),
    (10, "between", "9 , 11", True),
    (10, "between", "9", False),
    (10, "between", "9,11,12", False),
    (10, "in", "a, 1e1", True),
    ("1e1", "in", "a, 1e1", True),
    ("1e1", "in", "10", False),
    (10, "like", "1", False),
    ("", "equals", "", True),
    ("", "is_null", None, False),
]


@pytest.mark.parametrize(("log", "field", "operator", "value", "matches"), MATCHING)
def test_members(
    contract: Contract, log: dict[str, Any], field: str, operator: str, value: str | None, matches: bool
) -> None:
    assert _matches(contract, log, Filter(field, operator, value)) is matches


@pytest.mark.parametrize(("held", "operator", "value", "matches"), MAPS)
@pytest.mark.parametrize("key", ["k", "", "a.b", 'q"[0]'])
def test_maps(contract: Contract, key: str, held: Any, operator: str, value: str | None, matches: bool) -> None:
    log = {"metadata": {key: held, "other": "x"}}
    assert _matches(contract, log, Filter("metadata", operator, value, key)) is matches


def test_a_missing_map_and_a_missing_key_are_null(contract: Contract) -> None:
    for log in ({}, {"metadata": None}, {"metadata": {"other": 1}}, {"metadata": {"K": 1}}):
        assert _matches(contract, log, Filter("metadata", "is_null", None, "k"))
        assert _matches(contract, log, Filter("metadata", "not_equals", "1", "k"))
        assert not _matches(contract, log, Filter("metadata", "equals", "1", "k"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2024-04-15T10:00:00Z", "2024-04-15T12:00:00+02:00"),
        ("2024-04-15T10:00:00.5Z", "2024-04-15T10:00:00.500000000+00:00"),
        ("2024-04-15t10:00:00z", "2024-04-15T10:00:00-00:00"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"),
        ("2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00Z"),
    ],
)
def test_instants_that_are_the_same(one: str, other: str) -> None:
    assert instant(one) == instant(other)


def test_instants_in_order() -> None:
    ordered = [
        "0001-01-01T00:00:00+23:59",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00.0000001Z",
    ]
    assert sorted(ordered, key=instant) == ordered
    assert len({instant(text) for text in ordered}) == len(ordered)


@pytest.mark.parametrize(
    "text", ["2024-04-15", "2024-02-30T00:00:00Z", "2024-04-15T24:00:00Z", "2024-04-15T10:00:00", "now", ""]
)
def test_what_is_not_an_instant(text: str) -> None:
    with pytest.raises(ValueError, match="no"):
        instant(text)


@pytest.mark.parametrize("operator", ["starts_with", "EQUALS", "", None])
def test_an_operator_that_is_not_known_is_an_error(operator: str | None) -> None:
    for values in ((5.0,), ("a",), (), None):
        with pytest.raises(ValueError, match="does not know the operator"):
            RIGHT.judge(values, Filter("latency", operator, "9"))


def test_the_oracle_knows_every_operator(contract: Contract) -> None:
    for operator in contract.operators:
        assert RIGHT.judge((5.0,), Filter("latency", operator, "9")) in (True, False)


def test_a_kind_that_is_not_known_is_an_error() -> None:
    with pytest.raises(KeyError):
        RIGHT.values({"latency": 1}, Filter("latency", "exists"), {"latency": "weight"})
