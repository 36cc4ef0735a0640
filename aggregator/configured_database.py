"""Opens the configured database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from aggregator.settings.settings_file import Configuration
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate

log = structlog.get_logger()


@contextmanager
def open_database(configuration: Configuration, *, hold: bool) -> Iterator[Database]:
    """Opens the configured database, migrates it to this program's version, and closes it after the block.

    With ``hold``, a SQLite file is locked for this process alone. Raises ``StoreError`` if the database does not
    respond, has a newer version, or another service holds it.
    """
    database = Database(configuration.settings.database)
    try:
        if hold:
            database.hold()
        applied = migrate(database)
        if applied:
            log.info("database.migrated", database=database.shown_url, to=applied[-1])
        yield database
    finally:
        database.close()
