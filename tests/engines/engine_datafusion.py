"""DataFusion reads an experiment by the Arrow PyCapsule protocol."""

import datafusion
from engines.conftest import EXPERIMENTS, KEY
from parea_trace_logs import Parea, tables


def test_datafusion_reads_an_experiment(url: str) -> None:
    context = datafusion.SessionContext()
    with Parea(KEY, url) as client:
        context.from_arrow(tables.arrow_stream(client, "e1"), name="logs")
        [counted] = context.sql("select count(*) n from logs where latency > 0").to_pylist()
    assert counted["n"] == sum((log.get("latency") or 0) > 0 for log in EXPERIMENTS["e1"]) > 0
