"""A copy of a database has all rows with their ids and references, or nothing; the original is only read."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from aggregator.errors import StoreError
from aggregator.store import backup, stories
from aggregator.store.database import Database
from aggregator.store.tables import ExpiredStory, KeyValue, Story, Tombstone, metadata, sql_table
from tests.stored import NOW, add_article, add_feeds


@pytest.fixture
def source(sqlite_url: str) -> Iterator[Database]:
    """Two feeds, and two stories of which the older was merged into the younger."""
    database = Database(sqlite_url)
    add_feeds(database, "one", "two")
    ids = [add_article(database, name, "a", f"text {name}") for name in ("one", "two")]
    with database.writing() as session:
        for number, article_id in enumerate(ids):
            stories.create_story(session, article_id, key=f"k{number}", settle_at=NOW, now=NOW, reason="alone")
        older = session.get_one(Story, 1)
        older.withdrawn_at, older.survivor_id = NOW, 2
    yield database
    database.close()


@pytest.fixture
def target(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and no rows."""
    database = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'target.db')}")
    yield database
    database.close()


def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def unwatched(_done: int, _total: int) -> None:
    """Progress that nobody is told of."""


def test_all_rows_are_copied_with_their_ids_and_references_and_replace_what_was_there(
    source: Database, target: Database
) -> None:
    add_feeds(target, "other", "another", "third")
    progress: list[tuple[int, int]] = []
    backup.copy_rows(source, target, progress=lambda done, total: progress.append((done, total)))
    assert rows_of(target) == rows_of(source)
    total = sum(map(len, rows_of(source).values()))
    assert (progress[-1], {of for _, of in progress}) == ((total, total), {total})
    sizes = [len(rows_of(source)[table.name]) for table in metadata.sorted_tables]
    assert [done for done, _ in progress] == [sum(sizes[: n + 1]) for n, size in enumerate(sizes) if size]


def test_thousands_of_rows_are_copied_in_batches(source: Database, target: Database) -> None:
    with source.writing() as session:
        session.execute(insert(sql_table(KeyValue)), [{"name": f"n{n}", "value": f"{n}"} for n in range(2001)])
    progress: list[int] = []
    backup.copy_rows(source, target, progress=lambda done, _: progress.append(done))
    assert rows_of(target)["note"] == rows_of(source)["note"]
    assert max(after - before for before, after in pairwise(progress)) == 1000


def test_a_copy_that_fails_leaves_the_target_as_it_was(source: Database, target: Database) -> None:
    add_feeds(target, "other")
    with target.writing() as session:
        session.add(ExpiredStory(key="k", expired_at=NOW))
    with target.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE tombstone")
        connection.commit()
    with pytest.raises(StoreError) as raised:
        backup.copy_rows(source, target, progress=unwatched)
    assert str(raised.value) == f"{target.shown_url}: nothing was copied: no such table: tombstone"
    with target.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE tombstone AS SELECT 1 AS feed_id, 2 AS mark, NULL AS seen_at")
        assert connection.scalar(select(Tombstone.__table__.c.mark)) == 2  # type: ignore[attr-defined]
        assert connection.scalar(select(sql_table(ExpiredStory).c.key)) == "k"


def test_rows_are_counted_by_table_and_a_database_without_content_is_empty(source: Database, target: Database) -> None:
    assert backup.count_rows(source, "feed", "story") == {"feed": 2, "story": 2}
    assert backup.count_rows(source) == {name: len(rows) for name, rows in rows_of(source).items()}
    assert backup.is_empty_database(target)
    with target.writing() as session:
        session.add(KeyValue(name="authority", value="desk"))
    assert backup.is_empty_database(target), "what the service stores about itself is no content"
    add_feeds(target, "one")
    assert not backup.is_empty_database(target)


def test_a_backup_is_a_new_file_that_only_its_owner_can_read(source: Database, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    with source.writing() as session:
        session.connection().exec_driver_sql("CREATE TABLE mine AS SELECT 7 AS number")
    backup.write_backup(source, file, progress=unwatched)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with backup.open_sqlite_file(file) as copy:
        assert rows_of(copy) == rows_of(source)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT number FROM mine").fetchall() == [(7,)], "a file of SQLite is copied whole"
    before = file.read_bytes()
    with pytest.raises(StoreError, match=f"^{file}: the copy cannot be written: .*File exists"):
        backup.write_backup(source, file, progress=unwatched)
    assert file.read_bytes() == before
    with pytest.raises(StoreError, match=r"the copy cannot be written: .*No such file or directory"):
        backup.write_backup(source, tmp_path / "nowhere" / "kept.db", progress=unwatched)


def test_a_file_is_copied_without_a_change_of_it_or_the_reason_is_told(source: Database, tmp_path: Path) -> None:
    original, copy, missing, text = (tmp_path / name for name in ("a b?.db", "copy.db", "missing.db", "text.db"))
    backup.write_backup(source, original, progress=unwatched)
    before = original.read_bytes()
    backup.copy_sqlite_file(original, copy)
    assert original.read_bytes() == before
    with backup.open_sqlite_file(copy) as opened:
        assert rows_of(opened) == rows_of(source)
    with pytest.raises(StoreError, match=f"^{missing}: the file cannot be read: unable to open database file$"):
        backup.copy_sqlite_file(missing, tmp_path / "new.db")
    assert not missing.exists()
    text.write_text("Not a database, but long enough to be read. " * 50)
    with pytest.raises(StoreError, match=f"^{text}: the file cannot be read: file is not a database$"):
        backup.copy_sqlite_file(text, tmp_path / "new.db")
