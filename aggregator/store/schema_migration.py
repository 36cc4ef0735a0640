"""Migrates the database to the schema of this program.

Runs the numbered Alembic migrations in ``migrations/`` at start, in one transaction under a lock, so that they
run once if two daemons start at the same time.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from aggregator.errors import DatabaseTooNew, StoreError
from aggregator.store.database import Database

_MIGRATING = 0x6D696772  # "migr": the advisory lock on PostgreSQL


def migrations_directory() -> Path:
    """Returns the folder of the migrations: in the installed package, else next to it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "migrations", package.parent / "migrations"):
        if (candidate / "env.py").is_file():
            return candidate
    raise StoreError(f"the migrations are missing; they should be in {package / 'migrations'}")


def migrate(database: Database) -> tuple[str, ...]:
    """Migrates the database to this program's schema; returns the applied revisions, oldest first.

    Raises ``DatabaseTooNew`` if a newer program wrote it, ``StoreError`` if the database has tables but no
    version, so another program made it, and ``AlreadyRunning`` if an older service uses this SQLite file, whose
    tables must not change while it runs.
    """
    pending, scripts = pending_migrations(database), _scripts()
    is_new = len(pending) == len(list(scripts.walk_revisions()))
    if not pending or is_new:
        return _migrate(database, scripts)
    with database.held():
        return _migrate(database, scripts)


@cache
def _scripts() -> ScriptDirectory:
    """The migrations; reading all of them takes as long as opening the database, so they are read once."""
    return ScriptDirectory.from_config(alembic_configuration())


def _migrate(database: Database, scripts: ScriptDirectory) -> tuple[str, ...]:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        pending = _pending(connection, scripts, database)
        if pending:
            command.upgrade(alembic_configuration(connection), "head")
    return pending


def pending_migrations(database: Database) -> tuple[str, ...]:
    """Returns the revisions that ``migrate`` would apply, oldest first; raises the same errors."""
    database.check()
    with database.engine.connect() as connection:
        return _pending(connection, _scripts(), database)


def _pending(connection: Connection, scripts: ScriptDirectory, database: Database) -> tuple[str, ...]:
    current = MigrationContext.configure(connection).get_current_revision()
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    if current is None:
        foreign_tables = set(inspect(connection).get_table_names()) & {"feed", "entry", "article", "story"}
        if foreign_tables:
            raise StoreError(
                f"{database.shown_url} has tables that this program did not create "
                f"({', '.join(sorted(foreign_tables))}); give it a database of its own"
            )
        return tuple(known)
    if current not in known:
        raise DatabaseTooNew(
            f"{database.shown_url} is at version {current}, newer than this program knows (up to {known[-1]}); "
            "install the newer version of aggregator, or restore a backup from before the upgrade"
        )
    return tuple(known[known.index(current) + 1 :])


def alembic_configuration(connection: Connection | None = None) -> Config:
    """Returns the Alembic configuration: the folder of the migrations, and the connection."""
    config = Config()
    config.set_main_option("script_location", str(migrations_directory()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
