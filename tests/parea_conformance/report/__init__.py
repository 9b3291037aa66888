"""The reports of a run: terminal, JSON and JUnit."""

from parea_conformance.report.data import as_data
from parea_conformance.report.junit import as_junit
from parea_conformance.report.terminal import show, verdict_line

__all__ = ["as_data", "as_junit", "show", "verdict_line"]
