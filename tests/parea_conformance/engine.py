"""A whole run: the stages in their order, and the verdict."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import httpx

from parea_conformance import contract
from parea_conformance.context import CannotJudgeError, Context
from parea_conformance.contract import Contract
from parea_conformance.diagnosis import Misreading, diagnose
from parea_conformance.http.client import BudgetSpentError, Client, Exchange
from parea_conformance.ledger import Entry, FirstFailureError, Ledger, Verdict
from parea_conformance.logs.known import KnownLogs
from parea_conformance.options import Options
from parea_conformance.probes.planner import planned
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import OPERATORS
from parea_conformance.stages import (
    cases,
    composition,
    every_answer,
    fuzz,
    laws,
    meaning,
    operations,
    preflight,
    repeat,
)
from parea_conformance.stages.composition import Composition
from parea_conformance.stages.every_answer import EveryAnswer
from parea_conformance.stages.meaning import Meaning

CONFORMANT, NOT_CONFORMANT, CANNOT_JUDGE = 0, 1, 2

Progress = Callable[[str, int, int], None]


def quiet(stage: str, sent: int, planned: int) -> None:
    """Tell nobody."""
    del stage, sent, planned


@dataclass(frozen=True)
class Span:
    """When a stage ran: the second of the run in which it began, how many it took, and how many requests it sent."""

    stage: str
    start: float
    seconds: float
    requests: int


@dataclass
class _Found:
    """What the stages found beside the ledger; it holds what was found so far when a run breaks off."""

    logs: int = 0
    outline: dict[str, int] = field(default_factory=dict)
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    diagnosis: tuple[Misreading, ...] = ()
    timeline: list[Span] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """What a run found.

    Attributes:
        entries: every requirement of the contract that was asked for, in the order of the contract.
        cause: why nothing could be judged; empty when it could.
        requests: how many requests were sent. seconds: how long the run took. logs: how many root logs there are.
        outline: how many requests were planned for each requirement.
        filters: the filters that were planned for each requirement.
        diagnosis: the misreadings that explain failures of several requirements.
        timeline: the stages, in the order in which they ran.
    """

    options: Options
    entries: tuple[Entry, ...]
    cause: str
    requests: int
    seconds: float
    logs: int
    outline: Mapping[str, int]
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    diagnosis: tuple[Misreading, ...] = ()
    timeline: tuple[Span, ...] = ()

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
    names = {*planned(contract.load().requirements), *operations.requirements(contract.load())}
    for stage in (preflight, composition, every_answer, cases, fuzz, repeat):
        names.update(stage.REQUIREMENTS)
    return names


def judge(
    options: Options,
    progress: Progress = quiet,
    transport: httpx.BaseTransport | None = None,
    watch: Callable[[Exchange], None] | None = None,
    connect: Callable[[Contract, Options, httpx.BaseTransport | None], Client] = Client,
) -> Report:
    """Judge a server.

    Args:
        options: what is asked for.
        progress: told the name of each stage as it begins, how many requests were sent, and how many are planned.
        transport: carries the requests instead of the network, to judge an application in this process.
        watch: is given every exchange, one at a time.
        connect: makes what sends the requests.
    """
    said = contract.load()
    asked = said.select(options.classes)
    known = dict(options.known_failures)
    ledger = Ledger(
        (entry for name, entry in asked.items() if name in options.only or not options.only),
        stop_at=[name for name in asked if name not in known] if options.fail_fast else (),
    )
    client = connect(said, options, transport)
    client.observers.extend([watch] if watch else [])
    context = Context(said, options, client, ledger, KnownLogs(said))
    start, cause, found = time.perf_counter(), "", _Found()
    try:
        _stages(context, progress, found)
    except FirstFailureError as error:
        for name, entry in ledger.entries.items():
            if not entry.failures:
                ledger.undecide(name, f"not judged to its end: {error} (--fail-fast)")
    except (CannotJudgeError, BudgetSpentError) as error:
        cause = str(error)
        for name in ledger.entries:
            ledger.error(name, f"not judged: {cause}")
    finally:
        client.close()
    seconds = time.perf_counter() - start
    return Report(
        options,
        tuple(ledger.entries.values()),
        cause,
        client.sent,
        seconds,
        found.logs,
        found.outline,
        found.filters,
        found.diagnosis,
        tuple(found.timeline),
    )


def _stages(context: Context, progress: Progress, found: _Found) -> None:
    """Run the stages."""
    if unknown := [name for name in context.contract.operators if name not in OPERATORS]:
        raise CannotJudgeError(f"the oracle (reading/oracle.py) does not know the operator {', '.join(unknown)}")
    spans = _Spans(context.client, found.timeline)
    progress(_name(preflight), 0, 0)
    exchange = preflight.first_contact(context)
    observer = EveryAnswer(context)
    observer(exchange)
    context.client.observers.append(observer)
    sample, unfiltered = preflight.preflight(context, exchange)
    del exchange  # which holds all logs of the experiment
    whole = Composition(context, sample)
    whole.unfiltered(unfiltered)
    probes = Meaning(context, sample, whole)
    spans.close(_name(preflight))
    outline = found.outline = _outline(context, probes)
    found.logs = len(unfiltered.facts)
    found.filters = {plan.requirement: tuple(str(probe.filter) for probe in plan.probes) for plan in probes.plans}
    if context.options.dry_run:
        for name in context.ledger.entries:
            context.ledger.undecide(name, "a dry run: nothing but the unfiltered logs was asked for")
        return
    # Errors, which every class has requirements for, come from the cases: these are sent always, but where only some
    # requirements are asked for that no error decides.
    errors = not context.options.only or any(name in context.ledger for name in every_answer.REQUIREMENTS)
    stages: tuple[tuple[ModuleType, Sequence[str], bool, Callable[[], None]], ...] = (
        (meaning, (), True, probes.send),
        (laws, (), True, lambda: laws.judge(context, sample, probes)),
        (cases, cases.REQUIREMENTS, errors, lambda: cases.judge(context)),
        (fuzz, fuzz.REQUIREMENTS, False, lambda: fuzz.judge(context, sample, probes.misread)),
        (operations, operations.requirements(context.contract), False, lambda: operations.judge(context)),
        (repeat, repeat.REQUIREMENTS, False, lambda: repeat.judge(context, probes, unfiltered.ids)),
    )
    for stage, requirements, always, work in stages:
        if not always and not any(name in context.ledger for name in requirements):
            continue
        told = _telling(progress, _name(stage), context.client, sum(outline.values()))
        context.client.observers.append(told)
        try:
            work()
        except BudgetSpentError as error:
            for requirement in (*requirements, *observer.unseen()):
                context.ledger.undecide(requirement, f"{error}, and not all of its checks ran")
        context.client.observers.remove(told)
        spans.close(_name(stage))
    whole.close()
    observer.close()
    found.diagnosis = diagnose(context, sample, unfiltered, probes)


class _Spans:
    """Writes the timeline: each span begins where the last ended."""

    def __init__(self, client: Client, timeline: list[Span]) -> None:
        self._client = client
        self._timeline = timeline
        self._start = self._last = time.perf_counter()
        self._sent = 0

    def close(self, stage: str) -> None:
        """The stage that has just ended."""
        now, sent = time.perf_counter(), self._client.sent
        span = Span(stage, self._last - self._start, now - self._last, sent - self._sent)
        self._timeline.append(span)
        self._last, self._sent = now, sent


def _name(stage: ModuleType) -> str:
    """The name of a stage: that of its module."""
    return stage.__name__.rpartition(".")[2]


def _telling(progress: Progress, stage: str, client: Client, total: int) -> Callable[[Exchange], None]:
    progress(stage, client.sent, total)
    return lambda _exchange: progress(stage, client.sent, total)


def _outline(context: Context, probes: Meaning) -> dict[str, int]:
    """How many requests each requirement takes; a filter that serves several counts for the first."""
    counts = Counter[str]()
    asked: set[Filter] = set()
    for plan in probes.plans:
        new = {probe.filter for probe in plan.probes} - asked
        asked |= new
        counts[plan.requirement] += len(new)
    for case in cases.cases(context.client, context.contract):
        counts[case.requirement] += 1
    for names, number in ((fuzz.REQUIREMENTS[:2], context.options.fuzz), (repeat.REQUIREMENTS, repeat.requests() // 2)):
        if any(name in context.ledger for name in names):
            counts.update(dict.fromkeys(names, number))
    return dict(counts)
