"""Many experiments at once, into one dataset of Parquet."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import frozen
from parea_trace_logs._async_parea import AsyncParea
from parea_trace_logs._filters.checking import checked
from parea_trace_logs._http.arguments import check_segment
from parea_trace_logs._parea import Parea
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.begun import begun
from parea_trace_logs._tables.columns import shape
from parea_trace_logs._tables.formats import format_of
from parea_trace_logs._tables.rows import abatches_of, batches_of
from parea_trace_logs._tables.writing import Parts
from parea_trace_logs.errors import PareaError
from parea_trace_logs.models import TraceLogFilters

_WITH_ARTICLE: Final[dict[type, str]] = {Parea: "a Parea", AsyncParea: "an AsyncParea"}


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


Progress = Callable[[str, int], object]
"""Told of an experiment how many rows of it have been written, every now and then; by `fetch_many` in its threads."""


@frozen
class _File:
    """A file of an earlier call."""

    rows: int
    scores: tuple[str, ...]


class _Dataset:
    """A folder of Parquet that is being written: parts of each experiment, then files."""

    def __init__(
        self,
        folder: Path,
        experiments: Iterable[str],
        scores: Sequence[str] | None,
        resume: bool,
        progress: Progress | None,
    ) -> None:
        self._folder = folder
        self._format = format_of(Path("logs.parquet"))
        self._shape = shape(scores)
        self._told = progress
        self._parts: dict[str, Parts] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self.experiments = list(dict.fromkeys(experiments))
        there = {each: self._there(each) for each in self.experiments} if resume else {}
        self._kept = {each: file for each, file in there.items() if file is not None}
        self._rows = {each: file.rows for each, file in self._kept.items()}
        self.wanted = [each for each in self.experiments if each not in self._rows]
        self.failures: dict[str, BaseException] = {}

    def begin(self, experiment: str) -> None:
        """An experiment is about to arrive."""
        self._parts[experiment] = Parts(self._format, self._folder, self._shape)

    def add(self, experiment: str, batch: Batch) -> None:
        """Append rows of an experiment."""
        self._parts[experiment].add(batch)
        if self._told is not None:
            self._told(experiment, self._parts[experiment].rows)

    def end(self, experiment: str) -> None:
        """An experiment is complete: where the columns are known, so is its file."""
        self._parts[experiment].end()
        if not self._shape.all_scores:
            self._publish(experiment, ())

    def close(self, *, ended: bool) -> None:
        """Write the files that wait for the columns of all, if all have ended; remove what is left."""
        try:
            whole = [each for each in self.wanted if each not in self.failures] if ended else []
            there = [name for each in self._kept.values() for name in each.scores]
            names = tuple(dict.fromkeys([*there, *(name for each in whole for name in self._parts[each].scores)]))
            for experiment in whole:
                if self._shape.all_scores:
                    self._publish(experiment, names)
                self._rows[experiment] = self._parts[experiment].rows
            for experiment, file in self._kept.items() if ended and self._shape.all_scores else ():
                if file.scores != names:
                    self._widen(experiment, names)
        finally:
            for parts in self._parts.values():
                parts.discard()

    def rows(self) -> dict[str, int]:
        """The rows of each experiment.

        Raises:
            FetchManyError: some experiments failed.
        """
        rows = {each: self._rows[each] for each in self.experiments if each in self._rows}
        if self.failures:
            raise FetchManyError({each: self.failures[each] for each in self.wanted if each in self.failures}, rows)
        return rows

    def _place(self, experiment: str) -> Path:
        return self._folder / f"experiment={quote(experiment, safe='')}" / "logs.parquet"

    def _publish(self, experiment: str, scores: tuple[str, ...]) -> None:
        place = self._place(experiment)
        place.parent.mkdir(exist_ok=True)
        self._parts[experiment].publish(place, scores)

    def _there(self, experiment: str) -> "_File | None":
        """What an earlier call has left, if it is a table of the columns that are wanted."""
        place = self._place(experiment)
        if not place.is_file():
            return None
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            found = pq.read_metadata(place)
        except pa.ArrowInvalid:  # no call of ours has left it: files appear whole
            return None
        columns: list[str] = found.schema.to_arrow_schema().names
        scores = tuple(name.removeprefix("score:") for name in columns if name.startswith("score:"))
        wanted = scores if self._shape.all_scores else ()
        return (
            _File(found.num_rows, scores)
            if columns == [column.name for column in self._shape.columns(wanted)]
            else None
        )

    def _widen(self, experiment: str, names: tuple[str, ...]) -> None:
        """Write a file of an earlier call anew, with a column for each of these scores."""
        place = self._place(experiment)
        with begun(place.parent) as made:
            self._format.join([(place, ())], made, self._shape.columns(names))
            made.replace(place)


def fetch_many(  # noqa: PLR0913 - the documented options
    client: Parea,
    experiments: Iterable[str],
    directory: str | Path,
    *,
    filters: TraceLogFilters | None = None,
    scores: Sequence[str] | None = None,
    concurrency: int = 4,
    resume: bool = False,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Fetch several experiments into a folder of Parquet, `experiment={uuid}/logs.parquet`. Needs the extra `arrow`.

    DuckDB, Spark, Dask, Polars and Arrow read the folder as one table, with a column `experiment`: every file has the
    same columns. Memory holds a batch of rows of each experiment that is under way. Files appear whole: each when its
    experiment is complete if the scores are named, else when all have been fetched. A file of the same experiment is
    replaced.

    Args:
        client: Where to fetch from; it is used by several threads.
        experiments: The experiments; each is fetched once.
        directory: The folder; it is made where it does not exist.
        filters: One filter for all of them.
        scores: The scores to make columns for; by default every one that occurs in some experiment. Name them to add
            to a folder from an earlier call, whose files have the columns of their own time.
        concurrency: How many experiments are fetched at a time.
        resume: Whether experiments that have a file there are left as they are, such as after a `FetchManyError`,
            whatever filter they were fetched by. Files of other columns than those of the scores that are named are
            replaced; where none are named, those that are there get the columns of the new ones.
        progress: Told of an experiment how many rows of it have been written, every now and then, in several threads.

    Returns:
        The number of rows by experiment.

    Raises:
        TypeError: an argument is of another type, such as one experiment in the place of several.
        InvalidFilterError: the contract does not accept the filter.
        FetchManyError: some experiments failed; the others are in the folder.
        ModuleNotFoundError: the extra is not installed.
        ValueError: `concurrency` is below 1.
    """
    wanted, filters = _wanted("fetch_many", client, Parea, experiments, concurrency), checked(filters)
    dataset = _Dataset(Path(directory), wanted, scores, resume, progress)
    stopped = threading.Event()
    ended = False

    def fetch(experiment: str) -> None:
        dataset.begin(experiment)
        with client.iter_experiment_trace_logs(experiment, filters) as logs:
            for batch in batches_of(logs):
                dataset.add(experiment, batch)
                if stopped.is_set():
                    return
        dataset.end(experiment)

    try:
        with ThreadPoolExecutor(concurrency, thread_name_prefix="parea-fetch") as pool:
            try:
                running = {pool.submit(fetch, experiment): experiment for experiment in dataset.wanted}
                for future in as_completed(running):
                    # Whatever it is, the caller gets it. One failure must not cancel the rest.
                    if (error := future.exception()) is not None:
                        dataset.failures[running[future]] = error
                ended = True
            finally:  # the loop ends early by an interrupt only: then nothing more is started, or read on
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
    finally:
        stopped.set()  # once more, for an interrupt amid the first
        dataset.close(ended=ended)
    return dataset.rows()


def _wanted(caller: str, client: object, kind: type, experiments: Iterable[str], concurrency: int) -> list[str]:
    """Each experiment once, if these are experiments, and the client is of the kind that is needed."""
    if not isinstance(client, kind):
        raise TypeError(f"{caller} takes {_WITH_ARTICLE[kind]}, not {type(client).__name__}")
    if isinstance(experiments, str | bytes):
        raise TypeError(f"{caller} takes a list of experiments, not one: [{experiments!r}]")
    if type(concurrency) is not int:
        raise TypeError(f"concurrency must be an integer, not {concurrency!r}")
    if concurrency < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}")
    wanted = list(dict.fromkeys(experiments))
    for experiment in wanted:
        check_segment(experiment)
    return wanted


async def afetch_many(  # noqa: PLR0913 - the documented options
    client: AsyncParea,
    experiments: Iterable[str],
    directory: str | Path,
    *,
    filters: TraceLogFilters | None = None,
    scores: Sequence[str] | None = None,
    concurrency: int = 4,
    resume: bool = False,
    progress: Progress | None = None,
) -> dict[str, int]:
    """As `fetch_many`, by an asynchronous client and without threads."""
    wanted, filters = _wanted("afetch_many", client, AsyncParea, experiments, concurrency), checked(filters)
    dataset = _Dataset(Path(directory), wanted, scores, resume, progress)
    free = asyncio.Semaphore(concurrency)
    ended = False

    async def fetch(experiment: str) -> None:
        async with free, client.iter_experiment_trace_logs(experiment, filters) as logs:
            dataset.begin(experiment)
            async for batch in abatches_of(logs):
                dataset.add(experiment, batch)
        dataset.end(experiment)

    try:
        found = await asyncio.gather(*map(fetch, dataset.wanted), return_exceptions=True)
        for experiment, error in zip(dataset.wanted, found, strict=True):
            if error is not None:
                dataset.failures[experiment] = error
        ended = True
    finally:
        dataset.close(ended=ended)
    return dataset.rows()
