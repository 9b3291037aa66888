"""What a user writes is clean to the strict modes of mypy and pyright."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checks.client.support import ROOT

pytestmark = pytest.mark.slow

PYRIGHT = ("--yes", "pyright@1.1.414")
USER_CODE = Path(__file__).parent / "typed" / "user_code.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's project, with the client beside their code as an installed package would be."""
    shutil.copy(USER_CODE, tmp_path)
    configuration = {"extraPaths": [str(ROOT / "generated")], "typeCheckingMode": "strict", "include": ["user_code.py"]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(configuration))
    return tmp_path


def run(project: Path, *command: str) -> tuple[int, str]:
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


def test_mypy(project: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    cache = pytestconfig.rootpath / ".mypy_cache" / "user_code"  # kept: most of it is Polars
    monkeypatch.setenv("MYPYPATH", str(ROOT / "generated"))
    arguments = ("--strict", "--follow-imports=silent", "--config-file=", "--cache-dir", str(cache))
    status, said = run(project, sys.executable, "-m", "mypy", *arguments, "user_code.py")
    assert status == 0, said


def test_pyright(project: Path) -> None:
    npx = shutil.which("npx")
    if npx is None or run(project, npx, *PYRIGHT, "--version")[0]:
        pytest.skip("pyright needs Node, and npm to get it from")
    status, said = run(project, npx, *PYRIGHT, "--pythonpath", sys.executable)
    assert status == 0, said
    assert "0 errors" in said
