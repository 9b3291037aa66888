"""The filter kind of each member of the schema `TraceLog`, by its type."""

from typing import Any

KINDS = ("text", "number", "timestamp", "boolean", "string_list", "integer_list", "map", "structure")


def kind_of(schema: dict[str, Any]) -> str:
    """The filter kind of a member of `TraceLog` by its JSON Schema. A nullable type counts as the type itself."""
    declared = schema.get("type", [])
    types = {declared} if isinstance(declared, str) else set(declared)
    types.discard("null")
    items = schema.get("items", {}).get("type")
    if types == {"string"}:
        return "timestamp" if schema.get("format") == "date-time" else "text"
    if types and types <= {"number", "integer"}:
        return "number"
    if types == {"boolean"}:
        return "boolean"
    if types == {"array"} and items in ("string", "integer"):
        return f"{items}_list"
    if types == {"object"} and schema.get("additionalProperties") is True and "properties" not in schema:
        return "map"
    return "structure"


def members_by_kind(document: dict[str, Any]) -> dict[str, list[str]]:
    """The members of `TraceLog` by kind, in the order of the document; every kind is present."""
    members: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, schema in document["components"]["schemas"]["TraceLog"]["properties"].items():
        members[kind_of(schema)].append(name)
    return members
