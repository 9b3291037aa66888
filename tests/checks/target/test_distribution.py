"""The experiment is the distribution key: of every table of logs, every index, and every statement about them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from checks.target.asking import plans, selected
from parea_target import Contract, RootLog, Store
from parea_target.conditions import CONDITIONS
from parea_target.dialects import dialect_of
from parea_target.filters import Filter
from parea_target.store import load
from parea_target.tables import Tables
from sqlalchemy import BindParameter, ClauseElement, Column, Engine, Select, Table, create_engine, event, make_url
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import Delete, Insert, Update, operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList

if TYPE_CHECKING:
    from checks.target.postgresql import Server

pytestmark = pytest.mark.slow

# Small tables that every node holds whole, because they are about all experiments or about none.
WHOLE = {"experiment", "layout"}
DISTRIBUTED = {"log", "element", "entry", "score", "annotation"}

# What is sent as text: it reads and writes nothing of an experiment's.
PLAIN = re.compile(r"PRAGMA |BEGIN|COMMIT|ROLLBACK|ANALYZE$")

# Of each kind a value that every operator takes, and one for `between`.
VALUES = {
    "text": ("a", ""),
    "number": ("1", "1,2"),
    "timestamp": ("2024-04-15T22:19:13Z", "2024-04-15T22:19:13Z,2024-04-15T22:19:13Z"),
    "boolean": ("true", ""),
    "string_list": ("a", ""),
    "integer_list": ("1", ""),
    "map": ("1", "1,2"),
    "structure": ("", ""),
}
PARTITIONS = 4


def filters(contract: Contract) -> Iterator[Filter]:
    """Every operator on every member, on a key of each map, on scores and annotations."""
    subjects: list[tuple[str, str | None, str]] = [(member, None, kind) for member, kind in contract.kinds.items()]
    subjects += [(member, "k", kind) for member, kind in contract.kinds.items() if kind == "map"]
    subjects += [(name, None, contract.field_kind(name)) for name in ("s", "annotation:score:c", "annotation:value:c")]
    yield Filter()
    for field, key, kind in subjects:
        for operator in sorted(operator for operator, of in CONDITIONS if of == kind):
            if kind == "map" and key is None and operator not in ("exists", "is_null"):
                continue
            yield Filter(field, key, operator, VALUES[kind][operator == "between"])


def experiments(make_log: Callable[..., Any]) -> Iterator[tuple[str, list[RootLog]]]:
    """Several, each with a value of every kind."""
    for name in ("one", "two", "three", "four", "five"):
        yield (
            name,
            [
                RootLog.of(
                    make_log(
                        f"{name} {number}",
                        tags=["a", "b"],
                        latency=number,
                        output="a",
                        metadata={"k": number},
                        scores=[{"name": "s", "score": number}],
                        annotations={"c": {"u": {"score": number, "value": "a"}}},
                    )
                )
                for number in range(3)
            ],
        )


@pytest.mark.parametrize("url", ["sqlite:///x", "postgresql://x/y"])
def test_every_key_and_index_begins_with_the_experiment(contract: Contract, url: str) -> None:
    tables = Tables(contract, dialect_of(make_url(url)))
    assert {*tables.metadata.tables} == WHOLE | DISTRIBUTED
    for name in DISTRIBUTED:
        table = tables.metadata.tables[name]
        keys = [list(key.columns) for key in table.constraints if hasattr(key, "columns")]
        assert [columns[0].name for columns in keys] == ["experiment_id"], name
    assert {index.table.name for index in tables.indexes if index.table is not None} == DISTRIBUTED
    for index in [*tables.indexes, *(index for name in DISTRIBUTED for index in tables.metadata.tables[name].indexes)]:
        assert getattr(index.expressions[0], "name", None) == "experiment_id", index.name


def conjuncts(condition: ClauseElement | None) -> Iterator[ClauseElement]:
    """The conditions that must all be met."""
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for clause in condition.clauses:
            yield from conjuncts(clause)
    elif condition is not None:
        yield condition


def pinned(condition: ClauseElement | None) -> dict[str, BindParameter[Any]]:
    """The tables whose `experiment_id` must equal a parameter, and that."""
    return {
        clause.left.table.name: clause.right
        for clause in conjuncts(condition)
        if isinstance(clause, BinaryExpression)
        and clause.operator is operators.eq
        and getattr(clause.left, "name", "") == "experiment_id"
        and isinstance(clause.right, BindParameter)
    }


def read_by(
    statement: Select[Any] | Update | Delete, around: Mapping[str, BindParameter[Any]] = MappingProxyType({})
) -> Iterator[tuple[str, BindParameter[Any] | None]]:
    """Each distributed table that a statement reads or changes, with the parameter that its experiment must equal.

    A subquery may speak of a table that the statement around it has pinned.
    """
    keys = {**around, **pinned(statement.whereclause)}
    for part in of_its_own(statement):
        if isinstance(part, Select):
            yield from read_by(part, keys)
        table = part.table if isinstance(part, Column) else part
        if isinstance(table, Table) and table.name in DISTRIBUTED:
            yield table.name, keys.get(table.name)


def of_its_own(element: Any) -> Iterator[Any]:
    """Everything in a statement; of the subqueries in it, nothing but themselves."""
    for child in element.get_children():
        yield child
        if not isinstance(child, Select):
            yield from of_its_own(child)


@dataclass
class Seen:
    """What was sent to a database.

    Attributes:
        tables: the tables that statements about one experiment were about.
        amiss: the statements that are not about one experiment.
    """

    tables: set[str]
    amiss: list[str]
    count: int = 0

    def note(self, _connection: Any, _cursor: Any, sql: str, _values: Any, context: Any, _many: bool) -> None:
        self.count += 1
        statement = None if context is None or context.compiled is None else context.compiled.statement
        if statement is None or not isinstance(statement, (Select, Insert, Update, Delete)):
            if not PLAIN.match(sql) and not (statement is not None and sql.lstrip().startswith("CREATE ")):
                self.amiss.append(sql)
            return
        given = context.compiled_parameters
        if isinstance(statement, Insert):
            if statement.table.name in DISTRIBUTED:
                self.tables.add(statement.table.name)
                if len({row["experiment_id"] for row in given}) != 1:
                    self.amiss.append(sql)
            return
        keys = list(read_by(statement))
        self.tables |= {name for name, _ in keys}
        values = {None if key is None else given[0][context.compiled.bind_names[key]] for _, key in keys}
        if keys and (len(values) != 1 or None in values):
            self.amiss.append(sql)


@contextmanager
def watched() -> Iterator[Seen]:
    seen = Seen(set(), [])
    event.listen(Engine, "before_cursor_execute", seen.note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", seen.note)


def fill(contract: Contract, url: str, given: Sequence[tuple[str, list[RootLog]]], **options: Any) -> None:
    for _ in load(contract, url, given, **options):
        pass


def test_every_statement_is_about_one_experiment(contract: Contract, url: str, make_log: Callable[..., Any]) -> None:
    """Loading, replacing, appending, and every filter; the names of experiments and the layout are beside them."""
    with watched() as seen:
        given = list(experiments(make_log))
        fill(contract, url, given)
        fill(contract, url, given)
        fill(contract, url, [("one", [RootLog.of(make_log("more"))])], append=True)
        with Store.open(contract, url) as store:
            for asked in filters(contract):
                selected(store, "one", asked)
            assert store.find("two") == 2
            assert store.is_there()
    assert seen.amiss == []
    assert seen.tables == DISTRIBUTED
    assert seen.count > 200


def test_partitions_of_postgresql(contract: Contract, postgresql: "Server", make_log: Callable[..., Any]) -> None:
    """Tables that are partitioned by the experiment answer the same, and each query opens one partition of each."""
    plain, parted = postgresql.new_database(), postgresql.new_database()
    partition(contract, parted)
    given = list(experiments(make_log))
    for url in (plain, parted):
        fill(contract, url, given)
        fill(contract, url, given)
    opened: set[str] = set()
    with Store.open(contract, plain) as right, Store.open(contract, parted) as store:
        for asked, (name, _) in zip(filters(contract), cycle(given), strict=False):
            assert selected(store, name, asked) == selected(right, name, asked), (name, asked)
            how = [*plans(store, name, asked).values()]
            suffixes = {number for each in how for number in re.findall(r" on \w+_part(\d+)", each)}
            assert len(suffixes) == 1, how
            opened |= {name for each in how for name in re.findall(r" on (\w+)_part\d+", each)}
    assert opened == DISTRIBUTED
    counts = postgresql.execute(
        "SELECT count(DISTINCT tableoid) FROM log", database=make_url(parted).database or "postgres"
    )
    assert counts[0][0] > 1, "all experiments are in one partition"


def partition(contract: Contract, url: str) -> None:
    """Make the tables before the first load does: those of logs partitioned by the hash of the experiment."""
    dialect = dialect_of(make_url(url))
    tables = Tables(contract, dialect)
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        for name in sorted(DISTRIBUTED):
            table = tables.metadata.tables[name]
            table.dialect_options["postgresql"]["partition_by"] = "HASH (experiment_id)"
            connection.execute(CreateTable(table))
            for number in range(PARTITIONS):
                part = f"{name}_part{number} PARTITION OF {name} FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER"
                connection.exec_driver_sql(f"CREATE TABLE {part} {number})")
    engine.dispose()
