"""Writes backups, and copies one database into another.

A backup is an SQLite database, whichever kind it is made from, so a backup of one kind can be restored into the
other. Rows keep their ids, and everything is read as of one instant while other transactions write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import StoreError
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate
from aggregator.store.tables import metadata

_BATCH_ROWS = 1000
Progress = Callable[[int, int], None]
"""Called with the number of copied rows and the number of all rows."""


def write_backup(database: Database, file: Path, *, progress: Progress) -> None:
    """Writes a backup into a file that does not exist yet; raises ``StoreError`` if that fails."""
    try:
        file.touch(mode=0o600, exist_ok=False)  # feed URLs may contain passwords
        if database.is_sqlite:
            with database.outside_transactions() as cursor:
                cursor.execute("VACUUM INTO ?", (str(file),))
            return
        with open_sqlite_file(file) as copy:
            migrate(copy)
            copy_rows(database, copy, progress=progress)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise StoreError(f"{file}: the copy cannot be written: {_sentence(error)}") from error


def copy_sqlite_file(original: Path, file: Path) -> None:
    """Writes the contents of an SQLite file into another file, which does not exist yet.

    The original is only read. Raises ``StoreError`` if it cannot be read or is not an SQLite file.
    """
    try:
        with closing(sqlite3.connect(f"{original.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
    except sqlite3.Error as error:
        raise StoreError(f"{original}: the file cannot be read: {error}") from error


def open_sqlite_file(file: Path) -> closing[Database]:
    """Opens an SQLite file as a database, which is closed at the end of the block."""
    return closing(Database(URL.create("sqlite", database=str(file)).render_as_string()))


def copy_rows(source: Database, target: Database, *, progress: Progress) -> None:
    """Replaces the rows of the target with those of the source; both have this program's schema.

    Copies everything or nothing. Raises ``StoreError`` if one of the two databases fails.
    """
    try:
        _copy_rows(source, target, progress)
    except SQLAlchemyError as error:
        raise StoreError(f"{target.shown_url}: nothing was copied: {_sentence(error)}") from error


def _copy_rows(source: Database, target: Database, progress: Progress) -> None:
    with _at_one_instant(source) as reading, target.engine.connect().execution_options(writes=True) as writing:
        total, done = sum(_count(reading, table) for table in metadata.sorted_tables), 0
        with writing.begin():
            for table in reversed(metadata.sorted_tables):
                writing.execute(table.delete())
            for table in metadata.sorted_tables:
                for rows in _batches(reading, table):
                    _insert(writing, table, rows)
                    done += len(rows)
                    progress(done, total)
                _set_own_references(reading, writing, table)
            if not target.is_sqlite:
                _continue_numbering(writing)


def count_rows(database: Database, *names: str) -> dict[str, int]:
    """Returns the number of rows of these tables, or of all tables if none is named."""
    with _at_one_instant(database) as connection:
        return {name: _count(connection, metadata.tables[name]) for name in names or metadata.tables}


def is_empty_database(database: Database) -> bool:
    """Returns True if a database with this program's schema has no feeds, entries, articles or stories."""
    return not any(count_rows(database, "feed", "entry", "article", "story").values())


@contextmanager
def _at_one_instant(database: Database) -> Iterator[Connection]:
    level = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    all_rows = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(all_rows, execution_options={"yield_per": _BATCH_ROWS})
    for rows in result.mappings().partitions():
        yield [dict(row) for row in rows]


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Inserts rows; references to other rows of the table are set later, when all rows are there."""
    unset = dict.fromkeys(_own_references(table))
    connection.execute(insert(table), [{**row, **unset} for row in rows])


def _set_own_references(source: Connection, target: Connection, table: Table) -> None:
    for name in _own_references(table):
        column, key = table.c[name], table.c.id
        pairs = [
            {"row": row_id, "other": value}
            for row_id, value in source.execute(select(key, column).where(column.is_not(None)))
        ]
        if pairs:
            set_reference = update(table).where(key == bindparam("row")).values({name: bindparam("other")})
            target.execute(set_reference, pairs)


def _own_references(table: Table) -> tuple[str, ...]:
    return tuple(key.parent.name for key in table.foreign_keys if key.column.table is table)


def _continue_numbering(connection: Connection) -> None:
    """Makes PostgreSQL number new rows after the copied ones."""
    for table in metadata.sorted_tables:
        if "id" not in table.c:
            continue
        if sequence := connection.scalar(select(func.pg_get_serial_sequence(table.name, "id"))):
            newest = connection.scalar(select(func.max(table.c.id)))
            connection.execute(select(func.setval(sequence, newest or 1, newest is not None)))


def _sentence(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
