"""The tables of the store. Their columns are the members that the contract lists, typed by filter kind."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from parea_target.contract import Contract
from parea_target.values import read_instant


class MemberColumn(NamedTuple):
    """How the row of a log keeps the members of one kind.

    Attributes:
        type: the SQL type.
        value_of: the member's value → the column's.
        absent: the column's value where the member is null or absent.
    """

    type: type[TypeEngine[Any]]
    value_of: Callable[[Any], object]
    absent: object = None


# Of what has no single value the log's own row says only whether it is there.
_MARK = MemberColumn(Boolean, lambda _value: True, absent=False)
MEMBER_COLUMNS: dict[str, MemberColumn] = {
    "text": MemberColumn(Text, str),
    "number": MemberColumn(Float, float),
    "timestamp": MemberColumn(Text, read_instant),
    "boolean": MemberColumn(Boolean, bool),
    "string_list": _MARK,
    "integer_list": _MARK,
    "map": _MARK,
    "structure": _MARK,
}


def member_column(member: str) -> str:
    """The name of the column of a member: never that of one of the store's own columns."""
    return f"member_{member}"


class Tables:
    """The store's tables.

    Attributes:
        log: a row for each root log: `log_id`, `experiment_id`, a column for each member, and the JSON text `body`.
        element: a row for each element of a list: `text` of strings, `number` of integers.
        entry: a row for each key of a map: `text` of strings and booleans, `number` of numbers; `present` unless null.
        score: a row for each score: `name`, `number`.
        annotation: a row for each criterion and user: `number` (the score) and `text` (the value), either may be null.
    """

    def __init__(self, contract: Contract) -> None:
        self.metadata = MetaData()
        self.log = Table(
            "log",
            self.metadata,
            Column("log_id", Integer, primary_key=True),
            Column("experiment_id", Integer, nullable=False),
            *(Column(member_column(member), MEMBER_COLUMNS[kind].type()) for member, kind in contract.kinds.items()),
            # Last, so that a filter need not read over it.
            Column("body", LargeBinary, nullable=False),
        )
        # Answers come out of it in their order, without sorting, which would copy every body.
        Index("log_order", self.log.c.experiment_id, self.member("start_timestamp"), self.member("trace_id"))
        self.element = self._table("element", ("member", Text), ("position", Integer), text=Text, number=Float)
        self.entry = self._table("entry", ("member", Text), ("key", Text), text=Text, number=Float, present=Boolean)
        self.score = self._table("score", ("position", Integer), name=Text, number=Float)
        self.annotation = self._table("annotation", ("criterion", Text), ("user", Text), text=Text, number=Float)

    def _table(self, name: str, /, *key: tuple[str, type[TypeEngine[Any]]], **columns: type[TypeEngine[Any]]) -> Table:
        # The primary key is the table: the values of one log lie side by side, and no second index is needed.
        return Table(
            name,
            self.metadata,
            Column("log_id", Integer, ForeignKey("log.log_id"), primary_key=True),
            *(Column(column, type_, primary_key=True) for column, type_ in key),
            *(Column(column, type_) for column, type_ in columns.items()),
            sqlite_with_rowid=False,
        )

    def member(self, name: str) -> Column[Any]:
        """The column of a member of the trace log."""
        return self.log.c[member_column(name)]
