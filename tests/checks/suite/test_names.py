"""Names that are not a member's are all asked for, and every operator at each way of naming."""

from collections.abc import Mapping

import pytest
from checks.suite.support import sample_of
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import planner
from parea_conformance.probes.names import asked_by_name
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

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


def test_every_name_is_asked(contract: Contract, sample: Sample) -> None:
    fields = {filter_.field for filters in asked_by_name(sample, contract).values() for filter_ in filters}
    for log in sample.logs:
        assert fields >= {f"score:{score['name']}" for score in log.get("scores") or ()}
        criteria = log.get("annotations") or ()
        assert fields >= {f"annotation:{part}:{name}" for name in criteria for part in ("score", "value")}
    assert len({f"score:{name}" for name, kind in contract.kinds.items() if kind == "number"} & fields) >= 3


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
        ("plain", ["text"], Filter("metadata", "exists", key="plain")),
    ],
)
def test_an_odd_key_is_asked_by_what_stands_under_it(
    key: str, held: list[object], asked: Filter, contract: Contract
) -> None:
    sample = sample_of(contract, *({"metadata": {key: value}} for value in held))
    assert asked_by_name(sample, contract)["field.key"] == [asked]


def test_nothing_is_asked_where_there_are_no_names(contract: Contract) -> None:
    found = asked_by_name(sample_of(contract, {}), contract)
    assert {name for name in FIELDS if found.get(name)} == {"field.score"}
    assert {filter_.operator for filter_ in found["field.score"]} == {"exists"}


def test_the_plan_asks_for_it_without_rivals(contract: Contract, sample: Sample) -> None:
    plans = planner.plans(sample, contract, FIELDS, 0, without=frozenset({"candidates"}))
    asked = {plan.requirement: {probe.filter for probe in plan.asked} for plan in plans}
    found = asked_by_name(sample, contract)
    assert all(asked[name] >= set(found[name]) for name in FIELDS)
