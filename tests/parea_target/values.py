"""What a text means as a value: numbers, instants, booleans, parts. The contract has judged the form by then."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
# The Gregorian calendar repeats after so many years and days: a way to the year 0, which `date` does not know.
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
# Added to every instant, so that one that an offset carries out of the years 0 to 9999 still has a positive count.
_SHIFT_DAYS = 1_000


def read_number(text: str) -> float:
    """The double nearest to a JSON number; beyond their range, an infinity."""
    return float(text)


def read_boolean(text: str) -> bool:
    """Whether the text is `true`."""
    return text == "true"


def read_instant(text: str) -> str:
    """The instant of an RFC 3339 date-time, as a text that orders (by code point) and equals as instants do.

    It is the number of seconds in twelve digits, a dot, and the fraction without trailing zeros: exact for any number
    of fraction digits. A leap second is the first second of the next day.

    Raises:
        ValueError: the text is not a date-time with offset.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time with offset")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, offset_hour, offset_minute = match.groups()[6:]
    if year:
        days = datetime.date(year, month, day).toordinal()
    else:
        days = datetime.date(_CYCLE_YEARS, month, day).toordinal() - _CYCLE_DAYS
    seconds = (days + _SHIFT_DAYS) * 86_400 + hour * 3_600 + minute * 60 + second
    if sign:
        offset = int(offset_hour) * 3_600 + int(offset_minute) * 60
        seconds += offset if sign == "-" else -offset
    return f"{seconds:012d}.{(fraction or '').rstrip('0')}"


def split_parts(text: str) -> list[str]:
    """The parts between commas, without the spaces (U+0020, nothing else) around each."""
    return [part.strip(" ") for part in text.split(",")]


@dataclass(frozen=True)
class ReadingParts:
    """How the texts of `filter_value` are read.

    Attributes:
        number: a JSON number → double.
        instant: a date-time → the sortable text of its instant.
        boolean: `true` or `false` → bool.
        split: the value of `in` or `between` → its parts.
    """

    number: Callable[[str], float] = read_number
    instant: Callable[[str], str] = read_instant
    boolean: Callable[[str], bool] = read_boolean
    split: Callable[[str], list[str]] = split_parts
