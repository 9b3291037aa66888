"""Runs the commands of reproducers in a real shell, with the keys of the tests in its environment."""

import subprocess
from pathlib import Path

from checks.suite.support import KEY, OTHER_KEY


def run_script(script: str, folder: Path, seconds: float = 100) -> None:
    """Run commands, one a line, as someone would who pastes them."""
    file = folder / "reproducers.sh"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - commands of our own
        ["bash", "-eu", str(file)],  # noqa: S607
        env={"PATH": "/usr/bin:/bin", "PAREA_API_KEY": KEY, "PAREA_OTHER_API_KEY": OTHER_KEY, "LC_ALL": "C"},
        capture_output=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
