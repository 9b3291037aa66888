"""The stages of a run, in their order."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from parea_conformance import contract, written
from parea_conformance.context import CannotJudgeError, Context
from parea_conformance.contract import Contract
from parea_conformance.diagnosis import Misreading, diagnose
from parea_conformance.http.client import AT_A_TIME, BudgetSpentError, Client, Exchange
from parea_conformance.ledger import Failure, FirstFailureError, Ledger
from parea_conformance.logs import as_written
from parea_conformance.logs.known import KnownLogs
from parea_conformance.logs.sample import Sample
from parea_conformance.logs.sampling import Sampler
from parea_conformance.neighbours.tokens import Neighbour
from parea_conformance.options import Options
from parea_conformance.probes.made_up import Making, MakingFailedError, making
from parea_conformance.probes.planner import planned
from parea_conformance.reading.filter import UNFILTERED, Filter
from parea_conformance.reading.oracle import OPERATORS
from parea_conformance.stages import (
    bodies,
    cases,
    composition,
    confirm,
    drawn,
    every_answer,
    fuzz,
    laws,
    meaning,
    neighbours,
    operations,
    preflight,
    repeat,
    trial,
)
from parea_conformance.stages.cases import Case
from parea_conformance.stages.composition import Composition
from parea_conformance.stages.every_answer import EveryAnswer
from parea_conformance.stages.meaning import Meaning

Progress = Callable[[str, int, int], None]

_GIGABYTE = 1e9
_MUCH = 0.5e9


def covered() -> set[str]:
    """The ids of all requirements that some stage checks; the project's tests compare them with the contract."""
    names = {*planned(contract.load().requirements), *operations.requirements(contract.load())}
    for stage in (preflight, composition, every_answer, cases, neighbours, fuzz, repeat):
        names.update(stage.REQUIREMENTS)
    return names


@dataclass(frozen=True)
class Span:
    """When a stage ran: the second of the run in which it began, how many it took, and how many requests it sent."""

    stage: str
    start: float
    seconds: float
    requests: int


class Run:
    """The stages of one run, and what they find."""

    def __init__(
        self, said: Contract, options: Options, client: Client, progress: Progress, notify: Callable[[str], None]
    ) -> None:
        asked, known = said.select(options.classes), dict(options.known_failures)
        self.ledger = Ledger(
            (entry for name, entry in asked.items() if name in options.only or not options.only),
            stop_at=[name for name in asked if name not in known] if options.fail_fast else (),
        )
        self.logs = 0
        self.outline: dict[str, int] = {}
        self.filters: dict[str, tuple[str, ...]] = {}
        self.diagnosis: tuple[Misreading, ...] = ()
        self.timeline: list[Span] = []
        self.notes: list[str] = []
        self._context = Context(said, options, client, self.ledger, KnownLogs(said))
        self._progress, self._notify = progress, notify
        self._mixed_up: Failure | None = None

    def whole(self) -> "Run":
        """Run the stages; once more, one request at a time, where it came out late that answers are mixed up.

        Raises:
            CannotJudgeError: there is nothing to judge by.
            ServerGoneError: the server answers nothing any more.
        """
        context, client = self._context, self._context.client
        if unknown := [name for name in context.contract.operators if name not in OPERATORS]:
            raise CannotJudgeError(f"the oracle (reading/oracle.py) does not know the operator {', '.join(unknown)}")
        observers = list(client.observers)
        sampler = Sampler(context.options.seed, context.contract.kinds)
        self._progress(_name(preflight), 0, 0)
        with contextlib.ExitStack() as stack:
            if not context.options.dry_run and self._judges(fuzz.REQUIREMENTS):
                made = making(context.contract, context.options.fuzz, context.options.seed)
                self._making: Making | None = stack.enter_context(made)
            else:
                self._making = None
            self._stages(sampler)
        mixed_up = self._mixed_up is not None or self.ledger.failed("robust.concurrency")
        if client.width == 1 or not mixed_up:
            return self
        if client.pace.left < client.sent:
            self._note("answers are mixed up, and too few requests are left to judge it one at a time: trust no other")
            return self
        again = Run(context.contract, replace(context.options, concurrency=1), client, self._progress, self._notify)
        again._note("judged a second time, one request at a time: the server mixed up answers late in the run")
        again._mixed_up = self._mixed_up
        client.width, client.observers = 1, observers
        client.ask(UNFILTERED)  # what the last request left behind goes into this answer, and not into the sample
        return again.whole()

    def stopped(self, error: FirstFailureError) -> None:
        """The run was to stop at its first failure: what was not judged to its end is undecided."""
        begun = {name: bool(entry.checks) for name, entry in self.ledger.entries.items() if not entry.failures}
        for name, any_check in begun.items():
            cut = "not judged to its end" if any_check else "not judged"
            self.ledger.undecide(name, f"{cut}: {error} (--fail-fast)")
        self._note(
            f"stopped at the first failure, {error}: {len(begun) - sum(begun.values())} requirements were not judged, "
            f"{sum(begun.values())} not to their end (--fail-fast)"
        )

    def _judges(self, requirements: Iterable[str]) -> bool:
        """Whether any of these is judged in this run."""
        return any(name in self.ledger for name in requirements)

    def _note(self, text: str) -> None:
        """Tell what else is to be known of the run; nothing where there is nothing."""
        if not text:
            return
        self.notes.append(text)
        self._notify(written.text(text, self._context.client.secrets))

    def _stages(self, sampler: Sampler) -> None:
        context = self._context
        spans = _Spans(context.client, self.timeline)
        exchange = preflight.first_contact(context, sampler)
        observer = EveryAnswer(context)
        observer(exchange)
        context.client.observers.append(observer)
        size = exchange.size
        sample, unfiltered = preflight.preflight(context, exchange, sampler)
        del exchange  # which holds all logs of the experiment
        self.logs = len(unfiltered.facts)
        whole = Composition(context, sample)
        whole.unfiltered(unfiltered)
        self._note(as_written.otherwise(sample, context.contract))
        probes = Meaning(context, sample, whole)
        spans.close(_name(preflight))
        planned = [probe.filter for plan in probes.plans for probe in plan.asked]
        left_out = _name(neighbours) in context.options.without
        near = [] if left_out else neighbours.neighbours(context, sample, planned)
        # Errors, which every class has requirements for, come from the cases: these are sent always, but where only
        # requirements are asked for that no error decides.
        errors = not context.options.only or self._judges((*every_answer.REQUIREMENTS, *cases.REQUIREMENTS))
        made = cases.cases(context.client, context.contract) if errors else []
        formed = [
            case
            for case in bodies.cases(context.client, context.contract, planned, thorough=context.options.thorough)
            if case.requirement in self.ledger
        ]
        self.outline = _outline(context, probes, [*made, *formed, *(neighbour for neighbour, _ in near)])
        self.filters = {plan.requirement: tuple(str(probe.filter) for probe in plan.asked) for plan in probes.plans}
        self._estimate(size, sample, probes)
        if context.options.dry_run:
            for name in self.ledger.entries:
                self.ledger.undecide(name, "a dry run: nothing but the unfiltered logs was asked for")
            return
        draws = self._judges(drawn.requirements(context.contract))
        stages: tuple[tuple[ModuleType, Sequence[str], bool, Callable[[], None]], ...] = (
            (trial, ("robust.concurrency",), context.options.concurrency > 1, lambda: self._try(probes)),
            (meaning, (), True, probes.send),
            (laws, (), True, lambda: laws.judge(context, sample, probes)),
            (drawn, (), draws, lambda: drawn.judge(context, sample, probes)),
            (cases, cases.REQUIREMENTS, errors, lambda: cases.judge(context, made)),
            (bodies, bodies.REQUIREMENTS, False, lambda: bodies.judge(context, formed)),
            (neighbours, neighbours.REQUIREMENTS, False, lambda: neighbours.judge(context, sample, probes, near)),
            (fuzz, fuzz.REQUIREMENTS, False, lambda: self._fuzz(sample, probes)),
            (operations, operations.requirements(context.contract), False, lambda: operations.judge(context)),
            (repeat, repeat.REQUIREMENTS, False, lambda: repeat.judge(context, probes, unfiltered.ids, self._mixed_up)),
        )
        for stage, requirements, always, work in stages:
            if not always and not self._judges(requirements):
                continue
            if _name(stage) in context.options.without:
                for requirement in requirements:
                    self.ledger.undecide(requirement, f"the stage {_name(stage)} was left out")
                continue
            told = _telling(self._progress, _name(stage), context.client, sum(self.outline.values()))
            context.client.observers.append(told)
            try:
                work()
            except BudgetSpentError as error:
                for requirement in (*requirements, *observer.unseen()):
                    self.ledger.undecide(requirement, f"{error}, and not all of its checks ran")
            context.client.observers.remove(told)
            spans.close(_name(stage))
        if slow := probes.slow():
            self._note(slow)
        self._confirm(spans)
        whole.close()
        observer.close()
        self.diagnosis = diagnose(context, sample, unfiltered, probes)

    def _confirm(self, spans: "_Spans") -> None:
        """Ask again for what failed."""
        if _name(confirm) not in self._context.options.without:
            with contextlib.suppress(BudgetSpentError):  # what failed stands as it is
                self._mixed_up = confirm.judge(self._context) or self._mixed_up
            spans.close(_name(confirm))

    def _estimate(self, size: int, sample: Sample, probes: Meaning) -> None:
        """Say how much will be asked and read, where that is much."""
        if self._context.options.thorough:
            self._note(f"thorough: about {sum(self.outline.values()):,} requests will be sent")
        shares = {probe.filter: len(probe.expected) for plan in probes.plans for probe in plan.asked}
        read = size * sum(shares.values()) / len(sample.logs)
        if read > _MUCH:
            self._note(
                f"the {self.logs:,} logs are {size / _GIGABYTE:.1f} GB; the answers to the planned filters will be "
                f"about {read / _GIGABYTE:,.0f} GB more"
            )

    def _try(self, probes: Meaning) -> None:
        """Ask several requests at a time from now on, unless the server mixes them up."""
        why, self._mixed_up = trial.judge(self._context, probes)
        if why:
            self._note(f"asked one request at a time: {why}")
        elif not self._context.client.busy:
            self._context.client.width = min(self._context.options.concurrency, AT_A_TIME)

    def _fuzz(self, sample: Sample, probes: Meaning) -> None:
        assert self._making is not None  # it is made wherever this stage runs
        try:
            bodies = self._making.bodies()
        except MakingFailedError as error:
            for name in fuzz.REQUIREMENTS:
                self.ledger.error(name, str(error))
        else:
            fuzz.judge(self._context, sample, probes.misread, bodies)


class _Spans:
    """Writes the timeline: each span begins where the last ended."""

    def __init__(self, client: Client, timeline: list[Span]) -> None:
        self._client = client
        self._timeline = timeline
        self._start = self._last = time.perf_counter()
        self._sent = client.sent

    def close(self, stage: str) -> None:
        """The stage that has just ended."""
        now, sent = time.perf_counter(), self._client.sent
        self._timeline.append(Span(stage, self._last - self._start, now - self._last, sent - self._sent))
        self._last, self._sent = now, sent


def _name(stage: ModuleType) -> str:
    """The name of a stage: that of its module."""
    return stage.__name__.rpartition(".")[2]


def _telling(progress: Progress, stage: str, client: Client, total: int) -> Callable[[Exchange], None]:
    progress(stage, client.sent, total)
    return lambda _exchange: progress(stage, client.sent, total)


def _outline(context: Context, probes: Meaning, made: Iterable[Case | Neighbour]) -> dict[str, int]:
    """How many requests each requirement takes; a filter that serves several counts for the first."""
    counts = Counter[str]()
    asked: set[Filter] = set()
    for plan in probes.plans:
        new = {probe.filter for probe in plan.asked} - asked
        asked |= new
        counts[plan.requirement] += len(new)
    counts.update(each.requirement for each in made)
    for names, number in ((fuzz.REQUIREMENTS[:2], context.options.fuzz), (repeat.REQUIREMENTS, repeat.requests() // 2)):
        if any(name in context.ledger for name in names):
            counts.update(dict.fromkeys(names, number))
    own = [name for name in drawn.requirements(context.contract) if name in context.ledger]
    for at in range(drawn.number(thorough=context.options.thorough) if own else 0):
        counts[own[at % len(own)]] += 1
    return dict(counts)
