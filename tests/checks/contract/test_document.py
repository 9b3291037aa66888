"""`openapi.yaml` is a valid document that agrees with itself."""

import calendar
import re
from typing import Any

import jsonschema_rs
import pytest
from checks.contract.conftest import ROOT
from contract.kinds import members_by_kind
from openapi_spec_validator import OpenAPIV31SpecValidator

Document = dict[str, Any]


def validator(contract: Document, name: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
    return jsonschema_rs.Draft202012Validator(schema)


def definitions(contract: Document) -> Document:
    found: Document = contract["components"]["schemas"]["TraceLogFilters"]["$defs"]
    return found


def operation(contract: Document) -> Document:
    (path,) = contract["paths"].values()
    found: Document = path["post"]
    return found


def request_examples(contract: Document) -> dict[str, Any]:
    examples = operation(contract)["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in examples.items()}


def test_it_is_an_openapi_document(contract: Document) -> None:
    OpenAPIV31SpecValidator(contract).validate()


def test_every_request_example_is_valid(contract: Document) -> None:
    filters = validator(contract, "TraceLogFilters")
    for name, body in request_examples(contract).items():
        assert not [error.message for error in filters.iter_errors(body)], name


def test_every_operator_has_an_example(contract: Document) -> None:
    shown = {body.get("filter_operator") for body in request_examples(contract).values()}
    assert shown >= set(contract["components"]["schemas"]["FilterOperator"]["enum"])


def test_every_response_example_is_valid(contract: Document) -> None:
    checked = 0
    for response in operation(contract)["responses"].values():
        media = response["content"]["application/json"]
        schema = {**media["schema"], "components": contract["components"]}
        examples = [media["example"]] if "example" in media else [each["value"] for each in media["examples"].values()]
        for example in examples:
            jsonschema_rs.Draft202012Validator(schema).validate(example)
            checked += 1
    assert checked == len(operation(contract)["responses"])


def test_the_lists_by_kind_follow_from_the_types(contract: Document) -> None:
    members = members_by_kind(contract)
    assert {kind: definitions(contract)[f"{kind}_member"]["enum"] for kind in members} == members
    listed = [name for names in members.values() for name in names]
    assert sorted(listed) == sorted(contract["components"]["schemas"]["TraceLog"]["properties"])


@pytest.mark.parametrize("kind", ["number", "timestamp"])
def test_the_patterns_of_several_values_are_made_of_that_of_one(contract: Document, kind: str) -> None:
    rules = definitions(contract)
    one = rules[f"{kind}_value"]["pattern"]
    assert (one[0], one[-1]) == ("^", "$")
    one = one[1:-1]
    assert rules[f"{kind}_pair_value"]["pattern"] == f"^ *{one} *, *{one} *$"
    if kind == "number":
        assert rules["number_list_value"]["pattern"] == f"^ *{one} *(, *{one} *)*$"


def test_a_pattern_cannot_end_inside_of_an_alternative(contract: Document) -> None:
    """`^a|b$` would be `^a` or `b$`: what a pattern is composed of must be one group, or free of alternatives."""
    for kind in ("number", "timestamp"):
        depth = 0
        for character in definitions(contract)[f"{kind}_value"]["pattern"]:
            depth += {"(": 1, ")": -1}.get(character, 0)
            assert depth or character != "|"


YEARS = [1, 4, 9, 10, 99, 100, 400, 999, 1000, 1600, 1700, 1900, 1996, *range(1999, 2030), 2100, 2400, 4000, 9996, 9999]


def test_the_pattern_of_timestamps_is_the_calendar(contract: Document) -> None:
    accepts = re.compile(definitions(contract)["timestamp_value"]["pattern"]).search
    for year in YEARS:
        for month in range(14):
            last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
            for day in range(33):
                text = f"{year:04}-{month:02}-{day:02}T00:00:00Z"
                assert bool(accepts(text)) == (1 <= day <= last), text


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2024-02-29T23:59:59.999999+23:59", True),
        ("2024-02-29T00:00:00.1-00:00", True),
        ("0001-01-01T00:00:00+23:59", True),
        ("9999-12-31T23:59:59-23:59", True),
        ("0000-01-01T00:00:00Z", False),
        ("0000-02-29T00:00:00Z", False),
        ("2024-02-29T24:00:00Z", False),
        ("2024-02-29T00:60:00Z", False),
        ("2024-02-29T00:00:60Z", False),
        ("2024-02-29T00:00:00+24:00", False),
        ("2024-02-29T00:00:00+00:60", False),
        ("2024-02-29T00:00:00.1234567Z", False),
        ("2024-02-29T00:00:00.Z", False),
        ("2024-02-29T00:00:00,1Z", False),
        ("2024-02-29T00:00:00", False),
        ("2024-02-29t00:00:00Z", False),
        ("2024-02-29T00:00:00z", False),
        ("2024-02-29 00:00:00Z", False),
        ("2024-02-29T00:00:00+0000", False),
        ("2024-02-29", False),
        ("2024-2-29T00:00:00Z", False),
        (" 2024-02-29T00:00:00Z", False),
        ("2024-02-29T00:00:00Z\n", False),
        ("\u0662024-02-29T00:00:00Z", False),
        ("", False),
    ],
)
def test_the_form_of_timestamps(contract: Document, text: str, valid: bool) -> None:
    body = {"filter_field": "start_timestamp", "filter_operator": "equals", "filter_value": text}
    assert validator(contract, "TraceLogFilters").is_valid(body) == valid


def test_the_document_ends_its_lines_alike() -> None:
    text = (ROOT / "openapi.yaml").read_bytes()
    assert b"\r" not in text
    assert text.endswith(b"\n")
