"""Answers without end, or that become endless when they are inflated: an error of the package, in bounded memory."""

import json
import os
import subprocess
import sys

import pytest
from checks.client.hostile import MEMORY
from checks.client.support import ROOT

pytestmark = pytest.mark.slow

# A stream keeps one log, of at most 64 MiB; a list the bytes of all, of which a compressed answer may have 1 GiB.
MEGABYTES = {"stream": 150, "async stream": 150, "list": 700}


@pytest.mark.parametrize("way", MEGABYTES)
def test_memory_is_bounded_whatever_comes(way: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "checks.client.hostile_memory", way],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in ("generated", "tests"))},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert {name: outcome for name, (outcome, _, _) in found.items()} == {
        name: wanted for name, (_, wanted) in MEMORY.items()
    }
    over = {name: peak for name, (_, peak, _) in found.items() if peak > MEGABYTES[way]}
    assert not over
