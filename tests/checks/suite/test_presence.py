"""What takes no operand is asked where a test of truth would err, and of every name in the data."""

from collections.abc import Mapping

import pytest
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import planner
from parea_conformance.probes.presence import presences
from parea_conformance.reading.filter import Filter


def _sample(contract: Contract, **members: object) -> Sample:
    return _logs(contract, members)


def _logs(contract: Contract, *logs: Mapping[str, object]) -> Sample:
    """Logs of these members."""
    own = {"start_timestamp": "2024-01-01T00:00:00Z"}
    return Sample([{"trace_id": f"log-{place}", **own, **log} for place, log in enumerate(logs)], contract.kinds)


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
    asked = {name: cover.filters for name, cover in found.items() if name.startswith("filter.")}
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


def test_every_name_is_asked(contract: Contract) -> None:
    annotation: dict[str, object] = {"Clear": {"user": {}}}
    held = {"scores": [{"name": "Is_Right", "score": 1}], "annotations": annotation, "metadata": {"user.id": 1}}
    found = presences(_sample(contract, **held), contract)
    assert Filter("score:Is_Right", "exists") in found["field.score"].filters
    assert Filter("score:latency", "exists") in found["field.score"].filters
    for part in ("score", "value"):
        assert found[f"field.annotation-{part}"].filters == (Filter(f"annotation:{part}:Clear", "exists"),)


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
    contract: Contract, key: str, held: list[object], asked: Filter
) -> None:
    sample = _logs(contract, *({"metadata": {key: value}} for value in held))
    assert presences(sample, contract)["field.key"].filters == (asked,)


def test_the_plan_asks_for_it_without_rivals(sample: Sample, contract: Contract) -> None:
    names = tuple(contract.requirements)
    plans = planner.plans(sample, contract, names, 0, without=frozenset({"candidates"}))
    asked = {probe.filter for plan in plans for probe in plan.asked}
    assert asked >= {one for cover in presences(sample, contract).values() for one in cover.filters}
    assert not [plan for plan in plans if plan.probes]
