"""Request bodies with values of every form, and bodies that a server may trip over.

The schema of the contract judges them; the tables only say what is worth sending.
"""

import functools
from collections.abc import Iterator
from typing import Any

from parea_conformance.contract import Contract

_VALUES: dict[str, tuple[str, ...]] = {
    "text": ("", "a", "a,b", "%_\\", "\0", "🦊", "1", " "),
    "number": (
        "1", "-0", "1.50", "1e3", "1E+5", "1e400", "-1e-400", "1" * 200, "0.1,2", "1 , 2", " 1,2 ", "1,,2", ",1", "1,",
        "", " ", "1 ", "+1",
        "01", ".5", "1.", "0x10", "1_000", "NaN", "Infinity", "1\n", "\u0661", "true", "1;2", "1,2,3", "- 1", "1e",
        "2024-01-01",
    ),
    "timestamp": (
        "2024-04-15T22:19:13.381503+00:00", "2024-04-15T22:19:13Z", "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999-23:59",
        "2024-02-29T00:00:00-00:00", "2000-02-29T00:00:00Z", "2024-04-15T22:19:13Z,2025-01-01T00:00:00+02:00",
        " 2024-04-15T22:19:13Z , 2025-01-01T00:00:00Z ", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-04-31T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "0000-01-01T00:00:00Z",
        "2024-04-15T24:00:00Z",
        "2024-04-15T23:59:60Z", "2024-04-15T22:60:00Z", "2024-04-15T22:19:13", "2024-04-15", "2024-04-15t22:19:13z",
        "2024-04-15 22:19:13Z", "2024-04-15T22:19:13.1234567Z", "2024-04-15T22:19:13.Z", "2024-04-15T22:19:13+24:00",
        "2024-04-15T22:19:13+0200", "2024-04-15T22:19Z", "1713219553", " 2024-04-15T22:19:13Z",
        "2024-04-15T22:19:13Z\n", "",
        "2024-04-15T22:19:13Z,", "12024-04-15T22:19:13Z",
    ),
    "boolean": ("true", "false", "True", "FALSE", "1", "0", "yes", "", " true", "null"),
    "string_list": ("", "a", "a,b"),
    "integer_list": ("1", "1.5", "1e2", "1,2", "1 , 2", "a", "", "[1]"),
    "map": ("", "1", "1,2", "a", "not, numbers"),
    "structure": ("a",),
}  # fmt: skip


def _fields(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Fields to ask of, by the kind of their values: a member of each kind, and names that are none."""
    fields: dict[str, tuple[str, ...]] = {}
    for member, kind in contract.kinds.items():
        fields.setdefault(kind, (member,))
    fields["number"] += ("score:x", "no member", "", "score:", "annotation", "annotation:score:7", "annotation:score:")
    fields["text"] += ("annotation:value:7", "annotation:value:")
    return fields


def filters(contract: Contract) -> Iterator[dict[str, Any]]:
    """Bodies of one filter each: every operator on every kind, with values of every form."""
    for kind, names in _fields(contract).items():
        for field in names:
            key: dict[str, str] = {"filter_key": "k"} if kind == "map" else {}
            for operator in contract.operators:
                values = _VALUES[kind] if field == names[0] else _VALUES[kind][:1]
                for value in values:
                    yield {"filter_field": field, "filter_operator": operator, "filter_value": value, **key}


@functools.cache
def representative(contract: Contract) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Bodies that the schema accepts, and bodies that it does not: of each kind, operator and verdict some."""
    accepted: list[Any] = []
    rejected: list[Any] = []
    counts: dict[tuple[object, ...], int] = {}
    for body in filters(contract):
        verdict = contract.accepts(body)
        kind = contract.kinds.get(body["filter_field"], "name")
        cell = (kind, body["filter_operator"], verdict)
        counts[cell] = counts.get(cell, 0) + 1
        # Every form of value once for each kind; beyond that two of each operator.
        if counts[cell] <= 2 or body["filter_operator"] in ("equals", "between", "in"):
            (accepted if verdict else rejected).append(body)
    return tuple(accepted), tuple(rejected)


HOSTILE: dict[str, bytes] = {
    "lone surrogate": b'{"filter_field": "output", "filter_operator": "equals", "filter_value": "\\ud800"}',
    "integer of 10,000 digits": b'{"filter_field": ' + b"9" * 10000 + b"}",
    "number of 10,000 digits": b'{"filter_field": "latency", "filter_operator": "equals", "filter_value": "'
    + b"9" * 10000
    + b'"}',
    "1e400 as a member": b'{"filter_value": 1e400}',
    "50,000 parts": b'{"filter_field": "latency", "filter_operator": "in", "filter_value": "' + b"1," * 30000 + b'1"}',
    "900 containers": b'{"filter_value": ' + b"[" * 899 + b"]" * 899 + b"}",
    "SQL": b'{"filter_field": "output", "filter_operator": "equals", "filter_value": "\' OR 1=1 --"}',
    "SQL key": b'{"filter_field": "metadata", "filter_key": "a\') OR (\'1\'=\'1", "filter_operator": "exists"}',
    "template": b'{"filter_field": "{{7*7}}${7*7}", "filter_operator": "exists"}',
}  # fmt: skip
"""Bodies that a server may trip over; none may be answered 5xx."""
