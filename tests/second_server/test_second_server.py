"""The suite accuses no right server: not one that was written without a look at the suite or at the target either."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from parea_conformance import contract, seed_data
from parea_conformance.run import Options
from parea_conformance.suite import judge

import second_server

DATA = Path(__file__).resolve().parents[1] / "parea_target" / "data"
KEY = "second-server-key-0123456789"

# One server for all seeds, so one worker.
pytestmark = pytest.mark.xdist_group("second")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    experiments = {
        file.stem: [json.loads(line) for line in file.read_bytes().splitlines()]
        for file in sorted(DATA.glob("*.jsonl"))
    }
    keys = {
        KEY: [seed_data.EXPERIMENT, seed_data.EMPTY_EXPERIMENT],
        "other-tenant-key-0123456789": [seed_data.OTHER_EXPERIMENT],
    }
    with second_server.running(experiments, keys) as url:
        yield url


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_conformant(base_url: str, seed: int) -> None:
    report = judge(
        Options(
            base_url=base_url,
            experiment=seed_data.EXPERIMENT,
            api_key=KEY,
            classes=contract.CLASSES,
            seed=seed,
            other_experiment=seed_data.OTHER_EXPERIMENT,
            empty_experiment=seed_data.EMPTY_EXPERIMENT,
        )
    )
    accused = {
        entry.requirement.id: entry.causes
        for entry in report.entries
        if entry.verdict.value in {"fail", "error", "undecided"}
    }
    assert accused == {}
    assert report.status == 0, report.cause
