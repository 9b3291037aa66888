"""The forms of `filter_value`, and what numbers, timestamps and texts are when they are compared."""

import datetime
import re
import string

# RFC 8259, 6. `[0-9]`, since `\d` would take the digits of every script.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

# A moment: whole seconds since the year 1, and the digits of the fraction without the zeros at their end. Such
# digits order as text exactly as the fractions do, however many there are; and plain seconds, unlike a datetime,
# may lie before the year 1 or after 9999, where an offset can carry a timestamp.
Instant = tuple[int, str]


def parse_number(text: str) -> float | None:
    """A JSON number with nothing around it, as a double; one beyond the range of doubles is an infinity."""
    return float(text) if _NUMBER.fullmatch(text) else None


def as_double(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:  # an int beyond the range, where float() of a text would say infinity
        return float("inf") if value > 0 else float("-inf")


def parse_instant(text: str) -> Instant | None:
    found = _DATE_TIME.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, offset = found[7] or "", found[8]
    if len(fraction) > 6:
        return None
    try:
        days = datetime.date(year, month, day).toordinal()
        datetime.time(hour, minute, second)  # no hour 24, no second 60
    except ValueError:
        return None
    shift = 0
    if offset != "Z":
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        if hours > 23 or minutes > 59:
            return None
        shift = (hours * 3600 + minutes * 60) * (-1 if offset[0] == "-" else 1)
    return days * 86400 + hour * 3600 + minute * 60 + second - shift, fraction.rstrip("0")


def instant_of_log(text: str) -> Instant:
    """A log's timestamp has the form of a filter's value."""
    instant = parse_instant(text)
    if instant is None:
        raise ValueError(f"not a timestamp: {text!r}")
    return instant


def parts(value: str) -> list[str]:
    """Split at commas; spaces (U+0020, nothing else) around each part are dropped."""
    return [part.strip(" ") for part in value.split(",")]


def parse_numbers(value: str) -> list[float] | None:
    numbers = [number for part in parts(value) if (number := parse_number(part)) is not None]
    return numbers if len(numbers) == len(parts(value)) else None


def parse_instants(value: str) -> list[Instant] | None:
    instants = [instant for part in parts(value) if (instant := parse_instant(part)) is not None]
    return instants if len(instants) == len(parts(value)) else None


def lower_ascii(text: str) -> str:
    """str.lower would fold every script; only ASCII letters compare without case."""
    return text.translate(_LOWER)
