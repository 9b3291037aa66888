"""Which tests `make quick` runs for a change."""

from pathlib import Path

import pytest
import quick

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ([], ["tests/checks"]),
        (["openapi.yaml", "generated/parea_trace_logs/client.py"], ["tests/checks"]),
        (["tests/conftest.py"], ["tests/checks"]),
        (["tests/parea_conformance/engine.py"], ["tests/checks/suite"]),
        (["scripts/runtime/client.py", "generated/parea_trace_logs/client.py"], ["tests/checks/client"]),
        (["tests/checks/contract/test_quick.py"], ["tests/checks/contract/test_quick.py"]),
        (["tests/checks/client/test_deleted.py", "tests/checks/client/test_calls.py"], ["tests/checks/client"]),
        (["tests/checks/suite/support.py", "tests/parea_target/app.py"], ["tests/checks/suite", "tests/checks/target"]),
    ],
)
def test_a_change_is_tested_where_its_tests_stand(changed: list[str], tests: list[str]) -> None:
    assert quick.needed(changed) == tests


def test_every_place_of_the_table_is_there() -> None:
    assert [path for path in quick.TESTS if not (ROOT / path).is_dir()] == []
    assert [path for tests in quick.TESTS.values() for path in tests if not (ROOT / path).exists()] == []


def test_the_folders_of_tests_are_all_named() -> None:
    folders = {f"{path.parent.relative_to(ROOT)}/" for path in (ROOT / quick.ALL).glob("*/conftest.py")}
    assert len(folders) == 4
    assert folders <= quick.TESTS.keys()
