"""Filters drawn at random: how many, which, what is made of one that is answered wrongly."""

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from faults import lab
from faults.catalogue import catalogue
from faults.registry import Fault
from hypothesis.internal.conjecture import providers
from parea_conformance.contract import Contract
from parea_conformance.engine import Report, judge
from parea_conformance.http.in_process import InProcess
from parea_conformance.ledger import Entry, Failure, Verdict
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.candidates import Candidates
from parea_conformance.probes.covering import Cell, Coverer
from parea_conformance.probes.drawing import listed, smallest
from parea_conformance.probes.names import requirement_of
from parea_conformance.reading.filter import Filter
from parea_conformance.stages import drawn
from parea_target import Parts

pytestmark = pytest.mark.slow

_OTHERS = (
    "trial",
    "meaning",
    "laws",
    "cases",
    "bodies",
    "neighbours",
    "fuzz",
    "operations",
    "repeat",
    "classes",
    "confirm",
)


def _drawing(
    fault: Fault = lab.RIGHT, only: Sequence[str] = ("filter.in.number",), **given: object
) -> tuple[Report, list[str]]:
    """The report of a run that only draws, and the bodies that it sent after the preflight."""
    keys, sent = lab.tenants(), list[str]()
    asked = replace(lab.options("http://in-process.invalid", keys), only=tuple(only), without=_OTHERS, **given)  # type: ignore[arg-type]
    with lab.application(fault, keys) as app, InProcess(app) as transport:
        report = judge(asked, transport=transport, watch=lambda one: sent.append(one.request.body.decode()))
    return report, [body for body in sent if re.search('"filter_field": "', body)]


def _entry(report: Report, name: str = "filter.in.number") -> Entry:
    return next(entry for entry in report.entries if entry.requirement.id == name)


def _wrong(change: Callable[[Parts], Parts]) -> Fault:
    return Fault("of-the-tests", "It is wrong.", "checks", frozenset(), parts=change)


THREE_PARTS = _wrong(lambda parts: replace(parts, split=lambda value: Parts().split(value)[:3]))


def _failure(report: Report) -> Failure:
    [failure] = _entry(report).failures
    return failure


@pytest.mark.parametrize("seed", range(3))
def test_what_is_answered_wrongly_is_shrunk_to_the_smallest(seed: int) -> None:
    failure = _failure(_drawing(THREE_PARTS, seed=seed)[0])
    assert failure.filter is not None
    # The fourth part is the first that is not judged. Three that are the plainest operand come before it.
    parts = (failure.filter.value or "").split(",")
    assert len(parts) == 4
    assert parts[:3] == [parts[0]] * 3
    assert len(parts[0]) == 1
    assert len(failure.filter.value or "") <= 10


def test_a_failure_names_the_seed_and_comes_with_its_request() -> None:
    failure = _failure(_drawing(THREE_PARTS, seed=7)[0])
    assert re.search(r"missing, \d+ unexpected \(drawn at random by --seed 7, and shrunk\)$", failure.summary)
    assert failure.filter is not None
    assert f'"filter_value": "{failure.filter.value}"' in failure.curl
    assert failure.missing
    assert failure.values


def test_a_right_server_is_asked_as_often_as_is_stated() -> None:
    report, sent = _drawing()
    assert _entry(report).verdict is Verdict.PASS
    [proof] = _entry(report).proofs
    found = re.fullmatch(r"(\d+) filters drawn at random by --seed 0", proof)
    assert found
    assert drawn.DRAWN - 10 <= int(found[1]) <= drawn.DRAWN
    assert drawn.DRAWN - 20 <= len(set(sent)) <= drawn.DRAWN


def test_a_thorough_run_draws_more_and_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "THOROUGH", 300)
    names = ("filter.equals.number", "filter.equals.text", "filter.in.map")
    (_, little), (report, much) = (_drawing(only=names, thorough=thorough) for thorough in (False, True))
    assert not [entry for entry in report.entries if entry.verdict is not Verdict.PASS]
    assert len(little) <= drawn.DRAWN < 150 < len(set(much)) <= 300
    fields, more = ({re.findall(r'"filter_field": "(\w+)"', body)[0] for body in sent} for sent in (little, much))
    assert 5 < len(fields) < len(more)
    assert any(note.startswith("thorough: about ") for note in report.notes)


def test_the_seed_decides() -> None:
    first, again, other = (_drawing(seed=seed)[1] for seed in (1, 1, 2))
    assert sorted(first) == sorted(again)
    assert set(first) != set(other)


def test_the_seed_decides_whatever_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants of modules in the folder where the command is run are not drawn."""
    cells = [Cell("latency", None, "in", lambda: [f"{number}" for number in range(500)])]
    before = listed(cells, 1, 300)
    (tmp_path / "their_own.py").write_text(f"NUMBERS = {list(range(101, 500))}")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(providers, "is_local_module_file", lambda file: str(file).startswith(str(tmp_path)))
    importlib.import_module("their_own")
    assert listed(cells, 1, 300) == before


def test_each_requirement_is_accused_once_and_the_others_are_still_asked() -> None:
    names = ("filter.equals.list", "filter.in.list", "filter.like.list", "filter.equals.text")
    report, _ = _drawing(catalogue()["first-element-only"], names, seed=4, thorough=True)
    failed = {entry.requirement.id: len(entry.failures) for entry in report.entries if entry.failures}
    assert failed == dict.fromkeys(names[:3], 1)
    assert _entry(report, "filter.equals.text").proofs


def test_what_shrinks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    _, shrunk = _drawing(THREE_PARTS)
    monkeypatch.setattr(drawn, "_SHRINKS", 0)
    report, sent = _drawing(THREE_PARTS)
    assert len(_failure(report).filter.value or "") > 10  # type: ignore[union-attr]
    assert sent == shrunk[: len(sent)]
    assert len(shrunk) > len(sent) + 10


def test_a_bound_on_requests_is_kept() -> None:
    report, sent = _drawing(max_requests=20)
    assert report.requests == 20
    assert len(sent) < 20


def test_the_first_failure_ends_the_run() -> None:
    report, _ = _drawing(THREE_PARTS, fail_fast=True)
    assert [entry.requirement.id for entry in report.entries if entry.failures] == ["filter.in.number"]
    assert any("stopped at the first failure" in note for note in report.notes)


def test_filters_are_drawn_for_every_operator_with_an_operand(contract: Contract) -> None:
    names = drawn.requirements(contract)
    operators = {name.split(".")[1] for name in names if name.startswith("filter.")}
    assert operators == set(contract.operators) - {"is_null", "exists"}
    assert {name for name in names if name.startswith("field.")} == {
        requirement_of(f"{prefix}x") for prefix in ("", "score:", "annotation:score:", "annotation:value:")
    }


def test_what_is_drawn_at_a_name_accuses_how_names_are_found() -> None:
    names = ("field.annotation-value", "filter.like.text")
    report, _ = _drawing(catalogue()["annotation-values-are-equal-or-not"], names, thorough=True)
    assert [entry.requirement.id for entry in report.entries if entry.failures] == ["field.annotation-value"]
    [failure] = _entry(report, "field.annotation-value").failures
    assert failure.filter is not None
    assert failure.filter.operator == "like"


def test_what_is_asked_together_is_what_is_drawn(sample: Sample, contract: Contract) -> None:
    cells = list(Coverer(Candidates(sample, contract), contract, 0, thorough=False).cells())
    for seed in range(3):
        drawn_ = list[Filter]()
        smallest(cells, seed, 40, lambda one, drawn_=drawn_: bool(drawn_.append(one)))  # type: ignore[misc]
        assert listed(cells, seed, 40) == drawn_
        assert len(drawn_) >= 20
