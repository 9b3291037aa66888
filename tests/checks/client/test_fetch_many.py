"""Many experiments at once, as one dataset."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from checks.client.rows import duck, log, scored
from checks.client.support import LocalServer
from parea_trace_logs import AsyncParea, Parea, TraceLog, tables
from parea_trace_logs._tables.columns import STABLE


class Experiments:
    """A client of several experiments, as `fetch_many` uses one."""

    def __init__(self, logs: dict[str, Iterable[TraceLog] | Exception]) -> None:
        self.logs = logs

    @contextmanager
    def get(self, _: object, experiment: str, __: object) -> Iterator[Iterator[TraceLog]]:
        logs = self.logs[experiment]
        if isinstance(logs, Exception):
            raise logs
        yield iter(logs)


def many(monkeypatch: pytest.MonkeyPatch, logs: dict[str, Any], folder: Path, **arguments: Any) -> dict[str, int]:
    experiments = Experiments(logs)
    monkeypatch.setattr(Parea, "iter_experiment_trace_logs", lambda *arguments: experiments.get(*arguments))
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


def test_what_is_complete_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unasked() -> Iterator[TraceLog]:
        raise AssertionError("fetched again")
        yield

    logs = {"good": [scored("1", "s"), log("2")], "bad": ValueError("no such")}
    with pytest.raises(tables.FetchManyError):
        many(monkeypatch, logs, tmp_path, scores=["s"])
    again = {"good": unasked(), "bad": [log("3")]}
    assert many(monkeypatch, again, tmp_path, scores=["s"], resume=True) == {"good": 2, "bad": 1}
    other = {"good": [log("4")], "bad": [log("5")]}
    assert many(monkeypatch, other, tmp_path, scores=["t"], resume=True) == {"good": 1, "bad": 1}
    assert many(monkeypatch, {"good": [], "bad": []}, tmp_path) == {"good": 0, "bad": 0}


def test_what_is_there_gets_the_columns_of_what_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the files of one dataset would have other columns each."""
    folders: dict[str, list[TraceLog]] = {"a": [scored("1", "s"), log("2")], "b": [scored("3", "t")]}
    many(monkeypatch, {"a": folders["a"]}, tmp_path)
    many(monkeypatch, {"b": folders["b"]}, tmp_path)
    assert many(monkeypatch, {**folders, "c": [scored("4", "u")]}, tmp_path, resume=True) == {"a": 2, "b": 1, "c": 1}
    names = {tuple(pq.read_schema(path).names) for path in tmp_path.glob("*/logs.parquet")}
    assert [name[-3:] for name in names] == [("score:s", "score:t", "score:u")]
    assert len(list(tmp_path.rglob("*.*"))) == 3
    found = duck(f"from read_parquet('{tmp_path}/**/*.parquet')")
    assert sorted(found["trace_id"].to_pylist()) == ["1", "2", "3", "4"]
    (tmp_path / "experiment=b" / "logs.parquet").write_bytes(b"PAR1 or not")
    assert many(monkeypatch, {"a": [], "b": [log("5"), log("6")]}, tmp_path, resume=True) == {"a": 2, "b": 2}


def test_by_an_asynchronous_client(tmp_path: Path, server: LocalServer) -> None:
    told: list[tuple[str, int]] = []

    async def fetch(**arguments: Any) -> dict[str, int]:
        async with AsyncParea("a-key", server.url) as client:
            return await tables.afetch_many(
                client, ["a", "b", "a"], tmp_path, progress=lambda *each: told.append(each), **arguments
            )

    assert asyncio.run(fetch()) == {"a": 1, "b": 1}
    assert sorted(told) == [("a", 1), ("b", 1)]
    assert duck(f"from read_parquet('{tmp_path}/**/*.parquet', hive_partitioning=true)").num_rows == 2
    server.answer(404, {"detail": "none"})
    with pytest.raises(tables.FetchManyError, match="2 of 2"):
        asyncio.run(fetch())
    assert asyncio.run(fetch(resume=True)) == {"a": 1, "b": 1}
    with pytest.raises(ValueError, match="concurrency must be at least 1"):
        asyncio.run(fetch(concurrency=0))
