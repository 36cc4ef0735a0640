"""Shares compiled SQL statements among all SQLite databases of a test run.

SQLAlchemy compiles each statement once for each engine. A service has one engine for years, while
each test makes a new one, and compiling took a third of the time of a test that polls once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import URL, Dialect, Engine, create_engine
from sqlalchemy.util import LRUCache

from aggregator.store import database

_COMPILED: LRUCache[Any, Any] = LRUCache(5000)


def share() -> None:
    """Lets every database that is opened from now on use the statements that others compiled."""
    database.create_engine = _create_engine  # type: ignore[attr-defined, assignment]


def _create_engine(url: URL, **options: Any) -> Engine:
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":  # a dialect of PostgreSQL remembers the schema of its connection
        engine.dialect = _dialect()  # statements are found by their dialect, among others
        engine.update_execution_options(compiled_cache=_COMPILED)
    return engine


@cache
def _dialect() -> Dialect:
    """A dialect that knows the version of SQLite, which it reads from its first connection."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine.dialect
