"""A report on a terminal: one row for each requirement, every failure with its reproducer, one line of verdict."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from parea_conformance.engine import CONFORMANT, NOT_CONFORMANT, Report
from parea_conformance.ledger import Entry, Failure, Verdict

_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
    Verdict.UNDECIDED: "yellow",
    Verdict.SKIPPED: "dim",
}
_SHOWN = 2


def verdict_line(report: Report) -> str:
    """The verdict in one line."""
    known = sum(entry.verdict is Verdict.FAIL for entry in report.entries) - sum(
        entry.verdict is Verdict.FAIL for entry in report.unexpected
    )
    counts = ", ".join(f"{report.count(verdict)} {verdict}" for verdict in Verdict if report.count(verdict))
    if report.status == NOT_CONFORMANT:
        word = "NOT CONFORMANT"
    elif report.status == CONFORMANT:
        word = "CONFORMANT"
        if report.count(Verdict.UNDECIDED):
            word += " as far as it was decided (undecided requirements were accepted)"
        if known:
            word += f" but for {known} known failure{'s' * (known > 1)}"
    else:
        word = "COULD NOT JUDGE"
    cause = f": {report.cause}" if report.cause else ""
    return f"{word}{cause} ({counts}; {report.requests} requests, {report.seconds:.1f} s)"


def _surprises(report: Report) -> list[str]:
    """The requirements that pass although a failure is known."""
    known = dict(report.options.known_failures)
    passing = [entry for entry in report.unexpected if entry.verdict is Verdict.PASS]
    return [f"{e.requirement.id} passes, but is a known failure: {known[e.requirement.id]}" for e in passing]


def _row(entry: Entry) -> tuple[Text, str, Text]:
    story = Text(entry.requirement.text)
    for cause in entry.causes[:_SHOWN]:
        story.append(f"\n{cause}", style=_STYLES[entry.verdict])
    if len(entry.causes) > _SHOWN:
        story.append(f"\nand {len(entry.causes) - _SHOWN} more", style=_STYLES[entry.verdict])
    return Text(entry.verdict, style=_STYLES[entry.verdict]), entry.requirement.id, story


def _failure(console: Console, failure: Failure) -> None:
    console.print(Text(f"  {failure.summary}", style="red"))
    for label, text in (
        ("expected", failure.expected),
        ("received", failure.received),
        ("missing", " ".join(failure.missing)),
        ("unexpected", " ".join(failure.unexpected)),
        ("as if", failure.explanation),
    ):
        if text:
            console.print(Text(f"    {label}: {text}"))
    console.print(Text(f"    {failure.curl}", style="cyan"), soft_wrap=True)


def show_plan(report: Report, console: Console) -> None:
    """Print what a run would send."""
    table = Table("Requirement", "Requests", box=None, pad_edge=False)
    for name, number in report.outline.items():
        table.add_row(name, str(number))
    console.print(table)
    total = sum(report.outline.values())
    line = f"{total} requests planned beside those of the preflight and the laws; {report.requests} were sent"
    console.print(Text(f"\n{line}", style="bold"))


def show(report: Report, console: Console) -> None:
    """Print the report."""
    if not report.cause:
        table = Table("Verdict", "Requirement", "What it asks for", box=None, pad_edge=False)
        for entry in report.entries:
            table.add_row(*_row(entry))
        console.print(table)
    for entry in report.entries:
        if entry.failures:
            console.print(Text(f"\n{entry.requirement.id}", style="bold"))
            for failure in entry.failures[:_SHOWN]:
                _failure(console, failure)
    for line in _surprises(report):
        console.print(Text(f"\n{line}", style="bold red"))
    console.print(Text(f"\n{verdict_line(report)}", style="bold"), soft_wrap=True)
