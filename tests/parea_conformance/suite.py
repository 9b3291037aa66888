"""A whole run: the stages in their order, and the verdict."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from parea_conformance import cases, contract, fuzz, laws, preflight, shape, steady, watch
from parea_conformance.library import Library
from parea_conformance.meaning import Meaning
from parea_conformance.planner import planned
from parea_conformance.run import CannotJudgeError, Options, Run
from parea_conformance.shape import Shape
from parea_conformance.verdict import Entry, Ledger, Verdict
from parea_conformance.watch import Watch
from parea_conformance.wire import Wire

CONFORMANT, NOT_CONFORMANT, CANNOT_JUDGE = 0, 1, 2


@dataclass(frozen=True)
class Report:
    """What a run found.

    Attributes:
        entries: every requirement of the contract that was asked for, in the order of the contract.
        cause: why nothing could be judged; empty when it could.
        requests: how many requests were sent. seconds: how long the run took. logs: how many root logs were judged by.
    """

    options: Options
    entries: tuple[Entry, ...]
    cause: str
    requests: int
    seconds: float
    logs: int

    def count(self, verdict: Verdict) -> int:
        """How many requirements have this verdict."""
        return sum(entry.verdict is verdict for entry in self.entries)

    @property
    def status(self) -> int:
        """The exit status: 0 conformant, 1 not, 2 could not judge. Never 0 when nothing was proved."""
        if self.count(Verdict.FAIL):
            return NOT_CONFORMANT
        undecided = self.count(Verdict.UNDECIDED) and not self.options.accept_undecided
        if self.cause or self.count(Verdict.ERROR) or undecided or not self.count(Verdict.PASS):
            return CANNOT_JUDGE
        return CONFORMANT


def covered() -> set[str]:
    """The ids of all requirements that some stage checks; the project's tests compare them with the contract."""
    names = set(planned(contract.load().requirements))
    for stage in (preflight, shape, watch, cases, fuzz, steady):
        names.update(stage.REQUIREMENTS)
    return names


def judge(options: Options, progress: Callable[[str], None] = lambda _stage: None) -> Report:
    """Judge a server.

    Args:
        progress: told the name of each stage as it begins.
    """
    said = contract.load()
    ledger = Ledger(said.select(options.classes).values())
    wire = Wire(options.base_url, said.path, said.key_header, options.api_key, options.experiment, options.timeout)
    run = Run(said, options, wire, ledger, Library(said))
    start, cause, logs = time.perf_counter(), "", 0
    try:
        logs = _stages(run, progress)
    except CannotJudgeError as error:
        cause = str(error)
        for name in ledger.entries:
            ledger.error(name, f"not judged: {cause}")
    finally:
        wire.close()
    entries = tuple(ledger.entries.values())
    return Report(options, entries, cause, wire.sent, time.perf_counter() - start, logs)


def _stages(run: Run, progress: Callable[[str], None]) -> int:
    progress("preflight")
    exchange = preflight.first_contact(run)
    observer = Watch(run)
    observer(exchange)
    run.wire.observers.append(observer)
    universe, unfiltered = preflight.preflight(run, exchange)
    shape_ = Shape(run, universe)
    shape_.unfiltered(unfiltered)
    progress("meaning")
    meaning = Meaning(run, universe, shape_)
    meaning.send()
    laws.judge(run, universe, meaning)
    shape_.close()
    progress("contract")
    cases.judge(run)
    if any(name in run.ledger for name in fuzz.REQUIREMENTS):
        progress("fuzzing")
        fuzz.judge(run, universe)
    if any(name in run.ledger for name in steady.REQUIREMENTS):
        progress("robustness")
        steady.judge(run, meaning, unfiltered.ids)
    observer.close()
    return len(unfiltered.facts)
