"""Each sentence of the contract, and which requirements check it, or why none does: `make coverage`.

`traceability.yaml` beside this module holds the answer for each sentence. A sentence without one, an answer without
its sentence, a requirement that does not exist and one that no sentence leads to are errors.
"""

import fnmatch
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import yaml
from contract.operations import operations_of

_ROOT = Path(__file__).resolve().parents[2]
MAP = Path(__file__).with_name("traceability.yaml")

# What makes a sentence normative wherever it stands; those of `info.description` count without it.
_NORMATIVE = re.compile(
    r"\b(must|may|never|always|only|required|exact|exactly|cannot|most|least|need not|every|any|null|absent|empty|"
    r"nothing|ordered|counts|0 to 1|in the form|none|no)\b",
    re.IGNORECASE,
)
_ANSWERS = frozenset({"requirements", "pending", "reason"})
_TABLE_ROW = re.compile(r"\|.*\|")


class TraceabilityError(Exception):
    """The map of sentences and the contract do not agree; each line of the message is one difference."""


@attrs.frozen
class Sentence:
    """A sentence of the contract: where it stands, and what it says."""

    place: str
    text: str


@attrs.frozen
class Answer:
    """What checks a sentence: requirements by id; or the id of one that is to come; or the reason why none does."""

    requirements: tuple[str, ...] = ()
    pending: str = ""
    reason: str = ""

    def __str__(self) -> str:
        if self.pending:
            return f"no check yet: {self.pending}"
        return ", ".join(self.requirements) or f"not checked: {self.reason}"


def sentences_of(document: dict[str, Any]) -> list[Sentence]:
    """Every normative sentence, in the order of the document.

    All sentences of `info.description` and of the operations count. Of the schemas those count that say more than what
    a member is: with a word such as *must*, *may* or *only*.
    """
    found = [Sentence("info.description", text) for text in _split(document["info"]["description"])]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                place = f"{method.upper()} {path}".rpartition("/")[2]
                found += [Sentence(*each) for each in _prose(operation, place)]
    found += [Sentence(*each) for each in _prose(document["components"], "components") if _counts(*each)]
    return list(dict.fromkeys(found))


def _counts(place: str, text: str) -> bool:
    return place.startswith("components.schemas.FilterOperator.") or _NORMATIVE.search(text) is not None


def _prose(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """The sentences of the descriptions within a part of the document; those of examples are not."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _prose(each, f"{place}[{number}]")
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        if key == "description" and isinstance(each, str):
            yield from ((place, text) for text in _split(each))
        elif key == "x-enumDescriptions":
            yield from ((f"{place}.{name}", text) for name, said in each.items() for text in _split(said))
        elif key not in ("example", "examples"):
            yield from _prose(each, f"{place}.{key}")


def _split(text: str) -> Iterator[str]:
    """The sentences of a text in Markdown: of its paragraphs and lists; the rows of a table, without its head."""
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*\* )", text):
        lines = [line.strip() for line in paragraph.strip().splitlines()]
        if lines and _TABLE_ROW.fullmatch(lines[0]):
            yield from lines[2:]
            continue
        whole = " ".join(line for line in lines if not line.startswith("#")).removeprefix("* ")
        yield from (each for each in re.split(r"(?<=[.!?])(?<!e\.g\.)\s+", whole) if each)


def answers_of(document: dict[str, Any], path: Path = MAP) -> dict[Sentence, Answer]:
    """The answer for each sentence of the contract.

    Raises:
        TraceabilityError: they do not agree.
    """
    sentences = sentences_of(document)
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed = {Sentence(place, _plain(entry["text"])): entry for place, each in entries.items() for entry in each}
    faults = [f"no requirement and no reason: {each.place}: {each.text}" for each in sentences if each not in listed]
    faults += [f"no such sentence: {each.place}: {each.text}" for each in listed.keys() - set(sentences)]
    known = document["x-requirements"]
    # Those of operations beside the first follow from the operations: no sentence has to lead to them.
    derived = [
        f"operation.{operation.id}.{name}"
        for operation in operations_of(document)
        for name in document.get("x-operation-requirements", ())
    ]
    answers = {}
    for sentence, entry in listed.items():
        wanted = entry.get("requirements", ())
        faults += [
            f"no such requirement: {each}: {sentence.text}"
            for each in wanted
            if not fnmatch.filter([*known, *derived], each)
        ]
        if len(entry.keys() & _ANSWERS) != 1 or entry.keys() - _ANSWERS != {"text"} or not all(entry.values()):
            faults.append(f"one of {', '.join(sorted(_ANSWERS))}: {sentence.place}: {sentence.text}")
        if entry.get("pending") in known:
            faults.append(f"{entry['pending']} is a requirement now: {sentence.place}: {sentence.text}")
        found = tuple(name for each in wanted for name in fnmatch.filter([*known, *derived], each))
        answers[sentence] = Answer(found, entry.get("pending", ""), entry.get("reason", ""))
    checked = {name for answer in answers.values() for name in answer.requirements}
    faults += [f"no sentence leads to the requirement {name}" for name in known if name not in checked]
    if faults:
        raise TraceabilityError("\n".join(faults))
    return {sentence: answers[sentence] for sentence in sentences}


def _plain(text: str) -> str:
    return " ".join(text.split())


def main(path: Path = _ROOT / "openapi.yaml") -> int:
    """Print each sentence with its answer; the exit status."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        answers = answers_of(document)
    except TraceabilityError as error:
        print(error, file=sys.stderr)
        return 1
    for sentence, answer in answers.items():
        print(f"{sentence.place}: {sentence.text}")
        print(f"    {answer}")
    checked = sum(bool(answer.requirements) for answer in answers.values())
    pending = sum(bool(answer.pending) for answer in answers.values())
    print(f"{len(answers)} sentences: {checked} checked, {pending} not yet, ", end="")
    print(f"{len(answers) - checked - pending} with a reason why not; {len(document['x-requirements'])} requirements")
    return 0


if __name__ == "__main__":
    sys.exit(main())
