"""Names of scores, criteria and keys that are converted, as they are stored and as they are asked for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from parea_target import Contract, Parts
from parea_target.filters import Filter, Subject, find_subject
from parea_target.tables import Tables

from faults.registry import Log, declare

Convert = Callable[[str], str]


def _scores(log: Log, convert: Convert) -> Log:
    scores = log.get("scores")
    return {**log, "scores": [{**score, "name": convert(score["name"])} for score in scores]} if scores else log


def _entries(*members: str) -> Callable[[Log, Convert], Log]:
    def changed(log: Log, convert: Convert) -> Log:
        held = {member: log[member] for member in members if log.get(member)}
        return {**log, **{m: {convert(name): value for name, value in one.items()} for m, one in held.items()}}

    return changed


def _field(asked: Filter, contract: Contract, convert: Convert) -> Filter:
    name = asked.filter_field or ""
    if name in contract.kinds or name.startswith("annotation:"):
        return asked
    start = "score:" if name.startswith("score:") else ""
    return replace(asked, filter_field=f"{start}{convert(name.removeprefix(start))}")


def _criterion(asked: Filter, _contract: Contract, convert: Convert) -> Filter:
    found = re.fullmatch(r"(annotation:(?:score|value):)(.*)", asked.filter_field or "", re.DOTALL)
    return asked if found is None else replace(asked, filter_field=f"{found[1]}{convert(found[2])}")


def _key(asked: Filter, _contract: Contract, convert: Convert) -> Filter:
    return asked if asked.filter_key is None else replace(asked, filter_key=convert(asked.filter_key))


_PLACES: Mapping[str, tuple[Callable[[Log, Convert], Log], Callable[[Filter, Contract, Convert], Filter]]] = {
    "field.score": (_scores, _field),
    "field.annotation-score": (_entries("annotations"), _criterion),
    "field.key": (_entries("metadata", "inputs"), _key),
}
"""By the first requirement: how names are stored there, and how they are asked for."""


def _converted(*requirements: str) -> Callable[[Convert], Convert]:
    """Declare a conversion of the names by which the requirements are found."""
    store, ask = _PLACES[requirements[0]]

    def register(convert: Convert) -> Convert:
        def parts(right: Parts) -> Parts:
            def subject(contract: Contract, tables: Tables, asked: Filter) -> Subject:
                return find_subject(contract, tables, ask(asked, contract, convert))

            return replace(right, subject=subject)

        def stored(log: dict[str, Any]) -> dict[str, Any]:
            return store(log, convert)

        declare(convert, requirements, parts=parts, stored=stored)
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
