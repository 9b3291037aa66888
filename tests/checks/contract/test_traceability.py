"""Each sentence of the contract leads to requirements, or to a reason why none checks it."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from contract.traceability import MAP, Sentence, TraceabilityError, answers_of, main, sentences_of

Document = dict[str, Any]
Entries = dict[str, list[dict[str, Any]]]


def test_every_sentence_has_an_answer(contract: Document, capsys: pytest.CaptureFixture[str]) -> None:
    answers = answers_of(contract)
    assert list(answers) == sentences_of(contract)
    assert len(answers) > 150
    assert main() == 0
    printed = capsys.readouterr().out
    assert all(f"{each.place}: {each.text}\n" in printed for each in answers)
    assert printed.splitlines()[-1].startswith(f"{len(answers)} sentences: ")


@pytest.mark.parametrize(
    "path",
    [
        ("info",),
        ("paths", "/api/parea/v1/experiment/{experiment_uuid}/trace_logs", "post"),
        ("paths", "/api/parea/v1/experiment/{experiment_uuid}/trace_logs", "post", "responses", "404"),
        ("components", "schemas", "TraceLog"),
        ("components", "schemas", "TraceLog", "properties", "status"),
        ("components", "schemas", "TraceLogFilters", "$defs", "number_value"),
        ("components", "securitySchemes", "ApiKey"),
    ],
)
def test_a_new_sentence_needs_one(contract: Document, path: tuple[str, ...]) -> None:
    changed = copy.deepcopy(contract)
    place = changed
    for step in path:
        place = place[step]
    place["description"] = place["description"].rstrip() + " A server must sing."
    with pytest.raises(TraceabilityError, match=r"no requirement and no reason: .*: A server must sing\."):
        answers_of(changed)


def test_a_sentence_that_is_gone_leaves_none_behind(contract: Document) -> None:
    changed = copy.deepcopy(contract)
    changed["info"]["description"] = changed["info"]["description"].replace("Nothing may cap their number.", "")
    with pytest.raises(
        TraceabilityError, match=r"^no such sentence: info\.description: Nothing may cap their number\."
    ):
        answers_of(changed)


def test_a_requirement_that_no_sentence_leads_to_is_an_error(contract: Document) -> None:
    changed = copy.deepcopy(contract)
    changed["x-requirements"]["http.teapot"] = {"text": "A", "class": "core", "provenance": "decided"}
    with pytest.raises(TraceabilityError, match=r"^no sentence leads to the requirement http\.teapot$"):
        answers_of(changed)


def answer(**entry: str | list[str]) -> Callable[[Entries], object]:
    """Give the first sentence another answer."""
    return lambda entries: entries["info.description"].__setitem__(
        0, {"text": entries["info.description"][0]["text"], **entry}
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (answer(), "one of pending, reason, requirements"),
        (answer(reason=""), "one of pending, reason, requirements"),
        (answer(reason="a", requirements=["auth.first"]), "one of pending, reason, requirements"),
        (answer(because="a"), "one of pending, reason, requirements"),
        (answer(requirements=["auth.frist"]), r"no such requirement: auth\.frist"),
        (answer(requirements=["auth.*", "http.teapot*"]), r"no such requirement: http\.teapot\*"),
        (answer(pending="auth.first"), r"auth\.first is a requirement now"),
    ],
)
def test_an_answer_is_one_thing(
    contract: Document, tmp_path: Path, change: Callable[[Entries], object], complaint: str
) -> None:
    entries = yaml.safe_load(MAP.read_text(encoding="utf-8"))
    change(entries)
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    with pytest.raises(TraceabilityError, match=complaint):
        answers_of(contract, path)


def test_what_counts_as_a_sentence() -> None:
    description = "# Head\nOne, e.g. this.\nTwo (RFC 9110, 15.5)!\n\n* A must\n  be.\n* B.\n\n| h |\n|---|\n| row |\n"
    member = {"description": "The name. It may be empty.", "example": {"description": "It must not count."}}
    document = {
        "info": {"description": description},
        "paths": {"/a/logs": {"get": {"responses": {"200": {"description": "Some."}}}}},
        "components": {"schemas": {"A": {"properties": {"name": member}}}},
    }
    assert sentences_of(document) == [
        *(Sentence("info.description", text) for text in ("One, e.g. this.", "Two (RFC 9110, 15.5)!")),
        *(Sentence("info.description", text) for text in ("A must be.", "B.", "| row |")),
        Sentence("logs.responses.200", "Some."),
        Sentence("components.schemas.A.properties.name", "It may be empty."),
    ]
