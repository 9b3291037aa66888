"""Experiments as Polars' lazy frames: what a query needs is asked of the server. Imported late."""

import logging
from collections.abc import Iterator, Sequence

import polars as pl
from parea_trace_logs._parea import Parea
from parea_trace_logs._tables.arrow import arrow_schema, record_batch
from parea_trace_logs._tables.columns import Shape
from parea_trace_logs._tables.predicates import filters_of
from parea_trace_logs._tables.rows import batches_of
from parea_trace_logs.models import TraceLogFilters
from polars.io.plugins import register_io_source

logger = logging.getLogger("parea_trace_logs")


def lazy_frame(
    client: Parea, experiment: str, filters: TraceLogFilters | None, shape: Shape, *, descendants: bool
) -> pl.LazyFrame:
    """See `tables.scan`."""
    whole = shape.columns()
    by_name = {column.name: column for column in whole}
    empty = pl.from_arrow(arrow_schema(whole).empty_table())
    assert isinstance(empty, pl.DataFrame)  # noqa: S101 - a table gives no series

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        wanted = [by_name[name] for name in with_columns] if with_columns is not None else whole
        schema = arrow_schema(wanted)
        # With `n_rows` the predicate is of the first rows of all, which only the whole answer has.
        asked = filters  # which may be a `Condition`, and that is neither true nor false
        if predicate is not None and asked is None and n_rows is None and not descendants:
            asked = filters_of(predicate)
        _log(experiment, asked, [column.name for column in wanted])
        left = n_rows
        with client.iter_experiment_trace_logs(experiment, asked) as logs:
            for batch in batches_of(logs, descendants=descendants, rows=n_rows):
                frame = pl.from_arrow(record_batch(batch, wanted, schema))
                assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a batch gives no series
                if left is not None:
                    frame = frame.head(left)
                    left -= frame.height
                yield frame if predicate is None else frame.filter(predicate)
                if left is not None and left <= 0:
                    return

    return register_io_source(source, schema=empty.schema, is_pure=True)


def _log(experiment: str, filters: TraceLogFilters | None, columns: Sequence[str]) -> None:
    asked = "no filter" if filters is None else " ".join(map(str, filters.to_dict().values()))
    logger.info("scan of experiment %s: %s; %d columns", experiment, asked, len(columns))
