"""The target and the document agree, and what the document alone decides needs no code."""

import ast
import copy
import graphlib
import itertools
from pathlib import Path

import pytest
from parea_target import Contract, Parts, RootLog, Store
from parea_target import contract as contract_module
from parea_target.conditions import CONDITIONS, filter_condition
from parea_target.filters import SUBJECTS, Filter, find_subject
from parea_target.tables import MEMBER_COLUMNS, Tables
from parea_target.values import read_instant

STAMP = "2024-04-15T12:00:00Z"
VALUES = ["1", "1,2", "true", STAMP, f"{STAMP},{STAMP}"]


def test_conditions_are_those_of_the_document(contract: Contract) -> None:
    """For each member and operator, a condition exists where and only where the schema takes some filter."""
    taken = set()
    for (member, kind), operator in itertools.product(contract.kinds.items(), contract.operators):
        for value, key in itertools.product(VALUES, [None, "k"]):
            body = {"filter_field": member, "filter_operator": operator, "filter_value": value, "filter_key": key}
            if not contract.body_faults(body):
                taken.add((operator, kind))
    assert taken == set(CONDITIONS)


@pytest.mark.parametrize(
    ("field", "kind", "source"),
    [
        ("is_correct", "number", "score"),
        ("", "number", "score"),
        ("score:output", "number", "score"),
        ("output", "text", "member"),
        ("annotation", "number", "score"),
        ("annotation:score:", "number", "annotation"),
        ("annotation:value:x", "text", "annotation"),
        ("Annotation:value:x", "number", "score"),
        ("annotation:value", None, None),
        ("annotation:x:y", None, None),
    ],
)
def test_names(contract: Contract, field: str, kind: str | None, source: str | None) -> None:
    if kind is None:
        assert contract.body_faults({"filter_field": field, "filter_operator": "is_null"})
        with pytest.raises(KeyError):
            contract.field_kind(field)
    else:
        subject = find_subject(contract, Tables(contract), Filter(field))
        assert (subject.kind, subject.source) == (kind, source)


NEW = {
    "reviewer": ("text", {"type": ["string", "null"]}, "Ada", "equals", "Ada"),
    "body": ("text", {"type": ["string", "null"]}, "named as a column", "like", "COLUMN"),
    "weight": ("number", {"type": ["number", "null"]}, 10, "greater_than", "9"),
    "seen_at": (
        "timestamp",
        {"type": ["string", "null"], "format": "date-time"},
        STAMP,
        "less_than",
        "2025-01-01T00:00:00Z",
    ),
    "kept": ("boolean", {"type": "boolean"}, True, "equals", "true"),
    "labels": ("string_list", {"type": "array", "items": {"type": "string"}}, ["x", "y"], "in", "y"),
    "numbers": ("integer_list", {"type": "array", "items": {"type": "integer"}}, [1], "equals", "1.0"),
    "extra": ("map", {"type": "object", "additionalProperties": True}, {"k": 1}, "equals", "1"),
    "thing": ("structure", {"type": ["object", "null"], "properties": {}}, {}, "exists", None),
}


def test_new_members_need_no_code(contract: Contract) -> None:
    """A member added to the document is stored, judged and answered."""
    document = copy.deepcopy(dict(contract.document))
    schemas = document["components"]["schemas"]
    log = {"trace_id": "a", "start_timestamp": STAMP}
    for member, (kind, schema, value, _, _) in NEW.items():
        schemas["TraceLog"]["properties"][member] = schema
        schemas["TraceLogFilters"]["$defs"][f"{kind}_member"]["enum"].append(member)
        log[member] = value  # type: ignore[assignment]
    extended, parts = Contract(document), Parts()
    with Store(extended, [("e", [RootLog.of(log), RootLog.of({"trace_id": "b", "start_timestamp": STAMP})])]) as store:
        for member, (kind, _, _, operator, value) in NEW.items():
            asked = Filter(member, "k" if kind == "map" else None, operator, value)
            condition = filter_condition(extended, store.tables, parts, asked)
            statement = parts.select(store.tables, store.experiments["e"], condition, parts.order(store.tables))
            assert list(store.read(statement).bodies()) == [RootLog.of(log).body], member


def test_details_and_limits_are_the_document(contract: Contract) -> None:
    assert contract.max_bytes == 65_536
    assert contract.methods == ("POST",)
    assert contract.key_header == "x-api-key"
    assert contract.detail(404) == "Experiment not found."
    assert contract.detail(503)


def test_kinds_are_those_of_the_document(contract: Contract) -> None:
    """No kind is without its column and its subject, and none is made up."""
    assert set(contract.members) == set(MEMBER_COLUMNS) == set(SUBJECTS)


@pytest.mark.parametrize(("field", "operator"), [("latency", "starts_with"), ("latency", "like"), ("tags", "between")])
def test_operator_without_a_meaning(contract: Contract, field: str, operator: str) -> None:
    with pytest.raises(LookupError, match=f"'{operator}' has no meaning for the kind '{contract.kinds[field]}'"):
        filter_condition(contract, Tables(contract), Parts(), Filter(field, None, operator, "9"))


def test_missing_document_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract_module, "DOCUMENT", tmp_path / "beside.yaml")
    with pytest.raises(FileNotFoundError, match=r"beside\.yaml"):
        contract_module.load.__wrapped__()


def test_no_module_imports_itself_in_a_circle() -> None:
    """Imports within functions and for type checkers count."""
    imports: dict[str, set[str]] = {}
    for file in Path(contract_module.__file__).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        names += [
            f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
        ]
        names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        imports[f"parea_target.{file.stem}"] = {name for name in names if name.startswith("parea_target.")}
    order = list(graphlib.TopologicalSorter(imports).static_order())
    assert "parea_target.parts" in order


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-04-15",
        "2024-04-15T12:00:00",
        "2024-02-30T12:00:00Z",
        "2024-04-15T24:00:00Z",
        "2024-04-15T12:00:00+24:00",
        "2024-04-15 12:00:00Z",
        "2024-04-15T12:00:00.Z",
        "2024-04-15T12:00:00Z\n",
        "\uff12024-04-15T12:00:00Z",
    ],
)
def test_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an RFC 3339|day is out of range"):
        read_instant(text)


def test_instants_order_as_text() -> None:
    stamps = [
        "0000-01-01T00:00:00+23:59",
        "0000-01-01T00:00:00Z",
        "0000-12-31T23:59:59.9Z",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.99Z",
        "1970-01-01T01:00:00.00+01:00",
        "2016-12-31T23:59:59.999999999Z",
        "2016-12-31T23:59:60Z",
        "2017-01-01T00:00:00.000000000000000000001Z",
        "9999-12-31T23:59:59.9-23:59",
    ]
    instants = [read_instant(stamp) for stamp in stamps]
    assert instants == sorted(set(instants))
    assert read_instant("2016-12-31T23:59:60Z") == read_instant("2017-01-01T00:00:00.000Z")
