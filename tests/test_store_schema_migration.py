"""The migrations build the tables, once, on both databases, and refuse what they do not know."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.errors import AlreadyRunning, DatabaseTooNew, StoreError
from aggregator.store import articles, index_update, sketches, stories
from aggregator.store.database import Database
from aggregator.store.feeds import feed_health
from aggregator.store.schema_migration import alembic_configuration, migrate, pending_migrations
from aggregator.store.tables import Feed, metadata
from tests.stored import MINUTE, NOW, add_article, add_entries, add_feeds, entry


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
    with pytest.raises(StoreError, match=r"has tables that this program did not create \(feed\)"):
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


def test_every_migration_can_be_undone_and_done_again_with_data_in_the_database(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "one", entry("a"))
    for revision in ("0002", "0001", "head"):
        with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
            change = command.upgrade if revision == "head" else command.downgrade
            change(alembic_configuration(connection), revision)
    with database.reading() as session:
        assert [feed.entries for feed in feed_health(session)] == [1, 0]
        assert session.get_one(Feed, 1).configured_url == "https://one.example/feed"


def test_what_is_known_of_a_feed_survives_the_second_migration(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.upgrade(alembic_configuration(connection), "0001")
        connection.execute(text("INSERT INTO host (key, next_request_at) VALUES ('a', '2026-03-01 12:00:00')"))
        connection.execute(
            text(
                "INSERT INTO feed (name, url, host, outlet, tags, priority, full_text, title, etag, next_poll_at, "
                "last_poll_at, last_outcome, reason, problems, hints, failures, gone_count) VALUES ('a', 'https://a/', "
                "'a', 'a', '[]', 0, 'auto', '', 'x', '2026-03-01 12:00:00', '2026-03-01 11:00:00', 'read', '', '[]', "
                "'{}', 0, 0)"
            )
        )
    migrate(database)
    with database.reading() as session:
        feed = session.get_one(Feed, 1)
        assert (feed.configured_url, feed.state, feed.whole_at) == ("https://a/", "active", feed.last_poll_at)
    database.close()


def test_the_index_finds_after_the_tenth_migration_what_it_found_before_it(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    add_feeds(database, "one", "two")
    for name, fingerprints in (("one", (3, 5, 2**32 - 1)), ("two", (3, 9))):
        article_id = add_article(database, name, "a", f"text {name}", fingerprints=fingerprints)
    with database.writing() as session:
        stories.create_story(session, article_id, key="k", settle_at=NOW, now=NOW, reason="no copy of it was found")
        articles.mark_placed(session, article_id)
    for change, revision in ((command.downgrade, "0009"), (command.upgrade, "head")):
        with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
            change(alembic_configuration(connection), revision)
            if revision == "0009":
                hashes = connection.execute(text("SELECT count(*), min(hash), max(hash) FROM fingerprint")).one()
                assert tuple(hashes) == (5, -(2**32), 9 * 2**32)
    index = CandidateIndex(most_articles=1000)
    with database.writing() as session:
        assert [sketches.stored_fingerprints(session, each) for each in (1, 2)] == [(3, 5, 2**32 - 1), (3, 9)]
        index_update.update_index(session, index, since=NOW - MINUTE)
        assert (len(index), index.candidates((3, 9), since=(NOW - MINUTE).timestamp(), most=5)) == (1, (article_id,))
        articles.mark_placed(session, 1)
        index_update.update_index(session, index, since=NOW - MINUTE)
        assert index.candidates((3, 5, 9), since=0, most=5) == (1, 2)
    database.close()


def test_the_tables_of_a_service_that_runs_are_not_changed_below_its_feet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    running, other = Database(url), Database(url)
    with running.engine.begin() as connection:
        command.upgrade(alembic_configuration(connection), "0001")
    running.hold()
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        migrate(other)
    assert pending_migrations(running)
    assert migrate(running)
    assert migrate(other) == ()
    running.close()
    other.hold()
    other.close()
