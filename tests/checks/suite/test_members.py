"""Every operator is asked of every member, with operands that some logs match and others do not."""

import pytest
from checks.suite.support import sample_of
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import planner
from parea_conformance.probes.members import untried
from parea_conformance.probes.plain import Plain
from parea_conformance.reading.filter import Filter

# What all logs of the seed data have, and maps whose keys hold no number that could be ordered.
UNTELLABLE = {
    (member, operator) for member in ("trace_id", "start_timestamp") for operator in ("exists", "is_null")
} | {
    ("inputs", operator)
    for operator in ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal", "between")
}


@pytest.mark.parametrize("without", [frozenset[str](), frozenset({"candidates"})], ids=["whole", "without rivals"])
def test_the_plan_asks_every_operator_of_every_member(
    without: frozenset[str], contract: Contract, sample: Sample
) -> None:
    plans = planner.plans(sample, contract, tuple(contract.requirements), 0, without=without)
    told = {
        (probe.filter.field, probe.filter.operator)
        for plan in plans
        for probe in plan.asked
        if 0 < len(probe.expected) < len(sample.logs)
    }
    every = {(member, operator) for member, kind in contract.kinds.items() for operator in contract.forms[kind]}
    assert every - told == UNTELLABLE


def test_what_is_asked_anyway_is_not_asked_again(contract: Contract) -> None:
    sample = sample_of(contract, {"cost": 1}, {"cost": 2}, {})
    found = untried(sample, contract, [Filter("cost", "equals", "1"), Filter("cost", "is_null")])
    asked = {filter_.operator for filters in found.values() for filter_ in filters if filter_.field == "cost"}
    assert asked == contract.forms["number"].keys() - {"equals", "is_null"}


@pytest.mark.parametrize(
    ("member", "held", "operator", "form", "value"),
    [
        ("cost", [3.0], "between", "number_pair", "2,4"),
        ("cost", [1.0, 3.0], "between", "number_pair", "1,4"),
        ("cost", [1.0, 2.0, 9.0], "between", "number_pair", "1,9"),
        ("cost", [1.0], "greater_than", "number", "0"),
        ("cost", [1.0, 2.0, 3.0], "less_than_or_equal", "number", "2"),
        ("output", ["Some text"], "like", "any", "ME TE"),
        ("output", ["a,b", " c", "", "d"], "equals", "any", "d"),
        ("output", ["longer", "a", "b"], "in", "any", "a,B"),
        ("end_timestamp", ["2024-01-01T00:00:00.5+01:00"], "less_than", "timestamp", "2023-12-31T23:00:01.500000Z"),
        ("cache_hit", [True, False], "equals", "boolean", "true"),
        ("tags", [["x"], ["y", "x"]], "not_equals", "any", "y"),
    ],
)
def test_operands(member: str, held: list[object], operator: str, form: str, value: str, contract: Contract) -> None:
    sample = sample_of(contract, {}, *({member: one} for one in held))
    found = Plain(sample, member).asked(operator, form)
    assert found is not None
    assert found.value == value


def test_of_a_map_what_an_operator_means_is_asked_for(contract: Contract) -> None:
    sample = sample_of(contract, {"metadata": {"k": "text"}}, {"metadata": {"k": 2}}, {"metadata": {"k": True}})
    place = Plain(sample, "metadata", "k")
    assert place.asked("like", "any") == Filter("metadata", "like", "EXT", "k")
    assert place.asked("between", "any") == Filter("metadata", "between", "1,3", "k")


def test_where_nothing_is_held_nothing_is_asked(contract: Contract) -> None:
    assert Plain(sample_of(contract, {}), "cost").asked("equals", "number") is None
    assert Plain(sample_of(contract, {"output": ","}), "output").asked("equals", "any") is None
