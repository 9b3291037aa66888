"""What each name means as `filter_field`: its kind.

The kinds of the members follow from their types in the schema `TraceLog`. That is the only thing that is read from
`openapi.yaml`, so a member that is added there is known here.
"""

import enum
import functools
from pathlib import Path
from typing import Any

import yaml

DOCUMENT = Path(__file__).resolve().parents[2] / "openapi.yaml"


class Kind(enum.Enum):
    TEXT = "text"
    NUMBER = "number"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"
    STRING_LIST = "list of strings"
    INTEGER_LIST = "list of integers"
    MAP = "map"
    STRUCTURE = "structure"


@functools.cache
def members() -> dict[str, Kind]:
    document = yaml.load(DOCUMENT.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    properties = document["components"]["schemas"]["TraceLog"]["properties"]
    return {name: _kind(schema) for name, schema in properties.items()}


def _kind(schema: dict[str, Any]) -> Kind:
    declared = schema.get("type", [])
    types = {declared} if isinstance(declared, str) else set(declared)
    types.discard("null")
    if types == {"string"}:
        return Kind.TIMESTAMP if schema.get("format") == "date-time" else Kind.TEXT
    if types and types <= {"number", "integer"}:
        return Kind.NUMBER
    if types == {"boolean"}:
        return Kind.BOOLEAN
    if types == {"array"}:
        element = schema.get("items", {}).get("type")
        return {"string": Kind.STRING_LIST, "integer": Kind.INTEGER_LIST}.get(element, Kind.STRUCTURE)
    if types == {"object"} and schema.get("additionalProperties", True) is True:
        return Kind.MAP
    return Kind.STRUCTURE


def kind_of(field: str) -> Kind | None:
    """None for a name that is an error: one that begins with `annotation:` but is of neither form."""
    if field in members():
        return members()[field]
    if field.startswith("annotation:value:"):
        return Kind.TEXT
    if field.startswith("annotation:") and not field.startswith("annotation:score:"):
        return None
    return Kind.NUMBER
