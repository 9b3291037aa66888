"""Tables straight from the JSON of an answer: the same as by the models, whatever the answer holds."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from checks.client.odd_logs import client, logs
from parea_trace_logs import InvalidAnswerError, PareaError, tables
from parea_trace_logs._tables import guessing
from parea_trace_logs._tables.columns import STABLE
from parea_trace_logs._tables.rows import batches_of

JSON_COLUMNS = [column.name for column in STABLE if column.type.rank == 5]


def body(found: list[str], between: str = ",") -> bytes:
    return ("[" + between.join(found) + "]").encode()


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """What a table holds, JSON taken apart: where the server had spaces, it still has."""
    found: list[dict[str, Any]] = table.to_pylist()
    for row in found:
        for name in JSON_COLUMNS:
            row[name] = row[name] and json.loads(row[name])
    return found


CASES: list[dict[str, float]] = [{}, {"unknown": 0.5}, {"odd": 0.05}, {"odd": 0.3, "unknown": 0.3}]


@pytest.mark.parametrize("chances", CASES)
@pytest.mark.parametrize("between", [",", ",\n", " , "])
@pytest.mark.parametrize("together", [400, 5000, 1 << 18])
def test_a_stream_gives_the_table_of_its_logs(
    chances: dict[str, float], between: str, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "_TOGETHER", together)
    found = logs(len(between) + together, 120, **chances)
    answer = client(body(found, between), 700)
    by_models = tables.to_arrow(list(answer.iter_experiment_trace_logs("e")))
    by_stream = tables.to_arrow(answer.iter_experiment_trace_logs("e"))
    assert by_stream.schema == by_models.schema
    assert rows(by_stream) == rows(by_models)


@pytest.mark.parametrize("extension", ["csv", "jsonl", "parquet"])
def test_a_stream_gives_the_files_of_its_logs(tmp_path: Path, extension: str) -> None:
    found = [json.dumps(json.loads(log), separators=(",", ":"), ensure_ascii=False) for log in logs(5, 200)]
    answer = client(body(found), 700)
    paths = [tmp_path / f"{name}.{extension}" for name in ("models", "stream")]
    tables.write(list(answer.iter_experiment_trace_logs("e")), paths[0], columns=["latency", "start_timestamp", "tags"])
    tables.write(answer.iter_experiment_trace_logs("e"), paths[1], columns=["latency", "start_timestamp", "tags"])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_fast_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what is above would compare the models with themselves."""
    answer = client(body([log for log in logs(1, 600, unknown=0.2) if '\\"name' not in log]), 5000)
    monkeypatch.setattr(guessing, "_TOGETHER", 20_000)
    expected = tables.to_arrow(list(answer.iter_experiment_trace_logs("e")))
    monkeypatch.setattr("parea_trace_logs._tables.rows.decode_chunk", None)  # who calls it fails
    assert rows(tables.to_arrow(answer.iter_experiment_trace_logs("e"))) == rows(expected)


@pytest.mark.parametrize("together", [400, 1 << 18])
def test_what_is_not_as_documented(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "_TOGETHER", together)
    answer = client(body(logs(3, 150, refused=0.1, unknown=0.2)), 700)
    by_models = answer.iter_experiment_trace_logs("e", invalid="collect")
    expected = rows(tables.to_arrow(list(by_models)))
    by_stream = answer.iter_experiment_trace_logs("e", invalid="collect")
    assert rows(tables.to_arrow(by_stream)) == expected
    assert by_stream.invalid == by_models.invalid != []
    assert rows(tables.to_arrow(answer.iter_experiment_trace_logs("e", invalid="skip"))) == expected
    first = by_models.invalid[0]
    with pytest.raises(InvalidAnswerError) as raised:
        tables.to_arrow(answer.iter_experiment_trace_logs("e"))
    assert (raised.value.index, raised.value.path) == (first.index, first.path)


@pytest.mark.parametrize("cut", [0, 1, 2, 9, 700, 4321, -2, -1])
@pytest.mark.parametrize("together", [400, 1 << 18])
def test_an_answer_that_ends_early_or_is_none(cut: int, together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "_TOGETHER", together)
    whole = body(logs(4, 60))
    for content in (whole[:cut], whole[:cut] + b"]]", whole[:cut] + b",]", whole + b"x", b'{"a": 1}'):
        answer = client(content, 300)
        with pytest.raises(PareaError) as by_models:
            list(answer.iter_experiment_trace_logs("e"))
        with pytest.raises(PareaError) as by_stream:
            tables.to_arrow(answer.iter_experiment_trace_logs("e"))
        assert (type(by_stream.value), str(by_stream.value)) == (type(by_models.value), str(by_models.value))


def test_a_stream_that_has_begun() -> None:
    answer = client(body(logs(6, 300)), 700)
    expected = rows(tables.to_arrow(list(answer.iter_experiment_trace_logs("e"))))
    stream = answer.iter_experiment_trace_logs("e")
    first = [next(stream) for _ in range(5)]
    assert rows(tables.to_arrow(first)) + rows(tables.to_arrow(stream)) == expected


def test_a_slow_answer_is_told_of_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little has come: it must not seem to stand still."""
    monkeypatch.setattr(guessing, "_PATIENCE", 0.0)
    content = body(logs(9, 40, odd=0.1))
    answer = client(content, 500)
    expected = rows(tables.to_arrow(list(answer.iter_experiment_trace_logs("e"))))
    seen: list[int] = []
    found = [batch for batch in batches_of(answer.iter_experiment_trace_logs("e"), seen.append, rows=1) if batch.rows]
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert sum(batch.rows for batch in found) == len(expected)
    assert rows(tables.to_arrow(answer.iter_experiment_trace_logs("e"))) == expected


def test_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "_PATIENCE", 60.0)
    answer = client(body(logs(7, 300)), 700)
    seen: list[int] = []
    tables.write(answer.iter_experiment_trace_logs("e"), tmp_path / "logs.csv", progress=seen.append)
    tables.write(iter(list(answer.iter_experiment_trace_logs("e"))), tmp_path / "logs.csv", progress=seen.append)
    assert seen == [300, *range(1, 301)]
