"""Files of tables: read back by others as they were, and whole or not there."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from checks.client.rows import AWKWARD, MINIMAL, SCORES, duck, log, scored
from checks.client.support import SAMPLE
from parea_trace_logs import TableError, TraceLog, tables
from parea_trace_logs._tables.columns import STABLE

READERS: dict[str, str] = {
    ".parquet": "read_parquet('{}')",
    ".csv": "read_csv('{}', all_varchar=true, header=true, delim=',', quote='\"', escape='\"')",
    ".jsonl": "read_json('{}', format='newline_delimited')",
}


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("extension", READERS)
def test_a_file_read_back_by_duckdb(tmp_path: Path, extension: str) -> None:
    """Late scores too: `y` occurs when the first part is written already, `z` later still."""
    logs = [
        log(
            "1",
            output='say "é",\nnow',
            error="",
            latency=0.25,
            tags=["p", 'q"'],
            inputs={"k": [1, None]},
            cache_hit=False,
        ),
        scored("2", "x"),
        scored("3", "x", "y"),
        log("4"),
        scored("5", 'z\n,"'),
    ]
    path = tmp_path / f"logs{extension}"
    assert tables.write(iter(logs), path) == 5
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    read = duck(f"from {READERS[extension].format(path)} order by trace_id")
    assert read.column_names == [*(column.name for column in STABLE), "score:x", "score:y", 'score:z\n,"']
    found = read.to_pylist()
    assert [row["trace_id"] for row in found] == list("12345")
    assert [row["score:y"] and float(row["score:y"]) for row in found] == [None, None, 1.0, None, None]
    assert [row['score:z\n,"'] and float(row['score:z\n,"']) for row in found][4] in (0.0, "0.0")
    assert found[0]["output"] == 'say "é",\nnow'
    assert float(found[0]["latency"]) == 0.25
    assert json.loads(found[0]["inputs"]) == {"k": [1, None]}
    if extension != ".jsonl":  # where DuckDB makes a timestamp of what looks like one
        assert found[0]["start_timestamp_text"] == MINIMAL["start_timestamp"]
    if extension == ".parquet":
        assert found[0]["tags"] == ["p", 'q"']
        assert found[0]["start_timestamp"] == datetime.fromisoformat(MINIMAL["start_timestamp"])


def test_parquet_is_what_arrow_says(tmp_path: Path) -> None:
    logs = [TraceLog.from_dict(SAMPLE[0]), log("1", scores=SCORES, output=AWKWARD), log("2", cost=10**400)]
    tables.write(logs, tmp_path / "logs.parquet")
    assert pq.read_table(tmp_path / "logs.parquet").equals(tables.to_arrow(logs))


def test_csv_keeps_null_apart_from_the_empty_text(tmp_path: Path) -> None:
    tables.write([log(output="", error=None, cost=10**400, tags=[], cache_hit=True, depth=3)], tmp_path / "logs.csv")
    text = (tmp_path / "logs.csv").read_text(encoding="utf-8")
    head, record = text.splitlines()
    assert head.startswith('"trace_id","parent_trace_id"')
    cells = dict(zip((column.name for column in STABLE), record.split(","), strict=True))
    assert (cells["output"], cells["error"], cells["cost"], cells["tags"]) == ('""', "", "inf", '"[]"')
    assert (cells["cache_hit"], cells["depth"]) == ("true", "3")
    assert cells["start_timestamp"] == "2024-04-15T22:19:13.381503Z"
    tables.write([log(output=AWKWARD)], tmp_path / "logs.csv")
    with (tmp_path / "logs.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["output"] == AWKWARD


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "logs.jsonl"
    tables.write([log(cost=10**400, tags=["x"], output=AWKWARD), scored("2", "x")], path)
    one, other = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (one["cost"], one["tags"], one["output"], one["error"]) == (float("inf"), ["x"], AWKWARD, None)
    assert one["start_timestamp"] == "2024-04-15T22:19:13.381503Z"
    assert one.keys() == other.keys()
    assert (one["score:x"], other["score:x"]) == (None, 0.0)


@pytest.mark.parametrize("extension", READERS)
def test_no_logs_at_all(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"none{extension}"
    assert tables.write([], path, scores=["x"]) == 0
    if extension != ".jsonl":
        assert duck(f"from {READERS[extension].format(path)}").column_names[-1] == "score:x"
    assert path.stat().st_size > 0 or extension == ".jsonl"


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("extension", READERS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, TableError])
def test_a_stream_that_breaks_leaves_what_was_there(tmp_path: Path, extension: str, error: type[BaseException]) -> None:
    path = tmp_path / f"logs{extension}"
    path.write_text("as it was")

    def stream() -> Iterator[TraceLog]:
        yield from (log(str(index)) for index in range(5))
        raise error("broken")

    with pytest.raises(error, match="broken"):
        tables.write(stream(), path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "as it was"


def test_an_asynchronous_stream(tmp_path: Path) -> None:
    async def stream() -> AsyncIterator[TraceLog]:
        yield log("1")
        yield log("2")

    assert asyncio.run(tables.awrite(stream(), tmp_path / "logs.parquet")) == 2
    assert duck(f"from '{tmp_path / 'logs.parquet'}'").num_rows == 2


def test_formats_that_do_not_exist_and_extras_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("logs.xlsx", "logs", "logs.xlsx.gz"):
        with pytest.raises(ValueError, match=r"must be one of \.jsonl, \.csv, \.parquet"):
            tables.write([], tmp_path / name)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    attempts: list[tuple[str, Callable[[], object]]] = [
        ("arrow", lambda: tables.write([], tmp_path / "logs.parquet")),
        ("arrow", lambda: tables.to_arrow([])),
        ("polars", lambda: tables.to_polars([])),
        ("pandas", lambda: tables.to_pandas([])),
    ]
    for extra, attempt in attempts:
        with pytest.raises(ModuleNotFoundError, match=rf"pip install 'parea-trace-logs\[{extra}\]'"):
            attempt()
    assert list(tmp_path.iterdir()) == []
