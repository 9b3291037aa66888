"""Where SQLite and PostgreSQL differ but in their texts (see `texts`); everything else is the same code."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    create_engine,
    event,
    exists,
    select,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from parea_target.planning import planned
from parea_target.texts import contains_without_case

IsOver = Callable[[], bool]

# Steps of SQLite's machine between two looks at the time: some microseconds.
_STEPS = 1_000
# Seconds between two looks at the time of PostgreSQL's statements, and how long it may take to hear of a cancellation.
_LOOK_SECONDS = 0.05
_CANCEL_SECONDS = 2.0
# Connections that PostgreSQL is asked for at most, and how long a query waits for one, in seconds.
_POSTGRESQL_CONNECTIONS = 40
_POSTGRESQL_WAIT_SECONDS = 5.0


class Dialect(ABC):
    """What one database does in a way of its own.

    Attributes:
        limits_index: whether an index refuses long texts, so that it can hold only their beginnings.
    """

    limits_index: ClassVar[bool]

    @abstractmethod
    def engine(self, url: URL, *, writes: bool) -> Engine:
        """An engine for the database, for reading alone or for loading."""

    @abstractmethod
    def some(self, table: FromClause, here: ColumnElement[bool], log_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that the table has a row, among those that meet `here`, of the log with this id."""

    @abstractmethod
    def planned(self, connection: Connection, statement: Select[int, int], log: Table) -> Select[int, int]:
        """A statement that selects the same in the same order, for this connection to execute."""

    @abstractmethod
    def stoppable(self, connection: Connection, is_over: IsOver) -> AbstractContextManager[None]:
        """Statements of this connection are broken off, by an OperationalError, once `is_over` says so."""

    @abstractmethod
    def begin(self, connection: Connection) -> None:
        """Let everything that the connection reads until it is given back be of one moment."""

    @abstractmethod
    def transaction(self, connection: Connection) -> AbstractContextManager[object]:
        """What the connection writes meanwhile is kept whole, or not at all."""

    @abstractmethod
    def is_down(self, error: DBAPIError) -> bool:
        """Whether an error says that the database is not there, rather than that a statement is wrong."""

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Give back what the dialect holds."""


class _SQLite(Dialect):
    """SQLite, in a file."""

    limits_index = False

    def engine(self, url: URL, *, writes: bool) -> Engine:
        if writes:
            engine = create_engine(url, isolation_level="AUTOCOMMIT")
            event.listen(engine, "connect", _write_ahead)
            return engine
        # Without a limit: an answer that a slow client reads holds its connection, and must not starve the others.
        engine = create_engine(
            url, poolclass=QueuePool, max_overflow=-1, pool_reset_on_return="rollback", isolation_level="AUTOCOMMIT"
        )
        event.listen(engine, "connect", _add_functions)
        return engine

    def some(self, table: FromClause, here: ColumnElement[bool], log_id: ColumnElement[int]) -> ColumnElement[bool]:
        # SQLite asks an EXISTS anew for every log, but begins with a list of ids where it is short.
        return log_id.in_(select(table.c.log_id).where(here))

    def planned(self, connection: Connection, statement: Select[int, int], log: Table) -> Select[int, int]:
        return planned(connection, statement, log)

    @contextmanager
    def stoppable(self, connection: Connection, is_over: IsOver) -> Iterator[None]:
        database: Any = connection.connection.dbapi_connection
        database.set_progress_handler(is_over, _STEPS)
        try:
            yield
        finally:
            database.set_progress_handler(None, 0)

    def begin(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        # By ourselves: Python's driver would begin later, and end with the next change of a table.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")

    def is_down(self, error: DBAPIError) -> bool:
        return "unable to open database file" in str(error.orig) or "disk I/O error" in str(error.orig)


class _PostgreSQL(Dialect):
    """PostgreSQL, and what speaks its protocol."""

    limits_index = True

    def __init__(self) -> None:
        self._watch = _Watch()

    def engine(self, url: URL, *, writes: bool) -> Engine:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=_POSTGRESQL_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_POSTGRESQL_WAIT_SECONDS,
            isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
            # Each filter is planned for its own values: one plan for all would be a wrong one for most.
            connect_args={"prepare_threshold": None, "connect_timeout": 5},
        )
        return engine if writes else engine.execution_options(postgresql_readonly=True)

    def some(self, table: FromClause, here: ColumnElement[bool], log_id: ColumnElement[int]) -> ColumnElement[bool]:
        return exists().where(table.c.log_id == log_id, here).correlate(log_id.table)

    def planned(self, connection: Connection, statement: Select[int, int], log: Table) -> Select[int, int]:  # noqa: ARG002
        """The statement as it is: PostgreSQL knows how the values of each column are distributed."""
        return statement

    def stoppable(self, connection: Connection, is_over: IsOver) -> AbstractContextManager[None]:
        database: Any = connection.connection.dbapi_connection
        return self._watch.watching(is_over, lambda: database.cancel_safe(timeout=_CANCEL_SECONDS))

    def begin(self, connection: Connection) -> None:
        """Do nothing: SQLAlchemy begins by itself, with REPEATABLE READ."""

    def transaction(self, connection: Connection) -> AbstractContextManager[object]:
        return connection.begin()

    def is_down(self, error: DBAPIError) -> bool:
        return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))

    def close(self) -> None:
        self._watch.close()


class _Watch:
    """A thread that breaks off what has taken too long; it begins with the first statement."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[object, tuple[IsOver, Callable[[], None]]] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, is_over: IsOver, cancel: Callable[[], None]) -> Iterator[None]:
        token = object()
        with self._lock:
            self._watched[token] = is_over, cancel
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="parea-target-watch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            # Within the lock a cancellation is sent or is not: none can meet the next statement.
            with self._lock:
                del self._watched[token]

    def _run(self) -> None:
        while not self._closed.wait(_LOOK_SECONDS):
            with self._lock:
                for is_over, cancel in self._watched.values():
                    if is_over():
                        cancel()

    def close(self) -> None:
        self._closed.set()
        if self._thread is not None:
            self._thread.join()


def sqlite() -> Dialect:
    """The dialect of SQLite."""
    return _SQLite()


def dialect_of(url: URL) -> Dialect:
    """The dialect of a database.

    Raises:
        ValueError: the target supports no such database.
    """
    name = url.get_backend_name()
    if name not in _DIALECTS:
        raise ValueError(f"a {name} database is not supported; it must be one of {', '.join(_DIALECTS)}")
    return _DIALECTS[name]()


_DIALECTS: dict[str, type[Dialect]] = {"sqlite": _SQLite, "postgresql": _PostgreSQL}


def _add_functions(connection: Any, _record: object) -> None:
    connection.create_function("contains_without_case", 2, contains_without_case, deterministic=True)


def _write_ahead(connection: Any, _record: object) -> None:
    # Readers go on while a load writes. 256 MiB of pages: enough for the indexes of a large experiment.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -262144")
