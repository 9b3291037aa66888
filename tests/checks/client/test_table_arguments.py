"""What people pass to tables that is not what is due: said at once, in their words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from checks.client.odd_logs import client
from checks.client.rows import log
from parea_trace_logs import AsyncParea, tables, where

ANY: Any = tables
PAREA = client(b'[{"trace_id": "1", "start_timestamp": "2024-04-15T22:19:13Z", "latency": 2}]', 100)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: ANY.scan(PAREA, "e", scores="acc"), r"scores takes a list of names, not one: \['acc'\]"),
        (lambda: ANY.to_arrow([], scores="acc"), "scores takes a list of names"),
        (lambda: ANY.to_polars([], columns="latency"), r"columns takes a list of names, not one: \['latency'\]"),
        (lambda: ANY.to_pandas([], columns=[1]), "columns takes names, which are strings, not 1"),
        (lambda: ANY.fetch_many(PAREA, ["e"], "folder", scores="acc"), "scores takes a list of names"),
        (lambda: ANY.fetch_many(PAREA, ["e"], "folder", concurrency="4"), "concurrency must be an integer, not '4'"),
        (lambda: ANY.scan(PAREA, "e", "latency > 1"), "not the text 'latency > 1'"),
        (lambda: ANY.scan(PAREA, "e", pl.col("latency") > 1), "a filter is TraceLogFilters"),
        (lambda: ANY.arrow_stream(PAREA, "e", "latency > 1"), "not the text 'latency > 1'"),
        (lambda: ANY.scan(PAREA, ["e", "f"]), r"UUID as a string, not by \['e', 'f'\]"),
        (lambda: ANY.scan("a-key", "e"), "scan takes a Parea, not str"),
        (lambda: ANY.arrow_stream(AsyncParea("k"), "e"), "arrow_stream takes a Parea, not AsyncParea"),
        (lambda: ANY.to_arrow([{"trace_id": "1"}]), "logs are TraceLog, which TraceLog.from_dict makes of a dict"),
        (lambda: ANY.write("e", "logs.csv"), "logs are TraceLog, .* not str"),
    ],
)
def test_another_type(made: Callable[[], object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=words):
        made()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        ("latncy", "did you mean 'latency'"),
        ("metadata[user.id]", "did you mean 'metadata.user.id'"),
        ("acc", "a score is 'score:acc', a key of a map 'metadata.acc'"),
        ("experiment", "experiment= makes one"),
    ],
)
def test_a_column_that_does_not_exist(column: str, hint: str) -> None:
    with pytest.raises(ValueError, match="there is no column") as caught:
        tables.to_arrow([log("1")], columns=[column])
    assert hint in str(caught.value)


def test_a_comparison_is_a_filter_of_ones_own() -> None:
    filters = where("latency") > 1
    assert tables.scan(PAREA, "e", filters).filter(pl.col("latency") < 3).collect().height == 1
    assert pa.table(tables.arrow_stream(PAREA, "e", filters)).num_rows == 1
