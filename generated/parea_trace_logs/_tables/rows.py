"""Logs as rows: one for each log of a tree, of plain values, in batches of bounded size.

Nothing is lost: what a column cannot hold is an error that names log and column. Null and absent are both null.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import define, field
from parea_trace_logs._json.model import unknown_members
from parea_trace_logs._tables.column_types import UnfitError, json_text, number, text
from parea_trace_logs._tables.columns import STABLE, UNKNOWN
from parea_trace_logs.errors import TableError
from parea_trace_logs.models import TraceLog
from parea_trace_logs.types import UNSET

BATCH_ROWS: Final = 8192
BATCH_CHARACTERS: Final = 16_000_000


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
    name = UNKNOWN.name
    try:
        for name, member, read in _READ:  # noqa: B007 - the name is for the error
            value = getattr(log, member)
            row.append(None if value is None or value is UNSET else read(value))
        name = UNKNOWN.name
        row.append(json_text(unknown) if (unknown := unknown_members(log)) else None)
    except (UnfitError, UnicodeEncodeError, TypeError, ValueError, AttributeError) as error:
        reason = "half a pair of surrogates is not text" if isinstance(error, UnicodeEncodeError) else str(error)
    else:
        return row
    raise TableError(f"log {log.trace_id!r}, column {name}: {reason}")


def _scores(log: TraceLog) -> dict[str, float]:
    """The first score of each name; the column `scores` has them all."""
    found: dict[str, float] = {}
    for each in log.scores or ():
        try:
            found.setdefault(text(each.name), number(each.score))
        except UnicodeEncodeError as error:
            raise TableError(f"log {log.trace_id!r}, column scores: {error}") from None
    return found


_READ: Final = tuple((column.name, column.member, column.type.read) for column in STABLE if column.member)
_NAMES: Final = [column.name for column in STABLE]
_DEPTH: Final = _NAMES.index("depth")
_PARENT: Final = _NAMES.index("parent_trace_id")
_ROOT: Final = _NAMES.index("root_trace_id")
