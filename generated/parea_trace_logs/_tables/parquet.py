"""Tables as Parquet. Imported only where Parquet is asked for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from parea_trace_logs._tables.arrow import arrow_schema, record_batch, widened
from parea_trace_logs._tables.rows import Batch

_COMPRESSION = "zstd"


class _Sink:
    def __init__(self, path: Path, scores: Sequence[str]) -> None:
        self._scores = scores
        self._schema = arrow_schema(scores)
        self._writer = pq.ParquetWriter(path, self._schema, compression=_COMPRESSION)

    def write(self, batch: Batch) -> None:
        self._writer.write_batch(record_batch(batch, self._scores, self._schema))

    def close(self) -> None:
        self._writer.close()


class Parquet:
    """Parquet files: a row group for each batch."""

    def open(self, path: Path, scores: Sequence[str]) -> _Sink:
        """A new file with a column for each of these scores."""
        return _Sink(path, scores)

    def join(self, parts: Iterable[tuple[Path, Sequence[str]]], path: Path, scores: Sequence[str]) -> None:
        """Write one file of several parts; their scores may be any of these, in any order."""
        with pq.ParquetWriter(path, arrow_schema(scores), compression=_COMPRESSION) as writer:
            for part, _ in parts:
                with pq.ParquetFile(part) as file:
                    for group in range(file.num_row_groups):
                        for batch in file.read_row_group(group).to_batches():
                            writer.write_batch(widened(batch, scores))
