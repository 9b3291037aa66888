"""No package of ours imports in a circle, nor one of the three another; also not from within functions."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# By name, the folder that holds the package or its modules.
PACKAGES = {
    "parea_conformance": ROOT / "tests" / "parea_conformance",
    "parea_pytest": ROOT / "tests" / "parea_pytest",
    "parea_target": ROOT / "tests" / "parea_target",
    "parea_trace_logs": ROOT / "generated" / "parea_trace_logs",
    "scripts": ROOT / "scripts",
}


def _modules(name: str, folder: Path) -> dict[str, Path]:
    """The modules of a package by their full names; of `scripts`, which is no package, by their names in it."""
    found = {}
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        full = ".".join(parts if name == "scripts" else (name, *parts))
        if full and "templates" not in parts:
            found[full] = file
    return found


def _imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that can run, at whatever depth: those under TYPE_CHECKING are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from _imports(ast.Module([other], []))
        else:
            yield from _imports(child)


def _named(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    """The full names that an import names: each may be a module, or something in one."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
        return
    above = package.split(".")[: len(package.split(".")) + 1 - statement.level] if statement.level else []
    base = ".".join([*above, *(statement.module or "").split(".")]).strip(".")
    for alias in statement.names:
        yield f"{base}.{alias.name}"


def graph(modules: Mapping[str, str], packages: frozenset[str]) -> dict[str, set[str]]:
    """Which module imports which.

    Args:
        modules: the text of each module.
        packages: the names of those that are packages, whose `__init__` it is.
    """
    found: dict[str, set[str]] = {}
    for name, text in modules.items():
        package = name if name in packages else name.rpartition(".")[0]
        targets = set()
        for full in (full for statement in _imports(ast.parse(text)) for full in _named(statement, package)):
            # `from a import b` is of the module a.b where there is one, else of a.
            target = full if full in modules else full.rpartition(".")[0]
            if target in modules and target != name:
                targets.add(target)
        found[name] = targets
    return found


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """The circles: modules of which each imports, by way of the others, itself."""

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        pending = [start]
        while pending:
            new = imports[pending.pop()] - seen
            seen |= new
            pending += new
        return seen

    reach = {name: reachable(name) for name in imports}
    found = {
        frozenset(other for other in reach[name] if name in reach[other]) for name in imports if name in reach[name]
    }
    return sorted(sorted(circle) for circle in found)


@pytest.mark.parametrize("name", PACKAGES)
def test_no_circle(name: str) -> None:
    files = _modules(name, PACKAGES[name])
    assert len(files) > 2
    texts = {full: file.read_text(encoding="utf-8") for full, file in files.items()}
    packages = frozenset(full for full, file in files.items() if file.stem == "__init__")
    assert circles(graph(texts, packages)) == []


@pytest.mark.parametrize("name", ["parea_conformance", "parea_target", "parea_trace_logs"])
def test_none_of_the_three_imports_another(name: str) -> None:
    """Two readings of the rules that shared code would prove nothing; `_shared` is copied for that."""
    others = {"parea_conformance", "parea_target", "parea_trace_logs"} - {name}
    for full, file in _modules(name, PACKAGES[name]).items():
        for statement in _imports(ast.parse(file.read_text(encoding="utf-8"))):
            roots = {each.partition(".")[0] for each in _named(statement, full)}
            assert not roots & others, full


TYPED = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.b"
CIRCLES: list[tuple[dict[str, str], list[list[str]]]] = [
    ({"p": "", "p.a": "import p.b", "p.b": "def f():\n    from p import a"}, [["p.a", "p.b"]]),
    ({"p": "", "p.a": "from .b import x", "p.b": "try:\n    from . import a\nfinally: ..."}, [["p.a", "p.b"]]),
    ({"p.a": "from p.b import x", "p.b": "import p.c", "p.c": "from p.a import y"}, [["p.a", "p.b", "p.c"]]),
    ({"p": "from p.a import x", "p.a": "from p import y"}, [["p", "p.a"]]),
    ({"p": "from p.a import x", "p.a": "from p import b", "p.b": ""}, []),
    ({"p": "", "p.a": TYPED, "p.b": "import p.a"}, []),
]


@pytest.mark.parametrize(("modules", "found"), CIRCLES)
def test_a_circle_is_found(modules: dict[str, str], found: list[list[str]]) -> None:
    assert circles(graph(modules, frozenset({"p"}))) == found
