"""Has every operator of the contract its meaning everywhere, and does nothing else have one? What is missing, by file.

    python -m contract.meanings        exit 1 naming each file and what it lacks, or has too much

An operator is a row of the tables of `openapi.yaml`; what it means is written by hand, in several places on purpose.
None of them may be forgotten: a target without a condition would answer 500, a suite without a rival prove nothing.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from contract.filter_rules import FilterRules, filter_rules_of, titles_of
from contract.plain_types import UnsupportedError
from faults.catalogue import catalogue
from parea_conformance.contract import Contract
from parea_conformance.probes.operands import OPERANDS, map_values
from parea_conformance.reading import oracle
from parea_conformance.rivals import RIVALS
from parea_target.conditions import CONDITIONS

ROOT = Path(__file__).resolve().parents[2]

# What the logs of an experiment may hold, by kind: values to make operands from.
_HELD: dict[str, list[Any]] = {
    "text": ["a", "b"],
    "string_list": ["a", "b"],
    "number": [1.0, 2.0],
    "integer_list": [1, 2],
    "timestamp": ["2024-04-15T22:19:13Z", "2024-04-16T22:19:13Z"],
    "boolean": [True, False],
    "map": ["a", "b", 1.0, 2.0],
}


def faults_of(document: dict[str, Any]) -> list[str]:
    """What lacks a meaning, and what has one too much: one line each, beginning with the file to edit.

    Args:
        document: The contract.

    Raises:
        UnsupportedError: its tables are wrong.
    """
    rules, titles = filter_rules_of(document), titles_of(document)
    cells = [(operator, kind) for kind, each in rules.kinds.items() for operator in each.operators]
    ids = dict.fromkeys(f"filter.{operator}.{titles[kind]}" for operator, kind in cells)
    stated = [name for name in document["x-requirements"] if name.startswith("filter.")]
    found: list[str] = []

    def compare(file: str, wanted: Iterable[str], has: Iterable[str], lacks: str, spare: str) -> None:
        wanted, has = list(wanted), list(has)
        found.extend(f"{file}: {name}: {lacks}" for name in wanted if name not in has)
        found.extend(f"{file}: {name}: {spare}" for name in has if name not in wanted)

    gone = "there is no such operator in the contract, or not for this kind"
    compare("openapi.yaml (x-requirements)", ids, stated, "no requirement says what it must do", gone)
    compare("openapi.yaml (requestBody.examples)", rules.operators, _examples(document), "no example shows it", gone)
    words = document["info"]["description"]
    compare(
        "openapi.yaml (info.description)",
        rules.operators,
        [name for name in rules.operators if f"`{name}`" in words],
        "nothing says what it means",
        gone,
    )
    for file, has in _written(rules.operators):
        compare(file, rules.operators, has, "it has no meaning here", gone)
    compare(
        "tests/parea_target/conditions.py (CONDITIONS)",
        (f"{operator} of {kind}" for operator, kind in cells),
        (f"{operator} of {kind}" for operator, kind in CONDITIONS),
        "no condition in SQL",
        gone,
    )
    found += _operands(rules)
    patterns = dict.fromkeys(pattern for rival in RIVALS for pattern in rival.requirements)
    found += _uncovered("tests/parea_conformance/rivals", ids, patterns, "no rival reads it wrongly")
    broken = dict.fromkeys(name for fault in catalogue().values() for name in sorted(fault.requirements))
    found += _uncovered("tests/faults", ids, broken, "no fault breaks it")
    return found


def _examples(document: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(each.operator for each in Contract(document).examples().values() if each.operator))


def _written(operators: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """By file, the operators that it names, in code that does not ask for them by a table."""
    runtime = ROOT / "scripts" / "runtime" / "_filters"
    for name in ("where.py", "operators.py"):
        yield f"scripts/runtime/_filters/{name}", [each.lower() for each in _members(runtime / name)]
    yield "tests/parea_conformance/reading/oracle.py", sorted(oracle.OPERATORS)
    named = {text for path in (ROOT / "tests" / "second_server").glob("*.py") for text in _texts(path)}
    yield "tests/second_server", [operator for operator in operators if operator in named]


def _members(path: Path) -> list[str]:
    """The members of `FilterOperator` that a module names."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    named = [
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "FilterOperator"
    ]
    return list(dict.fromkeys(named))


def _texts(path: Path) -> Iterator[str]:
    """The texts that stand in the code of a module, not in its docstrings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _operands(rules: FilterRules) -> Iterator[str]:
    """The operators that the suite has no operands for."""
    for kind, each in rules.kinds.items():
        make: Callable[[str, list[Any]], Iterable[str]] = map_values if kind == "map" else OPERANDS[kind]
        for operator in each.operators:
            if operator in rules.valueless:
                continue
            try:
                made = list(make(operator, _HELD[kind]))
            except KeyError:
                made = []
            if not made:
                yield f"tests/parea_conformance/probes/operands.py: {operator} of {kind}: nothing to ask it for"


def _uncovered(file: str, ids: Iterable[str], patterns: Iterable[str], lacks: str) -> Iterator[str]:
    """The requirements that none of the patterns names, and the patterns that name none; `*` is one part of an id."""
    wanted = [name.split(".") for name in ids]

    def names(pattern: str, parts: list[str]) -> bool:
        own = pattern.split(".")
        return len(own) == len(parts) and all(each in ("*", part) for each, part in zip(own, parts, strict=True))

    patterns = [pattern for pattern in patterns if pattern.startswith("filter.")]
    for parts in wanted:
        if not any(names(pattern, parts) for pattern in patterns):
            yield f"{file}: {'.'.join(parts)}: {lacks}"
    for pattern in patterns:
        if not any(names(pattern, parts) for parts in wanted):
            yield f"{file}: {pattern}: the contract has no such requirement"


def main() -> int:
    """Print what is missing; the exit status."""
    try:
        found = faults_of(yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8")))
    except UnsupportedError as error:
        found = [f"openapi.yaml: {error}"]
    for line in found:
        print(line, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
