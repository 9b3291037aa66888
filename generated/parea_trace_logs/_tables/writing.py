"""Writing a table whose columns are not known before its end, in bounded memory, and never half a file.

The batches go into a part beside the file that is to be. When a score occurs that the part has no column for, a wider
part follows. At the end a single part is renamed to the file, which is the rule; several are joined first.
"""

import errno
import gzip
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from parea_trace_logs._tables.formats import GZIPPED, Format, Sink, format_of
from parea_trace_logs._tables.rows import Batch, Batcher
from parea_trace_logs.models import TraceLog


class Parts:
    """What has been written so far, in a hidden folder of its own.

    Args:
        format: The format of the parts.
        folder: Where the file is to be; the same file system, so that a rename is enough.
        scores: The scores to make columns for; None for every one that occurs.
    """

    def __init__(self, format: Format, folder: Path, scores: Sequence[str] | None) -> None:  # noqa: A002
        self._format = format
        self._fixed = scores is not None
        self.scores: tuple[str, ...] = tuple(dict.fromkeys(scores or ()))
        if not folder.is_dir():  # else the error would name a folder of ours within it
            raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(folder))
        self._folder = Path(tempfile.mkdtemp(prefix=".parea-", dir=folder))
        self._parts: list[tuple[Path, tuple[str, ...]]] = []
        self._sink: Sink | None = None
        self._batcher = Batcher()
        self.rows = 0

    def add(self, log: TraceLog) -> None:
        """Take a log with its descendants.

        Raises:
            TableError: a value does not fit its column.
        """
        for batch in self._batcher.add(log):
            self._write(batch)

    def end(self) -> None:
        """Write what is left, and finish the last part."""
        if (rest := self._batcher.take()).rows or not self._parts:
            self._write(rest)
        self._close()

    def publish(self, path: Path, scores: Sequence[str] | None = None) -> None:
        """Make the file of the parts; what stood there before is replaced in one step.

        Args:
            path: The file.
            scores: Its score columns, all of these parts' among them; None for those alone.
        """
        wanted = self.scores if scores is None else tuple(scores)
        source = self._parts[0][0]
        if len(self._parts) > 1 or self._parts[0][1] != wanted:
            source = self._folder / "whole"
            self._format.join(self._parts, source, wanted)
        if path.suffix.lower() == GZIPPED:
            source = _compressed(source, self._folder / "compressed")
        source.replace(path)

    def discard(self) -> None:
        """Remove what is left of the parts."""
        try:
            self._close()
        finally:
            shutil.rmtree(self._folder)

    def _write(self, batch: Batch) -> None:
        known = self.scores
        if not self._fixed:
            self.scores = tuple(dict.fromkeys((*known, *batch.score_names())))
        if self._sink is None or self.scores != known:
            self._close()
            part = self._folder / str(len(self._parts))
            self._sink = self._format.open(part, self.scores)
            self._parts.append((part, self.scores))
        if batch.rows:
            self._sink.write(batch)
            self.rows += len(batch.rows)

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
        format: The format, whatever the file's name says: `parquet`, `csv` or `jsonl`.

    Raises:
        ValueError: there is no format of this extension.
        ModuleNotFoundError: the extra is not installed.
        OSError: the folder cannot be written to.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        scores: Sequence[str] | None = None,
        format: str | None = None,  # noqa: A002 - as Python's own functions call it
        csv_safe: bool = False,
    ) -> None:
        self._path = Path(path)
        self._parts = Parts(format_of(self._path, format, csv_safe=csv_safe), self._path.parent, scores)

    @property
    def rows(self) -> int:
        """How many rows have been written; the last few only when the block ends."""
        return self._parts.rows

    def add(self, log: TraceLog) -> None:
        """Append a log and its descendants.

        Raises:
            TableError: a value does not fit its column.
        """
        self._parts.add(log)

    def add_all(self, logs: Iterable[TraceLog]) -> None:
        """Append all of these logs."""
        for log in logs:
            self.add(log)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._parts.end()
                self._parts.publish(self._path)
        finally:
            self._parts.discard()
