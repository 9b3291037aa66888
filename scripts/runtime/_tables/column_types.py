"""The types of columns, each once: how it is read from a log, what Arrow calls it, how text formats write it."""

import math
import re
from array import array
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Annotated, Any, Final, get_args, get_type_hints

import msgspec
from attrs import frozen
from parea_trace_logs._json import text as json
from parea_trace_logs._json.decoding import encode, parse
from parea_trace_logs._json.fields import names
from parea_trace_logs.models import EvaluationScore

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = -62_135_596_800_000_000  # the years 0001 to 9999 in UTC: what Python, Arrow and databases all can say
_LAST: Final = 253_402_300_799_999_999
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
# Those of them that Arrow reads as `instant` does, or not at all: by far most.
_EVERYDAY: Final = (
    r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
# Those that need only another end to be what is written; `.000000` is not written.
_EVERYDAY_UTC: Final = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.(?!0{6})[0-9]{6}\+00:00\Z"
)
_QUOTE, _QUOTES = b'"', b'""'
_BETWEEN, _BETWEEN_CELLS = b"\0", b'"\0"'
_encode: Final = msgspec.json.Encoder().encode
_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class UnfitError(Exception):
    """A value that its column cannot hold."""


@frozen(kw_only=True)
class ColumnType:
    """One type of column. None among the values stands for null and absent; it never reaches `read`."""

    rank: int
    """The place in a preview, the lowest first."""
    decoded: Any
    """What msgspec decodes a member as, null aside, so that it is a value of the column."""
    read: Callable[[Any], Any]
    """A model's member as a value of the column. Raises `UnfitError` or `UnicodeEncodeError` where it cannot be one."""
    arrow: Callable[[Any], Any]
    """The Arrow type, of the module `pyarrow`, which is not imported before it is needed."""
    array: Callable[[Any, Sequence[Any]], Any] | None = None
    """An Arrow array of the values, made with the module `pyarrow`; None where pyarrow makes it of them as they are."""
    csv: Callable[[Sequence[Any]], list[bytes]]
    """The values as cells of CSV, in UTF-8."""
    json: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    """The values as `msgspec.json.encode` takes them; None where they are as they should be."""


def quoted(texts: Sequence[str | None]) -> list[bytes]:
    """Texts as cells of CSV: in quotes, so that null, nothing, is apart from the empty text."""
    present = [text for text in texts if text is not None]
    joined = _BETWEEN.decode().join(present).encode()
    if joined.count(_BETWEEN) == len(present) - 1:
        return _cells(joined, texts, len(present))
    return [b"" if text is None else b'"%b"' % text.encode().replace(_QUOTE, _QUOTES) for text in texts]


def _quoted_json(values: Sequence[Any]) -> list[bytes]:
    present = [value for value in values if value is not None]
    return _cells(_BETWEEN.join(present), values, len(present))  # JSON escapes what is between


def _cells(joined: bytes, values: Sequence[object], present: int) -> list[bytes]:
    """Cells of CSV, made together of those texts among the values that are present."""
    cells = (b'"%b"' % joined.replace(_QUOTE, _QUOTES).replace(_BETWEEN, _BETWEEN_CELLS)).split(_BETWEEN)
    if present == len(values):
        return cells
    rest = iter(cells)
    return [b"" if value is None else next(rest) for value in values]


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


def _moment(value: str) -> datetime | None:
    if not _TIMESTAMP.match(value):
        return None
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:  # a day that is not on the calendar
        return None


def instant(value: str) -> int | None:
    """The microseconds since 1970 in UTC, cut where there are more digits; None where the text is not an instant."""
    if (moment := _moment(value)) is None:
        return None
    since = moment - _EPOCH
    microseconds = (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
    return microseconds if _FIRST <= microseconds <= _LAST else None


def _instants(pa: Any, values: Sequence[str | None]) -> Any:
    import pyarrow.compute as pc

    kind = pa.timestamp("us", tz="UTC")
    pool = pa.system_memory_pool()
    texts = pa.array(values, pa.string(), memory_pool=pool)
    if pc.all(pc.match_substring_regex(texts, _EVERYDAY), min_count=0).as_py():
        try:
            return texts.cast(kind, memory_pool=pool)
        except pa.ArrowInvalid:  # a day that is not on the calendar
            pass
    return pa.array([None if value is None else instant(value) for value in values], kind)


def _texts_of_json(pa: Any, values: Sequence[Any]) -> Any:
    """The JSON, which is known to be UTF-8, copied once."""
    present = [value is not None for value in values]
    texts = [value or b"" for value in values]
    offsets = array("i", accumulate(map(len, texts), initial=0))
    nulls = None if all(present) else pa.array(present).buffers()[1]
    data = pa.py_buffer(b"".join(texts))
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), data, nulls)


def _in_utc(values: Sequence[str | None]) -> list[str | None]:
    """The instants as RFC 3339 says them in UTC, to the microsecond."""
    return [None if value is None else _one_in_utc(value) for value in values]


def _one_in_utc(value: str) -> str | None:
    if _EVERYDAY_UTC.match(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:  # a day that is not on the calendar
            return None
        return value[:-6] + "Z"
    if (moment := _moment(value)) is None or instant(value) is None:
        return None
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _texts(values: Sequence[Any]) -> list[str | None]:
    """JSON, which is known to be UTF-8, as texts."""
    return [None if value is None else str(value, "utf-8") for value in values]


def _lists(values: Sequence[Any]) -> list[bytes]:
    return _quoted_json([None if value is None else _encode(value) for value in values])


def _instant_cells(values: Sequence[str | None]) -> list[bytes]:
    return "\n".join([value or "" for value in _in_utc(values)]).encode().split(b"\n")


def _numbers(values: Sequence[float | None]) -> list[bytes]:
    if math.inf in values or -math.inf in values:
        return [b"" if value is None else repr(value).encode() for value in values]
    shown = _encode(values)[1:-1].split(b",")  # twice as fast as `repr`, and the same number
    return [b"" if number == b"null" else number for number in shown]


def _booleans(values: Sequence[bool | None]) -> list[bytes]:
    return [b"" if value is None else b"true" if value else b"false" for value in values]


TYPES: Final[dict[str, ColumnType]] = {
    "number": ColumnType(
        rank=1,
        decoded=float,
        read=number,
        arrow=lambda pa: pa.float64(),
        csv=_numbers,
        json=lambda values: [None if value is None else json.number(value) for value in values],
    ),
    "integer": ColumnType(rank=1, decoded=_Integer, read=_integer, arrow=lambda pa: pa.int64(), csv=_numbers),
    "boolean": ColumnType(
        rank=1,
        decoded=bool,
        read=lambda value: value,
        arrow=lambda pa: pa.bool_(),
        csv=_booleans,
    ),
    "text": ColumnType(rank=2, decoded=str, read=text, arrow=lambda pa: pa.string(), csv=quoted),
    "timestamp": ColumnType(
        rank=3,
        decoded=str,
        read=text,
        arrow=lambda pa: pa.timestamp("us", tz="UTC"),
        array=_instants,
        csv=_instant_cells,
        json=_in_utc,
    ),
    "texts": ColumnType(
        rank=4,
        decoded=tuple[str, ...],
        read=lambda value: [text(each) for each in value],
        arrow=lambda pa: pa.list_(pa.string()),
        csv=_lists,
    ),
    "integers": ColumnType(
        rank=4,
        decoded=tuple[_Integer, ...],
        read=lambda value: [_integer(each) for each in value],
        arrow=lambda pa: pa.list_(pa.int64()),
        csv=_lists,
    ),
    "json": ColumnType(
        rank=5,
        decoded=msgspec.Raw,
        read=encode,
        arrow=lambda pa: pa.string(),
        array=_texts_of_json,
        csv=_quoted_json,
        json=_texts,
    ),
}
"""By the names that `contract.COLUMNS` has for them."""


def _scores_type(pa: Any) -> Any:
    """A list of structs with the members of the contract's `EvaluationScore`."""
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    members = {name: get_args(hint) or (hint,) for name, hint in get_type_hints(EvaluationScore).items()}
    fields = [
        (name, next(arrow for kind, arrow in reversed(kinds.items()) if kind in members[name]))
        for name in names(EvaluationScore)
    ]
    return pa.list_(pa.struct(fields))


def _scores(pa: Any, values: Sequence[bytes | None]) -> Any:
    found = [None if value is None else [_score(each) for each in parse(value)] for value in values]
    return pa.array(found, _scores_type(pa))


def _score(members: dict[str, Any]) -> dict[str, Any]:
    return {**members, "score": number(members["score"])}


SCORES: Final = ColumnType(
    rank=5,
    decoded=msgspec.Raw,
    read=encode,
    arrow=_scores_type,
    array=_scores,
    csv=_quoted_json,
    json=lambda values: [None if value is None else msgspec.Raw(value) for value in values],
)
"""Scores as a list of structs, where a format has such."""
