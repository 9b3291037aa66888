"""On a real PostgreSQL: the suite's verdict, a server that dies and comes back, queries that are stopped, indexes."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from checks.target.conftest import KEY, PATH
from faults.lab import DATA, options, tenants
from parea_conformance.engine import judge
from parea_conformance.ledger import Verdict
from parea_target import Parts, RootLog, Store, create_app
from parea_target.conditions import filter_condition
from parea_target.filters import Filter
from parea_target.loader import read_experiments
from parea_target.server import running
from parea_target.store import load
from parea_target.workers import StoppedError
from sqlalchemy import Text, cast, event, func

if TYPE_CHECKING:
    from checks.target.postgresql import Server

MANY = 5_000


def fill(contract: Any, url: str, experiments: Any) -> None:
    for _ in load(contract, url, experiments):
        pass


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def many(
    request: pytest.FixtureRequest, contract: Any, make_log: Callable[..., Any], tmp_path_factory: Any
) -> Iterator[Store]:
    """Many logs that differ in every kind of value."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('many')}/logs.db"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    logs = (
        make_log(
            f"{index:05}",
            output=f"text {index}",
            latency=index,
            tags=[f"tag {index}"],
            metadata={"k": f"value {index}", "n": index},
            scores=[{"name": "s", "score": index}],
        )
        for index in range(MANY)
    )
    fill(contract, url, [("e", map(RootLog.of, logs)), ("other", [])])
    with Store.open(contract, url) as store:
        yield store


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Filter("output", None, "equals", "text 77"), "log_output"),
        (Filter("output", None, "in", "text 77,x"), "log_output"),
        (Filter("latency", None, "equals", "77"), "log_latency"),
        (Filter("s", None, "equals", "77"), "score_number"),
        (Filter("metadata", "k", "equals", "value 77"), "entry_text"),
        (Filter("metadata", "n", "between", "77,77"), "entry_number"),
        (Filter("tags", None, "equals", "tag 77"), "element_text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_selective_filters_use_an_index(many: Store, asked: Filter, index: str) -> None:
    parts = Parts()
    condition = filter_condition(many.contract, many.tables, parts, asked)
    statement = parts.select(many.tables, many.experiments["e"], condition, parts.order(many.tables))
    engine, sent = many._engine, list[tuple[str, Any]]()

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        sent.append((sql, values))

    event.listen(engine, "before_cursor_execute", note)
    assert [json.loads(body)["trace_id"] for body in many.bodies(statement)] == ["00077"]
    event.remove(engine, "before_cursor_execute", note)
    sql, values = next(pair for pair in sent if pair[0].startswith("SELECT"))
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        plan = str(connection.exec_driver_sql(explain + sql, values).all())
    assert index in plan, plan


@pytest.mark.slow
def test_the_suite_finds_it_conformant(contract: Any, postgresql: "Server") -> None:
    url = postgresql.new_database()
    fill(contract, url, read_experiments([DATA], contract))
    keys = tenants()
    with Store.open(contract, url) as store, running(create_app(store, keys)) as base:
        report = judge(options(base, keys))
    amiss = [(e.requirement.id, e.verdict) for e in report.entries if e.verdict not in (Verdict.PASS, Verdict.SKIPPED)]
    assert (report.cause, amiss) == ("", [])


def test_a_server_that_dies_and_comes_back(contract: Any, postgresql: "Server", make_log: Callable[..., Any]) -> None:
    """503 meanwhile, then the right answer again."""
    url = postgresql.new_database()
    fill(contract, url, [("e", map(RootLog.of, [make_log("a")]))])
    with Store.open(contract, url) as store, running(create_app(store, {KEY: None})) as base:

        def ask() -> httpx.Response:
            return httpx.post(base + PATH.format("e"), json={}, headers={"x-api-key": KEY}, timeout=30)

        assert [log["trace_id"] for log in ask().json()] == ["a"]
        postgresql.kill()
        try:
            assert not store.is_there()
            answer = ask()
            assert (answer.status_code, answer.json()) == (503, {"detail": "The database does not answer."})
            assert int(answer.headers["retry-after"]) > 0
        finally:
            postgresql.start()
        assert store.is_there()
        assert [log["trace_id"] for log in ask().json()] == ["a"]


def test_a_query_is_stopped(contract: Any, postgresql: "Server", make_log: Callable[..., Any]) -> None:
    """Soon after its time is over; and its connection is none the worse."""
    url = postgresql.new_database()
    fill(contract, url, [("e", map(RootLog.of, [make_log("a")]))])
    before = threading.active_count()
    with Store.open(contract, url) as store:
        parts = Parts()
        plain = parts.select(store.tables, 1, None, parts.order(store.tables))
        end = time.monotonic() + 0.3
        start = time.monotonic()
        with pytest.raises(StoppedError):
            list(store.bodies(plain.where(cast(func.pg_sleep(20), Text) == ""), lambda: time.monotonic() > end))
        assert time.monotonic() - start < 5
        assert store.queries == 0
        assert len(list(store.bodies(plain))) == 1
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
