"""Tables as Parquet. Imported only where Parquet is asked for."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from parea_trace_logs._tables.arrow import arrow_schema, record_batch, widened
from parea_trace_logs._tables.background import Background
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.columns import Column

_COMPRESSION: Final = "zstd"
_GROUP_BYTES: Final = 12_000_000


class _Sink:
    """A file to which row groups are appended, each of many batches: small ones are slow to write and to read."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        # As for the arrays: the default pool keeps tens of MB more than are in use.
        pool = pa.system_memory_pool()
        self._writer = pq.ParquetWriter(path, schema, compression=_COMPRESSION, memory_pool=pool)
        self._background = Background()
        self._waiting: list[pa.RecordBatch] = []
        self._bytes = 0

    def append(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch."""
        self._waiting.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= _GROUP_BYTES:
            self._write()

    def _write(self) -> None:
        batches, self._waiting, self._bytes = self._waiting, [], 0
        if batches:
            group = pa.Table.from_batches(batches, self._schema)
            self._background.run(lambda: self._writer.write_table(group, row_group_size=group.num_rows))

    def close(self) -> None:
        """Write what waits, and finish the file."""
        with closing(self._writer), closing(self._background):
            self._write()


class _BatchSink(_Sink):
    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        super().__init__(path, arrow_schema(columns))

    def write(self, batch: Batch) -> None:
        self.append(record_batch(batch, self._columns, self._schema))


class Parquet:
    """Parquet files."""

    def open(self, path: Path, columns: tuple[Column, ...]) -> _BatchSink:
        """A new file with these columns."""
        return _BatchSink(path, columns)

    def join(self, parts: Iterable[tuple[Path, tuple[Column, ...]]], path: Path, columns: tuple[Column, ...]) -> None:
        """Write one file of several parts; their columns are some of these, in any order."""
        schema = arrow_schema(columns)
        with closing(_Sink(path, schema)) as sink:
            for part, _ in parts:
                with pq.ParquetFile(part) as file:
                    for group in range(file.num_row_groups):
                        for batch in file.read_row_group(group).to_batches():
                            sink.append(widened(batch, schema))
