"""A whole run: the stages in their order, and the verdict."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from parea_conformance import cases, contract, fuzz, laws, preflight, shape, steady, watch
from parea_conformance.facts import Library
from parea_conformance.filters import Filter
from parea_conformance.meaning import Meaning
from parea_conformance.planner import planned
from parea_conformance.run import CannotJudgeError, Options, Run
from parea_conformance.shape import Shape
from parea_conformance.verdict import Entry, Ledger, Verdict
from parea_conformance.watch import Watch
from parea_conformance.wire import BudgetSpentError, Exchange, Wire

CONFORMANT, NOT_CONFORMANT, CANNOT_JUDGE = 0, 1, 2

Progress = Callable[[str, int, int], None]


def _quiet(stage: str, sent: int, planned: int) -> None:
    del stage, sent, planned


@dataclass(frozen=True)
class Report:
    """What a run found.

    Attributes:
        entries: every requirement of the contract that was asked for, in the order of the contract.
        cause: why nothing could be judged; empty when it could.
        requests: how many requests were sent. seconds: how long the run took. logs: how many root logs there are.
        outline: how many requests were planned for each requirement.
    """

    options: Options
    entries: tuple[Entry, ...]
    cause: str
    requests: int
    seconds: float
    logs: int
    outline: Mapping[str, int]

    def count(self, verdict: Verdict) -> int:
        """How many requirements have this verdict."""
        return sum(entry.verdict is verdict for entry in self.entries)

    @property
    def unexpected(self) -> tuple[Entry, ...]:
        """The requirements that failed although no failure was known, or passed although one was."""
        known = dict(self.options.known_failures)
        wrong = {Verdict.FAIL: lambda name: name not in known, Verdict.PASS: lambda name: name in known}
        return tuple(e for e in self.entries if e.verdict in wrong and wrong[e.verdict](e.requirement.id))

    @property
    def status(self) -> int:
        """The exit status: 0 conformant, 1 not, 2 could not judge. Never 0 when nothing was proved."""
        if self.unexpected:
            return NOT_CONFORMANT
        undecided = self.count(Verdict.UNDECIDED) and not self.options.accept_undecided
        if self.cause or self.options.dry_run or self.count(Verdict.ERROR) or undecided or not self.count(Verdict.PASS):
            return CANNOT_JUDGE
        return CONFORMANT


def covered() -> set[str]:
    """The ids of all requirements that some stage checks; the project's tests compare them with the contract."""
    names = set(planned(contract.load().requirements))
    for stage in (preflight, shape, watch, cases, fuzz, steady):
        names.update(stage.REQUIREMENTS)
    return names


def judge(options: Options, progress: Progress = _quiet) -> Report:
    """Judge a server.

    Args:
        progress: told the name of each stage as it begins, how many requests were sent, and how many are planned.
    """
    said = contract.load()
    ledger = Ledger(said.select(options.classes).values())
    wire = Wire(said, options)
    run = Run(said, options, wire, ledger, Library(said))
    start, cause, logs = time.perf_counter(), "", 0
    outline: dict[str, int] = {}
    try:
        logs, outline = _stages(run, progress)
    except (CannotJudgeError, BudgetSpentError) as error:
        cause = str(error)
        for name in ledger.entries:
            ledger.error(name, f"not judged: {cause}")
    finally:
        wire.close()
    return Report(options, tuple(ledger.entries.values()), cause, wire.sent, time.perf_counter() - start, logs, outline)


def _stages(run: Run, progress: Progress) -> tuple[int, dict[str, int]]:
    """Run the stages; how many root logs there are, and how many requests each requirement was to take."""
    progress("preflight", 0, 0)
    exchange = preflight.first_contact(run)
    observer = Watch(run)
    observer(exchange)
    run.wire.observers.append(observer)
    universe, unfiltered = preflight.preflight(run, exchange)
    del exchange  # which holds all logs of the experiment
    shape_ = Shape(run, universe)
    shape_.unfiltered(unfiltered)
    meaning = Meaning(run, universe, shape_)
    outline = _outline(run, meaning)
    if run.options.dry_run:
        for name in run.ledger.entries:
            run.ledger.undecide(name, "a dry run: nothing but the unfiltered logs was asked for")
        return len(unfiltered.facts), outline
    total = sum(outline.values())
    stages: tuple[tuple[str, Sequence[str], Callable[[], None]], ...] = (
        ("meaning", (), meaning.send),
        ("laws", (), lambda: laws.judge(run, universe, meaning)),
        ("contract", cases.REQUIREMENTS, lambda: cases.judge(run)),
        ("fuzzing", fuzz.REQUIREMENTS, lambda: fuzz.judge(run, universe, meaning.misread)),
        ("robustness", steady.REQUIREMENTS, lambda: steady.judge(run, meaning, unfiltered.ids)),
    )
    for name, requirements, work in stages:
        # The cases are sent always: errors, which every class has requirements for, come from them.
        if name in ("fuzzing", "robustness") and not any(each in run.ledger for each in requirements):
            continue
        told = _telling(progress, name, run.wire, total)
        run.wire.observers.append(told)
        try:
            work()
        except BudgetSpentError as error:
            for requirement in (*requirements, *observer.unseen()):
                run.ledger.undecide(requirement, f"{error}, and not all of its checks ran")
        run.wire.observers.remove(told)
    shape_.close()
    observer.close()
    return len(unfiltered.facts), outline


def _telling(progress: Progress, stage: str, wire: Wire, total: int) -> Callable[[Exchange], None]:
    progress(stage, wire.sent, total)
    return lambda _exchange: progress(stage, wire.sent, total)


def _outline(run: Run, meaning: Meaning) -> dict[str, int]:
    """How many requests each requirement takes; a filter that serves several counts for the first."""
    counts = Counter[str]()
    asked: set[Filter] = set()
    for plan in meaning.plans:
        new = {probe.filter for probe in plan.probes} - asked
        asked |= new
        counts[plan.requirement] += len(new)
    for case in cases.cases(run.wire, run.contract):
        counts[case.requirement] += 1
    for names, number in ((fuzz.REQUIREMENTS[:2], run.options.fuzz), (steady.REQUIREMENTS, steady.requests() // 2)):
        if any(name in run.ledger for name in names):
            counts.update(dict.fromkeys(names, number))
    return dict(counts)
