"""A report as JUnit XML: one case for each requirement."""

import re
import xml.etree.ElementTree as ET

from parea_conformance.engine import Report
from parea_conformance.ledger import Entry, Failure, Verdict

_ELEMENTS = {Verdict.FAIL: "failure", Verdict.ERROR: "error", Verdict.UNDECIDED: "error", Verdict.SKIPPED: "skipped"}
# XML 1.0 cannot hold these characters, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text with what XML cannot hold shown as an escape."""
    return _NO_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _story(failure: Failure) -> str:
    lines = [failure.summary, f"expected: {failure.expected}", f"received: {failure.received}"]
    for name, ids in (("missing", failure.missing), ("unexpected", failure.unexpected)):
        if ids:
            lines.append(f"{name}: {' '.join(ids)}")
    if failure.explanation:
        lines.append(f"as if: {failure.explanation}")
    return "\n".join([*lines, failure.curl])


def _case(suite: ET.Element, entry: Entry) -> None:
    case = ET.SubElement(suite, "testcase", classname=entry.requirement.cls, name=entry.requirement.id)
    element = _ELEMENTS.get(entry.verdict)
    if element is not None:
        child = ET.SubElement(case, element, message=clean(f"{entry.verdict}: {entry.causes[0]}"))
        child.text = clean("\n\n".join(map(_story, entry.failures)) if entry.failures else "\n".join(entry.causes))


def as_junit(report: Report) -> str:
    """The report as XML text."""
    errors = report.count(Verdict.ERROR) + report.count(Verdict.UNDECIDED)
    suite = ET.Element(
        "testsuite",
        name="parea-conformance",
        tests=str(len(report.entries)),
        failures=str(report.count(Verdict.FAIL)),
        errors=str(errors),
        skipped=str(report.count(Verdict.SKIPPED)),
        time=f"{report.seconds:.3f}",
    )
    for entry in report.entries:
        _case(suite, entry)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
