"""The command `parea-trace-logs`."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn, TextIO

from parea_trace_logs._cli.preview import show
from parea_trace_logs._filters.where_text import parse_where
from parea_trace_logs._http.transport import DEFAULT_TIMEOUT, SyncHTTPClient
from parea_trace_logs._parea import Parea
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.formats import EXTENSIONS, format_of
from parea_trace_logs._tables.rows import batches_of
from parea_trace_logs._tables.writing import TableWriter
from parea_trace_logs.contract import __version__
from parea_trace_logs.errors import (
    InvalidAnswerError,
    MissingKeyError,
    PareaConnectionError,
    PareaError,
    StatusError,
    TruncatedResponse,
)
from parea_trace_logs.models import TraceLog

OK, FAILED, USAGE, REFUSED, UNAVAILABLE, BROKEN = range(6)
INTERRUPTED: Final = 128 + signal.SIGINT
_PREVIEW_ROWS: Final = 20

_EPILOG: Final = """\
filters:
  --where takes one filter, FIELD OPERATOR VALUE, in one argument; quote it for the shell.
    FIELD     a member of a log (latency, status, tags, ...), score:NAME, annotation:score:ID, annotation:value:ID;
              any other name is a score. One key of a map: metadata[user.id]
    OPERATOR  =  !=  ~ (contains)  >  >=  <  <=  in  between  is null  exists
    VALUE     as it stands; "in" and "between" take several with commas between; "..." keeps spaces
  A filter judges root logs; each comes with its descendants. What the API would reject is rejected before
  anything is sent.

examples:
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 -o logs.parquet
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --where 'score:levenshtein >= 0.5' -o good.csv
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --where 'tags in prod, canary' -o logs.jsonl
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --where 'start_timestamp > 2024-04-15T00:00:00Z'

environment:
  PAREA_API_KEY   the API key (required; not an argument, because others can read a command line)
  PAREA_BASE_URL  the server, if it is not Parea's own

exit status:
  0  done
  1  another failure, such as a full disk; the message says which
  2  wrong arguments, a filter that the API would reject, or no key; nothing was sent
  3  the server refused the request (4xx): a wrong key, an unknown experiment, too many requests
  4  the server could not be reached, did not answer in time, or failed (5xx)
  5  the answer broke off, or was not what the API documents
  130, 143  interrupted or terminated
Whatever is not 0 leaves no new file, and an existing one as it was.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="parea-trace-logs",
        description="Fetch the trace logs of experiments from Parea.",
        epilog="parea-trace-logs fetch --help says everything about fetching.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    fetch = commands.add_parser(
        "fetch",
        help="fetch the logs of one experiment into a file, or look at the first",
        description="Fetch the trace logs of one experiment into a file, one row for each log and each of its\n"
        f"descendants. Without a file, show the first {_PREVIEW_ROWS} rows.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fetch.add_argument("experiment", metavar="EXPERIMENT", help="the experiment's UUID, as its page's address has it")
    fetch.add_argument("--where", metavar="FILTER", help="fetch only the logs that match, e.g. 'latency > 2.5'")
    fetch.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help=f"the file; its extension says the format: {', '.join(EXTENSIONS)}. It appears, or is replaced, when all "
        "of it has been written",
    )
    fetch.add_argument(
        "--score",
        metavar="NAME",
        action="append",
        dest="scores",
        help="make a column for this score only (repeatable); by default each score that occurs gets one",
    )
    fetch.add_argument("--base-url", metavar="URL", help="the server; overrides PAREA_BASE_URL")
    fetch.add_argument("--timeout", metavar="SECONDS", type=_seconds, help="for each step of the request (60)")
    fetch.set_defaults(run=_fetch, parser=fetch)
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return value


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is documented in its help."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    before = signal.signal(signal.SIGTERM, _terminated)  # as an exception, so that temporary files are removed
    try:
        return run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader closed the pipe. Python would flush at its end once more, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (PareaError, OSError) as error:
        print(f"parea-trace-logs: {error}", file=sys.stderr)
        return _status(error)
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _status(error: Exception) -> int:
    """The exit status for a failure."""
    if isinstance(error, StatusError):
        return REFUSED if 400 <= error.status_code < 500 else UNAVAILABLE
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return status
    return FAILED


# The first that matches.
_STATUSES: Final[dict[type[Exception], int]] = {
    MissingKeyError: USAGE,
    InvalidAnswerError: BROKEN,
    TruncatedResponse: BROKEN,
    PareaConnectionError: UNAVAILABLE,
}


def _fetch(options: argparse.Namespace) -> int:
    usage: Callable[[str], NoReturn] = options.parser.error
    output: Path | None = options.output
    try:
        filters = None if options.where is None else parse_where(options.where)
    except ValueError as error:
        usage(f"--where: {error}")
    if output is not None:
        _check_output(output, usage)

    preview = Batch()
    received: list[Any] = []  # the responses, which count their bytes
    with ExitStack() as stack:
        timeout = DEFAULT_TIMEOUT if options.timeout is None else options.timeout
        http = stack.enter_context(SyncHTTPClient(event_hooks={"response": [received.append]}))
        try:
            client = Parea(base_url=options.base_url, timeout=timeout, http_client=http)
        except ValueError as error:
            usage(str(error))
        progress = stack.enter_context(_Progress(received, sys.stderr))
        with ExitStack() as writing:
            # The logs are closed before the file is: what breaks there leaves no file.
            table = None if output is None else writing.enter_context(TableWriter(output, scores=options.scores))
            logs = writing.enter_context(client.iter_experiment_trace_logs(options.experiment, filters))
            _receive(logs, table, preview, progress)
        summary = progress.summary()
    rows = None if table is None else f"{output}: {table.rows:,} rows of {summary}"
    _report(preview, rows, filtered=filters is not None)
    return OK


def _receive(logs: Iterable[TraceLog], table: TableWriter | None, preview: Batch, progress: "_Progress") -> None:
    """Write all logs into the table, the first into the preview; without a table, read no more than that takes."""
    first = list(islice(logs, _PREVIEW_ROWS + 1))
    progress.count(len(first))
    for batch in batches_of(first):
        preview.extend(batch)
    if table is not None:
        table.add_all(first)
        table.add_all(logs, progress=lambda more: progress.count(len(first) + more))


def _report(preview: Batch, written: str | None, *, filtered: bool) -> None:
    """Show the first rows, and say what was written, or why nothing more is shown."""
    more = preview.rows > _PREVIEW_ROWS
    if preview.rows and (written is None or sys.stdout.isatty()):
        show(preview.first(_PREVIEW_ROWS), sys.stdout)
        sys.stdout.flush()
    if written is not None:
        print(written, file=sys.stderr)
    elif more:
        print(f"These are the first {_PREVIEW_ROWS} rows; -o FILE writes them all.", file=sys.stderr)
    elif not preview.rows:
        print("No log matches." if filtered else "The experiment has no logs.", file=sys.stderr)


def _check_output(output: Path, usage: Callable[[str], NoReturn]) -> None:
    """Say before the request what could only fail after it."""
    try:
        format_of(output)
    except (ValueError, ModuleNotFoundError) as error:
        usage(f"-o: {error}")
    if output.is_dir() or not output.parent.is_dir():
        usage(f"-o: {output} is a folder" if output.is_dir() else f"-o: there is no folder {output.parent}")


class _Progress:
    """What has arrived, on one line that is written over; nothing where no person looks."""

    def __init__(self, received: list[Any], file: TextIO) -> None:
        self._received = received
        self._file = file
        self._shown = file.isatty()
        self._next = 0.0
        self._logs = 0

    def count(self, logs: int) -> None:
        """So many logs have arrived."""
        self._logs = logs
        if self._shown and time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            self._write(self.summary())

    def summary(self) -> str:
        """What has arrived."""
        size = sum(response.num_bytes_downloaded for response in self._received) / 1e6
        return f"{self._logs:,} root logs, {size:,.1f} MB received"

    def _write(self, text: str) -> None:
        self._file.write(f"\r\x1b[K{text}")
        self._file.flush()

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._write("")
