"""Asking a store without HTTP around it: what a filter selects, how the database goes about it; the suite's verdict."""

import json
from typing import Any

from faults.lab import options, tenants
from parea_conformance.engine import judge
from parea_conformance.ledger import Verdict
from parea_target import Parts, Store, create_app
from parea_target.conditions import filter_condition
from parea_target.filters import Filter
from parea_target.server import running
from sqlalchemy import Select, event


def statement(store: Store, experiment: str, asked: Filter) -> Select[int, int]:
    """What the target selects for a filter."""
    parts = Parts()
    condition = filter_condition(store.contract, store.tables, parts, asked)
    return parts.select(store.tables, store.experiments[experiment], condition, parts.order(store.tables))


def selected(store: Store, experiment: str, asked: Filter) -> list[str]:
    """The trace ids that are answered."""
    return [json.loads(body)["trace_id"] for body in store.read(statement(store, experiment, asked)).bodies()]


def plans(store: Store, experiment: str, asked: Filter) -> dict[str, str]:
    """The statements about logs that a filter leads to, each with how the database goes about it."""
    sent: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if "FROM log" in sql:
            sent[sql] = values

    engine = store._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        selected(store, experiment, asked)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        return {sql: str(connection.exec_driver_sql(explain + sql, values).all()) for sql, values in sent.items()}


def plan(store: Store, experiment: str, asked: Filter) -> str:
    """How the database goes about the statement that gives the answer its order."""
    [found] = [how for sql, how in plans(store, experiment, asked).items() if "ORDER BY" in sql]
    return found


def judged(store: Store) -> tuple[str, list[tuple[str, Verdict]]]:
    """Why the suite could not judge a server of the store, and its verdicts that are none of a right one."""
    keys = tenants()
    with running(create_app(store, keys)) as base:
        report = judge(options(base, keys))
    entries = [(entry.requirement.id, entry.verdict) for entry in report.entries]
    return report.cause, [each for each in entries if each[1] not in (Verdict.PASS, Verdict.SKIPPED)]
