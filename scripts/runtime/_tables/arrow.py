"""Batches of rows as Arrow has them. Imported only where Arrow is asked for."""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from parea_trace_logs._tables.columns import columns
from parea_trace_logs._tables.rows import Batch, batches
from parea_trace_logs.models import TraceLog


def arrow_schema(scores: Iterable[str] = ()) -> pa.Schema:
    """The schema of a table with a column for each of these scores."""
    return pa.schema([(column.name, column.type.arrow(pa)) for column in columns(scores)])


def record_batch(batch: Batch, scores: Sequence[str], schema: pa.Schema) -> pa.RecordBatch:
    """One batch of rows; `schema` is that of the scores."""
    arrays = [pa.array(values, kind.type) for values, kind in zip(batch.values(scores), schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def record_batches(logs: Iterable[TraceLog], scores: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """All logs and their descendants, with a column for each score that is named."""
    schema = arrow_schema(scores)
    for batch in batches(logs):
        yield record_batch(batch, scores, schema)


def table(logs: Iterable[TraceLog], scores: Sequence[str] | None) -> pa.Table:
    """All logs and their descendants; without `scores`, a column for every score that occurs."""
    if scores is not None:
        return pa.Table.from_batches(record_batches(logs, scores), schema=arrow_schema(scores))
    names: dict[str, None] = {}
    found: list[pa.RecordBatch] = []
    for batch in batches(logs):
        names |= dict.fromkeys(batch.score_names())
        found.append(record_batch(batch, tuple(names), arrow_schema(names)))
    return pa.Table.from_batches((widened(each, names) for each in found), schema=arrow_schema(names))


def widened(batch: pa.RecordBatch, scores: Iterable[str]) -> pa.RecordBatch:
    """The batch with a column for each of these scores, null where it had none."""
    schema = arrow_schema(scores)
    arrays = [
        batch.column(kind.name) if kind.name in batch.schema.names else pa.nulls(batch.num_rows, kind.type)
        for kind in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
