"""Logs as tables: Arrow, Polars, pandas; files of Parquet, CSV and JSON Lines; many experiments as one dataset.

Every table has the same columns, those of the contract: one row for each log, descendants after their parent, with
`depth`, `parent_trace_id` and `root_trace_id` filled in from the tree where the server left them out.

* Text, numbers (doubles), integers (64 bits), booleans and lists are what they are. Null and absent are both null.
* A timestamp is two columns: the instant in UTC, to the microsecond, null where the text is not one; and, with `_text`
  after its name, the text as the server sent it.
* Maps and structures are JSON text; so is `additional_properties`, which holds members that the contract does not know.
* Each score has a column `score:{name}` with the first score of that name; `scores` holds all, whole.

What a column cannot hold, such as an integer beyond 64 bits, is a `TableError` that names log and column.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from parea_trace_logs._tables.formats import require
from parea_trace_logs._tables.many import FetchManyError, fetch_many
from parea_trace_logs._tables.writing import TableWriter
from parea_trace_logs.models import TraceLog

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def schema(scores: Iterable[str] = ()) -> pa.Schema:
    """The Arrow schema of every table, with a column for each of these scores. Needs the extra `arrow`."""
    require("pyarrow", "arrow")
    from parea_trace_logs._tables import arrow

    return arrow.arrow_schema(scores)


def record_batches(logs: Iterable[TraceLog], *, scores: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """Arrow batches of bounded size, straight from a stream of logs. Needs the extra `arrow`.

    Args:
        logs: Root logs.
        scores: The scores to make columns for: the schema must be known before the first batch.

    Raises:
        TableError: a value does not fit its column.
    """
    require("pyarrow", "arrow")
    from parea_trace_logs._tables import arrow

    return arrow.record_batches(logs, tuple(scores))


def to_arrow(logs: Iterable[TraceLog], *, scores: Sequence[str] | None = None) -> pa.Table:
    """An Arrow table. Needs the extra `arrow`.

    Args:
        logs: Root logs.
        scores: The scores to make columns for; by default every one that occurs.

    Raises:
        TableError: a value does not fit its column.
    """
    require("pyarrow", "arrow")
    from parea_trace_logs._tables import arrow

    return arrow.table(logs, scores)


def to_polars(logs: Iterable[TraceLog], *, scores: Sequence[str] | None = None) -> pl.DataFrame:
    """A Polars frame, as `to_arrow`. Needs the extra `polars`."""
    require("polars", "polars")
    import polars

    frame = polars.from_arrow(to_arrow(logs, scores=scores))
    assert isinstance(frame, polars.DataFrame)  # noqa: S101 - a table gives no series
    return frame


def to_pandas(logs: Iterable[TraceLog], *, scores: Sequence[str] | None = None) -> pd.DataFrame:
    """A pandas frame, as `to_arrow`; integers and booleans are pandas' nullable ones. Needs the extra `pandas`."""
    require("pandas", "pandas")
    import pandas
    import pyarrow

    # The default makes doubles of integers with nulls among them: large ones would become others.
    nullable = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.bool_(): pandas.BooleanDtype()}
    return to_arrow(logs, scores=scores).to_pandas(types_mapper=nullable.get)


def write(
    logs: Iterable[TraceLog], path: str | Path, *, scores: Sequence[str] | None = None, csv_safe: bool = False
) -> int:
    """Write a file of Parquet, CSV or JSON Lines, straight from a stream, in memory of bounded size.

    Args:
        logs: Root logs.
        path: The file; its extension says the format: `.parquet` (the extra `arrow`), `.csv` or `.jsonl`; `.csv.gz` and
            `.jsonl.gz` are compressed.
        scores: As for `TableWriter`.
        csv_safe: As for `TableWriter`.

    Returns:
        The number of rows.

    Raises:
        TableError: a value does not fit its column. There is no file then, or the one that was there before.
    """
    with TableWriter(path, scores=scores, csv_safe=csv_safe) as table:
        table.add_all(logs)
    return table.rows


async def awrite(
    logs: AsyncIterable[TraceLog], path: str | Path, *, scores: Sequence[str] | None = None, csv_safe: bool = False
) -> int:
    """As `write`, from an asynchronous stream."""
    with TableWriter(path, scores=scores, csv_safe=csv_safe) as table:
        async for log in logs:
            table.add(log)
    return table.rows


__all__ = [
    "FetchManyError",
    "TableWriter",
    "awrite",
    "fetch_many",
    "record_batches",
    "schema",
    "to_arrow",
    "to_pandas",
    "to_polars",
    "write",
]
