"""What takes no operand is asked where a test of truth would err."""

import pytest
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import planner
from parea_conformance.probes.presence import presences
from parea_conformance.reading.filter import Filter


def _sample(contract: Contract, **members: object) -> Sample:
    return Sample([{"trace_id": "a", "start_timestamp": "2024-01-01T00:00:00Z", **members}], contract.kinds)


@pytest.mark.parametrize(
    ("member", "value", "kind"),
    [
        ("error", "", "text"),
        ("cost", 0, "number"),
        ("cache_hit", False, "boolean"),
        ("tags", [], "list"),
        ("metadata", {}, "map"),
        ("images", [], "structure"),
    ],
)
def test_what_is_empty_is_there(member: str, value: object, kind: str, contract: Contract) -> None:
    found = presences(_sample(contract, **{member: value}), contract)
    asked = {name: tuple(filters) for name, filters in found.items() if name.startswith("filter.")}
    assert {name: asked[name] for name in asked if name.split(".")[1] in {"exists", "is_null"}} == {
        f"filter.{operator}.{kind}": (Filter(member, operator),) for operator in ("exists", "is_null")
    }
    empty = ("equals", "not_equals", "like", "in") if kind in {"text", "list"} else ()
    assert {name: asked[name] for name in asked if name.split(".")[1] not in {"exists", "is_null"}} == {
        f"filter.{operator}.{kind}": (Filter(member, operator, ""),) for operator in empty
    }


def test_what_is_not_empty_is_not_asked(contract: Contract) -> None:
    found = presences(_sample(contract, error="x", cost=1, tags=["x"]), contract)
    assert not [name for name in found if name.startswith("filter.")]


def test_the_plan_asks_for_it_without_rivals(sample: Sample, contract: Contract) -> None:
    names = tuple(contract.requirements)
    plans = planner.plans(sample, contract, names, 0, without=frozenset({"candidates"}))
    asked = {probe.filter for plan in plans for probe in plan.asked}
    assert asked >= {one for filters in presences(sample, contract).values() for one in filters}
    assert not [plan for plan in plans if plan.probes]
