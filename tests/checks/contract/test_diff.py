"""`make diff-contract`: each edit of the contract breaks whom it breaks, in both directions."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks.contract.conftest import ROOT
from contract.conditions import definitions_of, parts_of, with_conditions
from contract.diff.__main__ import CORRECTIONS, RELEASED, main
from contract.diff.bodies import accepts
from contract.diff.changes import Change, IncomparableError, Level, required_version
from contract.diff.documents import changes
from contract.filter_rules import filter_rules_of

pytestmark = pytest.mark.slow

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


def verdicts(found: list[Change]) -> set[Verdict]:
    return {(change.level.name.lower(), change.who) for change in found}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_breaks_whom_it_breaks(contract: Document, name: str) -> None:
    edit, forth, back = EDITS[name]
    changed = copy.deepcopy(contract)
    edit(changed)
    there, again = changes(contract, changed), changes(changed, contract)
    assert verdicts(there) == set(forth), there
    assert verdicts(again) == set(back), again
    for old, new, found in ((contract, changed, there), (changed, contract, again)):
        for each in found:
            if each.place == "components.schemas.TraceLogFilters" and "bodies tried" in each.what:
                said = [accepts(document, "TraceLogFilters", each.proof) for document in (old, new)]
                assert said == [each.who == "senders", each.who == "servers"]


def test_the_edits_are_of_every_keyword_that_the_contract_uses(contract: Document) -> None:
    used: set[str] = set()

    def visit(schema: Any, *, names: bool = False) -> None:
        if isinstance(schema, list):
            for each in schema:
                visit(each)
        elif isinstance(schema, dict):
            for keyword, each in schema.items():
                if not names and keyword not in ("enum", "required", "x-enumDescriptions", "example"):
                    used.add(keyword)
                if keyword not in ("enum", "x-enumDescriptions", "x-filter-kinds", "x-filter-names"):
                    visit(each, names=keyword in ("properties", "$defs") and not names)

    visit(contract["components"]["schemas"], names=True)
    conditions = {"$ref", "$defs", "allOf", "anyOf", "if", "then", "else", "not", "x-filter-kinds", "x-filter-names"}
    assert used - conditions <= {name.partition(":")[0] for name in EDITS}


def test_each_break_has_a_proof(contract: Document) -> None:
    changed = copy.deepcopy(contract)
    rename_member(changed)
    [gone] = [each for each in changes(contract, changed) if each.who == "readers"]
    assert (gone.place, gone.proof) == ("components.schemas.TraceLog.status", {"status": "text"})
    assert gone.what == "removed, or renamed to trace_status"
    changed = copy.deepcopy(contract)
    log(depth={"type": ["integer", "null"]})(changed)
    assert [each.proof for each in changes(contract, changed)] == [{"depth": None}]


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same document in another order, lists whose order says nothing among it."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        made = {key: shuffled(value[key], chance) for key in keys}
        for key in ("enum", "required", "type"):
            if isinstance(made.get(key), list):
                chance.shuffle(made[key])
        return made
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


def test_a_contract_and_itself_reordered_are_the_same(contract: Document) -> None:
    for seed in range(2):
        assert changes(contract, shuffled(contract, random.Random(seed))) == []  # noqa: S311 - not for secrets


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (schemas("TraceLog|dependentRequired", {"a": ["b"]}), r"TraceLog\.dependentRequired: changed"),
        (schemas("TraceLogFilters|maxProperties", 3), r"TraceLogFilters\.maxProperties: changed"),
        (of_operation("x-paged", True), r"x-paged: changed, and it is not known"),
        (set_at("webhooks", {}), "webhooks: changed"),
        (set_at("openapi", "3.2.0"), "openapi"),
        (set_at("x-requirements|auth.first", "no"), "not a contract"),
        (schemas("TraceLog|properties|scores|items", {"$ref": "#/components/schemas/Gone"}), "Gone"),
    ],
)
def test_what_is_not_understood_is_never_taken_for_no_change(contract: Document, edit: Edit, complaint: str) -> None:
    changed = copy.deepcopy(contract)
    edit(changed)
    with pytest.raises(IncomparableError, match=complaint):
        changes(contract, changed)


@pytest.mark.parametrize(
    ("base", "level", "required"),
    [
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("0.2.3", Level.MAJOR, "0.3.0"),
    ],
)
def test_the_required_version(base: str, level: Level, required: str) -> None:
    assert (
        required_version(base, [Change(Level.PATCH, "nobody", "a", "b"), Change(level, "readers", "c", "d")])
        == required
    )
    assert required_version(base, []) == base


@pytest.mark.parametrize(
    ("edit", "version", "status"),
    [
        ("", "1.1.0", 0),
        ("    trace_name:", "1.1.0", 1),
        ("    trace_name:", "1.2.0", 1),
        ("    trace_name:", "2.0.0", 0),
    ],
)
def test_the_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: str, version: str, status: int
) -> None:
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    base = tmp_path / "base.yaml"
    base.write_text(text, encoding="utf-8")
    if edit:
        text = with_conditions(text.replace(edit + "\n", "    trace_title:\n"))
    newer = tmp_path / "newer.yaml"
    stated = yaml.safe_load(text)["info"]["version"]
    newer.write_text(text.replace(f"version: {stated}", f"version: {version}", 1), encoding="utf-8")
    assert main([str(base), "--contract", str(newer), "--json"]) == status
    report = json.loads(capsys.readouterr().out)
    assert report["compatible"] is (status == 0)
    assert report["required_version"] == ("2.0.0" if edit else stated)
    assert ("readers" in {change["who"] for change in report["changes"]}) == bool(edit)


def test_what_cannot_be_compared_has_a_status_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [", encoding="utf-8")
    assert main([str(broken)]) == 2
    assert main([str(tmp_path / "missing.yaml")]) == 2
    assert main([str(ROOT / "openapi.yaml"), "--contract", str(broken)]) == 2
    broken.write_text("info: {version: one}\npaths: {}\n", encoding="utf-8")
    assert main([str(broken)]) == 2
    assert capsys.readouterr().err.count("could not compare: ") == 4


def test_the_last_release_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """As `make check` asks it; the corrections are printed with their reasons."""
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert printed.count("no new major version: ") == len(yaml.safe_load(CORRECTIONS.read_text(encoding="utf-8")))
    assert yaml.safe_load(RELEASED.read_text(encoding="utf-8"))["info"]["version"] == "1.0.0"


def test_a_correction_of_nothing_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = yaml.safe_load(CORRECTIONS.read_text(encoding="utf-8"))
    path = tmp_path / "corrections.yaml"
    path.write_text(yaml.safe_dump({**listed, "1.0.0 nowhere: nothing": "Because."}), encoding="utf-8")
    assert main(["--corrections", str(path)]) == 2
    assert "nothing changed so: 1.0.0 nowhere" in capsys.readouterr().err
    path.write_text("{}", encoding="utf-8")
    assert main(["--corrections", str(path)]) == 1
