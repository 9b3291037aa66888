"""One request after another and beside another: the walk over kinds, what it shows, and the scripts that show it."""

import itertools
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from checks.suite.scripts import ran
from faults import lab, sequences
from faults.catalogue import catalogue
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.client import Client
from parea_conformance.ledger import Failure, Verdict
from parea_conformance.logs import seed_data
from parea_conformance.logs.sample import Sample
from parea_conformance.options import Options
from parea_conformance.probes.kinds import Asked, Kind, kinds, tour
from parea_conformance.reading.filter import Filter
from parea_conformance.stages import repeat

pytestmark = pytest.mark.slow

MakeOptions = Callable[..., Options]
SHELL = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")


@pytest.fixture
def found(contract: Contract, options: MakeOptions, sample: Sample) -> list[Kind]:
    given = options("http://in-process.invalid", other_api_key="another-key")
    client = Client(contract, given)
    one, other = (str(log["trace_id"]) for log in sample.logs[:2])
    asked = [Asked(Filter("trace_id", "equals", name), (name,)) for name in (one, other)]
    asked.append(Asked(Filter("error", "exists"), (one, other)))
    return kinds(client, contract, given, asked, whole=True)


@pytest.mark.parametrize("number", range(1, 26))
def test_a_tour_has_each_pair_once(number: int) -> None:
    pairs = Counter(itertools.pairwise(tour(number)))
    assert pairs == Counter(itertools.product(range(number), repeat=2))


def test_no_kind_is_left_out_of_the_walk(found: list[Kind]) -> None:
    assert len(found) == repeat.MOST_KINDS
    assert len({kind.request for kind in found}) == len({kind.name for kind in found}) == len(found)


def test_each_status_and_key_and_experiment_is_a_kind(found: list[Kind]) -> None:
    assert {kind.status for kind in found} == {200, 401, 404, 405, 413, 415, 422}
    assert len({kind.request.key for kind in found}) >= 4
    paths = " ".join(kind.request.path for kind in found)
    assert seed_data.OTHER_EXPERIMENT in paths
    assert seed_data.EMPTY_EXPERIMENT in paths


def test_a_mark_stands_in_its_own_request_alone(found: list[Kind]) -> None:
    marked = [kind for kind in found if kind.mark]
    assert len(marked) >= 6
    for kind in marked:
        holds = [
            other.name
            for other in found
            if kind.mark in f"{other.request.path} {other.request.key}" or kind.mark.encode() in other.request.body
        ]
        assert holds == [kind.name]


def _shown(
    fault: str, tmp_path: Path, requirement: str, before: Callable[[], None] = lambda: None
) -> tuple[list[Failure], list[tuple[int, str]]]:
    """What the suite finds of a requirement at a served fault; and what its first script says there, and elsewhere.

    What is to be done before the script runs is called then.
    """
    with lab.serving(catalogue()[fault]) as asked, lab.serving(lab.RIGHT) as right:
        report = judge(replace(asked, only=(requirement,)))
        [entry] = [entry for entry in report.entries if entry.requirement.id == requirement]
        script = entry.failures[0].curl if entry.failures else "true"
        elsewhere = script.replace(asked.base_url, right.base_url)
        before()
        said = [
            ran(text, tmp_path, keys=(given.api_key, given.other_api_key or ""))
            for text, given in ((script, asked), (elsewhere, right))
        ]
        assert asked.api_key not in script
    return entry.failures, said


@SHELL
@pytest.mark.parametrize(
    "fault", ["error-spoils-the-next-answer", "absent-members-linger", "tenant-sticks-to-the-pool", "cache-by-length"]
)
def test_the_script_of_what_one_request_does_to_the_next_shows_it(fault: str, tmp_path: Path) -> None:
    failures, [(status, said), (right_status, right_said)] = _shown(fault, tmp_path, "robust.stateless")
    assert failures
    assert (status, "answered otherwise than alone" in said) == (1, True), said
    assert (right_status, "not reproduced" in right_said) == (0, True), right_said


@SHELL
def test_the_script_of_what_one_does_beside_another_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly() -> None:
        monkeypatch.setattr(sequences, "TOGETHER", 1.0)  # as long as two processes take to send, on a busy machine too

    monkeypatch.setattr(sequences, "TOGETHER", 0.02)
    fault = "requests-of-one-length-are-one"
    failures, [(status, said), (right_status, right_said)] = _shown(fault, tmp_path, "robust.concurrency", slowly)
    assert failures
    assert (status, "answered otherwise than alone" in said) == (1, True), said
    assert (right_status, "not reproduced" in right_said) == (0, True), right_said


def test_what_is_not_seen_again_accuses_what_came_before() -> None:
    report = lab.run_in_process(catalogue()["refused-body-aborts-the-transaction"])
    failed = {entry.requirement.id: entry for entry in report.entries if entry.verdict is Verdict.FAIL}
    assert set(failed) == {"robust.stateless"}
    assert any("that was after a 422" in failure.summary for failure in failed["robust.stateless"].failures)
    undecided = [cause for entry in report.entries for cause in entry.undecided]
    assert any("not seen again" in cause for cause in undecided)
