"""Reading the logs of an answer as they are asked for, in memory that does not depend on how many they are."""

from array import array
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy import Connection, CursorResult, Engine, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from parea_target.dialects import IsOver
from parea_target.tables import Tables
from parea_target.workers import DatabaseDownError, StoppedError

# Logs that are read at a time; ids that are.
_LOGS = 64
_IDS = 4_096


@contextmanager
def explained(tables: Tables, is_over: IsOver = lambda: False) -> Iterator[None]:
    """The database's errors as ours.

    Raises:
        StoppedError: the query was stopped.
        DatabaseDownError: the database is not there, or has no connection left.
    """
    try:
        yield
    except NoConnectionError:
        raise DatabaseDownError from None
    except DBAPIError as error:
        if is_over():
            raise StoppedError from None
        if tables.dialect.is_down(error):
            raise DatabaseDownError from None
        raise


class Reading:
    """The logs whose ids a statement selects.

    All that is read is of one moment, over one connection, until `let_go`: who reads slowly must not hold a connection
    that others need. What is left is then read a few logs at a time, over whichever connection is free. When one of
    them is gone by then, because its experiment was loaded anew, the answer is broken off: an id is not used again.

    Only one thread at a time may read or let go.
    """

    def __init__(self, engine: Engine, tables: Tables, statement: Select[int, int], is_over: IsOver) -> None:
        """Read nothing yet.

        Args:
            engine: the database.
            tables: its tables.
            statement: the statement: the ids of one experiment and of its logs.
            is_over: whether the query must stop; asked while it runs.
        """
        self._engine = engine
        self._tables = tables
        self._statement = statement
        self._is_over = is_over
        self._held = ExitStack()
        self._open: tuple[Connection, CursorResult[int, int]] | None = None
        self._experiment_id = 0
        self._left: Iterator[tuple[int, list[int]]] = iter(())

    def bodies(self) -> Generator[bytes]:
        """The bodies of the logs, in the statement's order.

        Raises:
            StoppedError: the query was stopped, or logs that it selected are gone.
            DatabaseDownError: the database is not there, or has no connection left.
        """
        with explained(self._tables, self._is_over), self._held:
            self._begin()
            while found := self._next():
                yield from found

    def let_go(self) -> None:
        """Give the connection back, after the ids of what is left have been read.

        Raises:
            StoppedError: the query was stopped.
            DatabaseDownError: the database is not there.
        """
        if self._open is None:
            return
        (connection, selected), self._open = self._open, None
        ids, experiment_id = array("q"), self._experiment_id
        with explained(self._tables, self._is_over), self._held, self._stoppable(connection):
            log_ids = selected.scalars(1)
            while some := log_ids.fetchmany(_IDS):
                ids.extend(some)
        self._left = ((experiment_id, ids[at : at + _LOGS].tolist()) for at in range(0, len(ids), _LOGS))

    def _begin(self) -> None:
        connection = self._held.enter_context(self._engine.connect())
        self._tables.dialect.begin(connection)
        with self._stoppable(connection):
            statement = self._tables.dialect.planned(connection, self._statement, self._tables.log)
            selected = connection.execute(statement, execution_options={"yield_per": _LOGS})
        self._open = connection, self._held.enter_context(selected)

    def _next(self) -> list[bytes]:
        """The bodies of the next few logs; none at the end."""
        if self._open is None:
            experiment_id, log_ids = next(self._left, (0, []))
            if not log_ids:
                return []
            with self._engine.connect() as connection, self._stoppable(connection):
                return self._found(connection, experiment_id, log_ids)
        connection, selected = self._open
        with self._stoppable(connection):
            rows = selected.fetchmany(_LOGS)
            if not rows:
                self._open = None
                return []
            self._experiment_id = rows[0][0]
            return self._found(connection, self._experiment_id, [log_id for _, log_id in rows])

    def _found(self, connection: Connection, experiment_id: int, log_ids: list[int]) -> list[bytes]:
        of_logs = {"experiment_id": experiment_id, "log_ids": log_ids}
        found = dict(connection.execute(self._tables.bodies, of_logs).all())
        if len(found) < len(log_ids):
            raise StoppedError
        return [found[log_id] for log_id in log_ids]

    def _stoppable(self, connection: Connection) -> AbstractContextManager[None]:
        return self._tables.dialect.stoppable(connection, self._is_over)
