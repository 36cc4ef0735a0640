"""Which entries of a document were deleted before, and how long that is known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.parsing import FreshEntry, UnchangedEntry
from aggregator.store import tombstones
from aggregator.store.column_types import MAX_KEY_LENGTH, bounded_key
from aggregator.store.database import Database
from aggregator.store.tables import Entry, Tombstone
from tests.stored import NOW, add_feeds, entry

DAY = timedelta(days=1)
URL = "https://one.example/a"


@pytest.fixture
def stored(database: Database) -> Database:
    """Two feeds; of the first one the entries a (with a link) and b (without) were deleted."""
    add_feeds(database, "one", "two")
    bury(database, Entry(feed_id=1, uid="a", url_key=URL, digest="d"), Entry(feed_id=1, uid="b", digest="d"))
    return database


def bury(database: Database, *entries: Entry, now: datetime = NOW) -> None:
    with database.writing() as session:
        tombstones.add_tombstones(session, entries, now=now)


def item(uid: str, url: str | None = None, digest: str = "d") -> FreshEntry:
    return FreshEntry(entry=entry(uid, url=url), digest=digest)


def left(
    database: Database, *items: FreshEntry | UnchangedEntry, feed: int = 1, known: tuple[str, ...] = (), days: int = 0
) -> list[str]:
    with database.writing() as session:
        kept = tombstones.drop_expired(session, feed, items, known=known, now=NOW + days * DAY)
        return [one.uid for one in kept]


def seen(database: Database) -> list[int]:
    """For each tombstone, how many days after now a document last had its entry."""
    with database.reading() as session:
        return sorted((at - NOW).days for at in session.scalars(select(col(Tombstone.seen_at))))


@pytest.mark.parametrize(
    ("came", "dropped"),
    [
        pytest.param(item("a", URL, "other"), True, id="its id and its link"),
        pytest.param(item("a", "https://one.example/other", "other"), False, id="its id with another link"),
        pytest.param(item("b"), True, id="its id, without a link"),
        pytest.param(item("new", URL), True, id="its link with the same content"),
        pytest.param(UnchangedEntry(uid="new", url=URL, digest="d"), True, id="as an entry whose texts were not read"),
        pytest.param(item("new", URL, "other"), False, id="its link with other content"),
        pytest.param(item("new", None), False, id="another id without a link"),
        pytest.param(item("new", "https://one.example/b"), False, id="another link with the same content"),
    ],
)
def test_a_deleted_entry_is_known_by_its_link_with_its_id_or_with_its_content(
    stored: Database, came: FreshEntry | UnchangedEntry, dropped: bool
) -> None:
    assert left(stored, item("x"), came, item("y")) == (["x", "y"] if dropped else ["x", came.uid, "y"])
    assert left(stored, came, feed=2) == [came.uid], "each feed has its own"
    assert left(stored, came, known=(came.uid,)) == [came.uid], "a stored entry was not deleted"


def test_a_long_id_and_a_long_link_are_known_too(stored: Database) -> None:
    long = "x" * (MAX_KEY_LENGTH + 1)
    hashed = left(stored, item(long, f"{URL}/{long}"))
    assert hashed == [long]
    with stored.writing() as session:
        rows = bounded_key(long), bounded_key(f"{URL}/{long}")
        tombstones.add_tombstones(session, [Entry(feed_id=1, uid=rows[0], url_key=rows[1], digest="d")], now=NOW)
    assert left(stored, item(long, f"{URL}/{long}", "other"), item("new", f"{URL}/{long}")) == []


def test_a_document_with_a_deleted_entry_renews_its_tombstone_once_a_month(stored: Database) -> None:
    assert left(stored, item("a", URL), days=30) == []
    assert seen(stored) == [0, 0, 0]
    assert left(stored, item("a", URL), days=31) == []
    assert seen(stored) == [0, 31, 31], "of a: its id and its link"
    assert left(stored, item("a", URL, "other"), days=62) == []
    assert seen(stored) == [0, 31, 62]


def test_a_tombstone_goes_a_year_after_a_document_last_had_the_entry(stored: Database) -> None:
    bury(stored, Entry(feed_id=2, uid="c", digest="d"))
    assert left(stored, item("x"), days=365) == ["x"]
    assert len(seen(stored)) == 4
    assert left(stored, item("x"), known=("x",), days=366) == ["x"]
    assert left(stored, days=366) == []
    assert len(seen(stored)) == 4, "only a document with other entries makes feeds forget"
    assert left(stored, item("b"), item("x"), days=366) == ["x"]
    assert seen(stored) == [0, 366], "of b, and of the other feed"
    assert left(stored, item("a", URL), days=366) == ["a"]
