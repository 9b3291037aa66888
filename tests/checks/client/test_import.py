"""What an import of the package brings, and what it leaves to the first call."""

import subprocess
import sys

import parea_trace_logs
import pytest

# Each takes a part of what httpx takes itself; `make bench-import` says how large a one.
_HEAVY = {"asyncio", "attr", "msgspec", "parea_trace_logs.models", "pyarrow", "rich"}


@pytest.mark.parametrize(
    ("statement", "brought"),
    [
        ("from parea_trace_logs import AsyncParea, Parea, PareaError; Parea('a-key')", set()),
        ("from parea_trace_logs import TraceLog", {"attr", "msgspec", "parea_trace_logs.models"}),
    ],
)
def test_an_import_brings_no_more_than_it_needs(statement: str, brought: set[str]) -> None:
    # httpx imports rich for a command of its own, where it is installed.
    code = f"import sys; sys.modules['rich'] = None; {statement}; print(*(n for n, m in sys.modules.items() if m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert _HEAVY & set(done.stdout.split()) == brought


def test_every_name_is_there() -> None:
    assert {name for name in parea_trace_logs.__all__ if not hasattr(parea_trace_logs, name)} == set()
    assert set(parea_trace_logs.__all__) <= set(dir(parea_trace_logs))
    assert parea_trace_logs.UNSET is parea_trace_logs.types.UNSET
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        getattr(parea_trace_logs, "nonsense")  # noqa: B009 - mypy knows that it is not there
