"""The columns of a table of trace logs, from the members of the schema `TraceLog`."""

from typing import Any

import attrs
from contract.kinds import kind_of
from contract.plain_types import UnsupportedError

_LOG = {"$ref": "#/components/schemas/TraceLog"}

# How a member of each filter kind stands in a table.
_TYPES = {
    "text": "text",
    "number": "number",
    "timestamp": "timestamp",
    "boolean": "boolean",
    "string_list": "texts",
    "integer_list": "integers",
    "map": "json",
    "structure": "json",
}


@attrs.frozen
class Columns:
    """What the templates know as `columns`."""

    types: dict[str, str]
    """By member, in the order of the contract; without the one that holds the descendants."""
    descendants: str
    """The member that holds a log's children."""
    scores: str
    """The member that holds a log's scores."""


def columns_of(document: dict[str, Any]) -> Columns:
    """Read the columns off the document.

    Raises:
        UnsupportedError: a log has no children or no scores, or a member is called as a column that tables add.
    """
    schemas = document["components"]["schemas"]
    types: dict[str, str] = {}
    descendants: list[str] = []
    scores: list[str] = []
    for name, schema in schemas["TraceLog"]["properties"].items():
        items = schema.get("items", {})
        if items == _LOG:
            descendants.append(name)
            continue
        if {"name", "score"} <= set(schemas.get(items.get("$ref", "").rpartition("/")[2], {}).get("required", ())):
            scores.append(name)
        types[name] = "integer" if _is_integer(schema) else _TYPES[kind_of(schema)]
    if len(descendants) != 1 or len(scores) != 1:
        raise UnsupportedError("TraceLog: a table needs one member with the children, and one with the scores")
    added = {"additional_properties", *(f"{name}_text" for name, each in types.items() if each == "timestamp")}
    if taken := added & types.keys():
        raise UnsupportedError(f"TraceLog.{min(taken)}: a table adds a column of this name")
    return Columns(types, descendants[0], scores[0])


def _is_integer(schema: dict[str, Any]) -> bool:
    declared = schema.get("type", [])
    return ({declared} if isinstance(declared, str) else set(declared)) - {"null"} == {"integer"}
