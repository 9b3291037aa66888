"""The store: trace logs in an embedded SQLite database, read-only once it is built."""

import json
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Select, create_engine, event, insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from parea_target import json_text
from parea_target.contract import Contract
from parea_target.rows import RowMaker
from parea_target.tables import Tables
from parea_target.workers import StoppedError

# Logs inserted at a time: enough that the cost of a statement does not matter, few enough for any memory.
_BATCH = 500
# Steps of SQLite's machine between two looks at the time: some microseconds.
_STEPS = 1_000


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


class Store:
    """Experiments and their root logs. Safe for any number of threads, each with its own event loop.

    The database is a temporary file, opened immutable: a connection for each query that runs, none waits for another.

    Attributes:
        contract: the contract whose members are the columns.
        tables: the tables.
        experiments: the database's id of each experiment, by its name.
    """

    def __init__(self, contract: Contract, experiments: Iterable[tuple[str, Iterable[RootLog]]]) -> None:
        """Build the store.

        Raises:
            ValueError: a log that is not as the schema `TraceLog` asks, or an experiment that occurs twice.
        """
        self.contract = contract
        self.tables = Tables(contract)
        self.experiments: dict[str, int] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="parea-target-")
        file = Path(self._folder.name) / "logs.sqlite"
        try:
            self._fill(file, experiments)
        except BaseException:
            self._folder.cleanup()
            raise
        # Without a limit: an answer that a slow client reads holds its connection, and must not starve the others.
        self._engine: Engine = create_engine(
            f"sqlite:///file:{file}?mode=ro&immutable=1&uri=true",
            poolclass=QueuePool,
            max_overflow=-1,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
        )
        event.listen(self._engine, "connect", _add_functions)

    def _fill(self, file: Path, experiments: Iterable[tuple[str, Iterable[RootLog]]]) -> None:
        engine = create_engine(f"sqlite:///{file}")
        try:
            with engine.begin() as connection:
                # What a crash would leave behind is thrown away in any case.
                connection.exec_driver_sql("PRAGMA synchronous = OFF")
                self.tables.metadata.create_all(connection)
                filler = _Filler(connection, RowMaker(self.contract, self.tables))
                for name, logs in experiments:
                    if name in self.experiments:
                        raise ValueError(f"the experiment {json.dumps(name)} occurs twice")
                    self.experiments[name] = len(self.experiments)
                    filler.add(self.experiments[name], logs)
        finally:
            engine.dispose()

    def bodies(self, statement: Select[bytes], is_over: Callable[[], bool] = lambda: False) -> Generator[bytes]:
        """The bodies that the statement selects, read from the database as they are asked for.

        Args:
            statement: the statement.
            is_over: whether the query must stop; asked while it runs, in its thread.

        Raises:
            StoppedError: the query was stopped.
        """
        with self._engine.connect() as connection:
            database: Any = connection.connection.dbapi_connection
            database.set_progress_handler(is_over, _STEPS)
            try:
                with connection.execute(statement) as result:
                    for bodies in result.scalars().partitions(64):
                        yield from bodies
            except OperationalError:
                if is_over():
                    raise StoppedError from None
                raise
            finally:
                database.set_progress_handler(None, 0)

    @property
    def queries(self) -> int:
        """How many queries hold a connection at this moment."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()

    def close(self) -> None:
        """Close the database and remove its file."""
        self._engine.dispose()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _add_functions(connection: Any, _record: object) -> None:
    connection.create_function("contains_without_case", 2, _contains_without_case, deterministic=True)


def _contains_without_case(text: bytes | None, lowered: bytes) -> bool | None:
    """Whether a text in UTF-8 contains another, ASCII letters without case: `bytes.lower` changes no other.

    In linear time: SQLite's own `instr` compares the whole of what is sought at every position.
    """
    return None if text is None else lowered in text.lower()


class _Filler:
    """Inserts logs in batches, with ids from 1 on."""

    def __init__(self, connection: Connection, maker: RowMaker) -> None:
        self._connection = connection
        self._maker = maker
        self._next_id = 1
        tables = maker.tables
        self._parts = (
            (tables.element, maker.element_rows),
            (tables.entry, maker.entry_rows),
            (tables.score, maker.score_rows),
            (tables.annotation, maker.annotation_rows),
        )

    def add(self, experiment_id: int, logs: Iterable[RootLog]) -> None:
        batch: dict[int, RootLog] = {}
        for log in logs:
            batch[self._next_id] = log
            self._next_id += 1
            if len(batch) == _BATCH:
                self._insert(experiment_id, batch)
                batch = {}
        self._insert(experiment_id, batch)

    def _insert(self, experiment_id: int, batch: Mapping[int, RootLog]) -> None:
        if not batch:
            return
        rows = [self._maker.log_row(root.log, log_id, experiment_id, root.body) for log_id, root in batch.items()]
        self._connection.execute(insert(self._maker.tables.log), rows)
        for table, rows_of in self._parts:
            rows = [row for log_id, root in batch.items() for row in rows_of(root.log, log_id)]
            if rows:
                self._connection.execute(insert(table), rows)
