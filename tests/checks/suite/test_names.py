"""Names that are not a member's are all asked for, and every operator at each way of naming."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from checks.suite.support import sample_of
from parea_conformance.classes.conversions import NAMES
from parea_conformance.contract import Contract
from parea_conformance.logs import class_data
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import planner
from parea_conformance.probes.names import PREFIXES, asked_by_name
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import Log

FIELDS = ("field.score", "field.score-bare", "field.annotation-score", "field.annotation-value")


def _scored(name: str, *scores: float) -> Mapping[str, object]:
    return {"scores": [{"name": name, "score": score} for score in scores]}


@pytest.mark.parametrize("requirement", FIELDS)
def test_every_operator_is_asked_and_tells(requirement: str, contract: Contract, sample: Sample) -> None:
    filters = asked_by_name(sample, contract)[requirement]
    kind = contract.field_kind(filters[0].field or "")
    assert {filter_.operator for filter_ in filters} == contract.forms[kind].keys()
    for operator in contract.forms[kind]:
        matched = [len(sample.matching(RIGHT, one)) for one in filters if one.operator == operator]
        assert any(0 < number < len(sample.logs) for number in matched), operator


def test_every_name_is_asked_that_others_are_not_taken_for(contract: Contract, sample: Sample) -> None:
    fields = {filter_.field for filters in asked_by_name(sample, contract).values() for filter_ in filters}
    made = {other for _, others in class_data.names() for other in others}
    for log in sample.logs:
        names = [score["name"] for score in log.get("scores") or ()]
        assert fields >= {f"score:{name}" for name in names if name not in made}
        criteria = [name for name in log.get("annotations") or () if name not in made]
        assert fields >= {f"annotation:{part}:{name}" for name in criteria for part in ("score", "value")}
    assert len({f"score:{name}" for name, kind in contract.kinds.items() if kind == "number"} & fields) >= 3


def _with_keys(log: Log, change: Callable[[str], str]) -> Log:
    """The log as one keeps it who changes every name: of scores, of criteria, and the keys of maps."""
    held: dict[str, Any] = {**log}
    for member in ("annotations", "inputs", "metadata"):
        held[member] = log.get(member) and {change(name): value for name, value in log[member].items()}
    held["scores"] = log.get("scores") and [{**score, "name": change(score["name"])} for score in log["scores"]]
    return held


def _named(filter_: Filter, requirement: str, change: Callable[[str], str]) -> Filter:
    """The filter as one reads it who changes every name."""
    if requirement == "field.key":
        return replace(filter_, key=change(filter_.key or ""))
    start = PREFIXES[requirement]
    return replace(filter_, field=f"{start}{change((filter_.field or '').removeprefix(start))}")


@pytest.mark.parametrize("reads", [False, True], ids=["kept", "kept and asked"])
@pytest.mark.parametrize("requirement", [*FIELDS, "field.key"])
def test_each_conversion_of_names_is_told(requirement: str, reads: bool, contract: Contract, sample: Sample) -> None:
    """By what is asked for names; but of a conversion that makes no two names one, no answer tells where it is both."""
    filters = asked_by_name(sample, contract)[requirement]
    for place, change in enumerate(NAMES):
        kept = Sample([_with_keys(log, change) for log in sample.logs], contract.kinds)
        told = any(
            kept.matching(RIGHT, _named(one, requirement, change) if reads else one) != sample.matching(RIGHT, one)
            for one in filters
        )
        assert told or (reads and change("&") == "&amp;"), place


def test_names_that_are_taken_for_others_are_left_out(contract: Contract) -> None:
    names = ["a", *(f"name-{number}" for number in range(30)), "A", "a "]
    found = asked_by_name(sample_of(contract, *(_scored(name, 1.0) for name in names)), contract)["field.score"]
    asked = {(filter_.field or "").removeprefix("score:") for filter_ in found}
    assert len(asked) == 20 + 3
    assert asked & {"a", "A", "a "} == {"A", "a "}


def test_few_names_are_all_asked(contract: Contract) -> None:
    found = asked_by_name(sample_of(contract, _scored("a", 1.0), _scored("A", 1.0)), contract)["field.score"]
    assert {"score:a", "score:A"} <= {filter_.field for filter_ in found}


@pytest.mark.parametrize(
    ("held", "between"),
    [([3.0], "2,4"), ([1.0, 3.0], "1,4"), ([1.0, 2.0, 9.0], "1,9")],
)
def test_a_range_is_no_list(held: list[float], between: str, contract: Contract) -> None:
    sample = sample_of(contract, {}, *(_scored("x", score) for score in held))
    asked = {filter_.operator: filter_.value for filter_ in asked_by_name(sample, contract)["field.score-bare"]}
    assert asked["between"] == between


@pytest.mark.parametrize("name", ["latency", "x"])
def test_which_of_several_values_counts_is_judged_elsewhere(name: str, contract: Contract) -> None:
    """And so is whether a member comes before a score of its name."""
    sample = sample_of(contract, {}, _scored(name, 1.0, *([2.0] if name == "x" else [])))
    asked = {one for one in asked_by_name(sample, contract)["field.score"] if one.field == f"score:{name}"}
    assert asked == {Filter(f"score:{name}", "exists")}


@pytest.mark.parametrize(
    ("key", "held", "asked"),
    [
        ("user.id", [1, True, "longer", "text", None], Filter("metadata", "equals", "text", "user.id")),
        ("user.id", [1.5], Filter("metadata", "equals", "1.5", "user.id")),
        ("", [False], Filter("metadata", "equals", "false", "")),
        ("a b", [None, {"a": "b"}, ["c"]], Filter("metadata", "exists", key="a b")),
        ("plain", ["text"], Filter("metadata", "equals", "text", "plain")),
    ],
)
def test_an_odd_key_is_asked_by_what_stands_under_it(
    key: str, held: list[object], asked: Filter, contract: Contract
) -> None:
    sample = sample_of(contract, *({"metadata": {key: value}} for value in held))
    assert asked_by_name(sample, contract)["field.key"] == [asked]


@pytest.mark.parametrize(
    ("other", "asked"),
    [("x", Filter("metadata", "equals", "x", "a.b")), ("y", Filter("metadata", "exists", key="a.b"))],
)
def test_a_key_is_asked_by_a_value_that_stands_under_what_it_is_taken_for(
    other: str, asked: Filter, contract: Contract
) -> None:
    """By another value, the log with the other key would not come, whether it is taken for it or not."""
    sample = sample_of(contract, {"metadata": {"a.b": "x"}}, {"metadata": {"A.B": other}})
    assert asked in asked_by_name(sample, contract)["field.key"]


def test_nothing_is_asked_where_there_are_no_names(contract: Contract) -> None:
    found = asked_by_name(sample_of(contract, {}), contract)
    assert {name for name in FIELDS if found.get(name)} == {"field.score"}
    assert {filter_.operator for filter_ in found["field.score"]} == {"exists"}


def test_the_plan_asks_for_it_without_rivals(contract: Contract, sample: Sample) -> None:
    plans = planner.plans(sample, contract, FIELDS, 0, without=frozenset({"candidates"}))
    asked = {plan.requirement: {probe.filter for probe in plan.asked} for plan in plans}
    found = asked_by_name(sample, contract)
    assert all(asked[name] >= set(found[name]) for name in FIELDS)
