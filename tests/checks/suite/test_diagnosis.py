"""What a report says of the cause: the misreading that explains the failures, and nothing where none does."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from faults.catalogue import catalogue
from faults.lab import run_in_process
from faults.registry import Fault
from parea_conformance.contract import Contract
from parea_conformance.diagnosis import answer_of
from parea_conformance.engine import Report
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.probes import planner
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.judged import instant_text, judged
from parea_conformance.reading.oracle import instant
from parea_conformance.report import as_data
from parea_conformance.report.story import diagnosis_lines
from parea_conformance.rivals import RIVALS

pytestmark = pytest.mark.xdist_group("faults-0")
CATALOGUE = catalogue()


@functools.cache
def report_on(*names: str) -> Report:
    """The report on a target with these faults at once."""
    faults = [CATALOGUE[name] for name in names]
    return run_in_process(functools.reduce(_and, faults))


def _and(one: Fault, other: Fault) -> Fault:
    return dataclasses.replace(one, parts=lambda parts: other.parts(one.parts(parts)))


def data_on(*names: str) -> dict[str, Any]:
    return as_data(report_on(*names))


def failures(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [failure for entry in data["requirements"] for failure in entry["failures"]]


def test_every_rival_can_judge_every_filter(sample: Sample, contract: Contract) -> None:
    plans = planner.plans(sample, contract, tuple(contract.requirements), 0)
    filters = {probe.filter for plan in plans for probe in plan.probes}
    for rival in RIVALS:
        assert all(isinstance(answer_of(rival, filter_, sample, contract), LogSet) for filter_ in filters)


def test_one_misreading_that_explains_several_failures() -> None:
    data = data_on("orderings-to-the-second")
    [found] = data["diagnosis"]
    failed = [entry["id"] for entry in data["requirements"] if entry["verdict"] == "fail"]
    print(diagnosis_lines(data))
    assert len(failed) > 3
