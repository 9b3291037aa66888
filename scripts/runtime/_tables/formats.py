"""The formats that a table is written in: how each takes batches, and how it mends what was written too narrow.

CSV and JSON Lines need nothing beside Python; Parquet needs the extra `arrow`.
"""

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from attrs import frozen
from parea_trace_logs._tables.column_types import ColumnType, json_text, quoted
from parea_trace_logs._tables.columns import columns
from parea_trace_logs._tables.rows import Batch

GZIPPED: Final = ".gz"
"""What the name of a compressed file ends with."""


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


def format_of(path: Path, name: str | None = None, *, csv_safe: bool = False) -> Format:
    """The format of a file.

    Args:
        path: The file; its extension says the format, `.gz` after it that it is compressed.
        name: The format, whatever the file's name says: an extension without the dot.
        csv_safe: Whether texts that a spreadsheet would run as a formula begin with an apostrophe.

    Raises:
        ValueError: there is no such format, it is not to be compressed, or not CSV, which alone can be `csv_safe`.
        ModuleNotFoundError: its extra is not installed; the message says what to install.
    """
    zipped = path.suffix.lower() == GZIPPED
    extension = f".{name}" if name else (path.with_suffix("") if zipped else path).suffix.lower()
    if extension not in _FORMATS:
        raise ValueError(f"{path.name}: the extension must be one of {', '.join(_FORMATS)}")
    if zipped and extension == ".parquet":
        raise ValueError(f"{path.name}: Parquet compresses itself; leave {GZIPPED} away")
    if csv_safe and extension != ".csv":
        raise ValueError(f"{path.name}: csv_safe is for .csv only: no other format is a spreadsheet's")
    return _SAFE_CSV if csv_safe else _FORMATS[extension]()


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


class _TextSink:
    """A file of lines, one for each row."""

    def __init__(self, form: "_TextFormat", path: Path, scores: Sequence[str]) -> None:
        self._form = form
        self._scores = scores
        self._names = [column.name for column in columns(scores)]
        self._file = path.open("wb")
        self._file.write(form.head(self._names))

    def write(self, batch: Batch) -> None:
        self._file.writelines(
            self._form.line(self._names, row) for row in rows(batch, self._scores, self._form.shown_as)
        )

    def close(self) -> None:
        self._file.close()


@frozen
class _TextFormat:
    """A format of lines, which needs nothing beside Python."""

    head: Callable[[list[str]], bytes]
    """The beginning of a file with these columns."""
    line: Callable[[list[str], tuple[Any, ...]], bytes]
    """A row of these columns, line break included."""
    shown_as: Callable[[ColumnType], Callable[[Any], Any] | None]
    join: Callable[[Iterable[tuple[Path, Sequence[str]]], Path, Sequence[str]], None]

    def open(self, path: Path, scores: Sequence[str]) -> _TextSink:
        return _TextSink(self, path, scores)


def _json_line(names: list[str], row: tuple[Any, ...]) -> bytes:
    return msgspec.json.encode(dict(zip(names, row, strict=True))) + b"\n"


def _join_json(parts: Iterable[tuple[Path, Sequence[str]]], path: Path, scores: Sequence[str]) -> None:
    with path.open("wb") as out:
        for part, own in parts:
            missing = columns(scores)[len(columns(own)) :]
            end = "".join(f",{json_text(column.name)}:null" for column in missing) + "}\n"
            with part.open("rb") as lines:
                out.writelines(line[:-2] + end.encode() for line in lines)


def _join_csv(parts: Iterable[tuple[Path, Sequence[str]]], path: Path, scores: Sequence[str]) -> None:
    with path.open("wb") as out:
        out.write(_csv_head([column.name for column in columns(scores)]))
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


def _csv_head(names: list[str]) -> bytes:
    return _csv_line(names, map(quoted, names))


def _csv_line(_: list[str], cells: Iterable[str | None]) -> bytes:
    """Values with a comma between. Text stands in quotes, so that null, nothing, is apart from the empty text."""
    return (",".join(cell or "" for cell in cells) + "\n").encode()


def _safe(kind: ColumnType) -> Callable[[Any], str]:
    """How values of a type are shown where no text may begin as a formula does; numbers stay numbers."""

    def show(value: Any) -> str:
        cell = kind.csv(value)
        return f"\"'{cell[1:]}" if cell.startswith(_FORMULAS) else cell

    return show


# What spreadsheets take for the beginning of a formula, or skip before one.
_FORMULAS: Final = tuple(f'"{character}' for character in "=+-@\t\r\n")


def _parquet() -> Format:
    require("pyarrow", "arrow")
    from parea_trace_logs._tables.parquet import Parquet

    return Parquet()


_SAFE_CSV: Final = _TextFormat(_csv_head, _csv_line, _safe, _join_csv)
_FORMATS: Final[dict[str, Callable[[], Format]]] = {
    ".jsonl": lambda: _TextFormat(lambda _: b"", _json_line, lambda kind: kind.json, _join_json),
    ".csv": lambda: _TextFormat(_csv_head, _csv_line, lambda kind: kind.csv, _join_csv),
    ".parquet": _parquet,
}
EXTENSIONS: Final = tuple(_FORMATS)
