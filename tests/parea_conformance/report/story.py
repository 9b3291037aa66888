"""A failure in words, the same in every report. It is given as `report.json` has it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parea_conformance.context import KEPT

_SHOWN = 20


def story(failure: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is known of a failure, a label and a text each; without the summary and the command."""
    yield "expected", failure["expected"]
    # Where the values of the logs are shown, the first bytes of the answer say nothing more.
    if not failure["values"]:
        yield "received", failure["received"]
    for label in ("missing", "unexpected"):
        yield label, _few(failure[label])
    for value in failure["values"]:
        yield "value", value
    yield "as if", failure["explanation"]


def _few(ids: Sequence[str]) -> str:
    """The first of many trace ids, and how many are left out; `report.json` has up to `KEPT`."""
    more = len(ids) - _SHOWN
    least = "at least " if len(ids) == KEPT else ""
    return " ".join(ids[:_SHOWN]) + (f" (and {least}{more} more)" if more > 0 else "")


def told(failure: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same without what is empty."""
    return [(label, text) for label, text in story(failure) if text]


def diagnosis_lines(data: Mapping[str, Any]) -> list[str]:
    """The diagnosis of a report, a line each; none where nothing explains the failures."""
    found = data["diagnosis"]
    if not found:
        return []
    failed = [entry["id"] for entry in data["requirements"] if entry["verdict"] == "fail"]
    explained = {name for one in found for name in one["requirements"]}
    one_ = "One misreading explains" if len(found) == 1 else f"{len(found)} misreadings explain"
    lines = [f"{one_} {len(explained)} of {len(failed)} failed requirements; mend what explains most first:"]
    for number, one in enumerate(found, 1):
        others = "".join(f" Or: {other}" for other in one["alternatives"])
        lines.append(f"{number}. {one['text']}{others} ({len(one['requirements'])}: {', '.join(one['requirements'])})")
    left = [name for name in failed if name not in explained]
    if left:
        lines.append(f"Not explained: {', '.join(left)}")
    return lines
