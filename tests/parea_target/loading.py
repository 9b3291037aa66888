"""Loading logs into a database: each experiment whole, or not at all."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from parea_target import json_text
from parea_target.contract import Contract
from parea_target.rows import Row, RowMaker
from parea_target.tables import Tables

# Logs inserted at a time: enough that the cost of a statement does not matter, few enough for any memory.
_BATCH = 500

# Takes the number of logs so far.
Progress = Callable[[int], object]


@dataclass(frozen=True)
class RootLog:
    """One root log.

    Attributes:
        log: what filters judge; its values as `json_text.parse` gives them.
        body: the JSON text that answers hold, in UTF-8.
    """

    log: Mapping[str, Any]
    body: bytes

    @classmethod
    def of(cls, log: Mapping[str, Any]) -> Self:
        """The root log whose text is written from `log`.

        Raises:
            ValueError: JSON or UTF-8 cannot hold it.
        """
        text = json.dumps(log, ensure_ascii=False)
        return cls(json_text.parse(text), text.encode())


def create_tables(connection: Connection, tables: Tables) -> None:
    """Make the tables where they are missing, without the indexes, and write down their layout."""
    for table in tables.metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
    if connection.execute(select(tables.loaded_layout)).first() is None:
        connection.execute(insert(tables.loaded_layout), {"name": tables.layout})


def create_indexes(connection: Connection, tables: Tables) -> None:
    """Make the indexes where they are missing, and the statistics by which they are chosen."""
    for index in tables.indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))
    connection.exec_driver_sql("ANALYZE")


class Loader:
    """Writes experiments by a connection, within the transaction of its caller."""

    def __init__(self, connection: Connection, contract: Contract, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables
        self._maker = maker = RowMaker(contract, tables)
        self._parts: tuple[tuple[Table, Callable[[Mapping[str, Any], Row], Iterable[Row]]], ...] = (
            (tables.element, maker.element_rows),
            (tables.entry, maker.entry_rows),
            (tables.score, maker.score_rows),
            (tables.annotation, maker.annotation_rows),
        )

    def load(
        self, name: str, logs: Iterable[RootLog], *, append: bool = False, progress: Progress = lambda _count: None
    ) -> int:
        """Load the logs of one experiment, in the place of those that it has, or beside them.

        Args:
            name: the experiment's name; its id stays as it is where there is such an experiment.
            logs: its root logs.
            append: whether what the experiment has stays.
            progress: is told, now and then, how many logs there are.

        Returns:
            How many logs were loaded.

        Raises:
            ValueError: two root logs of the experiment have the same `trace_id`.
        """
        experiment_id, first = self._experiment(name)
        if not append:
            for table in (self._tables.log, *(table for table, _ in self._parts)):
                self._connection.execute(delete(table).where(table.c.experiment_id == experiment_id))
        next_id, batch = first, list[RootLog]()
        for root in logs:
            batch.append(root)
            if len(batch) == _BATCH:
                next_id = self._insert(experiment_id, next_id, batch)
                batch = []
                progress(next_id - first)
        next_id = self._insert(experiment_id, next_id, batch)
        self._check_ids(name, experiment_id)
        experiment = self._tables.experiment
        mine = update(experiment).where(experiment.c.experiment_id == experiment_id)
        self._connection.execute(mine.values(next_log_id=next_id))
        return int(next_id - first)

    def _experiment(self, name: str) -> tuple[int, int]:
        """The id of the experiment, which nobody else can load until the transaction ends, and that of its next log.

        Ids of logs are not used again: an answer that is under way could take a new log for an old one.
        """
        experiment = self._tables.experiment
        known = update(experiment).where(experiment.c.name == name).values(name=name)
        if not self._connection.execute(known).rowcount:
            self._connection.execute(insert(experiment).values(name=name, next_log_id=1))
        ids = select(experiment.c.experiment_id, experiment.c.next_log_id).where(experiment.c.name == name)
        experiment_id, next_log_id = self._connection.execute(ids).one()
        return experiment_id, next_log_id

    def _insert(self, experiment_id: int, next_id: int, batch: list[RootLog]) -> int:
        keys = [{"experiment_id": experiment_id, "log_id": next_id + index} for index in range(len(batch))]
        keyed = list(zip(keys, batch, strict=True))
        self._write(self._maker.tables.log, [self._maker.log_row(root.log, key, root.body) for key, root in keyed])
        for table, rows_of in self._parts:
            self._write(table, [row for key, root in keyed for row in rows_of(root.log, key)])
        return next_id + len(batch)

    def _write(self, table: Table, rows: list[Row]) -> None:
        if rows:
            self._connection.execute(insert(table), rows)

    def _check_ids(self, name: str, experiment_id: int) -> None:
        log, trace_id = self._tables.log, self._tables.member("trace_id")
        twice = select(func.min(log.c.log_id)).where(log.c.experiment_id == experiment_id)
        log_id = self._connection.scalar(twice.group_by(trace_id).having(func.count() > 1).limit(1))
        if log_id is not None:
            mine = select(log.c.body).where(log.c.experiment_id == experiment_id, log.c.log_id == log_id)
            body = self._connection.scalar(mine) or b""
            shown = json.dumps(json_text.parse(body.decode())["trace_id"])
            raise ValueError(f"experiment {json.dumps(name)}: trace_id {shown} occurs twice among the root logs")
