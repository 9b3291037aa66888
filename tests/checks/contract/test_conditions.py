"""The conditions of `TraceLogFilters` say what its tables say, and the tables name nothing that is not there."""

import copy
import itertools
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from checks.contract.conftest import ROOT
from contract.conditions import BEGIN, END, definitions_of, parts_of, with_conditions
from contract.filter_rules import filter_rules_of, titles_of
from contract.plain_types import UnsupportedError
from generate import main

Document = dict[str, Any]
TIME = "2024-04-15T22:19:13Z"
VALUES = [None, "", "1", "1.50", "01", "1,2", " 1 , 2 ", "1,,2", "1,2,3", "true", "True", "a"]
VALUES += [TIME, f"{TIME},{TIME}", f" {TIME} , {TIME} ", "2023-02-29T00:00:00Z"]
NAMES = ["", "is_correct", "score:x", "annotation", "annotation:", "annotation:x", "annotation:score", " annotation:"]
NAMES += ["annotation:score:", "annotation:score:c", "annotation:value:", "annotation:value:c", "Annotation:value:c"]


def table_accepts(contract: Document, field: str, key: str | None, operator: str | None, value: str | None) -> bool:
    """Whether the tables allow a filter: read anew, with nothing of what writes the conditions."""
    filters = contract["components"]["schemas"]["TraceLogFilters"]
    members = filters["$defs"]
    kinds = [kind for kind in filters["x-filter-kinds"] if field in members[f"{kind}_member"]["enum"]]
    kinds += [kind for prefix, kind in filters["x-filter-names"].items() if field.startswith(prefix)]
    if kinds[0] is None:
        return False
    entry = filters["x-filter-kinds"][kinds[0]]
    form = entry["operators"].get(operator)
    needs_key = entry.get("takes_key") and form != "none"
    if form is None or (key is None and needs_key) or (key is not None and not entry.get("takes_key")):
        return False
    if value is None or form in ("any", "none"):
        return value is not None or form == "none"
    schema = filters["$defs"][f"{form}_value"]
    return value in schema.get("enum", ()) or bool(re.search(schema.get("pattern", "(?!)").replace("$", r"\Z"), value))


def test_schema_and_tables_give_the_same_verdict(contract: Document) -> None:
    """Every member and every sort of name, each operator, with keys and values of every form."""
    schemas = contract["components"]["schemas"]
    validator = jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/TraceLogFilters", "components": contract["components"]}
    )
    verdicts: Counter[bool] = Counter()
    fields = [*schemas["TraceLog"]["properties"], *NAMES]
    operators = [None, *schemas["FilterOperator"]["enum"], "bogus"]
    for field, key, operator, value in itertools.product(fields, (None, "", "k"), operators, VALUES):
        body = {"filter_field": field, "filter_key": key, "filter_operator": operator, "filter_value": value}
        accepted = validator.is_valid(body)
        assert accepted == table_accepts(contract, field, key, operator, value), body
        verdicts[accepted] += 1
    assert min(verdicts.values()) > 1_000
    assert sum(verdicts.values()) > 30_000


def test_what_is_written_is_what_the_document_holds(contract: Document) -> None:
    """Both ways: no definition that is not written, and none that is written and missing."""
    rules = filter_rules_of(contract)
    schema = contract["components"]["schemas"]["TraceLogFilters"]
    forms = {name: each for name, each in schema["$defs"].items() if name.endswith("_value")}
    assert schema["$defs"] == forms | definitions_of(rules)
    assert schema["allOf"] == list(parts_of(rules).values())


def test_writing_again_changes_nothing() -> None:
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    assert with_conditions(text) == text
    before, _, rest = text.partition(BEGIN)
    emptied = before + BEGIN + END + rest.partition(END)[2]
    assert with_conditions(emptied) == text


def test_requirements_are_of_the_operators_by_kind(contract: Document) -> None:
    rules, titles = filter_rules_of(contract), titles_of(contract)
    cells = {f"filter.{operator}.{titles[name]}" for name, kind in rules.kinds.items() for operator in kind.operators}
    assert {name for name in contract["x-requirements"] if name.startswith("filter.")} == cells


def test_the_table_in_the_prose_is_the_table(contract: Document) -> None:
    """The operators by kind stand once more, for readers, in `info.description`."""
    rules, titles = filter_rules_of(contract), titles_of(contract)
    orderings = {"greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal"}
    words = {"the four orderings": orderings, "none": set(), "all": set(rules.operators)}
    rows = re.findall(r"^\| (\w+) \|[^|]*\| ([^|]*) \|[^|]*\|$", contract["info"]["description"], re.MULTILINE)
    assert {title for title, _ in rows} == {"kind", *titles.values()}
    for title, cell in rows[1:]:
        stated = [re.sub(r" \(strings only\)", "", part.strip()) for part in cell.split(",")]
        expected = set().union(*(rules.kinds[name].operators for name, each in titles.items() if each == title))
        shown = set().union(*(words.get(part, {part}) for part in stated))
        assert shown | {"is_null", "exists"} == expected, title


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("x-filter-kinds", "text", "operators", "equal"), "any", r"text\.operators: unknown operator equal; did you"),
        (
            ("x-filter-kinds", "number", "operators", "in"),
            "number_lst",
            r"operators\.in: unknown form number_lst; did you",
        ),
        (("x-filter-kinds", "texts"), {}, r"x-filter-kinds: unknown kind texts; did you mean text\?"),
        (("x-filter-kinds", "text", "take_key"), True, r"text: unknown attribute take_key; did you mean takes_key\?"),
        (("x-filter-kinds", "text", "takes_key"), True, "one kind must say takes_key: true, not 2"),
        (("x-filter-kinds", "map", "operators", "exists"), "any", r"map\.operators\.exists: any, and elsewhere none"),
        (("x-filter-names", "annotation:"), "texts", r"x-filter-names: unknown kind texts; did you mean text\?"),
        (("x-filter-names", ""), None, "the last prefix must be the empty one"),
        (("$defs", "spare_value"), {"description": "No.", "pattern": "^a$"}, "unknown form spare_value"),
        (("$defs", "number_value", "minLength"), 1, "unknown keyword minLength"),
        (("$defs", "number_value", "pattern"), "^.$", "may mean something else in Python"),
        (("$defs", "boolean_value", "enum"), ["true"], "null must pass"),
    ],
)
def test_a_table_that_is_wrong_is_an_error_with_its_place(
    contract: Document, path: tuple[str, ...], value: object, complaint: str
) -> None:
    changed = copy.deepcopy(contract)
    place = changed["components"]["schemas"]["TraceLogFilters"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(UnsupportedError, match=complaint):
        filter_rules_of(changed)


def test_an_operator_of_no_kind_and_a_kind_that_is_missing_are_errors(contract: Document) -> None:
    changed = copy.deepcopy(contract)
    changed["components"]["schemas"]["FilterOperator"]["enum"].append("not_in")
    with pytest.raises(UnsupportedError, match=r"x-filter-kinds: no kind has the operator not_in"):
        filter_rules_of(changed)
    changed = copy.deepcopy(contract)
    del changed["components"]["schemas"]["TraceLogFilters"]["x-filter-kinds"]["boolean"]
    with pytest.raises(UnsupportedError, match="the kind boolean is missing"):
        filter_rules_of(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        text_rule:\n", "        text_rule:\n          description: By hand.\n"),  # the conditions alone
        ("operators: {equals: boolean, not_equals: boolean,", "operators: {equals: boolean,"),  # the table alone
    ],
)
def test_check_sees_a_difference_on_either_side(
    repository: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    contract = repository / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    assert text.count(old) == 1
    contract.write_text(text.replace(old, new), encoding="utf-8")
    assert main(["--check"], repository) == 1
    assert "differs: openapi.yaml (the conditions of its schema TraceLogFilters)" in capsys.readouterr().err


def test_an_operator_in_enum_and_table_reaches_the_conditions(repository: Path) -> None:
    text = (repository / "openapi.yaml").read_text(encoding="utf-8")
    text = text.replace("        - between\n      x-enum", "        - between\n        - starts_with\n      x-enum")
    text = text.replace("{equals: any, not_equals: any, like: any,", "{starts_with: any, equals: any, like: any,", 1)
    document = yaml.safe_load(with_conditions(text))
    definitions = document["components"]["schemas"]["TraceLogFilters"]["$defs"]
    refused = {
        name: definitions[name]["then"]["properties"]["filter_operator"]["not"]["enum"]
        for name in ("text_rule", "number_rule", "map_rule")
    }
    assert "starts_with" not in refused["text_rule"]
    assert "not_equals" in refused["text_rule"]
    assert refused["number_rule"] == ["like", "starts_with"]
    assert refused["map_rule"] == ["starts_with"]
