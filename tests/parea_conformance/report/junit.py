"""A report as JUnit XML: one case for each requirement. It has failures or errors where the exit status is not 0."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from parea_conformance.report.story import told

# XML 1.0 cannot hold these characters, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text with what XML cannot hold shown as an escape."""
    return _NO_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def failure_text(failure: Mapping[str, Any]) -> str:
    """A failure on several lines, its command last."""
    return "\n".join([failure["summary"], *(f"{label}: {text}" for label, text in told(failure)), failure["curl"]])


def outcome(entry: Mapping[str, Any], *, accept_undecided: bool) -> tuple[str, str]:
    """How a test of this requirement ends (`passed`, `failure`, `error` or `skipped`), and why.

    A known failure that fails is skipped with its reason, and one that passes is a failure.
    """
    verdict, known = entry["verdict"], entry["known_failure"]
    if known is not None and verdict in ("pass", "fail"):
        if verdict == "fail":
            return "skipped", f"a known failure: {known}"
        return "failure", f"passes, but is a known failure: {known}"
    if verdict == "undecided" and accept_undecided:
        return "skipped", f"undecided: {entry['causes'][0]}"
    ends = {"fail": "failure", "error": "error", "undecided": "error", "skipped": "skipped"}
    return (ends[verdict], f"{verdict}: {entry['causes'][0]}") if verdict in ends else ("passed", "")


def _case(suite: ET.Element, entry: Mapping[str, Any], *, accept_undecided: bool) -> str:
    case = ET.SubElement(suite, "testcase", classname=entry["class"], name=entry["id"])
    end, why = outcome(entry, accept_undecided=accept_undecided)
    if end != "passed":
        child = ET.SubElement(case, end, message=clean(why))
        child.text = clean("\n\n".join(map(failure_text, entry["failures"])) or "\n".join(entry["causes"]))
    return end


def as_junit(data: Mapping[str, Any]) -> str:
    """The report, given as `report.json` has it, as XML text."""
    suite = ET.Element("testsuite", name="parea-conformance")
    accepted = data["run"]["accept_undecided"]
    ends = [_case(suite, entry, accept_undecided=accepted) for entry in data["requirements"]]
    if data["status"] and not {"failure", "error"} & {*ends}:
        # Nothing broke, and yet nothing was proved: whoever reads the cases alone must see it.
        case = ET.SubElement(suite, "testcase", classname="run", name="verdict")
        ET.SubElement(case, "error", message=clean(data["verdict"]))
        ends.append("error")
    for name, end in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(ends.count(end)))
    suite.set("tests", str(len(ends)))
    suite.set("time", f"{data['run']['seconds']:.3f}")
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
