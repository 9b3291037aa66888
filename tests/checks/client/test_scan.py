"""Lazy frames: whatever is asked of the server, a query gives what it gives on all rows."""

import json
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import polars as pl
import pytest
from checks.client.odd_logs import documented, logs
from checks.client.random_predicates import KEYS, NOW, predicate
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_target import RootLog, Store, create_app, load
from parea_target.server import running
from parea_trace_logs import FilterOperator, Parea, TraceLogFilters, tables
from parea_trace_logs._tables.predicates import filters_of
from parea_trace_logs.contract import COLUMNS

pytestmark = pytest.mark.slow

SCORES = ["a", 'b"\n', "never"]
PREDICATES = 400  # for each of two servers


@contextmanager
def target() -> Iterator[Parea]:
    """A client of the reference target."""
    contract = load()
    found = map(RootLog.of, documented(logs(11, 250)))
    with (
        Store(contract, [("e", found)]) as store,
        running(create_app(store, {"a-key": None})) as url,
        Parea("a-key", url) as client,
    ):
        yield client


@contextmanager
def oracle() -> Iterator[Parea]:
    """A client of a server that answers as the suite's oracle judges, whose logs are odder than a target takes."""
    kinds = {name: _kind(name, kind) for name, kind in COLUMNS.items()}
    parsed = [json.loads(log) for log in logs(12, 250) if '"2024-04-15' in log]
    parsed = [log for log in parsed if _moments_are_moments(log)]

    def answer(request: httpx.Request) -> httpx.Response:
        asked = Filter.from_body(json.loads(request.content))
        found = parsed
        if asked.field is not None:
            found = [log for log in parsed if RIGHT.judge(RIGHT.values(log, asked, kinds), asked)]
        return httpx.Response(200, json=found)

    with Parea("a-key", "http://h", http_client=httpx.Client(transport=httpx.MockTransport(answer))) as client:
        yield client


def _kind(name: str, kind: str) -> str:
    lists = {"texts": "string_list", "integers": "integer_list", "integer": "number"}
    return ("map" if name in ("inputs", "metadata") else "structure") if kind == "json" else lists.get(kind, kind)


def _moments_are_moments(log: Mapping[str, Any]) -> bool:
    try:
        for name in ("start_timestamp", "end_timestamp"):
            if log.get(name) is not None:
                RIGHT.log_instant(log[name])
    except ValueError:
        return False
    return True


@pytest.mark.filterwarnings("ignore:Comparisons with None")
@pytest.mark.parametrize("server", [target, oracle])
def test_a_query_gives_what_it_gives_on_all_rows(server: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20)  # noqa: S311 - to test with
    asked: list[TraceLogFilters | None] = []
    with server() as client:
        stream = Parea.iter_experiment_trace_logs

        def spied(self: Parea, experiment: str, filters: TraceLogFilters | None = None, **arguments: Any) -> Any:
            asked.append(filters)
            return stream(self, experiment, filters, **arguments)

        monkeypatch.setattr(Parea, "iter_experiment_trace_logs", spied)
        columns = [*tables.COLUMNS, *KEYS]
        frame = tables.scan(client, "e", scores=SCORES, columns=columns)
        whole = frame.collect()
        assert whole.height > 80
        asked.clear()
        for _ in range(PREDICATES):
            query = predicate(chance)
            chosen = chance.sample(frame.collect_schema().names(), 3)
            expected = whole.filter(query).select(chosen)
            found = frame.filter(query).select(chosen).collect()
            assert found.equals(expected, null_equal=True), (query, asked[-1])
            if chance.random() < 0.2:
                assert frame.filter(query).head(3).collect().equals(whole.filter(query).head(3)), query
                assert frame.head(9).filter(query).collect().equals(whole.head(9).filter(query)), query
    assert sum(each is not None for each in asked) > PREDICATES / 3


def judged(query: pl.Expr) -> Any:
    """What is asked for a predicate, as Polars hands it over."""
    asked: list[Any] = []
    schema = tables.to_polars([], scores=["a"], columns=[*tables.COLUMNS, *KEYS]).schema

    def source(_: Any, handed: pl.Expr | None, __: Any, ___: Any) -> Iterator[pl.DataFrame]:
        filters = None if handed is None else filters_of(handed)
        asked.append(None if filters is None else tuple(map(str, filters.to_dict().values())))
        yield pl.DataFrame(schema=schema)

    pl.io.plugins.register_io_source(source, schema=schema).filter(query).collect()
    return asked[0]


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        (pl.col("latency") > 2, ("latency", "greater_than", "2.0")),
        (pl.col("total_tokens") <= 3, ("total_tokens", "less_than_or_equal", "3")),
        (pl.col("total_tokens") > 2.5, ("total_tokens", "greater_than", "2.5")),
        (pl.col("total_tokens") > 2**53, None),
        (pl.col("latency") > float("inf"), None),
        (pl.col("latency") > float("nan"), None),
        (pl.col("latency") != 1, None),
        ((pl.col("latency") > 1) | pl.col("cache_hit"), None),
        ((pl.col("latency") > 1) & pl.col("cache_hit"), ("cache_hit", "equals", "true")),
        (~pl.col("cache_hit"), ("cache_hit", "equals", "false")),
        (pl.col("status").is_in(["success", "error"]), ("status", "in", "success,error")),
        (pl.col("status").is_in(["a,b"]), None),
        (pl.col("status").is_in([" a"]), None),
        (pl.col("output").str.contains("a.b"), None),
        (pl.col("output").str.contains("a.b", literal=True), ("output", "like", "a.b")),
        (pl.col("output").str.contains("an error"), ("output", "like", "an error")),
        (pl.col("output").str.starts_with("Hello"), ("output", "like", "Hello")),
        (pl.col("tags").list.contains("x"), ("tags", "equals", "x")),
        (pl.col("start_timestamp") <= NOW, ("start_timestamp", "less_than", "2024-04-15T22:19:13.381504+00:00")),
        (pl.col("start_timestamp") >= NOW, ("start_timestamp", "greater_than_or_equal", NOW.isoformat())),
        (pl.col("start_timestamp") == NOW, ("start_timestamp", "greater_than_or_equal", NOW.isoformat())),
        (pl.col("end_timestamp").is_null(), None),
        (pl.col("start_timestamp_text") == "x", None),
        (pl.col("depth") == 0, None),
        (pl.col("parent_trace_id") == "x", None),
        (pl.col("score:a") > 0.5, ("score:a", "greater_than", "0.5")),
        (pl.col("score:a") != 0.5, None),
        (pl.col("score:a").is_null(), None),
        (pl.col("score:a").is_not_null(), ("score:a", "exists")),
        (pl.col("metadata.tier") == "gold", ("metadata", "tier", "equals", "gold")),
        (pl.col("metadata.tier") == "[1]", None),
        (pl.col("inputs") == "{}", None),
        (pl.col("inputs").is_null(), ("inputs", "is_null")),
        (pl.col("output") == "x" * 100_000, None),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_is_asked(query: pl.Expr, filters: Any) -> None:
    found = judged(query)
    assert sorted(found or ()) == sorted(filters or ())


def test_one_request_with_its_filter(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "parea_trace_logs")
    with target() as client:
        frame = tables.scan(client, "e").filter(pl.col("latency") > 1).select("trace_id", "latency")
        assert caplog.messages == []
        assert frame.collect().width == 2
        assert caplog.messages == ["scan of experiment e: latency greater_than 1.0; 2 columns"]
        caplog.clear()
        own = TraceLogFilters(filter_field="latency", filter_operator=FilterOperator.IS_NULL)
        assert tables.scan(client, "e", own).filter(pl.col("cache_hit")).collect()["latency"].null_count() > 0
        assert caplog.messages[0].startswith("scan of experiment e: latency is_null; ")


def test_descendants_are_rows_only_where_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "parea_trace_logs")
    tree = [json.loads(log) for log in logs(13, 60)]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=tree))
    with Parea("a-key", "http://h", http_client=httpx.Client(transport=transport)) as client:
        every = tables.to_polars(client.iter_experiment_trace_logs("e"), scores=())
        assert tables.scan(client, "e").collect().height == 60 < every.height
        query = pl.col("latency") > 0
        found = tables.scan(client, "e", descendants=True).filter(query).collect()
        assert found.equals(every.filter(query), null_equal=True)
        assert "no filter" in caplog.messages[-1]


def test_head_ends_the_request() -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'[{"trace_id": "0", "start_timestamp": "s"}'
        while True:
            sent += 1
            yield b', {"trace_id": "1", "start_timestamp": "s"}' * 1000

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))
    with Parea("a-key", "http://h", http_client=httpx.Client(transport=transport)) as client:
        assert tables.scan(client, "e").head(5).collect().height == 5
        assert sent < 50
        with pytest.raises(ValueError, match=r"there is no column 'latencyy'; did you mean 'latency'\?"):
            tables.scan(client, "e", columns=["latencyy"])
