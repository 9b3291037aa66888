"""The store: trace logs in a database that is only read: a temporary one, or one that stays."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, Engine, LargeBinary, Select, cast, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from parea_target.contract import Contract
from parea_target.dialects import Dialect, IsOver, dialect_of
from parea_target.loading import Loader, Progress, RootLog, create_indexes, create_tables
from parea_target.reading import Reading, explained
from parea_target.tables import Tables
from parea_target.texts import unescape_text
from parea_target.workers import DatabaseDownError

# Queries that may each hold a connection while a client reads: some of PostgreSQL's, so that others find one.
_CROWD = 8


class DatabaseError(ValueError):
    """A database that cannot be served or loaded; the message says why, without a password."""


class Store:
    """Experiments and their root logs. Safe for any number of threads, each with its own event loop.

    A connection for each query that runs: none waits for another.

    Attributes:
        contract: the contract whose members are the columns.
        tables: the tables.
        experiments: the database's id of each experiment, by its name; of one that came later, too.
    """

    def __init__(self, contract: Contract, experiments: Iterable[tuple[str, Iterable[RootLog]]]) -> None:
        """Build a store in a temporary file.

        Raises:
            ValueError: a log that is not as the schema `TraceLog` asks, or an experiment that occurs twice.
        """
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="parea-target-"))
            file = Path(folder) / "logs.sqlite"
            ids = _fill(make_url(f"sqlite:///{file}"), contract, experiments)
            url = make_url(f"sqlite:///file:{file}?mode=ro&immutable=1&uri=true")
            self._open(contract, url, dialect_of(url))
            self.experiments: Mapping[str, int] = ids
            self._stack.push(stack.pop_all())

    @classmethod
    def open(cls, contract: Contract, url: str) -> Self:
        """The store in a database that `load` has filled.

        Raises:
            DatabaseError: the database is not there, not supported, or was loaded with other tables.
        """
        parsed, dialect = _parse(url)
        store = cls.__new__(cls)
        store._open(contract, _reading(parsed), dialect)
        try:
            with _explained(parsed), store._engine.connect() as connection:
                _check_layout(connection, store.tables)
        except BaseException:
            store.close()
            raise
        store.experiments = _Experiments(store)
        return store

    def _open(self, contract: Contract, url: URL, dialect: Dialect) -> None:
        self.contract = contract
        self.tables = Tables(contract, dialect)
        self._engine: Engine = dialect.engine(url, writes=False)
        self._stack = ExitStack()
        # In this order: connections, what watches them, files.
        self._closing = (self._engine.dispose, dialect.close, self._stack.close)

    def read(self, statement: Select[int, int], is_over: IsOver = lambda: False) -> Reading:
        """The logs whose ids the statement selects, read from the database as they are asked for.

        Args:
            statement: the statement: the ids of one experiment and of its logs.
            is_over: whether the query must stop; asked while it runs.
        """
        return Reading(self._engine, self.tables, statement, is_over)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with explained(self.tables), self._engine.connect() as connection:
            yield connection

    def is_there(self) -> bool:
        """Whether the database answers."""
        try:
            with self._connected() as connection:
                connection.execute(select(1))
        except DatabaseDownError:
            return False
        return True

    def find(self, name: str) -> int | None:
        """The database's id of an experiment, as of now.

        Raises:
            DatabaseDownError: the database is not there.
        """
        experiment = self.tables.experiment.c
        with self._connected() as connection:
            return connection.scalar(select(experiment.experiment_id).where(experiment.name == name))

    def names(self) -> dict[str, int]:
        """The database's id of each experiment, as of now.

        Raises:
            DatabaseDownError: the database is not there.
        """
        experiment = self.tables.experiment.c
        is_sqlite = self._engine.dialect.name == "sqlite"
        name = cast(experiment.name, LargeBinary) if is_sqlite else experiment.name
        with self._connected() as connection:
            rows = connection.execute(select(name, experiment.experiment_id).order_by(experiment.experiment_id)).all()
        if is_sqlite:
            return {found.decode("utf-8", "surrogatepass"): id_ for found, id_ in rows}
        return {unescape_text(found): id_ for found, id_ in rows}

    @property
    def queries(self) -> int:
        """How many queries hold a connection at this moment."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()

    def is_crowded(self) -> bool:
        """Whether so many queries hold a connection that none should while it waits for its client."""
        return self.queries > _CROWD

    def close(self) -> None:
        """Close the database; a temporary one is removed."""
        for close in self._closing:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Experiments(Mapping[str, int]):
    """The experiments of a database that stays: what is not known yet may have been loaded meanwhile."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = store.names()

    def __getitem__(self, name: str) -> int:
        if name not in self._known:
            found = self._store.find(name)
            if found is None:
                raise KeyError(name)
            self._known[name] = found
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def load(
    contract: Contract,
    url: str,
    experiments: Iterable[tuple[str, Iterable[RootLog]]],
    *,
    append: bool = False,
    progress: Callable[[str], Progress] = lambda _name: lambda _count: None,
) -> Iterator[tuple[str, int]]:
    """Load experiments into a database that stays; each is there whole, or as it was.

    Args:
        contract: the contract whose members are the columns.
        url: the database, as SQLAlchemy names it: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`.
        experiments: each by its name, with its root logs.
        append: whether the logs that an experiment has stay.
        progress: the experiment's name → what is told, now and then, how many of its logs are loaded.

    Yields:
        Each experiment that was loaded, and how many logs were.

    Raises:
        DatabaseError: the database is not there, not supported, or was loaded with other tables.
        ValueError: a log that is not as the schema `TraceLog` asks, or a `trace_id` twice.
    """
    parsed, dialect = _parse(url)
    tables = Tables(contract, dialect)
    with ExitStack() as stack:
        stack.callback(dialect.close)
        stack.enter_context(_explained(parsed))
        engine = dialect.engine(parsed, writes=True)
        stack.callback(engine.dispose)
        with engine.connect() as connection:
            with dialect.transaction(connection):
                create_tables(connection, tables)
            _check_layout(connection, tables)
            for name, logs in experiments:
                with dialect.transaction(connection):
                    loader = Loader(connection, contract, tables)
                    count = loader.load(name, logs, append=append, progress=progress(name))
                yield name, count
            with dialect.transaction(connection):
                create_indexes(connection, tables)


def _fill(url: URL, contract: Contract, experiments: Iterable[tuple[str, Iterable[RootLog]]]) -> dict[str, int]:
    """Build a database that nobody reads yet; its experiments by name."""
    dialect = dialect_of(url)
    tables = Tables(contract, dialect)
    engine = dialect.engine(url, writes=True)
    ids: dict[str, int] = {}
    try:
        with engine.connect() as connection:
            # What a crash would leave behind is thrown away in any case.
            connection.exec_driver_sql("PRAGMA journal_mode = OFF")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            with dialect.transaction(connection):
                create_tables(connection, tables)
                loader = Loader(connection, contract, tables)
                for name, logs in experiments:
                    if name in ids:
                        raise ValueError(f"the experiment {json.dumps(name)} occurs twice")
                    loader.load(name, logs)
                    ids[name] = len(ids) + 1
                create_indexes(connection, tables)
    finally:
        engine.dispose()
    return ids


def _parse(url: str) -> tuple[URL, Dialect]:
    try:
        parsed = make_url(url)
        return parsed, dialect_of(parsed)
    except ArgumentError:
        # Without the text: it may hold a password.
        raise DatabaseError("the database is not named by a URL, such as sqlite:///logs.db") from None
    except ValueError as error:
        raise DatabaseError(str(error)) from None


def _reading(url: URL) -> URL:
    """The same database for reading: SQLite must not make a file that is not there."""
    if url.get_backend_name() != "sqlite":
        return url
    return url.set(database=f"file:{url.database}").update_query_dict({"mode": "ro", "uri": "true"})


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    shown = url.render_as_string(hide_password=True)
    try:
        yield
    except ModuleNotFoundError as error:
        raise DatabaseError(f"{shown}: {error.name} is missing: pip install 'parea-trace-logs[postgres]'") from None
    except DBAPIError as error:
        raise DatabaseError(f"{shown}: {' '.join(str(error.orig).split())}") from None
    except SQLAlchemyError as error:
        raise DatabaseError(f"{shown}: {type(error).__name__}") from None


def _check_layout(connection: Connection, tables: Tables) -> None:
    try:
        found = connection.scalar(select(tables.loaded_layout.c.name))
    except DBAPIError as error:
        if "layout" not in str(error.orig):
            raise
        found = None
    if connection.in_transaction():
        connection.rollback()
    if found is None:
        raise DatabaseError("nothing was loaded into this database: parea-target load --database URL PATH")
    if found != tables.layout:
        raise DatabaseError(
            f"the database was loaded with the tables {found}, but those of this version are {tables.layout}: "
            "load into a new database"
        )
