"""The columns of a table of trace logs, made of the contract's schema `TraceLog`."""

from collections.abc import Iterable
from typing import Final

from attrs import frozen
from parea_trace_logs._tables.column_types import TYPES, ColumnType
from parea_trace_logs.contract import COLUMNS


@frozen
class Column:
    """One column: its name, what stands in it, and the member of a log that it is read from; None for a score's."""

    name: str
    type: ColumnType
    member: str | None


UNKNOWN: Final = Column("additional_properties", TYPES["json"], None)


def score_column(name: str) -> str:
    """The name of a score's column: what filters call the score."""
    return f"score:{name}"


def _members() -> Iterable[Column]:
    for name, kind in COLUMNS.items():
        yield Column(name, TYPES[kind], name)
        if kind == "timestamp":
            yield Column(f"{name}_text", TYPES["text"], name)


STABLE: Final[tuple[Column, ...]] = (*_members(), UNKNOWN)
"""The columns of every table. `children_logs` is not one: a descendant is a row."""


def columns(scores: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of every table, and after them one for each score."""
    return (*STABLE, *(Column(score_column(name), TYPES["number"], None) for name in scores))
