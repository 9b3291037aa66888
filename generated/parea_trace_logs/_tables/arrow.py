"""Batches of rows as Arrow has them. Imported only where Arrow is asked for."""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.columns import Column, Shape
from parea_trace_logs._tables.rows import Progress, batches_of
from parea_trace_logs.errors import TableError
from parea_trace_logs.models import TraceLog


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The schema of a table of these columns."""
    return pa.schema([(column.name, column.type.arrow(pa)) for column in columns])


def record_batch(batch: Batch, columns: Iterable[Column], schema: pa.Schema) -> pa.RecordBatch:
    """One batch of rows; `schema` is that of the columns.

    Raises:
        TableError: a value does not fit its column.
    """
    arrays = [_array(batch, column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(batch: Batch, column: Column, kind: pa.DataType) -> pa.Array:
    values = column.values(batch)
    if values is None:
        return pa.nulls(batch.rows, kind)
    # The default pool keeps tens of MB more than are in use.
    pool = pa.system_memory_pool()
    make: Any = column.type.array or (lambda _, values: pa.array(values, kind, memory_pool=pool))
    try:
        return make(pa, values)
    except (pa.ArrowInvalid, OverflowError, ValueError):
        pass
    for place, value in enumerate(values):
        try:
            make(pa, [value])
        except (pa.ArrowInvalid, OverflowError, ValueError) as error:
            reason = f"log {batch.columns['trace_id'][place]!r}, column {column.name}: {error}"
            break
    raise TableError(reason)


def record_batches(
    logs: Iterable[TraceLog], shape: Shape, progress: Progress | None = None
) -> Iterator[pa.RecordBatch]:
    """All logs and their descendants, with the columns that are named."""
    columns = shape.columns()
    schema = arrow_schema(columns)
    for batch in batches_of(logs, progress):
        yield record_batch(batch, columns, schema)


def table(logs: Iterable[TraceLog], shape: Shape) -> pa.Table:
    """All logs and their descendants; a column for every score that occurs, where the shape says so."""
    names: tuple[str, ...] = ()
    found: list[pa.RecordBatch] = []
    for batch in batches_of(logs):
        names = shape.names((*names, *batch.score_names()))
        columns = shape.columns(names)
        found.append(record_batch(batch, columns, arrow_schema(columns)))
    schema = arrow_schema(shape.columns(names))
    return pa.Table.from_batches((widened(each, schema) for each in found), schema=schema)


def widened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with all columns of the schema, null where it had none."""
    arrays = [
        batch.column(kind.name) if kind.name in batch.schema.names else pa.nulls(batch.num_rows, kind.type)
        for kind in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
