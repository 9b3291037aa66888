"""The tables of the store. Their columns are the members that the contract lists, typed by filter kind."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.types import TypeEngine

from parea_target.contract import Contract
from parea_target.dialects import Dialect, sqlite
from parea_target.texts import StoredText
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


# Changed by hand when what the columns hold changes, but not the members that they are of.
_LAYOUT = 2

# Of what has no single value the log's own row says only whether it is there.
_MARK = MemberColumn(Boolean, lambda _value: True, absent=False)
MEMBER_COLUMNS: dict[str, MemberColumn] = {
    "text": MemberColumn(StoredText, str),
    "number": MemberColumn(Float, float),
    "timestamp": MemberColumn(StoredText, read_instant),
    "boolean": MemberColumn(Boolean, bool),
    "string_list": _MARK,
    "integer_list": _MARK,
    "map": _MARK,
    "structure": _MARK,
}


def member_column(member: str) -> str:
    """The name of the column of a member: never that of one of the store's own columns."""
    return f"member_{member}"


# Characters of a text that an index holds: an index of PostgreSQL's takes no more than 2,704 bytes.
_HEAD = 128


def head(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """The beginning of a text, by which indexes find it."""
    # Literal numbers: an index is used where its expression stands in the statement, in the same words.
    return func.substr(text, literal_column("1"), literal_column(str(_HEAD)))


class Tables:
    """The store's tables. The experiment leads every key and every index, so that each can be distributed by it.

    Attributes:
        dialect: what is particular to the database.
        layout: a name that changes whenever the tables do.
        indexes: what makes selective filters quick; made once the first logs are there.
        experiment_id: the experiment that a statement is about, a parameter of it.
        experiment: a row for each experiment: `experiment_id`, its `name`, and the `next_log_id` that none had before.
        log: a row for each root log: `experiment_id`, `log_id`, a column for each member, and the JSON text `body`.
        element: a row for each element of a list: `text` of strings, `number` of integers.
        entry: a row for each key of a map: `text` of strings and booleans, `number` of numbers; `present` unless null.
        score: a row for each score: `name`, `number`.
        annotation: a row for each criterion and user: `number` (the score) and `text` (the value), either may be null.
        bodies: the statement that selects the bodies of some logs: parameters `experiment_id` and `log_ids`.
    """

    def __init__(self, contract: Contract, dialect: Dialect | None = None) -> None:
        self.dialect = dialect or sqlite()
        self.metadata = MetaData()
        self.experiment_id: BindParameter[int] = bindparam("experiment_id", type_=Integer)
        self.experiment = Table(
            "experiment",
            self.metadata,
            Column("experiment_id", Integer, primary_key=True),
            Column("name", StoredText, nullable=False, unique=True),
            Column("next_log_id", BigInteger, nullable=False),
        )
        self.loaded_layout = Table("layout", self.metadata, Column("name", Text, nullable=False))
        self.log = Table(
            "log",
            self.metadata,
            Column("experiment_id", Integer, primary_key=True, autoincrement=False),
            Column("log_id", BigInteger, primary_key=True, autoincrement=False),
            *(Column(member_column(member), MEMBER_COLUMNS[kind].type()) for member, kind in contract.kinds.items()),
            # Last, so that a filter need not read over it.
            Column("body", LargeBinary, nullable=False),
        )
        self.element = self._table("element", member=StoredText, text=StoredText, number=Float)
        self.entry = self._table(
            "entry", member=StoredText, key=StoredText, text=StoredText, number=Float, present=Boolean
        )
        self.score = self._table("score", name=StoredText, number=Float)
        self.annotation = self._table(
            "annotation", criterion=StoredText, user=StoredText, text=StoredText, number=Float
        )
        # Every answer asks for them, and to write the statement takes as long as to run it.
        self.bodies = select(self.log.c.log_id, self.log.c.body).where(
            self.log.c.experiment_id == self.experiment_id, self.log.c.log_id.in_(bindparam("log_ids", expanding=True))
        )
        self.indexes = [*self._log_indexes(contract), *self._value_indexes()]
        text = f"{_LAYOUT} {sorted(contract.kinds.items())}"
        self.layout = f"{_LAYOUT}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def _table(self, name: str, /, **columns: type[TypeEngine[Any]]) -> Table:
        # The primary key is the table: the values of one log lie side by side, and no second index is needed.
        return Table(
            name,
            self.metadata,
            Column("experiment_id", Integer, primary_key=True, autoincrement=False),
            Column("log_id", BigInteger, primary_key=True, autoincrement=False),
            *([Column("member", StoredText, primary_key=True)] if "member" in columns else []),
            Column("position", Integer, primary_key=True, autoincrement=False),
            *(Column(column, type_) for column, type_ in columns.items() if column != "member"),
            sqlite_with_rowid=False,
        )

    def _log_indexes(self, contract: Contract) -> Iterator[Index]:
        log, started, trace_id = self.log, self.member("start_timestamp"), self.member("trace_id")
        # Answers come out of it in their order, without sorting.
        rest = () if self.dialect.limits_index else (trace_id, log.c.log_id)
        yield Index("log_order", log.c.experiment_id, started, *rest)
        for member, kind in contract.kinds.items():
            column = self.member(member)
            if MEMBER_COLUMNS[kind].type is not Boolean and member != "start_timestamp":
                value = head(column) if kind == "text" else column
                # Without the logs that lack the member: many do.
                there = column.is_not(None)
                yield Index(f"log_{member}", log.c.experiment_id, value, sqlite_where=there, postgresql_where=there)

    def _value_indexes(self) -> Iterator[Index]:
        for table, names in (
            (self.element, ("member",)),
            (self.entry, ("member", "key")),
            (self.score, ("name",)),
            (self.annotation, ("criterion",)),
        ):
            address = [table.c[name] if name == "member" else head(table.c[name]) for name in names]
            for value in ("text", "number"):
                if value in table.c:
                    column = table.c[value]
                    indexed = head(column) if value == "text" else column
                    yield Index(f"{table.name}_{value}", table.c.experiment_id, *address, indexed, table.c.log_id)

    def member(self, name: str) -> Column[Any]:
        """The column of a member of the trace log."""
        return self.log.c[member_column(name)]
