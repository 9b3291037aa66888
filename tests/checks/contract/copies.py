"""A copy of the repository, to edit the contract in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from checks.contract.conftest import ROOT
from checks.contract.edits import Edit, edited

_COPIED = ("openapi.yaml", "pyproject.toml", "scripts", "generated", "tests")
_LEFT = shutil.ignore_patterns("__pycache__", ".*_cache", "reports")


class Copy:
    """A copy of the repository, whose commands run in it as they do here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=_LEFT)
            else:
                shutil.copy(ROOT / name, folder / name)

    def edit(self, *edits: Edit) -> None:
        """Edit the contract."""
        contract = self.folder / "openapi.yaml"
        contract.write_text(edited(contract.read_text(encoding="utf-8"), *edits), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the copy's packages, which come before those that are installed."""
        path = os.pathsep.join(str(self.folder / name) for name in ("generated", "scripts", "tests"))
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, *arguments]
        return subprocess.run(  # noqa: S603 - our own code
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
