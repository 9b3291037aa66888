"""Tables: every log a row, nothing lost, columns that do not depend on the data, files that are whole or not there."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from client.support import SAMPLE, SCHEMAS, LocalServer
from parea_trace_logs import Parea, TableError, TraceLog, tables
from parea_trace_logs import _rows as rows_module
from parea_trace_logs._columns import STABLE

MINIMAL: dict[str, Any] = {"trace_id": "t", "start_timestamp": "2024-04-15T22:19:13.381503+00:00"}
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


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "BATCH_ROWS", 2)


def test_the_columns_are_those_of_the_contract() -> None:
    members = [name for name in SCHEMAS["TraceLog"]["properties"] if name != "children_logs"]
    plain = [column.name for column in STABLE if not column.name.endswith("_timestamp_text")]
    assert plain == [*members, "additional_properties"]
    assert len(STABLE) == len(plain) + 2
    assert tables.schema() == tables.to_arrow([]).schema == tables.to_arrow([log()]).schema
    types = {field.name: str(field.type) for field in tables.schema(["x"])}
    assert types["latency"] == types["score:x"] == "double"
    assert types["total_tokens"] == "int64"
    assert types["start_timestamp"] == "timestamp[us, tz=UTC]"
    assert types["inputs"] == types["scores"] == types["start_timestamp_text"] == "string"
    assert (types["tags"], types["children_ids"]) == ("list<item: string>", "list<item: int64>")
    assert types["cache_hit"] == "bool"


def test_the_sample_is_all_there() -> None:
    [row] = rows(TraceLog.from_dict(SAMPLE[0]))
    for name, value in SAMPLE[0].items():
        if isinstance(value, dict):
            assert json.loads(row[name]) == value
        elif name.endswith("timestamp"):
            assert row[f"{name}_text"] == value
            assert row[name].isoformat() == value
        elif name in row and name not in ("images", "scores"):
            assert row[name] == value


def test_a_row_for_each_log_of_a_tree() -> None:
    tree = log("r", children_logs=[{**MINIMAL, "trace_id": "a", "children_logs": [{**MINIMAL, "trace_id": "b"}]}])
    placed = [(row["trace_id"], row["depth"], row["parent_trace_id"], row["root_trace_id"]) for row in rows(tree)]
    assert placed == [("r", 0, "r", "r"), ("a", 1, "r", "r"), ("b", 2, "a", "r")]
    told = log("r", depth=7, parent_trace_id="p", root_trace_id="q")
    assert [(row["depth"], row["parent_trace_id"], row["root_trace_id"]) for row in rows(told)] == [(7, "p", "q")]


def test_a_tree_deeper_than_pythons_stack(tmp_path: Path) -> None:
    tree = log("0")
    for depth in range(1, 5001):
        tree = TraceLog(trace_id=str(depth), start_timestamp="s", children_logs=[tree])
    assert tables.to_arrow([tree]).column("depth").to_pylist() == list(range(5001))
    assert tables.write([tree], tmp_path / "deep.csv") == 5001


def test_a_column_for_each_score_and_all_of_them_whole() -> None:
    one, other = rows(log("1", scores=SCORES), log("2", scores=[]))
    assert (one["score:a"], one["score:b"]) == (1.0, 0.5)
    assert json.loads(one["scores"]) == SCORES
    assert (other["score:a"], other["scores"]) == (None, "[]")
    assert rows(log("3"))[0]["scores"] is None
    [named] = rows(log("1", scores=SCORES), scores=["b", "c"])
    assert (named["score:b"], named["score:c"], "score:a" in named) == (0.5, None, False)
    assert json.loads(named["scores"]) == SCORES


def test_what_json_can_say_is_kept() -> None:
    free = {"inf": [float("inf"), -float("inf"), "Infinity", '"NaN\\'], "null": None, "big": 10**30, "é\n": "\ud800"}
    row = rows(log(inputs=free, metadata={}, news={"x": 1}))[0]
    assert json.loads(row["inputs"]) == free
    assert "1e999" in row["inputs"]
    assert (row["metadata"], json.loads(row["additional_properties"])) == ("{}", {"news": {"x": 1}})
    assert row["configuration"] is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-04-15T22:19:13.381503+00:00", "2024-04-15T22:19:13.381503+00:00"),
        ("2024-04-15T22:19:13.3815039999-02:30", "2024-04-16T00:49:13.381503+00:00"),
        ("2024-04-15t22:19:13.5z", "2024-04-15T22:19:13.500000+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999+00:00"),
        ("0001-01-01T00:00:00+00:01", None),
        ("9999-12-31T23:59:59-00:01", None),
        ("2024-04-15T22:19:13", None),
        ("2024-02-30T00:00:00Z", None),
        ("2024-04-15T24:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_a_timestamp_is_an_instant_and_its_own_text(text: str, instant: str | None) -> None:
    [row] = rows(log(start_timestamp=text))
    assert row["start_timestamp_text"] == text
    assert (row["start_timestamp"] and row["start_timestamp"].isoformat()) == instant


def test_numbers_are_doubles_as_the_contract_compares_them() -> None:
    [row] = rows(log(latency=1, cost=10**400, feedback_score=-(10**400), apply_eval_frac=2**53 + 1))
    assert [row[name] for name in ("latency", "cost", "feedback_score", "apply_eval_frac")] == [
        1.0,
        float("inf"),
        float("-inf"),
        float(2**53),
    ]


@pytest.mark.parametrize(
    ("members", "column", "words"),
    [
        ({"total_tokens": 2**63}, "total_tokens", "64 bits"),
        ({"children_ids": [1, -(2**63) - 1]}, "children_ids", "64 bits"),
        ({"output": "\ud800"}, "output", "surrogates"),
        ({"tags": ["\udfff"]}, "tags", "surrogates"),
        ({"scores": [{"name": "\ud800", "score": 1}]}, "scores", "surrogates"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, members: dict[str, Any], column: str, words: str) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: rows(log(), log("the-log", **members)),
        lambda: tables.write([log("the-log", **members)], tmp_path / "x.jsonl"),
    ]
    for attempt in attempts:
        with pytest.raises(TableError, match=rf"log 'the-log', column {column}: .*{words}"):
            attempt()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("small_batches")
def test_batches_are_bounded_and_straight_from_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    def stream() -> Iterator[TraceLog]:
        nonlocal taken
        for taken in range(1, 6):
            yield log(str(taken))

    found = []
    for batch in tables.record_batches(stream(), scores=["x"]):
        assert batch.schema == tables.schema(["x"])
        found.append((batch.num_rows, taken))
    assert found == [(2, 2), (2, 4), (1, 5)]
    monkeypatch.setattr(rows_module, "BATCH_ROWS", 1000)
    monkeypatch.setattr(rows_module, "BATCH_CHARACTERS", 1000)
    large = (log(str(index), output="x" * 600) for index in range(4))
    assert [batch.num_rows for batch in tables.record_batches(large)] == [2, 2]


@pytest.mark.usefixtures("small_batches")
def test_frames() -> None:
    logs = [log("1", total_tokens=2**62 + 1, cache_hit=True, tags=["x"]), scored("2", "a"), scored("3", "b", "a")]
    frame = tables.to_polars(logs)
    assert isinstance(frame, pl.DataFrame)
    assert frame["score:a"].to_list() == [None, 0.0, 1.0]
    assert frame["score:b"].to_list() == [None, None, 0.0]
    assert frame["start_timestamp"].dtype == pl.Datetime("us", "UTC")
    panda = tables.to_pandas(logs)
    assert panda["total_tokens"].iloc[0] == 2**62 + 1
    assert [str(panda[name].dtype) for name in ("total_tokens", "cache_hit", "latency")] == [
        "Int64",
        "boolean",
        "float64",
    ]
    assert str(panda["start_timestamp"].dtype) == "datetime64[us, UTC]"


READERS: dict[str, str] = {
    ".parquet": "read_parquet('{}')",
    ".csv": "read_csv('{}', all_varchar=true, header=true, delim=',', quote='\"', escape='\"')",
    ".jsonl": "read_json('{}', format='newline_delimited')",
}
AWKWARD = 'a "quoted", text\nwith a line\r\nand é\x00'


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
    for name in ("logs.xlsx", "logs", "logs.parquet.gz"):
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


class Experiments:
    """A client of several experiments, as `fetch_many` uses one."""

    def __init__(self, logs: dict[str, Iterable[TraceLog] | Exception]) -> None:
        self.logs = logs

    def get(self, _: object, experiment: str, __: object) -> Iterator[TraceLog]:
        logs = self.logs[experiment]
        if isinstance(logs, Exception):
            raise logs
        return iter(logs)


def many(monkeypatch: pytest.MonkeyPatch, logs: dict[str, Any], folder: Path, **arguments: Any) -> dict[str, int]:
    monkeypatch.setattr("parea_trace_logs._many.stream", Experiments(logs).get)
    with Parea("a-key") as client:
        return tables.fetch_many(client, logs, folder, **arguments)


def test_many_experiments_are_one_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = {f"e/{index}": [scored(f"{index}-{each}", f"s{index}") for each in range(3)] for index in range(6)}
    folder = tmp_path / "data" / "set"
    assert many(monkeypatch, {**logs, "none": []}, folder, concurrency=3) == {**dict.fromkeys(logs, 3), "none": 0}
    read = duck(f"from read_parquet('{folder}/**/*.parquet', hive_partitioning=true)")
    assert read.column_names == [
        *(column.name for column in STABLE),
        *(f"score:s{index}" for index in range(6)),
        "experiment",
    ]
    counts = duckdb.sql('select experiment, count(*), count("score:s4") from read group by all order by all')
    assert counts is not None
    assert counts.fetchall() == [(f"e/{index}", 3, 3 * (index == 4)) for index in range(6)]
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"experiment=e%2F{index}" for index in range(6)),
        "experiment=none",
    ]
    assert ds.dataset(folder, partitioning="hive").to_table().num_rows == 18
    assert pl.scan_parquet(folder, hive_partitioning=True).select(pl.len()).collect().item() == 18
    assert many(monkeypatch, {"e/0": []}, folder) == {"e/0": 0}


def test_experiments_that_fail_do_not_cost_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[TraceLog]:
        yield log("1")
        raise RuntimeError("broken off")

    logs = {"good": [log("1")], "broken": broken(), "bad": ValueError("no such")}
    with pytest.raises(tables.FetchManyError, match="2 of 3 experiments failed; broken: broken off") as caught:
        many(monkeypatch, logs, tmp_path)
    assert caught.value.rows == {"good": 1}
    assert list(caught.value.failures) == ["broken", "bad"]
    assert [path.name for path in tmp_path.iterdir()] == ["experiment=good"]


def test_many_experiments_from_a_server(tmp_path: Path, server: LocalServer) -> None:
    with Parea("a-key", server.url) as client:
        assert tables.fetch_many(client, ["a", "b", "a"], tmp_path, scores=[]) == {"a": 1, "b": 1}
    assert sorted(each.path.split("/")[-2] for each in server.received) == ["a", "b"]
