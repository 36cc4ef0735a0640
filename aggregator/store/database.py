"""Opens the database, and runs transactions in threads.

Works with SQLite and PostgreSQL. Transactions are short and run in threads, so that the event loop never waits
for a disk. The queries are in the other modules of ``store``.

SQLite runs in WAL mode with one writing thread: a write transaction takes its lock at once (``BEGIN IMMEDIATE``),
so that it never fails half-way with "database is locked".
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, Insert, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlmodel import Session, SQLModel

from aggregator.errors import AlreadyRunning, StoreError, StoreUnavailable
from aggregator.store import content_version
from aggregator.store.availability import DatabaseOutage, unavailable_reason

P = ParamSpec("P")
T = TypeVar("T")
Query = Callable[Concatenate[Session, P], T]

_MOST_SWITCHES, _SWITCH_PAUSE = 100, 0.05
"""How often, and after how many seconds, the switch of a new database to WAL mode is repeated."""

_BUSY_MILLISECONDS = 30_000
_MERGING = 0x61676772  # "aggr": the advisory lock that serialises merging on PostgreSQL
_MOST_PARAMETERS = 10_000
"""The most values of one statement; SQLite accepts 32,766 and PostgreSQL 65,535."""
_READERS = 4
_ATTEMPTS = 3
_LOST_RACES = frozenset({"40P01", "40001", "23503"})
"""PostgreSQL's codes for a deadlock, for a serialisation failure, and for a reference to a row that another
transaction has just deleted."""
_POSTGRES_WRITERS = 4
_INCREMENTAL = 2  # SQLite's auto_vacuum mode in which pages are returned on request
_PAGES_AT_ONCE = 256
_FEWEST_FREE = 1024
"""Pages (4 kB) that may be free before any is returned, because new rows will use them."""
_FREE_SHARE = 0.1
_ANALYSED_ROWS = 400


class Database:
    """One database and the threads that use it.

    ``url`` is a SQLAlchemy URL. Raises ``StoreError`` with a message for people if the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url.replace("postgres://", "postgresql://", 1))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if not self.is_sqlite:
            self.url = self.url.set(drivername="postgresql+psycopg")
        self._lock: int | None = None
        self.engine = self._opened()
        self._outage = DatabaseOutage(self.shown_url)
        content_version.record_statements(self.engine)
        self._writers = ThreadPoolExecutor(1 if self.is_sqlite else _POSTGRES_WRITERS, "write")
        self._readers = ThreadPoolExecutor(_READERS, "read")

    @property
    def shown_url(self) -> str:
        """The URL without its password, for logs and messages."""
        return self.url.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The SQLite file; None for PostgreSQL and for a database in memory."""
        return sqlite_file_of(self.url)

    def _opened(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(
                self.url, hide_parameters=True, pool_pre_ping=True, pool_size=_READERS + _POSTGRES_WRITERS
            )
        if self.path is not None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"{self.path}: the folder of the database cannot be created: {error}") from error
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def check(self) -> None:
        """Raises ``StoreError`` if the database does not answer."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            raise StoreError(f"{self.shown_url}: the database cannot be opened: {_cause(error)}") from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Opens a transaction that only reads, and sees one state of the database throughout."""
        with self._in_use(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Opens a transaction that is committed at the end of the block, or rolled back if the block raises."""
        with (
            self._in_use(),
            self.engine.connect().execution_options(writes=True) as connection,
            Session(connection) as session,
        ):
            before = _changed_rows(connection)
            content_version.reset_record(connection)
            yield session
            content_version.increment_if_changed(session, connection)
            session.commit()
            if before is None or before != _changed_rows(connection):
                self._outage.succeed()

    def content_version(self) -> int:
        """Returns the content version, which increases with every change that readers can see."""
        with self._in_use(), self.engine.connect() as connection:
            return content_version.current_version(connection)

    @property
    def trouble(self) -> str | None:
        """Why the database cannot be used at present, and what to do; None if no failure is known."""
        return self._outage.reason

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Raises ``StoreUnavailable`` for a failure of the database that is not caused by the statement."""
        try:
            yield
        except DBAPIError as error:
            if _is_lost_race(error) or (reason := unavailable_reason(error)) is None:
                raise
            self._outage.fail(reason)
            raise StoreUnavailable(f"{self.shown_url}: {reason}") from error

    async def read(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs one query in a thread, in a transaction of its own."""
        return await self._in_thread(self._readers, self.reading, query, *args, **kwargs)

    async def write(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs one change in a thread, in a transaction of its own."""
        return await self._in_thread(self._writers, self.writing, query, *args, **kwargs)

    async def _in_thread(
        self,
        pool: ThreadPoolExecutor,
        transaction: Callable[[], Any],
        query: Query[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def run() -> T:
            for _ in range(_ATTEMPTS - 1):
                with suppress(_LostRaceError), _convert_lost_races(), transaction() as session:
                    return query(session, *args, **kwargs)
            with transaction() as session:
                return query(session, *args, **kwargs)

        # A task that is cancelled still waits for its commit.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(pool, run))

    async def free_unused_space(self) -> bool:
        """Returns some unused space of the file to the disk; returns True if there is more.

        Takes a fraction of a second. PostgreSQL does it without help (autovacuum).
        """
        if not self.is_sqlite:
            return False
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._shrink)

    async def update_statistics(self) -> None:
        """Updates the statistics that the query planner uses.

        Reads a few hundred rows of each index (https://sqlite.org/lang_analyze.html#approx), so it takes a
        fraction of a second. PostgreSQL does it without help (autovacuum).
        """
        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._writers, self._analyse)

    def _shrink(self) -> bool:
        with self.outside_transactions() as cursor:
            pages, free, mode = (
                cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "auto_vacuum")
            )
            if mode != _INCREMENTAL or free <= max(_FEWEST_FREE, pages * _FREE_SHARE):
                return False
            cursor.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
            return True

    def _analyse(self) -> None:
        with self.outside_transactions() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {_ANALYSED_ROWS}").fetchall()
            cursor.execute("PRAGMA optimize").fetchall()

    def size(self, session: Session) -> int:
        """Returns the size of the database in bytes; for SQLite without its write-ahead log."""
        if not self.is_sqlite:
            return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        pages, page = (session.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
        return int(pages) * int(page)

    @contextmanager
    def outside_transactions(self) -> Iterator[Any]:
        """Opens a cursor for SQLite statements that must run outside a transaction."""
        connection = self.engine.raw_connection()
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def hold(self) -> None:
        """Locks an SQLite file for this daemon; raises ``AlreadyRunning`` if another one has it.

        PostgreSQL allows any number of daemons, so there is no lock.
        """
        if self.path is None or self._lock is not None:
            return
        lock_path = self.path.with_name(self.path.name + ".lock")
        try:
            lock = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{lock_path}: the lock file cannot be opened: {error}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(lock)
            raise AlreadyRunning(
                f"{self.path} is in use by another aggregator (process {holder}); stop that one first, "
                "or use PostgreSQL, where several may run at once"
            ) from None
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds that lock for the block; a lock that was held before stays."""
        was_held = self._lock is not None
        self.hold()
        try:
            yield
        finally:
            if not was_held:
                self._release_lock()

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def close(self) -> None:
        """Waits for running transactions, releases the lock, and closes every connection."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()
        self._release_lock()


def sqlite_file_of(url: str | URL) -> Path | None:
    """Returns the SQLite file of a URL, which need not exist; None for PostgreSQL and for memory."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or not parts.database or parts.database == ":memory:":
        return None
    return Path(parts.database)


def lock_merging(session: Session) -> None:
    """Waits until no other transaction merges, and blocks others until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MERGING})


def in_batches(values: Iterable[T]) -> Iterator[list[T]]:
    """Yields the values in lists that fit into one statement."""
    remaining = iter(values)
    while batch := list(islice(remaining, _MOST_PARAMETERS)):
        yield batch


def insert_missing(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows whose keys are not stored yet, even if another worker inserts them at the same time."""
    if rows:
        session.flush()
        session.connection().execute(_inserting_missing(table, session.get_bind().dialect.name), list(rows))


class _LostRaceError(Exception):
    """PostgreSQL rolled a transaction back so that another could go on; it may be repeated unchanged."""


@contextmanager
def _convert_lost_races() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _is_lost_race(error):
            raise _LostRaceError from error
        raise


def _is_lost_race(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _LOST_RACES


def _changed_rows(connection: Connection) -> int | None:
    """The number of rows that an SQLite connection has changed so far; None for PostgreSQL."""
    driver = connection.connection.driver_connection
    return driver.total_changes if isinstance(driver, sqlite3.Connection) else None


@cache
def _inserting_missing(table: type[SQLModel], dialect: str) -> Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table.__table__).on_conflict_do_nothing()  # type: ignore[attr-defined]  # SQLModel makes it


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transaction; _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    if cursor.execute("PRAGMA page_count").fetchone() == (0,):
        # For a new file only: elsewhere it has no effect, and waits for a writer.
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _enable_write_ahead_log(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _enable_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Enables WAL mode, so that readers and the writer do not wait for each other.

    If several programs open a new database at once, one of them makes the change. SQLite may tell the others at
    once that the file is locked, whatever the timeout, because two that wait would deadlock.
    """
    for attempt in range(_MOST_SWITCHES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == _MOST_SWITCHES - 1:
                raise
            time.sleep(_SWITCH_PAUSE)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _cause(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, OperationalError) else error
    return str(cause).strip().splitlines()[0]
