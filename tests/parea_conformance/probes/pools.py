"""Operands for the values that logs hold: members of the classes of operands, and values next to those of the data."""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parea_conformance.classes import CLASSES, memberships
from parea_conformance.classes.near import taken_for
from parea_conformance.probes import spellings
from parea_conformance.probes.operands import spread
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import instant, number

_LANDMARKS = 12
_LOOKED_AT = 60
_MICROSECOND = 1_000_000_000_000
_WRAP = 2**32


@dataclass(frozen=True)
class Operand:
    """One operand.

    Attributes:
        text: how it is written. value: what it means: a text, a double or an instant.
        classes: the names of the classes that it belongs to.
        held: whether some log holds the value.
    """

    text: str
    value: Any
    classes: frozenset[str]
    held: bool


def _of_number(value: float) -> Iterator[tuple[str, str]]:
    yield "a number of the data", spellings.spell(value)
    if math.isfinite(value):
        yield "a step above a number of the data", spellings.spell(math.nextafter(value, math.inf))
        yield "a step below a number of the data", spellings.spell(math.nextafter(value, -math.inf))
        yield "a number of the data, negated", spellings.spell(-value)
        yield "ten times a number of the data", spellings.spell(value * 10)
        yield "a number of the data and 2^32", spellings.spell(value + _WRAP)
        plain = spellings.spell(value)
        yield from (
            ("a number of the data, written otherwise", text)
            for text in (f"{plain}e0", f"{value:.17e}", f"{value:.17E}", plain if "." in plain else f"{plain}.0")
        )


def _of_instant(value: int) -> Iterator[tuple[str, str]]:
    for name, moment, offset in (
        ("an instant of the data", value, 0),
        ("an instant of the data, ahead of UTC", value, 345),
        ("an instant of the data, behind UTC", value, -30),
        ("a microsecond after an instant of the data", value + _MICROSECOND, 0),
        ("a microsecond before an instant of the data", value - _MICROSECOND, 60),
        ("an instant of the data, to the millisecond", value // 10**15 * 10**15, 0),
        ("an instant of the data, to the second", value // 10**18 * 10**18, 0),
    ):
        text = spellings.timestamp(moment, offset)
        if text is not None:
            yield name, text


def _of_text(value: str) -> Iterator[tuple[str, str]]:
    yield "a text of the data", value
    yield from ((f"taken for a text of the data, {place}", text) for place, text in enumerate(taken_for(value)))


_NEXT_TO: Mapping[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "number": _of_number,
    "timestamp": _of_instant,
    "text": _of_text,
}
_WRITTEN: Mapping[str, Callable[[Any], str | None]] = {
    "number": spellings.spell,
    "timestamp": spellings.timestamp,
    "text": str,
}
_MEANS: Mapping[str, Callable[[str], Any]] = {"number": number, "timestamp": instant, "text": str}


@functools.lru_cache(maxsize=1 << 13)
def classes_of(form: str, text: str) -> frozenset[str]:
    """The names of the classes that an operand belongs to by how it is written."""
    return memberships(CLASSES[form], text)


def values_of(form: str, held: Iterable[Any]) -> list[Any]:
    """What values of logs mean, each once, in an order that does not change; those of another form are left out."""
    found: Iterable[Any] = ()
    if form == "number":
        found = (RIGHT.double(v) for v in held if isinstance(v, int | float) and not isinstance(v, bool))
    elif form == "timestamp":
        found = (RIGHT.log_instant(v) for v in held)
    else:
        found = (v for v in held if isinstance(v, str))
    return sorted(set(found))


def richness(form: str, held: Iterable[Any]) -> tuple[int, int]:
    """How much values tell of operands of a form: how many classes they belong to, and how many values there are."""
    values = values_of(form, held)
    texts = [text for value in spread(values, _LOOKED_AT) if (text := _WRITTEN[form](value)) is not None]
    return len({name for text in texts for name in classes_of(form, text)}), len(values)


def operands(form: str, held: Iterable[Any], accepted: Callable[[str], bool]) -> list[Operand]:
    """The operands of a form, for the values that logs hold.

    Args:
        form: `text`, `number` or `timestamp`.
        held: the values.
        accepted: whether the contract accepts an operand.
    """
    values = values_of(form, held)
    known = set(values)
    made: dict[str, set[str]] = {}
    for landmark in spread(values, _LANDMARKS):
        for name, text in _NEXT_TO[form](landmark):
            made.setdefault(text, set()).add(name)
    for one in CLASSES[form]:
        for text in one.members:
            made.setdefault(text, set())
    found = []
    for text, names in made.items():
        if accepted(text):
            value = _MEANS[form](text)
            found.append(Operand(text, value, classes_of(form, text) | names, value in known))
    return found
