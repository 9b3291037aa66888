"""Many experiments at once, into one dataset of Parquet."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import quote

from parea_trace_logs._filters.checking import checked
from parea_trace_logs._http.arguments import check_segment
from parea_trace_logs._parea import Parea
from parea_trace_logs._tables.formats import format_of
from parea_trace_logs._tables.writing import Parts
from parea_trace_logs.errors import PareaError
from parea_trace_logs.models import TraceLogFilters


class FetchManyError(PareaError):
    """Some experiments could not be fetched; the others are in the dataset.

    Attributes:
        failures: What went wrong, by experiment.
        rows: The number of rows of each experiment that is in the dataset.
    """

    def __init__(self, failures: Mapping[str, BaseException], rows: Mapping[str, int]) -> None:
        self.failures = dict(failures)
        self.rows = dict(rows)
        first, error = next(iter(self.failures.items()))
        super().__init__(f"{len(failures)} of {len(failures) + len(rows)} experiments failed; {first}: {error}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.failures, self.rows)


def fetch_many(  # noqa: PLR0913 - the documented options
    client: Parea,
    experiments: Iterable[str],
    directory: str | Path,
    *,
    filters: TraceLogFilters | None = None,
    scores: Sequence[str] | None = None,
    concurrency: int = 4,
) -> dict[str, int]:
    """Fetch several experiments into a folder of Parquet, `experiment={uuid}/logs.parquet`. Needs the extra `arrow`.

    DuckDB, Spark, Dask, Polars and Arrow read the folder as one table, with a column `experiment`: every file has the
    same columns. Memory holds a batch of rows of each experiment that is under way. Files appear when all experiments
    have been fetched, each whole; a file of the same experiment is replaced.

    Args:
        client: Where to fetch from; it is used by several threads.
        experiments: The experiments; each is fetched once.
        directory: The folder; it is made where it does not exist.
        filters: One filter for all of them.
        scores: The scores to make columns for; by default every one that occurs in some experiment. Name them to add
            to a folder from an earlier call, whose files have the columns of their own time.
        concurrency: How many experiments are fetched at a time.

    Returns:
        The number of rows by experiment.

    Raises:
        TypeError: an argument is of another type, such as one experiment in the place of several.
        InvalidFilterError: the contract does not accept the filter.
        FetchManyError: some experiments failed; the others are in the folder.
        ModuleNotFoundError: the extra is not installed.
        ValueError: `concurrency` is below 1.
    """
    wanted = _wanted(client, experiments)
    filters = checked(filters)
    folder = Path(directory)
    parquet = format_of(Path("logs.parquet"))
    folder.mkdir(parents=True, exist_ok=True)
    staged: dict[str, Parts] = {}
    failures: dict[str, BaseException] = {}
    stopped = threading.Event()

    def fetch(experiment: str) -> None:
        parts = staged[experiment] = Parts(parquet, folder, scores)
        with client.iter_experiment_trace_logs(experiment, filters) as logs:
            for log in logs:
                parts.add(log)
                if stopped.is_set():
                    return
        parts.end()

    try:
        with ThreadPoolExecutor(concurrency, thread_name_prefix="parea-fetch") as pool:
            running = {pool.submit(fetch, experiment): experiment for experiment in wanted}
            try:
                for future in as_completed(running):
                    # Whatever it is, the caller gets it. One failure must not cancel the rest.
                    if (error := future.exception()) is not None:
                        failures[running[future]] = error
            finally:  # the loop ends early by an interrupt only: then nothing more is started, or read on
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
        whole = [experiment for experiment in wanted if experiment not in failures]
        names = tuple(dict.fromkeys(name for experiment in whole for name in staged[experiment].scores))
        for experiment in whole:
            place = folder / f"experiment={quote(experiment, safe='')}"
            place.mkdir(exist_ok=True)
            staged[experiment].publish(place / "logs.parquet", names)
    finally:
        for parts in staged.values():
            parts.discard()
    rows = {experiment: staged[experiment].rows for experiment in whole}
    if failures:
        raise FetchManyError({each: failures[each] for each in wanted if each in failures}, rows)
    return rows


def _wanted(client: object, experiments: Iterable[str]) -> list[str]:
    """Each experiment once, if these are experiments, and the client one that threads can use."""
    if not isinstance(client, Parea):
        raise TypeError(f"fetch_many takes a Parea, not {type(client).__name__}")
    if isinstance(experiments, str | bytes):
        raise TypeError(f"fetch_many takes a list of experiments, not one: [{experiments!r}]")
    wanted = list(dict.fromkeys(experiments))
    for experiment in wanted:
        check_segment(experiment)
    return wanted
