"""Provides each test with a database of its own: empty, or a copy of one that was migrated once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate

POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"
PREFIX = "aggregator_test_"


def migrate_url(url: str) -> None:
    """Creates all tables in a database."""
    database = Database(url)
    migrate(database)
    database.close()


@contextmanager
def connected() -> Iterator[Connection]:
    """A connection to the PostgreSQL server for statements outside transactions; skips the test without a server."""
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 30})
    try:
        connection = engine.connect()
    except OperationalError:
        engine.dispose()
        pytest.skip("no PostgreSQL answers on 127.0.0.1:5432 (database test, user postgres, trust)")
    try:
        yield connection
    finally:
        connection.close()
        engine.dispose()


@contextmanager
def empty_postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL schema, dropped afterwards."""
    schema = f"test_{secrets.token_hex(6)}"
    with connected() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        try:
            yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
        finally:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of the kind ``sqlite`` or ``postgres``."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    with empty_postgres() as url:
        yield url


class PostgresTemplate:
    """A migrated PostgreSQL database and its copies, all dropped at the end.

    The names of the databases carry the number of an advisory lock that the run holds. The next run
    drops the databases whose lock is free: their run was killed.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._copies = 0
        self._run = secrets.randbelow(2**31)
        self._lock(self._run)
        self._drop_abandoned()
        self._name = f"{PREFIX}{self._run}_template"
        self._create(self._name)
        migrate_url(_url(self._name))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a copy of the database."""
        self._copies += 1
        name = f"{PREFIX}{self._run}_{self._copies}"
        self._create(name, template=self._name)
        try:
            yield _url(name)
        finally:
            self._drop(name)

    def drop(self) -> None:
        """Drops the template."""
        self._drop(self._name)

    def _create(self, name: str, *, template: str = "template1") -> None:
        self._connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG"))

    def _drop(self, name: str) -> None:
        self._connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    def _lock(self, run: int) -> bool:
        """Takes the lock of a run; True unless that run lives."""
        return bool(self._connection.scalar(text("SELECT pg_try_advisory_lock(:run)"), {"run": run}))

    def _drop_abandoned(self) -> None:
        names = self._connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname LIKE :names"), {"names": f"{PREFIX}%"}
        ).all()
        for name in names:
            if self._lock(int(name.removeprefix(PREFIX).partition("_")[0])):
                self._drop(name)


def _url(name: str) -> str:
    return f"{POSTGRES.rpartition('/')[0]}/{name}"
