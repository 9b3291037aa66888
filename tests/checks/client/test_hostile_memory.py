"""Answers without end, or that become endless when they are inflated: an error of the package, in bounded memory."""

import json
import os
import subprocess
import sys

import pytest
from checks.client.hostile import MEMORY
from checks.client.support import ROOT

# By way: max_log_bytes, and the megabytes of the whole process, of which about 40 are Python's and httpx's. A stream
# keeps one log; a list the bytes of all, of which a compressed answer may have 16 times max_log_bytes.
LIMITS = {"stream": (1 << 26, 150), "async stream": (1 << 24, 90), "list": (1 << 24, 300)}
LARGE_MEGABYTES = 200
"""With a legal log of 63 MiB, which is in memory as bytes and as text."""


@pytest.mark.parametrize("way", LIMITS)
def test_memory_is_bounded_whatever_comes(way: str) -> None:
    most, megabytes = LIMITS[way]
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "checks.client.hostile_memory", way, str(most)],
        capture_output=True,
        text=True,
        timeout=600,  # against a call that never ends; on a busy machine the good ones take their time
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in ("generated", "tests"))},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found, large = json.loads(done.stdout)
    assert {name: outcome for name, (outcome, _, _) in found.items()} == {
        name: wanted for name, (_, wanted) in MEMORY.items()
    }
    assert {name: peak for name, (_, peak, _) in found.items() if peak > megabytes} == {}
    if way == "stream":
        outcome, peak, _ = large
        assert outcome is None
        assert peak < LARGE_MEGABYTES
