"""Transactions are whole, steps run in threads, and what runs beside them waits or is told why not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from aggregator.errors import AlreadyRunning, StoreError
from aggregator.store.database import Database, in_batches, insert_missing, lock_merging, sqlite_file_of
from aggregator.store.tables import Host, KeyValue, Story
from tests.stored import MINUTE, NOW, add_article, add_feeds

pytestmark = pytest.mark.anyio


@pytest.fixture
def on_disk(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite file."""
    database = Database(sqlite_url)
    yield database
    database.close()


def store(session: Session, name: str, value: str = "x") -> str:
    session.merge(KeyValue(name=name, value=value))
    return name


def names(session: Session) -> list[str]:
    return sorted(session.scalars(select(col(KeyValue.name)).where(col(KeyValue.name).in_(list("abcd")))))


async def test_a_change_is_stored_and_a_change_that_fails_is_not(database: Database) -> None:
    assert await database.write(store, "a") == "a"
    assert await database.write(store, name="b", value="y") == "b"

    def fail(session: Session) -> None:
        store(session, "c")
        session.flush()
        raise LookupError("in the middle")

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(names) == ["a", "b"]

    def write_while_reading(session: Session) -> None:
        store(session, "d")
        session.flush()

    await database.read(write_while_reading)
    assert await database.read(names) == ["a", "b"], "a reading transaction stores nothing"


def test_the_content_version_grows_with_each_transaction_that_readers_can_see(database: Database) -> None:
    add_feeds(database, "one")
    add_article(database, "one", "a", "text")
    versions = [database.content_version()]

    def then() -> int:
        versions.append(database.content_version())
        return versions[-1] - versions[-2]

    with database.writing() as session:
        session.add(KeyValue(name="a", value="x"))
    assert then() == 0
    times: dict[str, Any] = dict.fromkeys(("founded_at", "settle_at", "first_seen_at", "published_at"), NOW)
    with database.writing() as session:
        session.add_all(Story(key=f"k{number}", lead_article_id=1, **times) for number in range(3))
    assert then() == 1
    with database.writing() as session:
        session.add(KeyValue(name="b", value="x"))
    assert then() == 0
    with database.writing() as session:
        session.add(Story(key="k9", lead_article_id=1, **times))
        session.flush()
        session.rollback()
    assert then() == 0, "what was rolled back is not seen"


def test_a_database_is_held_by_one_service_which_others_are_told(on_disk: Database, sqlite_url: str) -> None:
    other = Database(sqlite_url)
    on_disk.hold()
    on_disk.hold()
    assert on_disk.path is not None
    lock = on_disk.path.with_name("test.db.lock")
    assert lock.read_text() == f"{os.getpid()}\n"
    with pytest.raises(AlreadyRunning) as raised:
        other.hold()
    assert str(raised.value) == (
        f"{on_disk.path} is in use by another aggregator (process {os.getpid()}); stop that one first, "
        "or use PostgreSQL, where several may run at once"
    )
    with on_disk.held():
        pass
    with pytest.raises(AlreadyRunning):
        other.hold()
    on_disk.close()
    with other.held(), pytest.raises(AlreadyRunning):
        Database(sqlite_url).hold()
    third = Database(sqlite_url)
    third.hold()
    for database in (other, third):
        database.close()


def test_a_lock_file_that_cannot_be_opened_is_told(on_disk: Database) -> None:
    assert on_disk.path is not None
    lock = on_disk.path.with_name("test.db.lock")
    lock.mkdir()
    with pytest.raises(StoreError, match=f"^{lock}: the lock file cannot be opened: "):
        on_disk.hold()
    lock.rmdir()
    lock.write_text("")
    holder = Database(f"sqlite:///{on_disk.path}")
    holder.hold()
    lock.write_text("")
    with pytest.raises(AlreadyRunning, match=r"\(process unknown\)"):
        on_disk.hold()
    holder.close()


def test_a_database_that_cannot_be_opened_is_told_without_its_password(tmp_path: Path) -> None:
    folder = tmp_path / "folder.db"
    folder.mkdir()
    database = Database(f"sqlite:///{folder}")
    with pytest.raises(StoreError) as raised:
        database.check()
    database.close()
    assert str(raised.value) == f"sqlite:///{folder}: the database cannot be opened: unable to open database file"
    away = Database("postgres://me:secret@127.0.0.1:1/none")
    assert away.shown_url == "postgresql+psycopg://me:***@127.0.0.1:1/none"
    with pytest.raises(StoreError, match="the database cannot be opened: connection failed"):
        away.check()
    away.close()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///a/b.db", "a/b.db"),
        ("sqlite:////a/b.db", "/a/b.db"),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql://a/b.db", None),
    ],
)
def test_the_file_of_a_url(url: str, file: str | None) -> None:
    assert sqlite_file_of(url) == (None if file is None else Path(file))


def test_the_size_of_a_file_is_that_of_its_pages(on_disk: Database) -> None:
    assert on_disk.path is not None
    with on_disk.outside_transactions() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with on_disk.reading() as session:
        assert on_disk.size(session) == on_disk.path.stat().st_size


async def test_a_file_with_little_free_room_is_left_alone(on_disk: Database) -> None:
    assert not await on_disk.free_unused_space()
    await on_disk.update_statistics()


def test_values_are_split_into_lists_that_fit_into_a_statement() -> None:
    assert [len(batch) for batch in in_batches(range(20_001))] == [10_000, 10_000, 1]
    assert [len(batch) for batch in in_batches(range(10_000))] == [10_000]
    assert list(in_batches(iter("ab"))) == [["a", "b"]]
    assert list(in_batches(())) == []


def test_rows_that_are_there_stay_and_missing_ones_are_added(database: Database) -> None:
    with database.writing() as session:
        session.add(Host(key="a", next_request_at=NOW))
        insert_missing(session, Host, [{"key": key, "next_request_at": NOW + MINUTE} for key in "ab"])
        insert_missing(session, Host, [])
        lock_merging(session)
        times = {host.key: host.next_request_at for host in session.scalars(select(Host))}
    assert times == {"a": NOW, "b": NOW + MINUTE}


def test_the_file_is_in_wal_mode_with_foreign_keys(on_disk: Database) -> None:
    with on_disk.reading() as session:
        pragmas = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
