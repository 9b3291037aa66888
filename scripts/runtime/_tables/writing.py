"""Writing a table whose columns are not known before its end, in bounded memory, and never half a file.

The batches go into a part beside the file that is to be. When a score occurs that the part has no column for, a wider
part follows. At the end a single part is renamed to the file, which is the rule; several are joined first.
"""

import errno
import gzip
import shutil
from collections.abc import AsyncIterable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.begun import begin, remove
from parea_trace_logs._tables.columns import Column, Shape, shape
from parea_trace_logs._tables.formats import GZIPPED, Format, Sink, format_of
from parea_trace_logs._tables.rows import Batcher, Progress, abatches_of, batches_of
from parea_trace_logs.models import TraceLog


class Parts:
    """What has been written so far, in a hidden folder of its own.

    Args:
        format: The format of the parts.
        folder: Where the file is to be; the same file system, so that a rename is enough.
        shape: Which columns there are.

    Attributes:
        scores: The scores that have a column so far.
        rows: How many rows have been written.
    """

    def __init__(self, format: Format, folder: Path, shape: Shape) -> None:  # noqa: A002
        self._format = format
        self._shape = shape
        self.scores = shape.names(())
        if not folder.is_dir():  # else the error would name a folder of ours within it
            raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(folder))
        self._folder = begin(folder)
        self._folder.mkdir(mode=0o700)
        self._parts: list[tuple[Path, tuple[Column, ...]]] = []
        self._sink: Sink | None = None
        self.rows = 0

    def add(self, batch: Batch) -> None:
        """Append the rows of a batch.

        Raises:
            TableError: a value does not fit its column.
        """
        known = self.scores
        self.scores = self._shape.names((*known, *batch.score_names()))
        if self._sink is None or self.scores != known:
            self._close()
            part = self._folder / str(len(self._parts))
            columns = self._shape.columns(self.scores)
            self._sink = self._format.open(part, columns)
            self._parts.append((part, columns))
        if batch.rows:
            self._sink.write(batch)
            self.rows += batch.rows

    def end(self) -> None:
        """Finish the last part."""
        if not self._parts:
            self.add(Batch())
        self._close()

    def publish(self, path: Path, scores: Sequence[str] = ()) -> None:
        """Make the file of the parts; what stood there before is replaced in one step.

        Args:
            path: The file.
            scores: Scores that it has a column for beside those that occur in it, and in which order.
        """
        columns = self._shape.columns((*scores, *self.scores))
        source = self._parts[0][0]
        if [each.name for each in self._parts[0][1]] != [each.name for each in columns] or len(self._parts) > 1:
            source = self._folder / "whole"
            self._format.join(self._parts, source, columns)
        if path.suffix.lower() == GZIPPED:
            source = _compressed(source, self._folder / "compressed")
        source.replace(path)

    def discard(self) -> None:
        """Remove what is left of the parts."""
        try:
            self._close()
        finally:
            remove(self._folder)

    def _close(self) -> None:
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.close()


def _compressed(source: Path, target: Path) -> Path:
    """The file, compressed; the same bytes whenever it is done."""
    with (
        source.open("rb") as file,
        target.open("wb") as made,
        gzip.GzipFile(filename="", mode="wb", fileobj=made, mtime=0) as zipped,
    ):
        shutil.copyfileobj(file, zipped)
    return target


class TableWriter:
    """A file of logs that takes them one by one: a row for each log of a tree, in memory of bounded size.

    Use it in a `with` block. The file appears, whole, when the block ends; when it ends by an exception, nothing does.

        with TableWriter("logs.parquet") as table:
            async for log in logs:
                table.add(log)

    Args:
        path: The file; its extension, `.parquet` (the extra `arrow`), `.csv` or `.jsonl`, says the format. `.csv.gz`
            and `.jsonl.gz` are compressed.
        csv_safe: Whether in CSV a text that begins with `=`, `+`, `-`, `@`, a tab or a line break, which a spreadsheet
            may run as a formula, gets an apostrophe before it; by default texts are as they are.
        scores: The scores to make columns for. By default every score that occurs gets one: should one occur for the
            first time late, the file is written a second time at the end. In either case the column
            `scores` holds all of them, whole.
        columns: The names of the columns, as `to_arrow` has them.
        experiment: As `to_arrow` has it.
        format: The format, whatever the file's name says: `parquet`, `csv` or `jsonl`.

    Raises:
        ValueError: there is no format of this extension, or no column of this name.
        ModuleNotFoundError: the extra is not installed.
        OSError: the folder cannot be written to.
    """

    def __init__(  # noqa: PLR0913 - the documented options
        self,
        path: str | Path,
        *,
        scores: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        experiment: str | None = None,
        format: str | None = None,  # noqa: A002 - as Python's own functions call it
        csv_safe: bool = False,
    ) -> None:
        self._path = Path(path)
        made = format_of(self._path, format, csv_safe=csv_safe)
        self._parts = Parts(made, self._path.parent, shape(scores, columns, experiment))
        self._batcher = Batcher()

    @property
    def rows(self) -> int:
        """How many rows have been written; the last few only when the block ends."""
        return self._parts.rows

    def add(self, log: TraceLog) -> None:
        """Append a log and its descendants.

        Raises:
            TableError: a value does not fit its column.
        """
        for batch in self._batcher.add(log):
            self._parts.add(batch)

    def add_all(self, logs: Iterable[TraceLog], *, progress: Progress | None = None) -> None:
        """Append all of these logs: a stream of a client fastest, for no model is made of its logs.

        Args:
            logs: Root logs.
            progress: Told how many of them have arrived, every now and then.

        Raises:
            TableError: a value does not fit its column.
        """
        self.add_batch(self._batcher.take())
        for batch in batches_of(logs, progress):
            self.add_batch(batch)

    async def aadd_all(self, logs: AsyncIterable[TraceLog], *, progress: Progress | None = None) -> None:
        """As `add_all`, from an asynchronous stream."""
        self.add_batch(self._batcher.take())
        async for batch in abatches_of(logs, progress):
            self.add_batch(batch)

    def add_batch(self, batch: Batch) -> None:
        """Append rows that have been made; the writer's alone from now on."""
        if batch.rows:
            self._parts.add(batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.add_batch(self._batcher.take())
                self._parts.end()
                self._parts.publish(self._path)
        finally:
            self._parts.discard()
