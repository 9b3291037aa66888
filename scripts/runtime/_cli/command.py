"""The command `parea-trace-logs`."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from parea_trace_logs._cli.options import PREVIEW_ROWS, Options, parse, raw_format
from parea_trace_logs._cli.preview import show
from parea_trace_logs._cli.progress import Progress
from parea_trace_logs._cli.raw import raw_logs, stdout, whole_file, write_raw
from parea_trace_logs._cli.signals import INTERRUPTED, signals_as_exceptions
from parea_trace_logs._http.transport import DEFAULT_TIMEOUT
from parea_trace_logs._parea import Parea
from parea_trace_logs._shared.words import printable
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.begun import begun
from parea_trace_logs._tables.many import FetchManyError, fetch_many
from parea_trace_logs._tables.rows import batches_of
from parea_trace_logs._tables.writing import TableWriter
from parea_trace_logs.errors import (
    InvalidAnswerError,
    MissingKeyError,
    PareaConnectionError,
    PareaError,
    StatusError,
    TruncatedResponse,
)

OK, FAILED, USAGE, REFUSED, UNAVAILABLE, BROKEN = range(6)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is documented in its help."""
    options = parse(arguments)
    try:
        with signals_as_exceptions():
            return _run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return FAILED
    except (PareaError, OSError) as error:
        _let_go_of_stdout()
        print(f"parea-trace-logs: {printable(str(error))}", file=sys.stderr)
        return _status(error)


def _let_go_of_stdout() -> None:
    """Nothing more is written: Python would flush at its end once more, and complain of what closed the pipe."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _status(error: BaseException) -> int:
    """The exit status for a failure."""
    if isinstance(error, FetchManyError):
        return _status(next(iter(error.failures.values())))
    if isinstance(error, StatusError):
        return REFUSED if 400 <= error.status_code < 500 else UNAVAILABLE
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), FAILED)


# The first that matches.
_STATUSES: Final[dict[type[Exception], int]] = {
    MissingKeyError: USAGE,
    InvalidAnswerError: BROKEN,
    TruncatedResponse: BROKEN,
    PareaConnectionError: UNAVAILABLE,
}


def _run(options: Options) -> int:
    with ExitStack() as stack:
        timeout = DEFAULT_TIMEOUT if options.timeout is None else options.timeout
        try:
            client = stack.enter_context(Parea(base_url=options.base_url, timeout=timeout, deadline=options.deadline))
        except (ValueError, ModuleNotFoundError) as error:
            options.usage(str(error))
        shown_on = None if options.quiet else sys.stderr
        run = _Run(options, client, Progress(shown_on, lambda: client._client.bytes_received))
        run()
    return OK


class _Run:
    """One run of the command."""

    def __init__(self, options: Options, client: Parea, progress: Progress) -> None:
        self._options = options
        self._client = client
        self._progress = progress

    def __call__(self) -> None:
        """Fetch what has been asked for."""
        options = self._options
        if options.many:
            self._raw_folder() if options.raw else self._dataset()
        elif options.raw:
            self._raw()
        else:
            self._table()

    def _dataset(self) -> None:
        options = self._options
        try:
            rows = fetch_many(
                self._client,
                options.experiments,
                options.output or "",
                filters=options.filters,
                scores=options.scores,
                concurrency=options.concurrency,
                resume=options.resume,
            )
        except FetchManyError as error:
            for experiment, failure in error.failures.items():
                print(f"parea-trace-logs: {experiment}: {printable(str(failure))}", file=sys.stderr)
            raise
        self._say(f"{options.output}: {sum(rows.values()):,} rows of {len(rows)} experiments")
        for experiment, count in rows.items():
            if not count:
                self._say(f"{experiment}: {self._nothing()}")

    def _raw_folder(self) -> None:
        options, folder = self._options, self._options.output or Path()
        folder.mkdir(parents=True, exist_ok=True)
        for experiment in options.experiments:
            path = folder / f"{quote(experiment, safe='')}.jsonl"
            if options.resume and path.is_file():
                self._say(f"{path}: is there")
                continue
            with self._progress, self._raw_of(experiment) as logs, whole_file(path) as file:
                count = write_raw(logs, file, array=False)
            self._say(f"{path}: {count:,} root logs" if count else f"{path}: {self._nothing()}")

    def _raw(self) -> None:
        options = self._options
        array = (raw_format(options.output or Path(), options.form) or "jsonl") == "json"
        with ExitStack() as stack:
            stack.enter_context(self._progress)
            file = stdout() if options.output is None else stack.enter_context(whole_file(options.output))
            logs = stack.enter_context(self._raw_of(options.experiments[0]))
            count = write_raw(logs, file, array=array)
        self._say(f"{options.output or 'stdout'}: {self._progress.summary()}" if count else self._nothing())

    @contextmanager
    def _raw_of(self, experiment: str) -> Iterator[Iterable[Any]]:
        with raw_logs(self._client, experiment, self._options.filters) as logs:
            yield self._progress.counted(islice(logs, self._options.limit))

    def _table(self) -> None:
        """Write all logs into the table, the first into the preview; without a table, read no more than that takes."""
        options, preview = self._options, Batch()
        with ExitStack() as stack:
            stack.enter_context(self._progress)
            # The logs are closed before the file is: what breaks there leaves no file.
            table = stack.enter_context(_table_of(options))
            logs = stack.enter_context(self._client.iter_experiment_trace_logs(options.experiments[0], options.filters))
            limit = options.limit
            if table is None:
                limit = min(PREVIEW_ROWS + 1, limit or PREVIEW_ROWS + 1)
            wanted = logs if limit is None else islice(logs, limit)  # a stream as such is fastest
            for batch in batches_of(wanted, self._progress.count):
                if preview.rows <= PREVIEW_ROWS:
                    preview.extend(batch.first(PREVIEW_ROWS + 1))
                if table is not None:
                    table.add_batch(batch)
        self._report(preview, None if table is None else table.rows)

    def _report(self, preview: Batch, rows: int | None) -> None:
        """Show the first rows, and say what was written, or why nothing more is shown."""
        options = self._options
        more = preview.rows > PREVIEW_ROWS
        on_terminal = sys.stdout is not None and sys.stdout.isatty() and not options.quiet
        if preview.rows and sys.stdout is not None and not options.to_stdout and (rows is None or on_terminal):
            show(preview.first(PREVIEW_ROWS), sys.stdout)
            sys.stdout.flush()
        if rows is not None:
            self._say(f"{options.output or 'stdout'}: {rows:,} rows of {self._progress.summary()}")
        elif more:
            self._say(f"These are the first {PREVIEW_ROWS} rows; -o FILE writes them all.")
        if not preview.rows:
            self._say(self._nothing())

    def _nothing(self) -> str:
        return "The experiment has no logs." if self._options.filters is None else "No log matches."

    def _say(self, text: str) -> None:
        if not self._options.quiet and sys.stderr is not None:
            print(text, file=sys.stderr)


@contextmanager
def _table_of(options: Options) -> Iterator[TableWriter | None]:
    """The table to write; None where only the first rows are to be shown."""
    if options.output is not None:
        with TableWriter(
            options.output, scores=options.scores, format=options.form, csv_safe=options.csv_safe
        ) as table:
            yield table
    elif options.to_stdout:
        with begun(Path(tempfile.gettempdir())) as folder:
            folder.mkdir(mode=0o700)
            path = folder / f"table.{options.form or 'jsonl'}"
            with TableWriter(path, scores=options.scores, csv_safe=options.csv_safe) as table:
                yield table
            with path.open("rb") as file:
                shutil.copyfileobj(file, stdout())
            stdout().flush()
    else:
        yield None
