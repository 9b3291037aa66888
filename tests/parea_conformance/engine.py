"""A whole run, whatever comes: what it found, and the verdict."""

import os
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from parea_conformance import contract, written
from parea_conformance.context import CannotJudgeError
from parea_conformance.contract import Contract
from parea_conformance.diagnosis import Misreading
from parea_conformance.http.client import BudgetSpentError, Client, Exchange, ServerGoneError
from parea_conformance.http.recording import RecordingError
from parea_conformance.ledger import Entry, FirstFailureError, Verdict
from parea_conformance.options import Options
from parea_conformance.run import Progress, Run, Span, covered

__all__ = ["Report", "Span", "covered", "judge"]

CONFORMANT, NOT_CONFORMANT, CANNOT_JUDGE, INTERRUPTED = 0, 1, 2, 130

TRACEBACK = "PAREA_CONFORMANCE_TRACEBACK"
"""The environment variable that, set to anything, shows the traceback of a failure of the suite's own."""


def quiet(stage: str, sent: int, planned: int) -> None:
    """Tell nobody."""
    del stage, sent, planned


def _silent(text: str) -> None:
    del text


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
        notes: what else whoever reads should know of how the run went.
        gone_on: whether the run came to its end; not when the server died, or the suite failed, or was interrupted.
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
    notes: tuple[str, ...] = ()
    gone_on: bool = True

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
        if not self.gone_on:
            return CANNOT_JUDGE
        if self.unexpected:
            return NOT_CONFORMANT
        undecided = self.count(Verdict.UNDECIDED) and not self.options.accept_undecided
        if self.cause or self.options.dry_run or self.count(Verdict.ERROR) or undecided or not self.count(Verdict.PASS):
            return CANNOT_JUDGE
        return CONFORMANT


class InterruptedRunError(KeyboardInterrupt):
    """The run was broken off (Ctrl-C); `report` holds what it had found."""

    def __init__(self, report: Report) -> None:
        super().__init__("interrupted")
        self.report = report


def judge(  # noqa: C901, PLR0913, PLR0917 - each kind of failure ends a run in its own way
    options: Options,
    progress: Progress = quiet,
    transport: httpx.BaseTransport | None = None,
    notify: Callable[[str], None] = _silent,
    watch: Callable[[Exchange], None] | None = None,
    connect: Callable[[Contract, Options, httpx.BaseTransport | None], Client] = Client,
) -> Report:
    """Judge a server. Whatever it answers, and whatever fails, there is a report.

    Args:
        options: what is asked for.
        progress: told the name of each stage as it begins, how many requests were sent, and how many are planned.
        transport: carries the requests instead of the network, to judge an application in this process.
        notify: told what whoever waits should know: how much will be read, why it will take longer.
        watch: is given every exchange, one at a time.
        connect: makes what sends the requests.

    Raises:
        InterruptedRunError: the run was interrupted; it holds the report of what was found until then.
    """
    start = time.perf_counter()
    said = contract.load()
    client = connect(said, options, transport)
    if watch is not None:
        client.observers.append(watch)
        client.holds_whole = True
    run = Run(said, options, client, progress, notify)
    cause, gone_on, interrupted = "", True, False
    try:
        run = run.whole()
    except FirstFailureError as error:
        run.stopped(error)
    except (CannotJudgeError, BudgetSpentError) as error:
        cause = str(error)
    except ServerGoneError as error:
        cause, gone_on = str(error), False
    except KeyboardInterrupt:
        cause, gone_on, interrupted = "interrupted", False, True
    except RecordingError:
        raise  # the caller's file lacks a request: no answer can be judged
    except Exception as error:  # noqa: BLE001 - whatever fails here is no fault of the server's, and never a verdict
        cause, gone_on = of_ours(error), False
    finally:
        client.close()
    if cause:
        for name in run.ledger.entries:
            run.ledger.error(name, f"not judged: {cause}")
    report = Report(
        options=written.options(options, client.secrets),
        entries=tuple(written.entry(entry, client.secrets) for entry in run.ledger.entries.values()),
        cause=written.text(cause, client.secrets),
        requests=client.sent,
        seconds=time.perf_counter() - start,
        logs=run.logs,
        outline=run.outline,
        filters={
            name: tuple(written.text(each, client.secrets) for each in filters) for name, filters in run.filters.items()
        },
        diagnosis=tuple(written.misreading(each, client.secrets) for each in run.diagnosis),
        timeline=tuple(run.timeline),
        notes=tuple(written.text(note, client.secrets) for note in run.notes),
        gone_on=gone_on,
    )
    if interrupted:
        raise InterruptedRunError(report)
    return report


def of_ours(error: Exception) -> str:
    """A failure of the suite's own in one line, with its place, and how to tell of it."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if __package__ in Path(frame.filename).parts), frames[-1])
    return (
        f"an error of the suite's own, {type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}; "
        f"please report it with the traceback that {TRACEBACK}=1 shows"
    )
