"""A report as plain data, for `report.json`."""

import datetime
import importlib.metadata
from dataclasses import asdict
from typing import Any

from parea_conformance import contract
from parea_conformance.report.terminal import verdict_line
from parea_conformance.suite import Report
from parea_conformance.verdict import Entry, Verdict

FORMAT = 1
"""Raised when a member of the report is renamed, removed or changes its meaning."""


def _requirement(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.requirement.id,
        "text": entry.requirement.text,
        "class": entry.requirement.cls,
        "provenance": entry.requirement.provenance,
        "verdict": entry.verdict.value,
        "causes": entry.causes,
        "checks": entry.checks,
        "proofs": entry.proofs,
        "evidence": [asdict(evidence) for evidence in entry.evidence],
        "failures": [asdict(failure) for failure in entry.failures],
    }


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON values. It never holds a key."""
    options = report.options
    return {
        "format": FORMAT,
        "verdict": verdict_line(report),
        "status": report.status,
        "cause": report.cause,
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "run": {
            "base_url": options.base_url,
            "experiment": options.experiment,
            "other_experiment": options.other_experiment,
            "empty_experiment": options.empty_experiment,
            "classes": list(options.classes),
            "seed": options.seed,
            "accept_undecided": options.accept_undecided,
            "requests": report.requests,
            "seconds": round(report.seconds, 3),
            "logs": report.logs,
        },
        "versions": {
            "contract": contract.load().document["info"]["version"],
            "suite": importlib.metadata.version("parea-trace-logs"),
            "schemathesis": importlib.metadata.version("schemathesis"),
        },
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "requirements": [_requirement(entry) for entry in report.entries],
    }
