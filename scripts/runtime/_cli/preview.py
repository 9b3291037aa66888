"""The first rows of a table, for people: few columns, short cells, no control characters."""

import importlib.util
import shutil
from typing import Any, Final, TextIO

from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.columns import STABLE, score_column
from parea_trace_logs._tables.formats import rows

_CELL: Final = 32


def show(batch: Batch, file: TextIO) -> None:
    """Print the rows, with the columns that tell them apart, as many as the terminal has room for."""
    scores = [score_column(name) for name in dict.fromkeys(batch.score_names())]
    table = list(rows(batch, (*STABLE, *scores), lambda _: None))
    heads = [(column.name, column.type.rank) for column in STABLE] + [(column.name, 0) for column in scores]
    shown = [[_cell(value) for value in column] for column in zip(*table, strict=True)]
    width = shutil.get_terminal_size().columns
    # The id first, then scores, numbers, texts; what is the same in every row says nothing of any.
    told = [
        place
        for place in sorted(range(len(heads)), key=lambda place: (place > 0, heads[place][1], place))
        if place == 0 or (len(set(shown[place])) > 1 if len(table) > 1 else shown[place] != [""])
    ]
    chosen: list[int] = []
    for place in told:
        if any(shown[place] == shown[other] for other in chosen):
            continue  # the ids of roots, say, which are all one
        needed = max(map(len, (_cell(heads[place][0]), *shown[place]))) + 3
        if needed <= width or not chosen:
            chosen.append(place)
            width -= needed
    _print(
        [_cell(heads[place][0]) for place in chosen], list(zip(*(shown[place] for place in chosen), strict=True)), file
    )


def _print(heads: list[str], lines: list[tuple[str, ...]], file: TextIO) -> None:
    if file.isatty() and importlib.util.find_spec("rich") is not None:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table()
        for head in heads:
            table.add_column(Text(head))  # no markup: what a log holds is shown as it is
        for line in lines:
            table.add_row(*map(Text, line))
        Console(file=file).print(table)
        return
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for cells in (heads, ["-" * width for width in widths], *lines):
        print("   ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip(), file=file)


def _cell(value: Any) -> str:
    """A value on one line. What a log holds must not steer the terminal."""
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else value.decode() if isinstance(value, bytes) else str(value)
    text = "".join(character if character.isprintable() else " " for character in text[: 4 * _CELL])
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"
