"""The contract, and a copy of the repository's generated part to change at will."""

import shutil
from pathlib import Path
from typing import Any

import generate
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with all that `scripts/generate.py` reads and writes."""
    for name in ("openapi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("generated", "tests/parea_target/data", *map(str, generate.SHARING)):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path
