"""The verdict of a run in one line, and what to do where there is none."""

from parea_conformance.engine import CANNOT_JUDGE, CONFORMANT, Report
from parea_conformance.ledger import Verdict

_NAMED = 5


def _few(names: list[str]) -> str:
    """The names, or the first of many."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _of(report: Report, verdict: Verdict) -> list[str]:
    return [entry.requirement.id for entry in report.entries if entry.verdict is verdict]


def verdict_line(report: Report) -> str:
    """The verdict in one line: what it leaves out stands in it, and what would make it a verdict."""
    words = {CONFORMANT: _conformant, CANNOT_JUDGE: _no_verdict}
    word = words[report.status](report) if report.status in words else "NOT CONFORMANT"
    counts = ", ".join(f"{report.count(verdict)} {verdict}" for verdict in Verdict if report.count(verdict))
    return f"{word} ({counts}; {report.requests} requests, {report.seconds:.1f} s)"


def _conformant(report: Report) -> str:
    word = "CONFORMANT"
    if report.options.partial:
        word += " in what was asked for"
    if undecided := report.count(Verdict.UNDECIDED):
        word += f", as far as it was decided ({undecided} undecided were accepted)"
    if known := report.count(Verdict.FAIL):
        word += f", but for {known} known failure{'s' * (known > 1)}"
    if skipped := _of(report, Verdict.SKIPPED):
        word += f"; not judged: {_few(skipped)}"
    return word


def _no_verdict(report: Report) -> str:
    reasons = []
    if report.cause:
        reasons.append(report.cause)
    elif report.options.dry_run:
        reasons.append("a dry run")
    else:
        if errors := _of(report, Verdict.ERROR):
            reasons.append(f"checks that could not run: {_few(errors)}")
        undecided = report.count(Verdict.UNDECIDED)
        if undecided and not report.options.accept_undecided:
            reasons.append(f"{undecided} requirements are undecided. {_remedy(report)}")
        if not reasons:
            reasons.append("nothing was proved")
    return f"COULD NOT JUDGE: {'; '.join(reasons)}"


def _remedy(report: Report) -> str:
    if report.options.max_requests is not None:
        return "Send more (--max-requests)"
    return (
        "Let them be with --accept-undecided, or load the logs that decide everything: parea-conformance seed-data DIR"
    )
