"""A report on a terminal: the diagnosis, every failure with its reproducer, a line for each class, the verdict.

Nothing is wrapped where no terminal reads, so that lines can be searched and commands copied.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from parea_conformance.engine import Report
from parea_conformance.report.story import diagnosis_lines, told

_STYLES = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold magenta",
    "undecided": "yellow",
    "skipped": "dim",
}
_SHOWN = 2
_NAMED = 8


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)


def _row(console: Console, entry: Mapping[str, Any]) -> None:
    """A requirement with its verdict, and why it is not a pass."""
    style = _STYLES[entry["verdict"]]
    line = Text.assemble((f"{entry['verdict']:<9} ", style), (f"{entry['id']:<34} ", "bold"), entry["text"])
    console.print(line, soft_wrap=True)
    for cause in entry["causes"][:_SHOWN]:
        _print(console, f"{'':<10}{cause}", style)
    _more(console, len(entry["causes"]), "causes")


def _more(console: Console, number: int, what: str) -> None:
    if number > _SHOWN:
        _print(console, f"{'':<10}and {number - _SHOWN} more {what}; --report-dir keeps them all", "dim")


def _failures(console: Console, entry: Mapping[str, Any]) -> None:
    known = f" (known: {entry['known_failure']})" if entry["known_failure"] else ""
    _print(console, f"\n{entry['id']}{known}: {entry['text']}", "bold")
    for failure in entry["failures"][:_SHOWN]:
        _print(console, f"  {failure['summary']}", "red")
        for label, text in told(failure):
            _print(console, f"    {label}: {text}")
        _print(console, f"    {failure['curl']}", "cyan")
    _more(console, len(entry["failures"]), "failures")


def show_plan(report: Report, console: Console) -> None:
    """Print what a run would send: how many requests for each requirement, and the filters among them."""
    for name, number in report.outline.items():
        _print(console, f"{name:<34} {number}")
        for filter_ in report.filters.get(name, ()):
            _print(console, f"    {filter_}", "dim")
    total = sum(report.outline.values())
    line = f"at most {total} requests planned beside those of the preflight and the laws; {report.requests} were sent"
    _print(console, f"\n{line}", "bold")


def _classes(console: Console, entries: Sequence[Mapping[str, Any]]) -> None:
    """A line for each class: how many requirements have which verdict, and which of them are undecided."""
    for cls in dict.fromkeys(entry["class"] for entry in entries):
        counts = Counter(entry["verdict"] for entry in entries if entry["class"] == cls)
        line = Text(f"{cls:<11} ")
        line.append(", ".join(f"{counts[verdict]} {verdict}" for verdict in _STYLES if counts[verdict]))
        console.print(line, soft_wrap=True)
    undecided = [entry["id"] for entry in entries if entry["verdict"] == "undecided"]
    if undecided:
        more = f" and {len(undecided) - _NAMED} more" if len(undecided) > _NAMED else ""
        _print(console, f"undecided   {', '.join(undecided[:_NAMED])}{more}; -v says why", _STYLES["undecided"])


def _summary(console: Console, entries: Sequence[Mapping[str, Any]]) -> None:
    """Every failure once more, in one line, where the eye is when the run ends."""
    for entry in entries:
        if entry["verdict"] in ("fail", "error"):
            _print(console, f"{entry['verdict']:<9} {entry['id']}: {entry['causes'][0]}", _STYLES[entry["verdict"]])
        elif entry["verdict"] == "pass" and entry["known_failure"]:
            _print(console, f"{entry['id']} passes, but is a known failure: {entry['known_failure']}", "bold red")


def show(data: Mapping[str, Any], console: Console, verbosity: int = 0) -> None:
    """Print the report.

    Args:
        data: the report, as `as_data` makes it.
        console: where it is printed.
        verbosity: -1 for the verdict alone, 0 for the failures, 1 for every requirement.
    """
    entries = data["requirements"]
    if verbosity >= 0 and not data["cause"]:
        if verbosity > 0:
            for entry in entries:
                _row(console, entry)
            console.print()
        for line in diagnosis_lines(data):
            _print(console, line, "bold")
        for entry in entries:
            if entry["failures"]:
                _failures(console, entry)
        console.print()
        _classes(console, entries)
        _summary(console, entries)
    _print(console, data["verdict"], "bold")
