"""The reports of a run: terminal, JSON, JUnit and HTML, and what changed between two of them."""

from parea_conformance.report.data import as_data, load_report
from parea_conformance.report.difference import compare
from parea_conformance.report.html import as_html
from parea_conformance.report.junit import as_junit
from parea_conformance.report.terminal import show, show_plan
from parea_conformance.report.verdict import verdict_line
from parea_conformance.report.writing import write_reports

__all__ = [
    "as_data",
    "as_html",
    "as_junit",
    "compare",
    "load_report",
    "show",
    "show_plan",
    "verdict_line",
    "write_reports",
]
