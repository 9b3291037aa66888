"""What an import of the package brings, and what it leaves to the first call."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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


def test_no_import_goes_round_in_a_circle() -> None:
    """Those within functions count; those for type checkers alone do not."""
    arrows = {name: set(_imported(name, path)) & set(_MODULES) for name, path in _MODULES.items()}
    assert arrows["parea_trace_logs._json.decoding"] == {
        f"parea_trace_logs._json.{name}" for name in ("decoders", "lossless", "text", "unknown")
    }
    assert "parea_trace_logs._http.sync_streams" in arrows["parea_trace_logs.client"]  # within a function
    while free := [name for name, needed in arrows.items() if not needed]:
        arrows = {name: needed - set(free) for name, needed in arrows.items() if name not in free}
    assert arrows == {}


_PACKAGE = Path(parea_trace_logs.__file__).parent
_MODULES = {
    ".".join(("parea_trace_logs", *path.relative_to(_PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in _PACKAGE.rglob("*.py")
}


def _imported(module: str, path: Path) -> Iterator[str]:
    """The modules that one imports, each with the names it takes, which may be modules themselves."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        if isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found = {f"{source}.{each.name}" for each in node.names} & set(_MODULES) or {source}
            yield from found - {module}
