"""The formats that a table is written in: how each takes batches, and how it mends what was written too narrow.

CSV and JSON Lines need nothing beside Python; Parquet needs the extra `arrow`.
"""

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from attrs import frozen
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.column_types import ColumnType, json_text, quoted
from parea_trace_logs._tables.columns import Column

GZIPPED: Final = ".gz"
"""What the name of a compressed file ends with."""


class Sink(Protocol):
    """An open file that takes batches."""

    def write(self, batch: Batch) -> None:
        """Append the rows."""

    def close(self) -> None:
        """Finish the file."""


Rows = Iterable[tuple[Any, ...]]
ShownAs = Callable[[ColumnType], Callable[[Sequence[Any]], Iterable[Any]] | None]
Part = tuple[Path, tuple[Column, ...]]
"""A file, and the columns that it has."""


class Format(Protocol):
    """One format."""

    def open(self, path: Path, columns: tuple[Column, ...]) -> Sink:
        """A new file with these columns."""

    def join(self, parts: Iterable[Part], path: Path, columns: tuple[Column, ...]) -> None:
        """Write one file of several parts, each with the first few of these columns."""


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


def rows(batch: Batch, columns: Iterable[Column], shown_as: ShownAs, null: bytes | None = None) -> Rows:
    """The rows of a batch; `shown_as` says how the values of a type are shown, None as they are."""
    shown: list[Iterable[Any]] = []
    for column in columns:
        values, show = column.values(batch), shown_as(column.type)
        shown.append(repeat(null, batch.rows) if values is None else values if show is None else show(values))
    return zip(*shown, strict=True)


class _TextSink:
    """A file of lines, one for each row."""

    def __init__(self, form: "_TextFormat", path: Path, columns: tuple[Column, ...]) -> None:
        self._form = form
        self._columns = columns
        self._names = [column.name for column in columns]
        self._file = path.open("wb")
        self._file.write(form.head(self._names))

    def write(self, batch: Batch) -> None:
        self._file.write(
            self._form.lines(self._names, rows(batch, self._columns, self._form.shown_as, self._form.null))
        )

    def close(self) -> None:
        self._file.close()


@frozen
class _TextFormat:
    """A format of lines, which needs nothing beside Python."""

    head: Callable[[list[str]], bytes]
    """The beginning of a file with these columns."""
    lines: Callable[[list[str], Rows], bytes]
    """Rows of these columns, line breaks included."""
    shown_as: ShownAs
    null: bytes | None
    join: Callable[[Iterable[Part], Path, tuple[Column, ...]], None]

    def open(self, path: Path, columns: tuple[Column, ...]) -> _TextSink:
        return _TextSink(self, path, columns)


_json_lines: Final = msgspec.json.Encoder().encode_lines


def _lines_of_json(names: list[str], rows: Rows) -> bytes:
    line = _line(tuple(names))
    return _json_lines([line(*row) for row in rows])


@lru_cache(maxsize=16)
def _line(names: tuple[str, ...]) -> Callable[..., Any]:
    """Makes an object with these members of their values."""
    fields = [f"_{place}" for place in range(len(names))]
    try:
        return msgspec.defstruct("Line", fields, rename=dict(zip(fields, names, strict=True)), gc=False)
    except ValueError:  # a score is called as no member of a struct can be
        return lambda *row: dict(zip(names, row, strict=True))


def _join_json(parts: Iterable[Part], path: Path, columns: tuple[Column, ...]) -> None:
    with path.open("wb") as out:
        for part, own in parts:
            end = "".join(f",{json_text(column.name)}:null" for column in columns[len(own) :]) + "}\n"
            with part.open("rb") as lines:
                out.writelines(line[:-2] + end.encode() for line in lines)


def _join_csv(parts: Iterable[Part], path: Path, columns: tuple[Column, ...]) -> None:
    with path.open("wb") as out:
        out.write(_csv_head([column.name for column in columns]))
        for part, own in parts:
            end = b"," * (len(columns) - len(own)) + b"\n"
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
    return _csv_lines(names, [tuple(quoted(names))])


def _csv_lines(_: list[str], rows: Rows) -> bytes:
    """Values with a comma between."""
    return b"".join([b",".join(row) + b"\n" for row in rows])


def _safe(kind: ColumnType) -> Callable[[Sequence[Any]], list[bytes]]:
    """How values of a type are shown where no text may begin as a formula does; numbers stay numbers."""
    return lambda values: [b"\"'%b" % cell[1:] if cell.startswith(_FORMULAS) else cell for cell in kind.csv(values)]


# What spreadsheets take for the beginning of a formula, or skip before one.
_FORMULAS: Final = tuple(f'"{character}'.encode() for character in "=+-@\t\r\n")


def _parquet() -> Format:
    require("pyarrow", "arrow")
    from parea_trace_logs._tables.parquet import Parquet

    return Parquet()


_SAFE_CSV: Final = _TextFormat(_csv_head, _csv_lines, _safe, b"", _join_csv)
_FORMATS: Final[dict[str, Callable[[], Format]]] = {
    ".jsonl": lambda: _TextFormat(lambda _: b"", _lines_of_json, lambda kind: kind.json, None, _join_json),
    ".csv": lambda: _TextFormat(_csv_head, _csv_lines, lambda kind: kind.csv, b"", _join_csv),
    ".parquet": _parquet,
}
EXTENSIONS: Final = tuple(_FORMATS)
