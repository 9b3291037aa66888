"""Names of scores, criteria and keys that are converted, as they are stored and as they are asked for."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from parea_target import Contract, Parts

from faults.fields import asked_field, with_annotations, with_scores
from faults.maps import asked_key, with_keys
from faults.registry import Log, declare

Convert = Callable[[str], str]


def _each(entries: dict[str, Any], convert: Convert) -> dict[str, Any]:
    return {convert(name): value for name, value in entries.items()}


def _stored_scores(log: Log, convert: Convert) -> Log:
    return with_scores(log, lambda scores: [{**score, "name": convert(score["name"])} for score in scores])


def _asked_scores(parts: Parts, convert: Convert) -> Parts:
    def rename(field: str, contract: Contract) -> str:
        if field in contract.kinds or field.startswith("annotation:"):
            return field
        start = "score:" if field.startswith("score:") else ""
        return f"{start}{convert(field.removeprefix(start))}"

    return asked_field(parts, rename)


def _asked_criteria(parts: Parts, convert: Convert) -> Parts:
    def rename(field: str, _contract: Contract) -> str:
        found = re.fullmatch(r"(annotation:(?:score|value):)(.*)", field, re.DOTALL)
        return field if found is None else f"{found[1]}{convert(found[2])}"

    return asked_field(parts, rename)


_PLACES: Mapping[str, tuple[Callable[[Log, Convert], Log], Callable[[Parts, Convert], Parts]]] = {
    "field.score": (_stored_scores, _asked_scores),
    "field.annotation-score": (
        lambda log, convert: with_annotations(log, lambda by_criterion: _each(by_criterion, convert)),
        _asked_criteria,
    ),
    "field.key": (lambda log, convert: with_keys(log, lambda entries: _each(entries, convert)), asked_key),
}
"""By the first requirement: how names are stored there, and how they are asked for."""


def _converted(*requirements: str) -> Callable[[Convert], Convert]:
    """Declare a conversion of the names by which the requirements are found."""
    store, ask = _PLACES[requirements[0]]

    def register(convert: Convert) -> Convert:
        declare(
            convert,
            requirements,
            parts=lambda parts: ask(parts, convert),
            stored=lambda log: store(log, convert),
        )
        return convert

    return register


@_converted("field.score", "field.score-bare")
def score_names_have_32_characters(name: str) -> str:
    """Names of scores are cut after 32 characters, as in a short column."""
    return name[:32]


@_converted("field.annotation-score", "field.annotation-value")
def criteria_lose_their_backslashes(name: str) -> str:
    """Backslashes are dropped from a criterion, as in a literal of MySQL."""
    return name.replace("\\", "")


@_converted("field.annotation-score", "field.annotation-value")
def criteria_are_ascii(name: str) -> str:
    """What is beyond ASCII is dropped from a criterion."""
    return name.encode("ascii", "ignore").decode()


@_converted("field.key")
def keys_are_identifiers(name: str) -> str:
    """All but letters, digits and underscores are underscores in a key."""
    return re.sub(r"\W", "_", name)


@_converted("field.key")
def keys_are_percent_decoded(name: str) -> str:
    """A key is decoded, as if it stood in a URL."""
    return unquote(name)


@_converted("field.key")
def keys_have_255_characters(name: str) -> str:
    """Keys are cut after 255 characters."""
    return name[:255]
