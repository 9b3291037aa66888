"""Values of logs for each class of operands: one that a member of the class selects, and one next to it."""

import datetime
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from parea_conformance.classes import instants, numbers, texts
from parea_conformance.classes.conversions import NAMES
from parea_conformance.classes.fewest import fewest
from parea_conformance.classes.near import taken_for
from parea_conformance.reading.values import instant, number

_EACH = 2  # members of a class that logs hold
_LONG = 100  # characters of a text that no other is joined to
_SAFE = 2**53
_OFFSETS = (0, 345, -30, 120)  # minutes
_MICROSECOND = 1_000_000_000_000
_FIRST, _LAST = instant("0001-01-01T00:00:00Z"), instant("9999-12-31T23:59:59.999999Z")


def _texts() -> Iterator[str]:
    for one in texts.CLASSES:
        yield from one.members[:_EACH]
        yield taken_for(one.members[0])[0]


def _numbers() -> Iterator[float]:
    for one in (*numbers.VALUES, *numbers.NOTATIONS):
        for member in one.members[:_EACH]:
            value = number(member)
            if value is not None:
                yield from (each for each in (value, math.nextafter(value, math.inf)) if math.isfinite(each))


def _instants() -> Iterator[int]:
    for one in (*instants.VALUES, *instants.NOTATIONS):
        for member in one.members[:_EACH]:
            moment = instant(member)
            yield from (each for each in (moment, moment + _MICROSECOND) if _FIRST <= each <= _LAST)


def _as_json(value: float) -> float:
    """A double as JSON writers put it: an integer where doubles hold it exactly."""
    whole = value.is_integer() and abs(value) <= _SAFE and math.copysign(1, value) * (value or 1) > 0
    return int(value) if whole else value


def _written(moment: int, place: int) -> str:
    """An instant as a log holds it, in different offsets; in UTC at the ends of the years."""
    utc = datetime.datetime(1, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(
        microseconds=(moment - _FIRST) // _MICROSECOND
    )
    if not 1 < utc.year < 9999:
        return utc.isoformat()
    return utc.astimezone(datetime.timezone(datetime.timedelta(minutes=_OFFSETS[place % len(_OFFSETS)]))).isoformat()


def _under_key(held: Sequence[str], doubles: Sequence[float]) -> Iterator[Any]:
    """Numbers and texts in turn, first of all texts that look like numbers."""
    alike = [text for text in held if any(one.holds(text) for one in (*numbers.CLASSES,) if text)]
    for double, text in itertools.zip_longest(doubles, dict.fromkeys([*alike, *held[::3]])):
        yield from (each for each in (double, text) if each is not None)


def columns() -> dict[str, Sequence[Any]]:
    """By member, values for logs that do not have it yet."""
    held = list(dict.fromkeys(_texts()))
    doubles = [_as_json(value) for value in dict.fromkeys(_numbers())]
    integers = [value for value in doubles if isinstance(value, int)]
    return {
        "target": held,
        "feedback_score": doubles,
        "input_tokens": integers,
        "end_timestamp": [_written(moment, place) for place, moment in enumerate(dict.fromkeys(_instants()))],
        "tags": [[text, "more"] for text in held],
        "children_ids": [[value, 1] for value in integers],
        "metadata": [{"operand": value} for value in _under_key(held, doubles)],
    }


def names() -> Iterator[tuple[str, Sequence[str]]]:
    """Names that each conversion of names changes one of, and what these become that change none before.

    The fewest texts of the classes that do so, joined: what is seen, with spaces around; what is not; and what is long.
    """
    held = list(dict.fromkeys(text for one in texts.CLASSES for text in one.members))
    short = [text for text in held if len(text) < _LONG]
    seen, unseen = ([text for text in short if text.isprintable() is seen] for seen in (True, False))
    found = [f" {' '.join(_changed(seen, ()))} ", "".join(_changed(unseen, seen)), *_changed(held, short)]
    for place, name in enumerate(found):
        untold = (change for change in NAMES if all(change(other) == other for other in found[:place]))
        yield name, [made for made in dict.fromkeys(change(name) for change in untold) if made != name]


def _changed(among: Iterable[str], others: Iterable[str]) -> Iterator[str]:
    """The fewest of some texts that change by each conversion that changes none of the others."""
    left = [change for change in NAMES if all(change(text) == text for text in others)]
    return fewest({text: {change for change in left if change(text) != text} for text in among})
