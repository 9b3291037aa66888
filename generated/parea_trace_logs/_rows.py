"""Logs as rows: one for each log of a tree, of plain values, in batches of bounded size.

Nothing is lost: what a column cannot hold is an error that names log and column. Null and absent are both null.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define, field

from ._columns import MEMBERS, STABLE
from ._decoding import encode
from ._model import _unknown as unknown_members
from .errors import TableError
from .models import TraceLog
from .types import UNSET

BATCH_ROWS: Final = 8192
BATCH_CHARACTERS: Final = 16_000_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = -62_135_596_800_000_000  # the years 0001 to 9999 in UTC: what Python, Arrow and databases all can say
_LAST: Final = 253_402_300_799_999_999
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)


class _UnfitError(Exception):
    """A value that its column cannot hold."""


@define
class Batch:
    """Some rows, each with a value for every stable column, and beside each its scores by name."""

    rows: list[list[Any]] = field(factory=list)
    scores: list[dict[str, float]] = field(factory=list)
    characters: int = 0

    @property
    def full(self) -> bool:
        """Whether this is as large as a batch may become."""
        return len(self.rows) >= BATCH_ROWS or self.characters >= BATCH_CHARACTERS

    def score_names(self) -> Iterator[str]:
        """The names of the scores, in the order in which they occur, more than once."""
        for scores in self.scores:
            yield from scores

    def values(self, names: Iterable[str]) -> Iterator[list[Any]]:
        """The values by column: the stable ones, then one for each score that is named."""
        yield from map(list, zip(*self.rows, strict=True))
        for name in names:
            yield [scores.get(name) for scores in self.scores]


class Batcher:
    """Makes batches of logs that are handed over one by one."""

    def __init__(self) -> None:
        self._batch = Batch()

    def add(self, root: TraceLog) -> Iterator[Batch]:
        """Take a log with its descendants; the batches that have become full.

        Raises:
            TableError: a value does not fit its column.
        """
        for row, scores in rows_of(root):
            self._batch.rows.append(row)
            self._batch.scores.append(scores)
            self._batch.characters += sum(len(value) for value in row if type(value) is str)
            if self._batch.full:
                yield self.take()

    def take(self) -> Batch:
        """What has been gathered since the last batch."""
        batch, self._batch = self._batch, Batch()
        return batch


def batches(logs: Iterable[TraceLog]) -> Iterator[Batch]:
    """Batches of all these logs and their descendants, straight from the stream; none is empty."""
    batcher = Batcher()
    for log in logs:
        yield from batcher.add(log)
    if (rest := batcher.take()).rows:
        yield rest


def rows_of(root: TraceLog) -> Iterator[tuple[list[Any], dict[str, float]]]:
    """A log and its descendants: the values of the stable columns of each, and its scores.

    Raises:
        TableError: a value does not fit its column.
    """
    for log, depth, parent in _placed(root):
        row = _row(log)
        # What the server left out of a tree is known from the tree itself.
        if row[_DEPTH] is None:
            row[_DEPTH] = depth
        if row[_PARENT] is None:
            row[_PARENT] = parent
        if row[_ROOT] is None:
            row[_ROOT] = root.trace_id
        yield row, _scores(log)


def _placed(root: TraceLog) -> Iterator[tuple[TraceLog, int, str]]:
    """Every log of a tree in the order of `walk`, with its depth and the id of its parent; a root is its own."""
    waiting = [(root, 0, root.trace_id)]
    while waiting:
        log, depth, parent = waiting.pop()
        yield log, depth, parent
        if log.children_logs:
            waiting += [(child, depth + 1, log.trace_id) for child in reversed(log.children_logs)]


def _row(log: TraceLog) -> list[Any]:
    row: list[Any] = []
    name = ""
    try:
        for name, convert in _READ:
            value = getattr(log, name)
            if convert is None:
                value = None if value is UNSET else value
                row += (None if value is None else _instant(value), value)
            else:
                row.append(None if value is None or value is UNSET else convert(value))
        name = STABLE[-1].name
        row.append(json_text(unknown) if (unknown := unknown_members(log)) else None)
    except (_UnfitError, UnicodeEncodeError, TypeError, ValueError, AttributeError, RecursionError) as error:
        reason = "half a pair of surrogates is no text" if isinstance(error, UnicodeEncodeError) else str(error)
    else:
        return row
    raise TableError(f"log {log.trace_id!r}, column {name}: {reason}")


def _scores(log: TraceLog) -> dict[str, float]:
    """The first score of each name; the column `scores` has them all."""
    found: dict[str, float] = {}
    for each in log.scores or ():
        try:
            found.setdefault(_text(each.name), _number(each.score))
        except (UnicodeEncodeError, _UnfitError) as error:
            raise TableError(f"log {log.trace_id!r}, column scores: {error}") from None
    return found


def _text(value: str) -> str:
    if not value.isascii():
        value.encode()  # raises for half a pair of surrogates, which no file in UTF-8 can hold
    return value


def _number(value: float) -> float:
    """The nearest double, as the contract compares numbers; beyond their range it is an infinity."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _integer(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise _UnfitError(f"{value} is beyond an integer of 64 bits")
    return int(value)  # 2.0 is an integer to JSON


def _boolean(value: bool) -> bool:
    return value


def _texts(value: list[str]) -> list[str]:
    return [_text(each) for each in value]


def _integers(value: list[int]) -> list[int]:
    return [_integer(each) for each in value]


def _instant(text: str) -> int | None:
    """The microseconds since 1970 in UTC, cut where there are more digits; None where the text is no instant."""
    if not _INSTANT.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:  # a day that is not on the calendar
        return None
    since = moment - _EPOCH
    microseconds = (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
    return microseconds if _FIRST <= microseconds <= _LAST else None


def json_text(value: Any) -> str:
    """A value, models within it too, as JSON. An infinity is written as a number that no double can hold."""
    return encode(value).decode()


_CONVERT: Final[dict[str, Callable[[Any], Any] | None]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "timestamp": None,  # two columns: the instant, and the text as it came
    "json": json_text,
    "texts": _texts,
    "integers": _integers,
}
_READ: Final = tuple((name, _CONVERT[kind]) for name, kind in MEMBERS)
_NAMES: Final = [column.name for column in STABLE]
_DEPTH: Final = _NAMES.index("depth")
_PARENT: Final = _NAMES.index("parent_trace_id")
_ROOT: Final = _NAMES.index("root_trace_id")
