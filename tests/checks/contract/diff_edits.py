"""Edits of the contract by name, each with whom it breaks, there and back."""

import copy
from collections.abc import Callable
from typing import Any

from contract.conditions import definitions_of, parts_of
from contract.filter_rules import filter_rules_of

Document = dict[str, Any]
Edit = Callable[[Document], object]
Verdict = tuple[str, str]

NONE: list[Verdict] = []
SENDERS, READERS, SERVERS = ("major", "senders"), ("major", "readers"), ("major", "servers")
MORE, NEWS, WORDS = ("minor", "servers"), ("minor", "nobody"), ("patch", "nobody")
BARE = ("minor", "senders")  # a score whose bare name is a member's now
POST = "/api/parea/v1/experiment/{experiment_uuid}/trace_logs"


def operation(document: Document) -> Document:
    found: Document = document["paths"][POST]["post"]
    return found


def member(document: Document, schema: str, name: str) -> Document:
    found: Document = document["components"]["schemas"][schema]["properties"][name]
    return found


def log(**members: Any) -> Edit:
    """Change keywords of members of `TraceLog`; None removes one."""

    def edit(document: Document) -> None:
        for name, keywords in members.items():
            for keyword, value in keywords.items():
                schema = member(document, "TraceLog", name)
                schema.pop(keyword, None) if value is None else schema.update({keyword: value})

    return edit


def filters(path: str, value: Any) -> Edit:
    """Change a place of `TraceLogFilters`; the conditions are written anew."""

    def edit(document: Document) -> None:
        place = document["components"]["schemas"]["TraceLogFilters"]
        *steps, last = path.split("/")
        for step in steps:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
        rewrite(document)

    return edit


def rewrite(document: Document) -> None:
    """Write the conditions that the tables of a changed document give."""
    rules = filter_rules_of(document)
    schema = document["components"]["schemas"]["TraceLogFilters"]
    forms = {name: each for name, each in schema["$defs"].items() if name.endswith("_value")}
    schema["$defs"] = forms | definitions_of(rules)
    schema["allOf"] = list(parts_of(rules).values())


def new_operator(document: Document) -> None:
    document["components"]["schemas"]["FilterOperator"]["enum"].append("starts_with")
    filters("x-filter-kinds/text/operators/starts_with", "any")(document)


def rename_member(document: Document) -> None:
    members = document["components"]["schemas"]["TraceLog"]["properties"]
    members["trace_status"] = members.pop("status")
    rewrite(document)


def new_member(document: Document) -> None:
    document["components"]["schemas"]["TraceLog"]["properties"]["region"] = {"type": ["string", "null"]}
    rewrite(document)


def pattern(document: Document) -> None:
    number = document["components"]["schemas"]["TraceLogFilters"]["$defs"]["number_value"]
    number["pattern"] = number["pattern"].replace("[eE][+-]?[0-9]+", "[eE][+-]?[0-9]{1,3}")


def set_at(path: str, value: Any) -> Edit:
    """Set a place of the document, or remove it with None; steps are parted by `|`."""

    def edit(document: Document) -> None:
        place: Any = document
        *steps, last = path.split("|")
        for step in steps:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return edit


def schemas(path: str, value: Any) -> Edit:
    return set_at("components|schemas|" + path, value)


def of_operation(path: str, value: Any) -> Edit:
    return set_at(f"paths|{POST}|post|{path}", value)


ERROR = {"schema": {"$ref": "#/components/schemas/Error"}}
LIMIT = {"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer"}}

# By name: the edit, who breaks by it, and who breaks by taking it back.
EDITS: dict[str, tuple[Edit, list[Verdict], list[Verdict]]] = {
    # Answers: every keyword of the schemas.
    "type: null is new": (log(depth={"type": ["integer", "null"]}), [READERS], [SERVERS]),
    "type: integer becomes number": (
        schemas("ModelParams|properties|max_length|type", ["number", "null"]),
        [READERS],
        [SERVERS],
    ),
    "type: string becomes integer": (
        schemas("Message|properties|role|type", "integer"),
        [READERS, SERVERS],
        [READERS, SERVERS],
    ),
    "type: any is new": (schemas("Message|properties|role", {}), [READERS, WORDS], [SERVERS, WORDS]),
    "properties: a new member": (schemas("TraceLogImage|properties|width", {"type": "integer"}), [MORE], [READERS]),
    "properties: a renamed member": (rename_member, [READERS, SENDERS, MORE, BARE], [READERS, SENDERS, MORE, BARE]),
    "properties: a new member of logs": (new_member, [MORE, BARE], [READERS, SENDERS, MORE]),
    "required: one more": (schemas("TraceLogImage|required", ["url", "caption"]), [SERVERS], [READERS]),
    "required: one less": (schemas("EvaluationScore|required", ["name"]), [READERS], [SERVERS]),
    "additionalProperties: closed": (schemas("Message|additionalProperties", False), [SERVERS], [READERS]),
    "additionalProperties: of one type": (
        schemas("Error|additionalProperties", {"type": "string"}),
        [SERVERS],
        [READERS],
    ),
    "additionalProperties: of another schema": (
        log(annotations={"additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}}}),
        [READERS, SERVERS],
        [READERS, SERVERS],
    ),
    "items: of another type": (log(children={"items": {"type": ["string", "integer"]}}), [READERS], [SERVERS]),
    "items: any": (schemas("LLMInputs|properties|functions|items", {"type": "object"}), [SERVERS], [READERS]),
    "minItems: raised": (schemas("ValidationError|properties|detail|minItems", 2), [SERVERS], [READERS]),
    "minItems: gone": (schemas("ValidationError|properties|detail|minItems", None), [READERS], [SERVERS]),
    "oneOf: one less": (
        schemas("Message|properties|content|oneOf", [{"type": "string"}, {"type": "null"}]),
        [SERVERS],
        [READERS],
    ),
    "oneOf: not a component any more": (log(configuration={"oneOf": [{"type": "null"}]}), [SERVERS], [READERS]),
    "enum: some values only": (log(status={"enum": ["success", "error", None]}), [SERVERS], [READERS]),
    "format: gone": (schemas("TraceLogImage|properties|url|format", "uri"), [SERVERS], [READERS]),
    "deprecated": (log(cache_hit={"deprecated": True}), [NEWS], [NEWS]),
    "x-max-depth: lowered": (schemas("TraceLog|x-max-depth", 500), [SERVERS], [READERS]),
    "description": (log(status={"description": "How it ended."}), [WORDS], [WORDS]),
    "title": (schemas("TraceLog|title", "Log"), [WORDS], [WORDS]),
    # What is sent.
    "operator: a new one": (new_operator, [MORE, WORDS], [SENDERS, WORDS]),
    "operator: of one kind less": (
        filters("x-filter-kinds/text/operators/like", None),
        [SENDERS, WORDS],
        [MORE, WORDS],
    ),
    "names: one less": (filters("x-filter-names/annotation:value:", None), [SENDERS, WORDS], [MORE, WORDS]),
    "form: another one": (
        filters("x-filter-kinds/number/operators/in", "number_pair"),
        [SENDERS, WORDS],
        [MORE, WORDS],
    ),
    "pattern: narrower": (pattern, [SENDERS], [MORE]),
    "const: a member is pinned": (filters("properties/filter_key", {"const": None}), [SENDERS, WORDS], [MORE, WORDS]),
    "a member of the body": (filters("properties/limit", {"type": ["integer", "null"]}), [MORE], [SENDERS]),
    "a member of the body is required": (filters("required", ["filter_field"]), [SENDERS], [MORE]),
    "unknown members are taken": (schemas("TraceLogFilters|additionalProperties", True), [MORE], [SENDERS]),
    # Operations.
    "another path": (lambda d: d["paths"].update({"/v2": d["paths"].pop(POST)}), [SENDERS, MORE], [SENDERS, MORE]),
    "a new operation": (lambda d: d["paths"].update({"/x": copy.deepcopy(d["paths"][POST])}), [MORE], [SENDERS]),
    "operationId": (of_operation("operationId", "get_logs"), [SENDERS], [SENDERS]),
    "x-safe": (of_operation("x-safe", False), [SENDERS], [NEWS]),
    "a parameter": (of_operation("parameters", [LIMIT]), [MORE], [SENDERS]),
    "a required parameter": (of_operation("parameters", [{**LIMIT, "required": True}]), [SENDERS], [SENDERS]),
    "minLength: of a parameter": (
        lambda d: d["paths"][POST]["parameters"][0]["schema"].update(minLength=9),
        [SENDERS],
        [MORE],
    ),
    "x-max-bytes: raised": (of_operation("requestBody|x-max-bytes", 131072), [MORE], [SENDERS]),
    "media type: another one is taken": (
        lambda d: operation(d)["requestBody"]["content"].update({"application/cbor": {"schema": {"type": "object"}}}),
        [MORE],
        [SENDERS],
    ),
    "status: a new error": (
        of_operation("responses|409", {"description": "Conflict.", "content": {}}),
        [NEWS],
        [SERVERS],
    ),
    "status: a new success": (of_operation("responses|204", {"description": "No log."}), [READERS], [SERVERS]),
    "header: not in every answer": (
        of_operation("responses|429|headers|Retry-After|required", False),
        [READERS],
        [SERVERS],
    ),
    "media type: another answer": (of_operation("responses|200|content|text/csv", ERROR), [READERS], [SERVERS]),
    "media type: JSON by another name": (
        of_operation("responses|404|content|application/vnd.x+json", ERROR),
        [NEWS],
        [SERVERS],
    ),
    "another key": (set_at("components|securitySchemes|ApiKey|name", "x-key"), [SENDERS], [SENDERS]),
    "another address": (lambda d: d["servers"][0].update(url="https://example.com"), [SENDERS], [SENDERS]),
    # Requirements.
    "requirement: a new one": (
        set_at("x-requirements|a.b", {"text": "A server must.", "class": "core", "provenance": "decided"}),
        [MORE],
        [READERS],
    ),
    "requirement: reworded": (set_at("x-requirements|auth.challenge|text", "401 must say how."), [WORDS], [WORDS]),
}
