"""The migrations build the tables, once, on both databases, and refuse what they do not know."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from aggregator.errors import DatabaseTooNew, StoreError
from aggregator.store.database import Database
from aggregator.store.migrating import migrate, pending_migrations
from aggregator.store.tables import metadata


def test_the_migrations_and_the_tables_describe_the_same_schema(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_fresh_database_needs_every_migration_and_a_migrated_one_none(empty_url: str) -> None:
    database = Database(empty_url)
    applied = migrate(database)
    assert applied[0] == "0001"
    assert (migrate(database), pending_migrations(database)) == ((), ())
    database.close()


def test_daemons_that_start_at_once_migrate_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate, databases))
    assert sorted(map(bool, applied)) == [False, False, False, True]
    for database in databases:
        database.close()


def test_a_database_of_a_newer_program_is_refused_with_what_to_do(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew, match=r"at version 9999, newer than this program knows .* install the newer"):
        migrate(database)


def test_a_database_of_another_program_is_refused(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE feed (id INTEGER)"))
    with pytest.raises(StoreError, match=r"holds tables this program did not make \(feed\)"):
        migrate(database)
    database.close()


def test_a_migration_that_fails_half_way_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(empty_url)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.operations.Operations.create_index", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(database)
    monkeypatch.undo()
    assert migrate(database)[0] == "0001"
    database.close()
