"""Tables: every log a row, nothing lost, columns that do not depend on the data."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from checks.client.rows import MINIMAL, SCORES, log, rows, scored
from checks.client.support import SAMPLE, SCHEMAS
from parea_trace_logs import TableError, TraceLog, tables
from parea_trace_logs._tables import batches as batches_module
from parea_trace_logs._tables.columns import STABLE


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


def test_a_deep_tree(tmp_path: Path) -> None:
    tree = log("0")
    for depth in range(1, 401):
        tree = TraceLog(trace_id=str(depth), start_timestamp="s", children_logs=[tree])
    assert tables.to_arrow([tree]).column("depth").to_pylist() == list(range(401))
    assert tables.write([tree], tmp_path / "deep.csv") == 401


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
    monkeypatch.setattr(batches_module, "BATCH_ROWS", 1000)
    monkeypatch.setattr(batches_module, "BATCH_BYTES", 1000)
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
