"""The logs as they came, for files that `parea-target` can serve again: lines, or one array."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from parea_trace_logs._http.requests import DEFAULT
from parea_trace_logs._http.sync_streams import LogStream
from parea_trace_logs._json.decoding import REFUSED
from parea_trace_logs._json.text import parse
from parea_trace_logs._parea import Parea
from parea_trace_logs._tables.begun import begun
from parea_trace_logs._tables.formats import GZIPPED
from parea_trace_logs.api.experiment import get_experiment_trace_logs
from parea_trace_logs.errors import InvalidAnswerError
from parea_trace_logs.models import TraceLogFilters

_SUCCESS: Final = 200
# JSON has line breaks between its parts only: as spaces they mean the same.
_ON_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")


def raw_logs(client: Parea, experiment: str, filters: TraceLogFilters | None) -> LogStream[msgspec.Raw]:
    """The root logs of an experiment as they come, undecoded."""
    body = TraceLogFilters() if filters is None else filters
    request = get_experiment_trace_logs._request(
        experiment, body=body, timeout=DEFAULT, deadline=DEFAULT, extra_headers=None
    )
    return client._client.stream(request, _SUCCESS, msgspec.Raw, "raise")


def write_raw(logs: Iterable[msgspec.Raw], file: BinaryIO, *, array: bool) -> int:
    """Write the logs, each on a line of its own, or as they came with commas between; how many there were.

    Raises:
        InvalidAnswerError: one of them is not JSON.
    """
    count = 0
    for log in logs:
        content = bytes(log)
        _check(content, count)
        if array:
            file.write((b",\n" if count else b"[") + content)
        else:
            file.write(content.translate(_ON_ONE_LINE) + b"\n")
        count += 1
    if array:
        file.write(b"]\n" if count else b"[]\n")
    file.flush()
    return count


def _check(content: bytes, index: int) -> None:
    try:
        msgspec.json.decode(content)
    except REFUSED:
        pass
    else:
        return
    try:
        parse(content)
        return
    except (msgspec.DecodeError, RecursionError) as error:
        reason = str(error)
    raise InvalidAnswerError(reason, _SUCCESS, {}, index, f"$[{index}]")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears, or is replaced, when the block ends, and not when it ends by an exception."""
    with begun(path.parent) as made:
        with made.open("xb") as file:
            if path.suffix.lower() == GZIPPED:
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
                    yield zipped  # type: ignore[misc]  # a file of bytes in all but name
            else:
                yield file
        made.replace(path)


def stdout() -> BinaryIO:
    """Standard output as bytes."""
    return sys.stdout.buffer
