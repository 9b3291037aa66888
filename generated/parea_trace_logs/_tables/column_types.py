"""The types of columns, each once: how it is read from a log, what Arrow calls it, how text formats write it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import frozen
from parea_trace_logs._json.decoding import encode
from parea_trace_logs._json.text import number as json_number

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = -62_135_596_800_000_000  # the years 0001 to 9999 in UTC: what Python, Arrow and databases all can say
_LAST: Final = 253_402_300_799_999_999
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)


class UnfitError(Exception):
    """A value that its column cannot hold."""


@frozen
class ColumnType:
    """One type of column. None, which stands for null and absent, never reaches these functions."""

    rank: int
    """The place in a preview, the lowest first."""
    read: Callable[[Any], Any]
    """A member's value as the column holds it. Raises `UnfitError` or `UnicodeEncodeError` where it cannot."""
    arrow: Callable[[Any], Any]
    """The Arrow type, of the module `pyarrow`, which is not imported before it is needed."""
    csv: Callable[[Any], str]
    """A value of the column as a cell of CSV."""
    json: Callable[[Any], Any] | None = None
    """A value of the column as `msgspec.json.encode` takes it; None where that is the value itself."""


def quoted(text: str) -> str:
    """A text as a cell of CSV."""
    return '"' + text.replace('"', '""') + '"'


def json_text(value: Any) -> str:
    """A value, models within it too, as JSON. An infinity is written as a number that no double can hold."""
    return encode(value).decode()


def text(value: str) -> str:
    """A text, if a file in UTF-8 can hold it."""
    if not value.isascii():
        value.encode()  # raises for half a pair of surrogates
    return value


def number(value: float) -> float:
    """The nearest double, as the contract compares numbers; beyond their range it is an infinity."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _integer(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise UnfitError(f"{value} is beyond an integer of 64 bits")
    return int(value)  # 2.0 is an integer to JSON


def _instant(value: str) -> int | None:
    """The microseconds since 1970 in UTC, cut where there are more digits; None where the text is not an instant."""
    if not _TIMESTAMP.match(value):
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:  # a day that is not on the calendar
        return None
    since = moment - _EPOCH
    microseconds = (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
    return microseconds if _FIRST <= microseconds <= _LAST else None


def _rfc3339(microseconds: int) -> str:
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat().removesuffix("+00:00") + "Z"


def _quoted_json(value: Any) -> str:
    return quoted(json_text(value))


TYPES: Final[dict[str, ColumnType]] = {
    "number": ColumnType(1, number, lambda pa: pa.float64(), repr, json_number),
    "integer": ColumnType(1, _integer, lambda pa: pa.int64(), repr),
    "boolean": ColumnType(1, lambda value: value, lambda pa: pa.bool_(), lambda value: "true" if value else "false"),
    "text": ColumnType(2, text, lambda pa: pa.string(), quoted),
    "timestamp": ColumnType(3, _instant, lambda pa: pa.timestamp("us", tz="UTC"), _rfc3339, _rfc3339),
    "texts": ColumnType(
        4, lambda value: [text(each) for each in value], lambda pa: pa.list_(pa.string()), _quoted_json
    ),
    "integers": ColumnType(
        4, lambda value: [_integer(each) for each in value], lambda pa: pa.list_(pa.int64()), _quoted_json
    ),
    "json": ColumnType(5, json_text, lambda pa: pa.string(), quoted),
}
"""By the names that `contract.COLUMNS` has for them."""
