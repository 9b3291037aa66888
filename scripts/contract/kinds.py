"""Keep the lists of members by filter kind in `openapi.yaml` equal to the types of the schema `TraceLog`.

JSON Schema cannot read a kind off the type of a member of another schema, so `TraceLogFilters.$defs` names the members
of each kind. Writing those lists by hand would be a second list of fields; here they follow from the first.
"""

import re
import textwrap
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


def with_lists(text: str, members: dict[str, list[str]]) -> str:
    """The document's text with the list of each kind rewritten; nothing else changes.

    Raises:
        ValueError: a list is not where it belongs, so it cannot be rewritten.
    """
    for kind, names in members.items():
        head = f"        {kind}_member:\n"
        body = textwrap.fill(", ".join(names), 110, break_long_words=False, break_on_hyphens=False)
        flow = "          enum:\n" + textwrap.indent(f"[{body.replace(chr(10), chr(10) + ' ')}]", " " * 12) + "\n"
        pattern = re.compile(re.escape(head) + r" {10}enum:.*?\](?:\n|\Z)", re.DOTALL)
        text, count = pattern.subn((head + flow).replace("\\", r"\\"), text)
        if count != 1:
            raise ValueError(f"components.schemas.TraceLogFilters.$defs.{kind}_member: no list to rewrite")
    return text
