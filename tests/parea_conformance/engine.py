"""A whole run: the stages in their order, and the verdict."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import httpx

from parea_conformance import contract
from parea_conformance.context import CannotJudgeError, Context
from parea_conformance.http.client import BudgetSpentError, Client, Exchange
from parea_conformance.ledger import Entry, Ledger, Verdict
from parea_conformance.logs.known import KnownLogs
from parea_conformance.options import Options
from parea_conformance.probes.planner import planned
from parea_conformance.reading.filter import Filter
from parea_conformance.stages import cases, composition, every_answer, fuzz, laws, meaning, preflight, repeat
from parea_conformance.stages.composition import Composition
from parea_conformance.stages.every_answer import EveryAnswer
from parea_conformance.stages.meaning import Meaning

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
    for stage in (preflight, composition, every_answer, cases, fuzz, repeat):
        names.update(stage.REQUIREMENTS)
    return names


def judge(options: Options, progress: Progress = _quiet, transport: httpx.BaseTransport | None = None) -> Report:
    """Judge a server.

    Args:
        options: what is asked for.
        progress: told the name of each stage as it begins, how many requests were sent, and how many are planned.
        transport: carries the requests instead of the network, to judge an application in this process.
    """
    said = contract.load()
    ledger = Ledger(said.select(options.classes).values())
    client = Client(said, options, transport)
    context = Context(said, options, client, ledger, KnownLogs(said))
    start, cause, logs = time.perf_counter(), "", 0
    outline: dict[str, int] = {}
    try:
        logs, outline = _stages(context, progress)
    except (CannotJudgeError, BudgetSpentError) as error:
        cause = str(error)
        for name in ledger.entries:
            ledger.error(name, f"not judged: {cause}")
    finally:
        client.close()
    seconds = time.perf_counter() - start
    return Report(options, tuple(ledger.entries.values()), cause, client.sent, seconds, logs, outline)


def _stages(context: Context, progress: Progress) -> tuple[int, dict[str, int]]:
    """Run the stages; how many root logs there are, and how many requests each requirement was to take."""
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
    outline = _outline(context, probes)
    if context.options.dry_run:
        for name in context.ledger.entries:
            context.ledger.undecide(name, "a dry run: nothing but the unfiltered logs was asked for")
        return len(unfiltered.facts), outline
    # Errors, which every class has requirements for, come from the cases: these are sent always.
    stages: tuple[tuple[ModuleType, Sequence[str], bool, Callable[[], None]], ...] = (
        (meaning, (), True, probes.send),
        (laws, (), True, lambda: laws.judge(context, sample, probes)),
        (cases, cases.REQUIREMENTS, True, lambda: cases.judge(context)),
        (fuzz, fuzz.REQUIREMENTS, False, lambda: fuzz.judge(context, sample, probes.misread)),
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
    whole.close()
    observer.close()
    return len(unfiltered.facts), outline


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
