"""Migrates the database to this program's version."""

from __future__ import annotations

import typer

from aggregator.commands.console import read_configuration
from aggregator.commands.options import Config
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate


def migrate_database(config: Config = None) -> None:
    """Applies the pending migrations and prints the version of the database."""
    configuration = read_configuration(config, quiet=True)
    database = Database(configuration.settings.database)
    try:
        applied = migrate(database)
    finally:
        database.close()
    typer.echo(f"{database.shown_url}: " + (f"migrated to {applied[-1]}" if applied else "is up to date"))
