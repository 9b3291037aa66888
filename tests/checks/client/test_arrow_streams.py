"""Experiments by the Arrow PyCapsule protocol: read by every engine that is named, again and again."""

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from checks.client.odd_logs import client as client_of
from checks.client.odd_logs import documented, logs
from parea_target import RootLog, Store, create_app, load
from parea_target.server import running
from parea_trace_logs import FilterOperator, NotFoundError, Parea, TraceLogFilters, tables

COLUMNS = ["experiment", "trace_id", "latency", "start_timestamp", "tags", "scores_list", "metadata.tier"]


@pytest.fixture(scope="module")
def client() -> Iterator[Parea]:
    """A client of the reference target."""
    found = [("e", list(map(RootLog.of, documented(logs(21, 90))))), ("f", [])]
    with (
        Store(load(), found) as store,
        running(create_app(store, {"a-key": None})) as url,
        Parea("a-key", url) as client,
    ):
        yield client


def rows(client: Parea) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables.to_arrow(
        client.get_experiment_trace_logs("e"), columns=COLUMNS, scores=["a"], experiment="e"
    ).to_pylist()
    return found


def test_every_engine_reads_it_again_and_again(client: Parea) -> None:
    stream = tables.arrow_stream(client, "e", columns=COLUMNS, scores=["a"])
    expected = rows(client)
    for _ in range(2):
        assert pa.table(stream).to_pylist() == expected
        assert pl.DataFrame(stream).height == len(expected)
        assert pl.DataFrame(stream)["trace_id"].to_list() == [row["trace_id"] for row in expected]
        read = duckdb.sql(
            'select trace_id, "metadata.tier" tier, scores_list[1].name first from stream where latency > 0'
        )
        assert read is not None
        assert read.fetchall() == [
            (row["trace_id"], row["metadata.tier"], row["scores_list"][0]["name"] if row["scores_list"] else None)
            for row in expected
            if row["latency"] is not None and row["latency"] > 0
        ]
        frame = pd.DataFrame.from_arrow(stream)
        assert frame["trace_id"].tolist() == [row["trace_id"] for row in expected]
    assert stream.reader().read_all().to_pylist() == expected
    assert pa.schema(stream) == stream.schema == tables.schema(["a"], columns=COLUMNS, experiment="e")


def test_its_own_filter_and_roots_only(client: Parea) -> None:
    null = TraceLogFilters(filter_field="latency", filter_operator=FilterOperator.IS_NULL)
    found = pa.table(tables.arrow_stream(client, "e", null))
    assert 0 < found.num_rows == found["latency"].null_count < len(rows(client))
    tree = client_of(f"[{','.join(logs(22, 30))}]".encode(), 500)
    assert pa.table(tables.arrow_stream(tree, "e", descendants=False)).num_rows == 30
    assert pa.table(tables.arrow_stream(tree, "e")).num_rows > 30


def test_nothing_there_and_no_such_experiment(client: Parea) -> None:
    assert pa.table(tables.arrow_stream(client, "f")).num_rows == 0
    stream = tables.arrow_stream(client, "none")
    with pytest.raises(NotFoundError):
        stream.reader().read_all()
    with pytest.raises(duckdb.Error, match="404"):
        duckdb.sql("select count(*) from stream").fetchall()  # type: ignore[union-attr]


def test_scores_as_structs_and_keys_of_maps() -> None:
    [row] = tables.to_arrow(
        client_of(
            json.dumps(
                [
                    {
                        "trace_id": "t",
                        "start_timestamp": "s",
                        "scores": [{"name": "a", "score": 2**53 + 1, "reason": "r"}, {"name": "b", "score": 0.5}],
                        "metadata": {"tier": "gold", "n": 1.0, "é": [1, "x"], "": None, "yes": True},
                        "inputs": None,
                    }
                ]
            ).encode(),
            1000,
        ).iter_experiment_trace_logs("e"),
        columns=["scores_list", *(f"metadata.{key}" for key in ("tier", "n", "é", "", "yes", "none")), "inputs.x"],
    ).to_pylist()
    one, other = row.pop("scores_list")
    assert (one["name"], one["score"], one["reason"], other["score"]) == ("a", float(2**53), "r", 0.5)
    assert [*row.values()] == ["gold", "1.0", '[1, "x"]', None, "true", None, None]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["latencyy"], "there is no column 'latencyy'; did you mean 'latency'"),
        (["configuration.model"], "there is no column 'configuration.model'"),
        (["cost", "cost"], "the column 'cost' is named twice"),
        (["experiment"], "there is no column 'experiment'"),
    ],
)
def test_columns_that_do_not_exist(columns: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tables.to_arrow([], columns=columns)
    with pytest.raises(ValueError, match="the column 'score:a' is named twice"):
        tables.to_arrow([], columns=["score:a"], scores=["a"])
