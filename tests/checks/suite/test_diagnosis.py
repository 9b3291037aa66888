"""What a report says of the cause: the misreading that explains the failures, and nothing where none does."""

import dataclasses
import functools
import re
from typing import Any

import pytest
from faults.catalogue import catalogue
from faults.lab import RIGHT, run_in_process
from parea_conformance.contract import Contract
from parea_conformance.diagnosis import reading_of
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.probes import planner
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.judged import instant_text, judged
from parea_conformance.reading.values import instant
from parea_conformance.report import as_data
from parea_conformance.report.story import diagnosis_lines, told
from parea_conformance.rivals import RIVALS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults-0")]
CATALOGUE = catalogue()


@functools.cache
def data_on(name: str) -> dict[str, Any]:
    """The report on a target with this fault."""
    return as_data(run_in_process(CATALOGUE[name]))


def failures(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [failure for entry in data["requirements"] for failure in entry["failures"]]


def test_every_rival_can_judge_every_filter(sample: Sample, contract: Contract) -> None:
    plans = planner.plans(sample, contract, tuple(contract.requirements), 0)
    filters = {probe.filter for plan in plans for probe in plan.probes}
    for rival in RIVALS:
        readings = {filter_: reading_of(rival, filter_, contract) for filter_ in filters}
        assert all(isinstance(sample.matching(reading, filter_), LogSet) for filter_, reading in readings.items())


def failed(data: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in data["requirements"] if entry["verdict"] == "fail"]


def test_one_misreading_that_explains_several_failures() -> None:
    data = data_on("orderings-to-the-millisecond")
    [found] = data["diagnosis"]
    assert found["text"] == "The value of an ordering loses its microseconds."
    assert list(found["requirements"]) == failed(data)
    assert len(failed(data)) == 5
    assert {failure["explanation"] for failure in failures(data)} == {found["text"]}
    assert diagnosis_lines(data)[0].startswith("One misreading explains 5 of 5 failed requirements")


def test_two_misreadings_and_an_order() -> None:
    data = data_on("stored-to-the-second")
    assert [found["text"] for found in data["diagnosis"]] == [
        "A log's timestamp is kept without its fraction.",
        "Answers are ordered by the second of their start.",
    ]


def test_what_nothing_explains_is_left_without_a_cause() -> None:
    data = data_on("equals-rounds-value")
    assert failed(data) == ["filter.equals.number"]
    assert data["diagnosis"] == []
    assert [failure["explanation"] for failure in failures(data)] == [""] * len(failures(data))
    assert diagnosis_lines(data) == []


def test_what_is_left_is_named() -> None:
    one, other = CATALOGUE["in-does-not-trim"], CATALOGUE["no-challenge"]
    data = as_data(run_in_process(dataclasses.replace(one, parts=lambda parts: other.parts(one.parts(parts)))))
    first, second, last = diagnosis_lines(data)
    assert "1 of 2" in first
    assert "filter.in.text" in second
    assert last == "Not explained: auth.challenge"


def test_a_right_target_has_no_diagnosis() -> None:
    data = as_data(run_in_process(RIGHT))
    assert (data["diagnosis"], diagnosis_lines(data)) == ([], [])


def test_the_value_that_is_judged_stands_in_the_place_of_the_first_bytes() -> None:
    failure = next(one for one in failures(data_on("orderings-to-the-millisecond")) if one["values"])
    value = failure["values"][0]
    assert value.endswith(
        "end_timestamp 2024-05-05T10:50:05.712001+05:45 is not greater than 2024-05-05T05:05:05.712341Z"
    )
    labels = [label for label, _ in told(failure)]
    assert "value" in labels
    assert "received" not in labels


def test_lists_that_are_cut_say_so() -> None:
    ids = [f"id-{number}" for number in range(25)]
    failure = {**failures(data_on("orderings-to-the-millisecond"))[0], "missing": ids, "unexpected": ids * 8}
    shown = dict(told(failure))
    assert shown["missing"].endswith("id-19 (and 5 more)")
    assert shown["unexpected"].endswith("id-19 (and at least 180 more)")


LOG = {
    "trace_id": "a", "start_timestamp": "2024-01-01T00:00:00Z", "output": "x\ty", "tags": ["p", "q"],
    "metadata": {"k": 9}, "scores": [{"name": "s", "score": 1}, {"name": "s", "score": 2}],
    "annotations": {"7": {"ann": {"score": 3, "value": "good"}}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("filter_", "matches", "words"),
    [
        (Filter("output", "equals", "x"), False, r'a: output "x\ty" is not "x"'),
        (Filter("output", "like", "x"), True, r'a: output "x\ty" contains "x"'),
        (Filter("latency", "is_null"), True, "a: latency null is null or absent"),
        (Filter("output", "exists"), True, r'a: output "x\ty" is not null'),
        (Filter("metadata", "equals", "9.0", "k"), True, 'a: metadata["k"] 9 is "9.0"'),
        (Filter("tags", "equals", "p"), True, 'a: tags ["p", "q"] of which some equal "p"'),
        (Filter("tags", "not_equals", "p"), False, 'a: tags ["p", "q"] of which some equal "p"'),
        (Filter("tags", "not_equals", "z"), True, 'a: tags ["p", "q"] of which none equal "z"'),
        (Filter("score:s", "greater_than", "1"), True, "a: score:s [1, 2] is greater than 1"),
        (Filter("annotation:score:7", "between", "1,2"), False, "a: annotation:score:7 3 is not between 1,2"),
        (Filter("annotation:value:7", "in", "good"), True, 'a: annotation:value:7 "good" is in "good"'),
        (Filter("score:S", "exists"), False, 'a: score:S null is null or absent; it has "s"'),
        (Filter("S", "equals", "1"), False, 'a: S null is not 1; it has "s"'),
        (Filter("metadata", "exists", key="K"), False, 'a: metadata["K"] null is null or absent; it has "k"'),
        (Filter("inputs", "exists", key="K"), False, 'a: inputs["K"] null is null or absent'),
        (Filter("annotation:value:07", "exists"), False, 'a: annotation:value:07 null is null or absent; it has "7"'),
    ],
)
def test_values_in_words(filter_: Filter, matches: bool, words: str, contract: Contract) -> None:
    assert judged(LOG, filter_, contract, matches=matches) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-04-15T12:00:00.500000+02:00", "2024-04-15T10:00:00.5Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00+23:59", "day 0 after the year 0, 00:01:00Z"),
    ],
)
def test_instants_in_words(text: str, shown: str) -> None:
    assert instant_text(instant(text)) == shown


def test_the_first_pair_out_of_order_is_named_with_both_values() -> None:
    [failure, *_] = [one for one in failures(data_on("stored-to-the-second")) if "out of order" in one["summary"]]
    assert re.search(r"(\S+) starts at \S+Z, and before it should stand: (\S+) starts at \S+Z$", failure["summary"])
    first, second = re.findall(r"(\S+) starts at", failure["summary"])
    came, wanted = failure["received"].split(), failure["expected"].split()
    if {first, second} <= {*came} & {*wanted}:
        assert came.index(first) < came.index(second)
        assert wanted.index(first) > wanted.index(second)
