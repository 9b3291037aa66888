"""The suite against the contract: nothing stated is unchecked, nothing checked is unstated, nothing is vacuous."""

import collections
import os
import subprocess
import sys

import pytest
from parea_conformance.contract import CLASSES, Contract
from parea_conformance.engine import covered
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.probes import planner
from parea_conformance.probes.candidates import Candidates
from parea_conformance.probes.planner import Plan
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.rivals import RIVALS, rivals_of
from parea_conformance.stages import bodies

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plans(sample: Sample, contract: Contract) -> tuple[Plan, ...]:
    return planner.plans(sample, contract, tuple(contract.requirements), 0)


def test_every_requirement_has_a_check_and_every_check_a_requirement(contract: Contract) -> None:
    assert covered() == set(contract.requirements)


def test_every_filter_requirement_names_an_operator_and_a_kind_of_the_contract(contract: Contract) -> None:
    named = {name for name in contract.requirements if name.startswith("filter.")}
    accepted = {
        contract.requirement_of(body["filter_operator"], body["filter_field"])
        for body in bodies.filters(contract)
        if contract.accepts(body) and body["filter_field"] in contract.kinds
    }
    assert named == accepted
    assert {contract.requirement_of("exists", member) for member in contract.kinds} <= named


def test_a_thorough_run_asks_every_member_for_every_operator_that_it_does_not_take(contract: Contract) -> None:
    refused = {
        (member, operator)
        for member, kind in contract.kinds.items()
        for operator in contract.operators
        if operator not in contract.forms[kind]
    }
    whole, in_turn = (
        {(body["filter_field"], body["filter_operator"]) for body in bodies.representative(contract, whole=each)[1]}
        for each in (True, False)
    )
    assert refused <= whole
    assert refused - in_turn


def test_every_class_has_requirements(contract: Contract) -> None:
    assert {requirement.cls for requirement in contract.requirements.values()} == set(CLASSES)


def test_at_least_a_hundred_rivals_with_names_of_their_own_and_a_line_each() -> None:
    names = collections.Counter(rival.name for rival in RIVALS)
    assert len(RIVALS) >= 100
    assert max(names.values()) == 1
    assert all(rival.text and "\n" not in rival.text and rival.needs for rival in RIVALS)


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_a_rival_belongs_to_requirements_and_differs_from_the_right_reading(rival, contract: Contract) -> None:  # type: ignore[no-untyped-def]
    assert all(contract.matching(pattern) for pattern in rival.requirements)
    assert rival.reading != RIGHT


def test_every_planned_requirement_has_rivals(contract: Contract) -> None:
    own = [name for name in planner.planned(contract.requirements) if name.startswith("filter.")]
    assert {name: len(rivals_of(name)) for name in own if len(rivals_of(name)) < 3} == {}


def test_the_bundled_data_decide_everything(plans: tuple[Plan, ...]) -> None:
    assert {plan.requirement: [rival.name for rival in plan.undecided] for plan in plans if plan.undecided} == {}


def test_the_plan_covers_every_operator_kind_and_member(plans: tuple[Plan, ...], contract: Contract) -> None:
    asked = [probe.filter for plan in plans for probe in plan.probes]
    assert {filter_.operator for filter_ in asked} == set(contract.operators)
    assert {filter_.field for filter_ in asked} >= set(contract.kinds)


def test_the_plan_is_small(plans: tuple[Plan, ...]) -> None:
    # A whole run is bounded in test_options: 3,000 requests.
    assert len({probe.filter for plan in plans for probe in plan.probes}) <= 250
    assert len({probe.filter for plan in plans for probe in plan.asked}) <= 1100


def test_each_rival_of_a_probe_answers_otherwise(plans: tuple[Plan, ...], sample: Sample) -> None:
    for plan in plans:
        if plan.requirement.startswith(("filter.", "field.")):
            for probe in plan.probes:
                assert sample.matching(RIGHT, probe.filter) == probe.expected
                for rival, answer in probe.rivals:
                    assert sample.matching(rival.reading, probe.filter) == answer != probe.expected


def test_without_telling_logs_the_plan_says_undecided_and_what_it_takes(contract: Contract) -> None:
    bare = Sample([{"trace_id": "a", "start_timestamp": "2024-01-01T00:00:00Z"}], contract.kinds)
    [plan] = [p for p in planner.plans(bare, contract, ("filter.like.map",), 0) if p.requirement == "filter.like.map"]
    assert not plan.probes
    assert "like-percent-is-wildcard" in {rival.name for rival in plan.undecided}
    assert all(rival.needs for rival in plan.undecided)


_PRINT_PLAN = """
import json
from parea_conformance import contract
from parea_conformance.logs import seed_data
from parea_conformance.probes import planner
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.reading.order import root_key
said = contract.load()
logs = sorted((json.loads(json.dumps(log)) for log in seed_data.logs(said)), key=root_key)[:60]
names = tuple(name for name in said.requirements if name.endswith((".text", ".map", ".score", ".key")))
for plan in planner.plans(Sample(logs, said.kinds), said, names, 3):
    print(plan.requirement, [str(probe.filter) for probe in plan.probes], [rival.name for rival in plan.undecided])
"""


def test_nothing_depends_on_the_order_of_sets_in_the_process() -> None:
    printed = {
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", _PRINT_PLAN],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1
    assert len(printed.pop().splitlines()) > 10


def test_seeds_change_the_plan_but_not_what_it_proves(sample: Sample, contract: Contract) -> None:
    names = ("filter.equals.text", "field.key")
    first, second = (planner.plans(sample, contract, names, seed) for seed in (0, 7))
    assert [plan.probes for plan in first] != [plan.probes for plan in second]
    for one, other in zip(first, second, strict=True):
        proved = [{rival.name for probe in plan.probes for rival, _ in probe.rivals} for plan in (one, other)]
        assert proved[0] == proved[1] == {rival.name for rival in rivals_of(one.requirement)}


def test_candidates_hold_only_what_the_contract_accepts(sample: Sample, contract: Contract) -> None:
    candidates = Candidates(sample, contract)
    kept = candidates.sendable(
        [Filter("latency", "like", "1"), Filter("latency", "equals", "1"), Filter("output", "in")]
    )
    assert kept == [Filter("latency", "equals", "1")]


def test_the_examples_of_the_contract_cover_every_operator(contract: Contract) -> None:
    asked = contract.examples()
    assert {filter_.operator for filter_ in asked.values()} >= set(contract.operators)
    assert all(contract.accepts(filter_.body()) for filter_ in asked.values())


@pytest.mark.parametrize("operator", ["equals", "not_equals", "like", "in", "between", "greater_than", "less_than",
                                      "greater_than_or_equal", "less_than_or_equal", "is_null", "exists"])  # fmt: skip
def test_the_example_of_an_operator_alone_exposes_wrong_readings(
    operator: str, sample: Sample, contract: Contract
) -> None:
    example = contract.examples()[operator]
    matching = sample.matching(RIGHT, example)
    told = [
        rival.name
        for rival in rivals_of(contract.requirement_of(operator, example.field or ""))
        if sample.matching(rival.reading, example) != matching
    ]
    assert matching not in (LogSet(), sample.everything)
    assert len(told) >= 3, told
