"""Logs made into batches of bounded size: as models, one by one, or straight from the JSON of an answer.

Nothing is lost: what a column cannot hold is an error that names log and column. Null and absent are both null.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import Any, Final

from parea_trace_logs._http.async_streams import AsyncLogStream
from parea_trace_logs._http.sync_streams import LogStream
from parea_trace_logs._json.arrays import Refuse, decode_chunk
from parea_trace_logs._json.decoding import encode
from parea_trace_logs._json.model import unknown_members
from parea_trace_logs._json.splitting import Chunk
from parea_trace_logs._tables import batches
from parea_trace_logs._tables.batches import Batch, placed
from parea_trace_logs._tables.column_types import TYPES, UnfitError, number, text
from parea_trace_logs._tables.columns import UNKNOWN
from parea_trace_logs._tables.decoding import Decoder
from parea_trace_logs._tables.guessing import Decoded, GuessingSplitter
from parea_trace_logs.contract import COLUMNS
from parea_trace_logs.errors import TableError
from parea_trace_logs.models import TraceLog
from parea_trace_logs.types import UNSET

_NAMES: Final = (*COLUMNS, UNKNOWN)
# The members, how each is read, and the column that could not hold it.
_READ: Final = tuple(
    (name, TYPES[kind].read, f"{name}_text" if kind == "timestamp" else name) for name, kind in COLUMNS.items()
)
_DEPTH, _PARENT, _ROOT = (_NAMES.index(name) for name in ("depth", "parent_trace_id", "root_trace_id"))

Progress = Callable[[int], object]
"""Told how many root logs have arrived, every now and then."""


def batches_of(
    logs: Iterable[TraceLog], progress: Progress | None = None, *, descendants: bool = True, rows: int | None = None
) -> Iterator[Batch]:
    """Batches of all these logs and their descendants, straight from the stream; none is empty.

    Args:
        logs: Root logs.
        progress: Told how many of them have arrived.
        descendants: Whether their descendants are rows, too.
        rows: How many rows are enough for a batch, where that is fewer than usual.

    Raises:
        TableError: a value does not fit its column.
    """
    gatherer = _Gatherer(progress, descendants, rows)
    if isinstance(logs, LogStream):
        logs.hand_out(gatherer.json.splitter, gatherer.json.add)
    for each in logs:
        yield from gatherer.take(each)
    yield from gatherer.rest()


async def abatches_of(logs: AsyncIterable[TraceLog], progress: Progress | None = None) -> AsyncIterator[Batch]:
    """As `batches_of`, from an asynchronous stream."""
    gatherer = _Gatherer(progress, descendants=True, rows=None)
    if isinstance(logs, AsyncLogStream):
        logs.hand_out(gatherer.json.splitter, gatherer.json.add)
    async for each in logs:
        for batch in gatherer.take(each):
            yield batch
    for batch in gatherer.rest():
        yield batch


class _Gatherer:
    """Makes batches of what a stream hands out: logs that were decoded already, then batches."""

    def __init__(self, progress: Progress | None, descendants: bool, rows: int | None) -> None:
        self._progress = progress
        self._models = Batcher(descendants=descendants)
        self._taken = 0
        self.json = JsonBatcher(progress and (lambda roots: progress(self._taken + roots)), descendants, rows)

    def take(self, each: TraceLog | Batch) -> Iterator[Batch]:
        """The batches that have become full."""
        if isinstance(each, Batch):
            if (earlier := self._models.take()).rows:
                yield earlier
            yield each
            return
        self._taken += 1
        if self._progress is not None:
            self._progress(self._taken)
        yield from self._models.add(each)

    def rest(self) -> Iterator[Batch]:
        """What has been gathered since the last batch."""
        for batch in (self._models.take(), self.json.take()):
            if batch.rows:
                yield batch


class Batcher:
    """Makes batches of logs that are handed over one by one."""

    def __init__(self, *, descendants: bool = True) -> None:
        self._descendants = descendants
        self._rows: list[list[Any]] = []
        self._scores: list[dict[str, float]] = []
        self._size = 0

    def add(self, root: TraceLog) -> Iterator[Batch]:
        """Take a log with its descendants; the batches that have become full.

        Raises:
            TableError: a value does not fit its column.
        """
        if not isinstance(root, TraceLog):
            raise TypeError(f"logs are TraceLog, which TraceLog.from_dict makes of a dict, not {type(root).__name__}")
        for row, scores in _rows_of(root, self._descendants):
            self._rows.append(row)
            self._scores.append(scores)
            self._size += sum(len(value) for value in row if type(value) in (str, bytes))
            if len(self._rows) >= batches.BATCH_ROWS or self._size >= batches.BATCH_BYTES:
                yield self.take()

    def take(self) -> Batch:
        """What has been gathered since the last batch."""
        rows, scores, size = self._rows, self._scores, self._size
        self._rows, self._scores, self._size = [], [], 0
        columns = dict(zip(_NAMES, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
        return Batch(len(rows), columns, scores, size)


class JsonBatcher:
    """Makes batches of the JSON of an answer, which comes in pieces."""

    def __init__(self, progress: Progress | None, descendants: bool, rows: int | None) -> None:
        self._decoder = Decoder(descendants=descendants)
        self._batch = Batch()
        self._progress = progress
        self._descendants = descendants
        self._rows = rows
        self._roots = 0

    def splitter(self, most: int) -> GuessingSplitter:
        """What cuts an answer, whose elements have so many bytes at most, for `add`."""
        return GuessingSplitter(self._decoder.decode, most)

    def add(self, chunk: Chunk | Decoded, refuse: Refuse) -> Iterator[Batch]:
        """Take some elements of an answer; the batches that have become full.

        Raises:
            TableError: a value does not fit its column.
        """
        if not chunk.bounds:
            return
        self._roots += len(chunk.bounds)
        if self._progress is not None:
            self._progress(self._roots)
        for part in (chunk.batch,) if isinstance(chunk, Decoded) else self._decoded(chunk, refuse):
            self._batch.extend(part)
            if self._batch.full or (self._rows is not None and self._batch.rows >= self._rows):
                yield self.take()

    def take(self) -> Batch:
        """What has been gathered since the last batch."""
        batch, self._batch = self._batch, Batch()
        return batch

    def _decoded(self, chunk: Chunk, refuse: Refuse) -> Iterator[Batch]:
        found = self._decoder.decode(chunk.whole())
        if found is not None and found.roots == len(chunk.bounds):
            yield found
            return
        batcher = Batcher(descendants=self._descendants)
        for log in decode_chunk(chunk, TraceLog, refuse):
            yield from batcher.add(log)
        yield batcher.take()


def _rows_of(root: TraceLog, descendants: bool) -> Iterator[tuple[list[Any], dict[str, float]]]:
    """A log and its descendants: the values of the members of each, and its scores."""
    for log, depth, parent in placed(root):
        row = _row(log)
        # What the server left out of a tree is known from the tree itself.
        if row[_DEPTH] is None:
            row[_DEPTH] = depth
        if row[_PARENT] is None:
            row[_PARENT] = parent
        if row[_ROOT] is None:
            row[_ROOT] = root.trace_id
        yield row, _scores(log)
        if not descendants:
            return


def _row(log: TraceLog) -> list[Any]:
    row: list[Any] = []
    column = UNKNOWN
    try:
        for name, read, column in _READ:  # noqa: B007 - the column is for the error
            value = getattr(log, name)
            row.append(None if value is None or value is UNSET else read(value))
        column = UNKNOWN
        row.append(encode(unknown) if (unknown := unknown_members(log)) else None)
    except (UnfitError, UnicodeEncodeError, TypeError, ValueError, AttributeError) as error:
        reason = "half a pair of surrogates is not text" if isinstance(error, UnicodeEncodeError) else str(error)
    else:
        return row
    raise TableError(f"log {log.trace_id!r}, column {column}: {reason}")


def _scores(log: TraceLog) -> dict[str, float]:
    """The first score of each name; the column `scores` has them all."""
    found: dict[str, float] = {}
    for each in log.scores or ():
        try:
            found.setdefault(text(each.name), number(each.score))
        except UnicodeEncodeError as error:
            raise TableError(f"log {log.trace_id!r}, column scores: {error}") from None
    return found
