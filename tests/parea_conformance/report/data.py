"""A report as plain data, for `report.json`."""

import datetime
import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import jsonschema_rs

from parea_conformance import contract
from parea_conformance.engine import Report
from parea_conformance.ledger import Entry, Failure, Verdict
from parea_conformance.report.verdict import verdict_line

FORMAT = 1
"""Raised when a member of the report is renamed, removed or changes its meaning."""


def _failure(failure: Failure) -> dict[str, Any]:
    shown = {**asdict(failure), "filter": failure.filter.body() if failure.filter is not None else None}
    del shown["exchange"]
    return shown


def _requirement(entry: Entry, known: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": entry.requirement.id,
        "text": entry.requirement.text,
        "class": entry.requirement.cls,
        "provenance": entry.requirement.provenance,
        "verdict": entry.verdict.value,
        "known_failure": known.get(entry.requirement.id),
        "causes": entry.causes,
        "checks": entry.checks,
        "proofs": entry.proofs,
        "evidence": [asdict(evidence) for evidence in entry.evidence],
        "failures": [_failure(failure) for failure in entry.failures],
    }


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON values. It never holds a key."""
    options = report.options
    return {
        "format": FORMAT,
        "verdict": verdict_line(report),
        "status": report.status,
        "cause": report.cause,
        "notes": list(report.notes),
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "run": {
            "base_url": options.base_url,
            "experiment": options.experiment,
            "other_experiment": options.other_experiment,
            "empty_experiment": options.empty_experiment,
            "classes": list(options.classes),
            "seed": options.seed,
            "accept_undecided": options.accept_undecided,
            "dry_run": options.dry_run,
            "allow_writes": options.allow_writes,
            "parameters": dict(options.parameters),
            "max_requests": options.max_requests,
            "rate": options.rate,
            "planned": dict(report.outline),
            "requests": report.requests,
            "seconds": round(report.seconds, 3),
            "logs": report.logs,
            "partial": options.partial,
            "timeline": [asdict(span) for span in report.timeline],
        },
        "versions": {
            "contract": contract.load().document["info"]["version"],
            "suite": importlib.metadata.version("parea-trace-logs"),
            "schemathesis": importlib.metadata.version("schemathesis"),
        },
        "diagnosis": [asdict(misreading) for misreading in report.diagnosis],
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "requirements": [_requirement(entry, dict(options.known_failures)) for entry in report.entries],
    }


def report_schema() -> dict[str, Any]:
    """The JSON Schema of `report.json`."""
    path = Path(__file__).with_name("report.schema.json")
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))


def load_report(path: Path) -> dict[str, Any]:
    """A `report.json`.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a report, or of another format; the message says where.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        jsonschema_rs.validate(report_schema(), data)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise ValueError(f"{path}: not a report of this suite: {str(error).splitlines()[0]}") from None
    return cast("dict[str, Any]", data)
