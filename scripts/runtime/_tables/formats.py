"""The formats that a table is written in: how each takes batches, and how it mends what was written too narrow.

CSV and JSON Lines need nothing beside Python; Parquet needs the extra `arrow`.
"""

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from parea_trace_logs._tables.column_types import ColumnType, json_text, quoted
from parea_trace_logs._tables.columns import columns
from parea_trace_logs._tables.rows import Batch


class Sink(Protocol):
    """An open file that takes batches."""

    def write(self, batch: Batch) -> None:
        """Append the rows."""

    def close(self) -> None:
        """Finish the file."""


class Format(Protocol):
    """One format."""

    def open(self, path: Path, scores: Sequence[str]) -> Sink:
        """A new file with a column for each of these scores."""

    def join(self, parts: Iterable[tuple[Path, Sequence[str]]], path: Path, scores: Sequence[str]) -> None:
        """Write one file of several parts, each with the first few of these scores, with a column for every one."""


def format_of(path: Path) -> Format:
    """The format by the extension of a file's name.

    Raises:
        ValueError: there is no format of this extension.
        ModuleNotFoundError: its extra is not installed; the message says what to install.
    """
    extension = path.suffix.lower()
    if extension not in _FORMATS:
        raise ValueError(f"{path.name}: the extension must be one of {', '.join(_FORMATS)}")
    return _FORMATS[extension]()


def require(module: str, extra: str) -> None:
    """Make sure that an optional dependency is there.

    Raises:
        ModuleNotFoundError: it is not; the message says what to install.
    """
    if importlib.util.find_spec(module) is None:
        raise ModuleNotFoundError(f"this needs {module}: pip install 'parea-trace-logs[{extra}]'", name=module)


def rows(
    batch: Batch, scores: Sequence[str], shown_as: Callable[[ColumnType], Callable[[Any], Any] | None]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a batch; `shown_as` says how the values of a type are shown, None as they are."""
    shown = []
    for column, values in zip(columns(scores), batch.values(scores), strict=True):
        show = shown_as(column.type)
        shown.append([None if value is None else show(value) for value in values] if show else values)
    return zip(*shown, strict=True)


class _JsonLines:
    """An object on each line, every one with the same members; an infinity is a number beyond doubles."""

    def __init__(self, path: Path, scores: Sequence[str]) -> None:
        self._file = path.open("wb")
        self._scores = scores
        self._names = [column.name for column in columns(scores)]

    def write(self, batch: Batch) -> None:
        for row in rows(batch, self._scores, lambda kind: kind.json):
            self._file.write(msgspec.json.encode(dict(zip(self._names, row, strict=True))) + b"\n")

    def close(self) -> None:
        self._file.close()


def _join_json(parts: Iterable[tuple[Path, Sequence[str]]], path: Path, scores: Sequence[str]) -> None:
    with path.open("wb") as out:
        for part, own in parts:
            missing = columns(scores)[len(columns(own)) :]
            end = "".join(f",{json_text(column.name)}:null" for column in missing) + "}\n"
            with part.open("rb") as lines:
                out.writelines(line[:-2] + end.encode() for line in lines)


class _Csv:
    """Values with a comma between, the names on the first line.

    Text stands in quotes, so that null, nothing, is apart from the empty text.
    """

    def __init__(self, path: Path, scores: Sequence[str]) -> None:
        self._file = path.open("wb")
        self._scores = scores
        self._file.write(_csv_line(quoted(column.name) for column in columns(scores)))

    def write(self, batch: Batch) -> None:
        self._file.writelines(_csv_line(row) for row in rows(batch, self._scores, lambda kind: kind.csv))

    def close(self) -> None:
        self._file.close()


def _join_csv(parts: Iterable[tuple[Path, Sequence[str]]], path: Path, scores: Sequence[str]) -> None:
    with path.open("wb") as out:
        out.write(_csv_line(quoted(column.name) for column in columns(scores)))
        for part, own in parts:
            end = b"," * (len(scores) - len(own)) + b"\n"
            with part.open("rb") as lines:
                records = _records(lines)
                next(records)
                out.writelines(record[:-1] + end for record in records)


def _records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The records of a CSV file: a line break within quotes ends none."""
    gathered: list[bytes] = []
    quotes = 0
    for line in lines:
        gathered.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(gathered)
            gathered.clear()


def _csv_line(cells: Iterable[str | None]) -> bytes:
    return (",".join(cell or "" for cell in cells) + "\n").encode()


class _TextFormat:
    def __init__(self, sink: Callable[[Path, Sequence[str]], Sink], join: Callable[..., None]) -> None:
        self.open = sink
        self.join = join


def _parquet() -> Format:
    require("pyarrow", "arrow")
    from parea_trace_logs._tables.parquet import Parquet

    return Parquet()


_FORMATS: Final[dict[str, Callable[[], Format]]] = {
    ".jsonl": lambda: _TextFormat(_JsonLines, _join_json),
    ".csv": lambda: _TextFormat(_Csv, _join_csv),
    ".parquet": _parquet,
}
EXTENSIONS: Final = tuple(_FORMATS)
