"""A report as GitHub shows it: a table for the job's summary, and an annotation for each requirement that needs a look.

    python -m parea_conformance.report.github REPORT.json     # with GITHUB_STEP_SUMMARY, the table is appended there

Exit status: 0 written, 2 the report could not be read or the summary not be written.
"""

import html
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from parea_conformance._shared.arguments import Parser
from parea_conformance.report.data import load_report

_WRITTEN, _UNREADABLE = 0, 2
_MOST_ROWS: Final = 50
_CELL: Final = {ord(char): f"&#{ord(char)};" for char in "|\r\n"}
"""What would end a cell of a table."""
# A verdict that needs a look → how GitHub shows its annotation. A known failure is only a notice.
_LEVELS: Final = {"fail": "error", "error": "error", "undecided": "warning"}


def _level(entry: Mapping[str, Any]) -> str | None:
    """How an entry is annotated; None where it is not."""
    known = entry["known_failure"] is not None
    if known and entry["verdict"] in ("pass", "fail"):
        return "error" if entry["verdict"] == "pass" else "notice"
    return _LEVELS.get(entry["verdict"])


def _cause(entry: Mapping[str, Any]) -> str:
    if entry["verdict"] == "pass":
        return f"passes, though it is known to fail: {entry['known_failure']}"
    found = [failure["summary"] for failure in entry["failures"]] or entry["causes"]
    return str(found[0]) if found else str(entry["text"])


def _data(text: str) -> str:
    """Text inside a workflow command: what would end the line or begin another is escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _code(text: str) -> str:
    """Text in a cell of the table, whatever a server made it hold."""
    return (
        f"<code>{html.escape(text).replace('|', '&#124;').replace(chr(10), '&#10;').replace(chr(13), '&#13;')}</code>"
    )


def annotations(data: Mapping[str, Any]) -> Iterator[str]:
    """The workflow commands: one for each requirement that needs a look, one for a run that could not judge.

    Args:
        data: A report, as `as_data` makes it.
    """
    if data["cause"]:
        yield f"::error title={_property('could not judge')}::{_data(data['cause'])}"
        return
    for entry in data["requirements"]:
        if level := _level(entry):
            title = _property(f"{entry['verdict']}: {entry['id']}")
            yield f"::{level} title={title}::{_data(entry['text'] + ' ' + _cause(entry))}"


def summary(data: Mapping[str, Any]) -> str:
    """The summary of the job, in GitHub's Markdown.

    Args:
        data: A report, as `as_data` makes it.
    """
    counts = ", ".join(f"{count} {verdict}" for verdict, count in data["counts"].items() if count)
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    lines = [
        f"### {html.escape(data['verdict'])}",
        "",
        f"{counts}. {_code(data['run']['base_url'])}, seed {data['run']['seed']}; {versions}.",
        "",
    ]
    shown = [entry for entry in data["requirements"] if _level(entry)]
    if shown and not data["cause"]:
        lines += ["| verdict | requirement | what was found |", "|---|---|---|"]
        lines += [f"| {e['verdict']} | {_code(e['id'])} | {_code(_cause(e))} |" for e in shown[:_MOST_ROWS]]
        if len(shown) > _MOST_ROWS:
            lines += ["", f"and {len(shown) - _MOST_ROWS} more: the report has them all."]
    return "\n".join(lines) + "\n"


def main(words: Sequence[str] | None = None) -> int:
    """Print the annotations, append the summary; the exit status."""
    parser = Parser(prog="python -m parea_conformance.report.github", description=__doc__)
    parser.add_argument("report", type=Path, metavar="REPORT", help="a report.json")
    try:
        data = load_report(parser.parse_args(words).report)
        if place := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(place).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(summary(data))
    except (OSError, ValueError) as error:
        print(f"parea-conformance: {error}", file=sys.stderr)
        return _UNREADABLE
    for line in annotations(data):
        print(line.encode("ascii", "backslashreplace").decode())
    return _WRITTEN


if __name__ == "__main__":
    sys.exit(main())
