"""The code samples of the contract are run as they stand against the target, the key and the experiment aside."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from parea_target import RootLog, Store, create_app, load
from parea_target.server import running

KEY = "the-key-of-the-samples"
LOGS = [
    {
        "trace_id": name,
        "start_timestamp": "2024-04-15T22:19:13+00:00",
        "scores": [{"name": "is_correct", "score": score}],
    }
    for name, score in (("right", 1), ("wrong", 0))
]
SHOWN = "\nprint([log.trace_id for log in trace_logs])\n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with (
        Store(load(), [("an-experiment", map(RootLog.of, LOGS))]) as store,
        running(create_app(store, {KEY: None})) as url,
    ):
        yield url


@pytest.fixture
def samples(contract: dict[str, Any]) -> dict[str, str]:
    [item] = contract["paths"].values()
    return {sample["label"]: sample["source"] for sample in item["post"]["x-codeSamples"]}


def _run(server: str, source: str, folder: Path, shell: list[str]) -> str:
    source = source.replace("experiment_uuid", "an-experiment")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PAREA_BASE_URL": f"{server}/api/parea/v1",
        "PAREA_API_KEY": KEY,
    }
    done = subprocess.run(  # noqa: S603 - the contract's own samples
        [*shell, source], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_sample_is_run(samples: dict[str, str]) -> None:
    assert set(samples) == {"Python", "curl", "parea-trace-logs"}


def test_python(server: str, samples: dict[str, str], tmp_path: Path) -> None:
    source = samples["Python"].replace('"PAREA_API_KEY"', repr(KEY)) + SHOWN
    assert _run(server, source, tmp_path, [sys.executable, "-c"]) == "['right']\n"


def test_curl(server: str, samples: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    answer = _run(server, samples["curl"], tmp_path, ["bash", "-c"])
    assert [log["trace_id"] for log in json.loads(answer)] == ["right"]


def test_command(server: str, samples: dict[str, str], tmp_path: Path) -> None:
    _run(server, samples["parea-trace-logs"], tmp_path, ["bash", "-c"])
    rows = (tmp_path / "logs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["trace_id"] for row in rows] == ["right"]
