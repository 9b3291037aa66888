"""Experiments as what every Arrow library reads. Imported only where Arrow is asked for."""

from collections.abc import Callable, Iterator

import pyarrow as pa
from parea_trace_logs._http.sync_streams import LogStream
from parea_trace_logs._tables.arrow import arrow_schema, record_batch
from parea_trace_logs._tables.columns import Shape
from parea_trace_logs._tables.rows import batches_of
from parea_trace_logs.models import TraceLog


class ArrowStream:
    """The rows of an experiment by the Arrow PyCapsule protocol: who reads it sends a request, each time anew.

    Args:
        open: Sends the request.
        shape: Which columns there are.
        descendants: Whether descendants are rows, too.

    Attributes:
        schema: The columns, as a `pyarrow.Schema`.
    """

    def __init__(self, open: Callable[[], LogStream[TraceLog]], shape: Shape, *, descendants: bool) -> None:  # noqa: A002
        self._open = open
        self._columns = shape.columns()
        self._descendants = descendants
        self.schema = arrow_schema(self._columns)

    def reader(self) -> pa.RecordBatchReader:
        """A reader of its own, which can be read once. The request is sent when it is first read."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.reader().__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with self._open() as logs:
            for batch in batches_of(logs, descendants=self._descendants):
                yield record_batch(batch, self._columns, self.schema)
