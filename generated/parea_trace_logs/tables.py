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
from typing import TYPE_CHECKING, Final

from parea_trace_logs._filters.checking import checked
from parea_trace_logs._http.arguments import check_segment
from parea_trace_logs._parea import Parea
from parea_trace_logs._tables.columns import STABLE, Shape, shape
from parea_trace_logs._tables.formats import require
from parea_trace_logs._tables.many import FetchManyError, afetch_many, fetch_many
from parea_trace_logs._tables.rows import Progress
from parea_trace_logs._tables.writing import TableWriter
from parea_trace_logs.models import TraceLog, TraceLogFilters

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from parea_trace_logs._tables.arrow_streams import ArrowStream

COLUMNS: Final = tuple(column.name for column in STABLE)
"""The columns of a table, unless others are named; those of scores follow."""


def schema(
    scores: Iterable[str] = (), *, columns: Iterable[str] | None = None, experiment: str | None = None
) -> pa.Schema:
    """The Arrow schema of a table of these columns, as `to_arrow` has them. Needs the extra `arrow`."""
    require("pyarrow", "arrow")
    from parea_trace_logs._tables import arrow

    return arrow.arrow_schema(shape(scores, columns, experiment).columns())


def record_batches(
    logs: Iterable[TraceLog],
    *,
    scores: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    experiment: str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Arrow batches of bounded size, straight from a stream of logs. Needs the extra `arrow`.

    Args:
        logs: Root logs.
        scores: The scores to make columns for: the schema must be known before the first batch.
        columns: As `to_arrow` has them.
        experiment: As `to_arrow` has it.

    Raises:
        TableError: a value does not fit its column.
        ValueError: there is no such column.
    """
    require("pyarrow", "arrow")
    from parea_trace_logs._tables import arrow

    return arrow.record_batches(logs, shape(scores, columns, experiment))


def to_arrow(
    logs: Iterable[TraceLog],
    *,
    scores: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    experiment: str | None = None,
) -> pa.Table:
    """An Arrow table. Needs the extra `arrow`.

    Args:
        logs: Root logs; a stream of a client is fastest, for no model is made of its logs.
        scores: The scores to make columns for; by default every one that occurs, unless the columns are named.
        columns: The names of the columns, in their order; by default `COLUMNS`. Beside those there are `score:{name}`;
            `inputs.{key}` and `metadata.{key}`, what the map has under that key (a text as it is, anything else as its
            JSON); and `scores_list`, all scores as a list of structs.
        experiment: What to write into a column `experiment`; None for no such column.

    Raises:
        TableError: a value does not fit its column.
        ValueError: there is no such column.
    """
    require("pyarrow", "arrow")
    from parea_trace_logs._tables import arrow

    return arrow.table(logs, shape(scores, columns, experiment))


def to_polars(
    logs: Iterable[TraceLog],
    *,
    scores: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    experiment: str | None = None,
) -> pl.DataFrame:
    """A Polars frame, as `to_arrow`. Needs the extra `polars`."""
    require("polars", "polars")
    import polars

    frame = polars.from_arrow(to_arrow(logs, scores=scores, columns=columns, experiment=experiment))
    assert isinstance(frame, polars.DataFrame)  # noqa: S101 - a table gives no series
    return frame


def to_pandas(
    logs: Iterable[TraceLog],
    *,
    scores: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    experiment: str | None = None,
) -> pd.DataFrame:
    """A pandas frame, as `to_arrow`; integers and booleans are pandas' nullable ones. Needs the extra `pandas`."""
    require("pandas", "pandas")
    import pandas
    import pyarrow

    # The default makes doubles of integers with nulls among them: large ones would become others.
    nullable = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.bool_(): pandas.BooleanDtype()}
    table = to_arrow(logs, scores=scores, columns=columns, experiment=experiment)
    return table.to_pandas(types_mapper=nullable.get)


def scan(  # noqa: PLR0913 - the documented options
    client: Parea,
    experiment: str,
    filters: TraceLogFilters | None = None,
    *,
    scores: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    descendants: bool = False,
) -> pl.LazyFrame:
    """A lazy frame of Polars, a row for each root log, which asks the server for what a query needs.

    Columns that a query does not need are not made, `head` ends the request early, and one condition of a `filter` is
    sent as the request's filter, where the contract has one that all rows in question match: comparisons with a
    literal, `is_between`, `is_in`, `is_null`, parts of texts, elements of lists. Polars judges every row again, so a
    query gives what it gives on `to_polars`. The log `parea_trace_logs` says at level INFO what was asked. Each time
    the frame is collected, a request is sent. Needs the extra `polars`.

    Args:
        client: Where to fetch from.
        experiment: The experiment.
        filters: A filter of your own; then none is made of the query.
        scores: The scores to make columns for: a lazy frame has a schema before it has rows.
        columns: As `to_arrow` has them; `experiment` is one of them if it is named.
        descendants: Whether descendants are rows, too. As filters judge roots only, none is made of the query then.

    Raises:
        TypeError: an argument is of another type.
        InvalidFilterError: the contract does not accept the filter.
        ValueError: there is no such column.
    """
    require("polars", "polars")
    from parea_trace_logs._tables.scanning import lazy_frame

    wanted = _shape_for(experiment, scores, columns)
    return lazy_frame(client, experiment, _asked("scan", client, experiment, filters), wanted, descendants=descendants)


def arrow_stream(  # noqa: PLR0913 - the documented options
    client: Parea,
    experiment: str,
    filters: TraceLogFilters | None = None,
    *,
    scores: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    descendants: bool = True,
) -> ArrowStream:
    """An experiment for everything that reads Arrow: DuckDB, Polars, pandas, pyarrow, DataFusion and others.

    It has the method `__arrow_c_stream__` of the Arrow PyCapsule protocol, which sends a request each time, so that it
    can be read again and again, and memory holds a batch at a time. Nothing of a query reaches the server but
    `filters`. Needs the extra `arrow`.

    Args:
        client: Where to fetch from.
        experiment: The experiment.
        filters: The filter of the request.
        scores: The scores to make columns for: the schema is known before the first row.
        columns: As `to_arrow` has them; `experiment` is one of them if it is named.
        descendants: Whether descendants are rows, too.

    Raises:
        TypeError: an argument is of another type.
        InvalidFilterError: the contract does not accept the filter.
        ValueError: there is no such column.
    """
    require("pyarrow", "arrow")
    from parea_trace_logs._tables.arrow_streams import ArrowStream

    asked = _asked("arrow_stream", client, experiment, filters)
    return ArrowStream(
        lambda: client.iter_experiment_trace_logs(experiment, asked),
        _shape_for(experiment, scores, columns),
        descendants=descendants,
    )


def _asked(caller: str, client: object, experiment: object, filters: TraceLogFilters | None) -> TraceLogFilters | None:
    """The filter, if a request can be sent with it; what cannot is said at once, not when the first row is read."""
    if not isinstance(client, Parea):
        raise TypeError(f"{caller} takes a Parea, not {type(client).__name__}")
    check_segment(experiment)
    return None if filters is None else checked(filters)


def _shape_for(experiment: str, scores: Sequence[str], columns: Sequence[str] | None) -> Shape:
    """The shape of a table of one experiment, which has a column for it only if that is named."""
    return shape(scores, columns, experiment if "experiment" in (columns or ()) else None)


def write(  # noqa: PLR0913 - the documented options
    logs: Iterable[TraceLog],
    path: str | Path,
    *,
    scores: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    experiment: str | None = None,
    progress: Progress | None = None,
    csv_safe: bool = False,
) -> int:
    """Write a file of Parquet, CSV or JSON Lines, straight from a stream, in memory of bounded size.

    Args:
        logs: Root logs; a stream of a client is fastest, for no model is made of its logs.
        path: The file; its extension says the format: `.parquet` (the extra `arrow`), `.csv` or `.jsonl`; `.csv.gz` and
            `.jsonl.gz` are compressed.
        scores: As for `TableWriter`.
        columns: As `to_arrow` has them.
        experiment: As `to_arrow` has it.
        progress: Told how many root logs have arrived, every now and then.
        csv_safe: As for `TableWriter`.

    Returns:
        The number of rows.

    Raises:
        TableError: a value does not fit its column. There is no file then, or the one that was there before.
        ValueError: there is no such format, or column.
    """
    with TableWriter(path, scores=scores, columns=columns, experiment=experiment, csv_safe=csv_safe) as table:
        table.add_all(logs, progress=progress)
    return table.rows


async def awrite(  # noqa: PLR0913 - the documented options
    logs: AsyncIterable[TraceLog],
    path: str | Path,
    *,
    scores: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    experiment: str | None = None,
    progress: Progress | None = None,
    csv_safe: bool = False,
) -> int:
    """As `write`, from an asynchronous stream."""
    with TableWriter(path, scores=scores, columns=columns, experiment=experiment, csv_safe=csv_safe) as table:
        await table.aadd_all(logs, progress=progress)
    return table.rows


__all__ = [
    "COLUMNS",
    "FetchManyError",
    "TableWriter",
    "afetch_many",
    "arrow_stream",
    "awrite",
    "fetch_many",
    "record_batches",
    "scan",
    "schema",
    "to_arrow",
    "to_pandas",
    "to_polars",
    "write",
]
