"""Values of a log and of an operand, as the oracle compares them.

`str` is text, `float` a number, `int` an instant in attoseconds, `bool` a boolean, `OPAQUE` something present that
equals nothing. `None` in the place of the values means null or absent; an empty tuple means present without a value (an
empty list, a whole map).
"""

import datetime
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

Log = Mapping[str, Any]
Values = tuple[object, ...] | None

OPAQUE = object()

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_DIGITS = 18
_ATTOSECONDS = 1_000_000_000_000_000_000
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def double(number: float) -> float:
    """A JSON number as an IEEE 754 double; beyond their range an infinity."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


@functools.lru_cache(maxsize=1 << 14)
def number(text: str) -> float | None:
    """The JSON number that this text is, as a double; None when it is none."""
    return float(text) if _NUMBER.fullmatch(text) else None


@functools.lru_cache(maxsize=1 << 14)
def instant(text: str) -> int:
    """The instant of an RFC 3339 date-time, in attoseconds; digits beyond the 18th are dropped.

    Raises:
        ValueError: the text is not such a date-time.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 date-time with offset: {text[:60]!r}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, offset_hours, offset_minutes = match.groups()[6:]
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError(f"no such time of day: {text[:60]!r}")
    if sign is not None and (int(offset_hours) > 23 or int(offset_minutes) > 59):
        raise ValueError(f"no such offset: {text[:60]!r}")
    try:
        days = datetime.date(year, month, day).toordinal()
    except ValueError:
        raise ValueError(f"no such day: {text[:60]!r}") from None
    seconds = days * 86400 + hour * 3600 + minute * 60 + second
    if sign is not None:
        offset = int(offset_hours) * 3600 + int(offset_minutes) * 60
        seconds -= offset if sign == "+" else -offset
    return seconds * _ATTOSECONDS + int((fraction or "").ljust(_DIGITS, "0")[:_DIGITS])


@functools.lru_cache(maxsize=1 << 12)
def ascii_lower(text: str) -> str:
    """The text with ASCII letters in lower case, every other character as it is."""
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)


def typed(values: Values) -> tuple[tuple[type, object], ...] | None:
    """Values with their types: by themselves 1.0 equals true."""
    return None if values is None else tuple((type(value), value) for value in values)


def leaves(value: Any) -> Iterator[Any]:
    """What a JSON value holds that holds nothing itself, in order, without nulls; of such a value itself."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, Mapping):
            rest += [*one.values()][::-1]
        elif isinstance(one, list):
            rest += one[::-1]
        elif one is not None:
            yield one
