"""Loading on a schedule with dlt: README's recipe, run three times into DuckDB."""

import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import dlt
import duckdb
import pytest
from checks.client.support import ROOT
from parea_target import RootLog, Store, create_app, load
from parea_target.server import running
from parea_trace_logs import Parea, TraceLogFilters

STREAM = Parea.iter_experiment_trace_logs


def recipe(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """README's section as a module."""
    _, _, section = (ROOT / "README.md").read_text(encoding="utf-8").partition("### Loading on a schedule")
    [code] = re.findall(r"```python\n(.*?)```", section.partition("\n### ")[0], re.DOTALL)
    (folder / "recipe.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module("recipe")


def log(name: str, second: int, **members: Any) -> dict[str, Any]:
    return {"trace_id": name, "start_timestamp": f"2024-04-15T22:{second // 60:02}:{second % 60:02}+00:00", **members}


def test_what_is_new_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A descendant that began late must not hide a root that began before it."""
    child = log("1.1", 3000, parent_trace_id="1", root_trace_id="1", depth=1)
    logs = [log("1", 60, children_logs=[child]), log("2", 120)]
    asked: list[TraceLogFilters | None] = []

    def spied(self: Parea, experiment: str, filters: TraceLogFilters | None = None, **arguments: Any) -> Any:
        asked.append(filters)
        return STREAM(self, experiment, filters, **arguments)

    monkeypatch.setattr(Parea, "iter_experiment_trace_logs", spied)
    monkeypatch.setenv("PAREA_API_KEY", "a-key")
    trace_logs = recipe(tmp_path, monkeypatch).trace_logs
    pipeline = dlt.pipeline(
        "parea",
        destination=dlt.destinations.duckdb(str(tmp_path / "logs.duckdb")),
        dataset_name="parea",
        pipelines_dir=str(tmp_path / "pipelines"),
    )
    for more in ([], [log("3", 1500)], []):
        logs += more
        with (
            Store(load(), [("e", list(map(RootLog.of, logs)))]) as store,
            running(create_app(store, {"a-key": None})) as url,
        ):
            monkeypatch.setenv("PAREA_BASE_URL", url)
            pipeline.run(trace_logs("e"))
    with duckdb.connect(str(tmp_path / "logs.duckdb")) as connection:
        rows = connection.sql("select trace_id from parea.trace_logs order by all").fetchall()
    assert [row[0] for row in rows] == ["1", "1.1", "2", "3"]
    assert asked[0] is None
    assert [filters.filter_value for filters in asked[1:] if filters is not None] == [
        "2024-04-15T21:02:00+00:00",  # the last root's, less an hour
        "2024-04-15T21:25:00+00:00",
    ]
