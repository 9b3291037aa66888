"""Verdicts, and the ledger in which every check writes what it found."""

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from parea_conformance.contract import Requirement
from parea_conformance.http.exchange import Exchange
from parea_conformance.reading.filter import Filter


class Verdict(enum.StrEnum):
    """What is known of one requirement after a run. The first that applies, from the top, is given."""

    FAIL = "fail"  # at least one answer broke it
    ERROR = "error"  # a check of it could not run
    UNDECIDED = "undecided"  # inconclusive: the data cannot tell the right reading from some wrong one
    SKIPPED = "skipped"  # not judged, for a cause that is named
    PASS = "pass"  # noqa: S105 - proven: every check of it ran and held


@dataclass(frozen=True)
class Failure:
    """One answer that broke a requirement.

    Attributes:
        summary: what is wrong, in one sentence.
        curl: a command that reproduces it, with the key as `$PAREA_API_KEY`.
        expected, received: what the contract asks for and what came, as text.
        missing, unexpected: trace ids, where sets of logs were compared.
        values: of these logs, or of those that are out of order, a line each: the value that was judged.
        explanation: the wrong reading that explains every failure of the requirement, when one is known.
        filter: what was asked, where the logs of its answer are judged by the oracle.
        exchange: the answer, trimmed; no report shows it.
    """

    summary: str
    curl: str
    expected: str = ""
    received: str = ""
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    explanation: str = ""
    filter: Filter | None = None
    exchange: Exchange | None = field(default=None, compare=False, repr=False)


class FirstFailureError(Exception):
    """A requirement failed, and the run was to stop at the first that does."""


@dataclass(frozen=True)
class Evidence:
    """One request that told rivals apart: the filter, how many logs match it, and the names of the rivals."""

    filter: str
    fitting: int
    rivals: tuple[str, ...]


@dataclass
class Entry:
    """All that is known of one requirement."""

    requirement: Requirement
    proofs: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    checks: int = 0
    _known: set[Failure] = field(default_factory=set, repr=False)

    def add(self, failure: Failure) -> None:
        """Add a failure, unless it is there; a server may show any number of them."""
        if failure not in self._known:
            self._known.add(failure)
            self.failures.append(failure)

    @property
    def verdict(self) -> Verdict:
        """The verdict; a requirement of which nothing was written is an error, never a pass."""
        if self.failures:
            return Verdict.FAIL
        if self.errors:
            return Verdict.ERROR
        if self.undecided:
            return Verdict.UNDECIDED
        if self.skipped:
            return Verdict.SKIPPED
        return Verdict.PASS if self.proofs else Verdict.ERROR

    @property
    def causes(self) -> list[str]:
        """Why the verdict is what it is, in words; empty for a pass."""
        match self.verdict:
            case Verdict.FAIL:
                return [failure.summary for failure in self.failures]
            case Verdict.ERROR:
                return self.errors or ["no check of this requirement ran"]
            case Verdict.UNDECIDED:
                return self.undecided
            case Verdict.SKIPPED:
                return self.skipped
        return []


class Ledger:
    """What the checks found, by requirement. Writing of a requirement that is not judged in this run has no effect.

    Args:
        requirements: what is judged.
        stop_at: the requirements whose first failure ends the run with a `FirstFailureError`.
    """

    def __init__(self, requirements: Iterable[Requirement], stop_at: Collection[str] = ()) -> None:
        self.entries = {requirement.id: Entry(requirement) for requirement in requirements}
        self._stop_at = frozenset(stop_at)
        self._spare = Entry(Requirement("", "", "", ""))

    def __contains__(self, requirement: str) -> bool:
        return requirement in self.entries

    def _entry(self, requirement: str) -> Entry:
        return self.entries.get(requirement, self._spare)

    def hold(self, requirement: str, proof: str) -> None:
        """A check held."""
        entry = self._entry(requirement)
        entry.checks += 1
        if proof not in entry.proofs:
            entry.proofs.append(proof)

    def fail(self, requirement: str, failure: Failure) -> None:
        """A check found an answer that breaks the requirement.

        Raises:
            FirstFailureError: the run is to stop at the first failure.
        """
        entry = self._entry(requirement)
        entry.checks += 1
        entry.add(failure)
        if requirement in self._stop_at and requirement in self.entries:
            raise FirstFailureError(f"{requirement} failed: {failure.summary}")

    def judge(self, requirement: str, proof: str, failure: Failure | None) -> None:
        """A check ran: it held, or it found a failure."""
        if failure is None:
            self.hold(requirement, proof)
        else:
            self.fail(requirement, failure)

    def withdraw(self, requirement: str, failure: Failure, cause: str) -> None:
        """A failure was not seen again: what it shows is not of this requirement, which is left undecided."""
        self._entry(requirement).failures.remove(failure)
        self.undecide(requirement, cause)

    def evidence(self, requirement: str, evidence: Evidence) -> None:
        """A request told rivals apart."""
        self._entry(requirement).evidence.append(evidence)

    def undecide(self, requirement: str, cause: str) -> None:
        """The data cannot decide; the cause names the log that would."""
        entry = self._entry(requirement)
        if cause not in entry.undecided:
            entry.undecided.append(cause)

    def skip(self, requirement: str, cause: str) -> None:
        """The requirement is not judged, and this is why."""
        self._entry(requirement).skipped.append(cause)

    def error(self, requirement: str, cause: str) -> None:
        """A check could not run."""
        self._entry(requirement).errors.append(cause)

    def failed(self, requirement: str) -> bool:
        """Whether the requirement is known to be broken."""
        return requirement in self.entries and bool(self.entries[requirement].failures)
