"""Every fault is found, by exactly the requirements that it names; the right target is accused of nothing.

At one seed, without sockets and in companies, which is quick; `make faults` serves each alone over HTTP,
`make false-alarms` asks 50 seeds.
"""

import dataclasses
import functools
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from parea_conformance import contract
from parea_conformance.engine import Report
from parea_conformance.probes.planner import planned
from parea_conformance.stages import neighbours
from parea_target import Parts

from faults import __main__ as command
from faults.catalogue import THEMES, catalogue
from faults.lab import RIGHT, Outcome, examine, renamed, run, run_in_process
from faults.registry import FAULTS, Fault, declare, pairs_of
from faults.together import composed, groups

CATALOGUE = catalogue()
REQUIREMENTS = contract.load().requirements
MEANING = set(planned(REQUIREMENTS)) - set(neighbours.REQUIREMENTS)

# What no fault breaks, each with the reason.
UNBROKEN: dict[str, str] = {
    "auth.header-case": "uvicorn hands on the names of headers in lower case, so that no application sees their case",
}

# How many faults are judged in one run: of those that only change what filters mean, and of the others.
_OF_FILTERS, _OF_OTHERS = 10, 5


def _shared(number: int) -> pytest.MarkDecorator:
    # Plans and bodies are kept by process: three processes, and each keeps its own.
    return pytest.mark.xdist_group(f"faults-{number % 3}")


def _without(faults: Sequence[Fault]) -> tuple[str, ...]:
    """What is left out: what is next to a request shows nothing of what filters mean, and the reverse.

    But whether an operand is accepted, both show, and what a name of no member means. `make faults` asks all of every
    fault.
    """
    requirements = frozenset[str]().union(*(fault.requirements for fault in faults))
    if "body.accepted" in requirements:
        return ()
    if requirements <= MEANING:
        return ("neighbours",)
    return ("drawn",) if any(name.startswith("field.") for name in requirements) else ("classes", "drawn")


def _companies() -> list[list[Fault]]:
    """All faults, in companies: one run judges several."""
    # Those that need the longest run come first: the others take the places that are left in it.
    faults = sorted(CATALOGUE.values(), key=lambda fault: (len(_without([fault])), -len(fault.requirements)))
    of_filters = [fault for fault in faults if fault.requirements <= MEANING]
    others = [fault for fault in faults if not fault.requirements <= MEANING]
    return [*groups(of_filters, _OF_FILTERS, of_filters=True), *groups(others, _OF_OTHERS, of_filters=False)]


def _briefly(faults: Sequence[Fault]) -> Callable[[Fault, int], Report]:
    """The run that asks what these may show in."""
    return functools.partial(run_in_process, without=_without(faults))


def _amiss(faults: Sequence[Fault]) -> list[str]:
    """What is amiss with faults: first together; by halves where they hide each other, or one is not found."""
    outcome = examine(composed(faults) if len(faults) > 1 else faults[0], run=_briefly(faults))
    if outcome.verdict == "found":
        return []
    if len(faults) > 1:
        half = len(faults) // 2
        return [*_amiss(faults[:half]), *_amiss(faults[half:])]
    return [f"{outcome.fault.name}: {outcome.verdict} {outcome.cause}".rstrip()]


COMPANIES = _companies()


def _params(companies: Sequence[Sequence[Fault]]) -> list[object]:
    return [
        pytest.param(company, id="+".join(fault.name for fault in company), marks=_shared(place))
        for place, company in enumerate(companies)
    ]


@pytest.mark.parametrize("company", _params(COMPANIES))
def test_faults_are_found(company: Sequence[Fault]) -> None:
    assert _amiss(company) == []


@pytest.mark.parametrize("run", [pytest.param(run, marks=_shared(0)) for run in (run, run_in_process)])
def test_right_target_is_not_accused(run: Callable[[Fault, int], Report]) -> None:
    outcome = examine(RIGHT, run=run)
    assert (outcome.failed, outcome.open, outcome.cause) == (frozenset(), frozenset(), "")


def test_size() -> None:
    themes = Counter(fault.theme for fault in CATALOGUE.values())
    assert len(CATALOGUE) >= 90
    assert themes["around"] >= 10
    assert set(themes) == set(THEMES)


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.name) for fault in CATALOGUE.values()])
def test_fault_is_described(fault: Fault) -> None:
    assert fault.requirements
    assert fault.requirements <= REQUIREMENTS.keys()
    assert re.fullmatch(r"[^\n]+\.", fault.text)
    assert fault.described() != fault


def test_texts_differ() -> None:
    assert not [text for text, count in Counter(fault.text for fault in CATALOGUE.values()).items() if count > 1]


def test_every_requirement_is_broken() -> None:
    broken = frozenset[str]().union(*(fault.requirements for fault in CATALOGUE.values()))
    assert REQUIREMENTS.keys() - broken == UNBROKEN.keys()
    assert all(UNBROKEN.values())


# The lab and the command can fail ---------------------------------------------------------------------------------


def _one(change: Callable[[Fault], Fault]) -> Fault:
    return change(CATALOGUE["no-challenge"])


LAB: list[tuple[str, Fault, str]] = [
    (
        "names too little",
        _one(lambda fault: renamed(fault, "auth.first")),
        "missed: auth.first; collateral: auth.challenge",
    ),
    ("names too much", _one(lambda fault: renamed(fault, "auth.challenge", "auth.first")), "missed: auth.first"),
    ("does nothing", _one(lambda fault: dataclasses.replace(fault, parts=lambda parts: parts)), "survived"),
    ("names nothing", _one(renamed), "collateral: auth.challenge"),
]


@pytest.mark.xdist_group("faults-0")
@pytest.mark.parametrize(("fault", "verdict"), [pytest.param(*row, id=label) for label, *row in LAB])
def test_lab_reports(fault: Fault, verdict: str) -> None:
    assert examine(fault, run=_briefly([CATALOGUE[fault.name]])).verdict == verdict


@pytest.mark.xdist_group("faults-1")
@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (lambda fault: dataclasses.replace(fault, parts=lambda parts: parts), "like-has-case: survived"),
        (lambda fault: renamed(fault, "filter.like.score"), "like-has-case: missed: filter.like.score"),
    ],
)
def test_company_hides_nothing(wrong: Callable[[Fault], Fault], verdict: str) -> None:
    company = [wrong(CATALOGUE["like-has-case"]), CATALOGUE["between-drops-high-end"]]
    [said] = _amiss(company)
    assert said.startswith(verdict)


def test_every_fault_is_in_one_company() -> None:
    assert sorted(fault.name for company in COMPANIES for fault in company) == sorted(CATALOGUE)
    for company in COMPANIES:
        assert sum(len(fault.requirements) for fault in company) == len(composed(company).requirements)


def _outcome(fault: Fault, *failed: str, left: Sequence[str] = ()) -> Outcome:
    return Outcome(fault, 0, frozenset(failed), frozenset(left), "", 0.0)


CHALLENGE = CATALOGUE["no-challenge"]
COMMAND: list[tuple[list[Outcome], int, str]] = [
    ([_outcome(RIGHT), _outcome(CHALLENGE, "auth.challenge")], 0, "1 found exactly, 0 survived, 0 broke"),
    ([_outcome(CHALLENGE)], 1, "0 found exactly, 1 survived, 0 broke"),
    ([_outcome(CHALLENGE, "auth.challenge", "auth.first")], 1, "0 found exactly, 0 survived, 1 broke"),
    ([_outcome(CHALLENGE, "auth.first")], 1, "0 found exactly, 0 survived, 1 broke"),
    ([_outcome(RIGHT, "auth.first")], 1, "the right target was accused"),
    ([_outcome(RIGHT, left=["auth.first"])], 1, "the right target was accused"),
]


@pytest.mark.parametrize(("found", "status", "said"), COMMAND)
def test_command_ends_with(
    found: list[Outcome],
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "outcomes", lambda _names, _seed: iter(found))
    assert command.main([]) == status
    shown = capsys.readouterr().out
    assert said in shown.splitlines()[-1]
    assert all(outcome.fault.text in shown for outcome in found)


def test_command_knows_its_faults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["no-such-fault"])
    assert stopped.value.code == 2
    assert "no-such-fault" in capsys.readouterr().err


def test_names_are_unique() -> None:
    def no_challenge(parts: Parts) -> Parts:
        return parts

    with pytest.raises(ValueError, match="declared twice"):
        declare(no_challenge, ["auth.challenge"])
    assert {name: fault.name for name, fault in FAULTS.items()} == {name: name for name in FAULTS}


@pytest.mark.parametrize("requirement", ["auth.first", "filter.like.number", "filter.equals", "nothing"])
def test_conditions_are_of_operators(requirement: str) -> None:
    with pytest.raises(ValueError, match="no operator"):
        pairs_of([requirement])


@pytest.mark.xdist_group("faults-1")
def test_command_as_it_is_run() -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "faults", RIGHT.name, CHALLENGE.name], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1 found exactly, 0 survived, 0 broke" in done.stdout
