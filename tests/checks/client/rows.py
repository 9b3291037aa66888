"""Logs to make tables of, and how tables are read back."""

from typing import Any

import duckdb
import pyarrow as pa
from parea_trace_logs import TraceLog, tables

MINIMAL: dict[str, Any] = {"trace_id": "t", "start_timestamp": "2024-04-15T22:19:13.381503+00:00"}
AWKWARD = 'a "quoted", text\nwith a line\r\nand é\x00'
SCORES = [{"name": "a", "score": 1, "reason": "r"}, {"name": "b", "score": 0.5}, {"name": "a", "score": 2}]


def log(trace_id: str = "t", **members: Any) -> TraceLog:
    return TraceLog.from_dict({**MINIMAL, "trace_id": trace_id, **members})


def scored(trace_id: str, *names: str) -> TraceLog:
    return log(trace_id, scores=[{"name": name, "score": index} for index, name in enumerate(names)])


def rows(*logs: TraceLog, **arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables.to_arrow(logs, **arguments).to_pylist()
    return found


def duck(query: str) -> pa.Table:
    """What DuckDB reads."""
    relation = duckdb.sql(query)
    assert relation is not None
    return relation.to_arrow_table()
