"""Runs the commands of reproducers in a real shell, with the keys of the tests in its environment."""

import subprocess
from pathlib import Path

from checks.suite.support import KEY, OTHER_KEY


def ran(script: str, folder: Path, seconds: float = 100, keys: tuple[str, str] = (KEY, OTHER_KEY)) -> tuple[int, str]:
    """Run commands, as someone would who pastes them; the exit status, and all that was said."""
    file = folder / "reproducers.sh"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - commands of our own
        ["bash", "-eu", str(file)],  # noqa: S607
        env={"PATH": "/usr/bin:/bin", "PAREA_API_KEY": keys[0], "PAREA_OTHER_API_KEY": keys[1], "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=seconds,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def run_script(script: str, folder: Path, seconds: float = 100) -> None:
    """Run commands, one a line; none may fail."""
    status, said = ran(script, folder, seconds)
    assert status == 0, said[-2000:]
