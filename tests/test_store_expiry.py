"""What is past goes in slices, with all that refers to it, and nothing that is still needed goes with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.store import expiry, stories
from aggregator.store.database import Database
from aggregator.store.expiry import ExpiredSlice, FeedHorizon
from aggregator.store.tables import Article, Copy, Entry, ExpiredStory, Feed, Story, StoryChange, Table, Tombstone
from tests.stored import MINUTE, NOW, add_article, add_entries, add_feeds, entry

NEAR = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=Evidence())
DAY = timedelta(days=1)


@pytest.fixture
def stored(database: Database) -> Database:
    """Six articles of the feed one, a minute apart until now, and one of the feed two, which keeps all."""
    add_feeds(database, "one", "two")
    for number in range(1, 7):
        add_article(database, "one", f"a{number}", f"text {number}", now=NOW + (number - 6) * MINUTE)
    add_article(database, "two", "b", "text", now=NOW - 9 * DAY)
    return database


def change(database: Database, table: type[Table], key: object, **values: Any) -> None:
    with database.writing() as session:
        for name, value in values.items():
            setattr(session.get_one(table, key), name, value)


def past(database: Database, before: Any = NOW + MINUTE, *, feed: int = 1) -> None:
    """Lets the entries of a feed be past that did not change since an instant."""
    with database.writing() as session:
        expiry.store_horizons(session, {feed: before})


def found(session: Session, article_id: int, key: str) -> int:
    return stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="alone")


def delete(database: Database, *, after: int = 0, limit: int = 99) -> ExpiredSlice:
    with database.writing() as session:
        return expiry.delete_expired(session, after=after, limit=limit, now=NOW + DAY)


def ids(database: Database, table: type[Entry | Article | Story]) -> list[int | None]:
    with database.reading() as session:
        return list(session.scalars(select(col(table.id)).order_by(col(table.id))))


def test_a_pass_goes_through_the_entries_in_slices(stored: Database) -> None:
    past(stored, NOW - MINUTE)
    assert delete(stored, limit=2) == ExpiredSlice(up_to_id=2, entries=2)
    assert delete(stored, after=2, limit=3) == ExpiredSlice(up_to_id=5, entries=2)
    assert delete(stored, after=5, limit=3) == ExpiredSlice(up_to_id=7, entries=0)
    assert delete(stored, after=7, limit=3) == ExpiredSlice(up_to_id=None)
    assert ids(stored, Entry) == ids(stored, Article) == [5, 6, 7], "an entry of the very instant is kept"


def test_an_entry_is_as_old_as_its_last_change(stored: Database) -> None:
    change(stored, Entry, 1, changed_at=NOW)
    change(stored, Entry, 6, changed_at=NOW - DAY)
    past(stored, NOW)
    delete(stored)
    assert ids(stored, Entry) == [1, 7]


def test_only_the_entries_of_the_slice_go_and_those_of_their_articles(stored: Database) -> None:
    add_entries(stored, "one", entry("again", url="https://one.example/a1"), entry("bare", url=None), now=NOW - DAY)
    past(stored)
    with stored.writing() as session:
        session.get_one(Entry, 8).article_id, session.get_one(Entry, 9).article_id = 1, None
    assert delete(stored, limit=1) == ExpiredSlice(up_to_id=1, entries=2)
    assert ids(stored, Entry) == [2, 3, 4, 5, 6, 7, 9]
    assert delete(stored, after=8, limit=1) == ExpiredSlice(up_to_id=9, entries=1)
    with stored.reading() as session:
        marks = session.scalars(select(col(Tombstone.seen_at))).all()
    assert marks == [NOW + DAY] * 8, "three for an entry with a link, two for the other"


@pytest.mark.parametrize(
    ("claimed", "kept"), [(NOW + DAY + MINUTE, True), (NOW + DAY, False), (NOW, False), (None, False)]
)
def test_an_article_that_a_worker_has_claimed_stays_with_its_story(stored: Database, claimed: Any, kept: bool) -> None:
    with stored.writing() as session:
        stories.add_copy(session, 2, found(session, 1, "a"), verdict=NEAR, against_id=1, now=NOW)
        session.get_one(Article, 1).claimed_until = claimed
    past(stored)
    assert delete(stored, limit=2) == ExpiredSlice(up_to_id=2, entries=0 if kept else 2, stories=0 if kept else 1)
    assert ids(stored, Story) == ([1] if kept else [])


def test_a_story_stays_with_all_its_articles_while_one_of_them_is_carried(stored: Database) -> None:
    with stored.writing() as session:
        first = found(session, 1, "a")
        stories.add_copy(session, 7, first, verdict=NEAR, against_id=1, now=NOW)
        stories.add_copy(session, 3, found(session, 2, "b"), verdict=NEAR, against_id=2, now=NOW)
    past(stored)
    assert delete(stored, limit=1) == ExpiredSlice(up_to_id=1)
    assert delete(stored, limit=2) == ExpiredSlice(up_to_id=2, entries=2, stories=1), "article 3 of the story too"
    assert ids(stored, Article) == [1, 4, 5, 6, 7]
    past(stored, feed=2)
    assert delete(stored, limit=1) == ExpiredSlice(up_to_id=1, entries=2, stories=1)
    assert ids(stored, Story) == []


def test_the_key_of_a_story_that_readers_knew_stays_for_a_year(stored: Database) -> None:
    with stored.writing() as session:
        found(session, 1, "known")
        stories.publish_settled(session, before=NOW, authority="x.invalid", now=NOW)
        found(session, 2, "unknown")
    past(stored)
    assert delete(stored).stories == 2

    def known() -> list[str]:
        with stored.reading() as session:
            return list(session.scalars(select(col(ExpiredStory.key))))

    assert known() == ["known"]
    with stored.writing() as session:
        assert expiry.last_pass_ended_at(session) is None
        assert expiry.last_pass_counted_from(session) is None
        expiry.record_pass(session, by=NOW, now=NOW + 366 * DAY)
        assert expiry.last_pass_ended_at(session) == NOW + 366 * DAY
        assert expiry.last_pass_counted_from(session) == NOW
    assert known() == ["known"]
    with stored.writing() as session:
        expiry.record_pass(session, by=NOW, now=NOW + 366 * DAY + MINUTE)
    assert known() == []


def test_the_stories_that_were_merged_into_a_deleted_one_go_with_it_and_no_other(stored: Database) -> None:
    with stored.writing() as session:
        for article_id, key in ((1, "a"), (2, "b"), (3, "c"), (7, "d")):
            found(session, article_id, key)
        stories.publish_settled(session, before=NOW, authority="x.invalid", now=NOW)
        for story_id, survivor_id in ((2, 1), (3, 2)):
            story = session.get_one(Story, story_id)
            story.withdrawn_at, story.survivor_id = NOW, survivor_id
            session.get_one(Copy, story_id).story_id = 1
    past(stored)
    assert delete(stored, limit=1) == ExpiredSlice(up_to_id=1, entries=3, stories=1)
    assert ids(stored, Story) == [4]
    with stored.reading() as session:
        assert set(session.scalars(select(col(ExpiredStory.key)))) == {"a", "b", "c"}


def test_a_withdrawn_story_goes_with_its_article_unless_it_leads_to_another(stored: Database) -> None:
    with stored.writing() as session:
        for article_id, key in ((1, "gone"), (2, "moved"), (7, "stays")):
            found(session, article_id, key)
        for story_id, survivor_id in ((1, None), (2, 3)):
            session.delete(session.get_one(Copy, story_id))
            story = session.get_one(Story, story_id)
            story.withdrawn_at, story.survivor_id = NOW, survivor_id
        found(session, 2, "new")
    past(stored)
    assert delete(stored, limit=2).entries == 2
    assert ids(stored, Story) == [2, 3]
    with stored.reading() as session:
        assert session.get_one(Story, 2).lead_article_id == 7, "it leads to the canonical copy of its survivor"


def test_what_refers_to_a_deleted_article_of_another_story_forgets_it(stored: Database) -> None:
    with stored.writing() as session:
        found(session, 1, "a")
        second = found(session, 7, "b")
        copy = session.get_one(Copy, 7)
        copy.against_id = 1
        session.add(StoryChange(story_id=second, article_id=1, at=NOW, what="left", reason="revised away"))
    past(stored)
    delete(stored, limit=1)
    with stored.reading() as session:
        assert session.get_one(Copy, 7).against_id is None
        rows = session.scalars(select(StoryChange).order_by(col(StoryChange.id)))
        assert [(row.story_id, row.article_id, row.what) for row in rows] == [(2, 7, "founded"), (2, None, "left")]


def test_a_feed_has_the_horizon_that_was_stored_for_it(stored: Database) -> None:
    with stored.writing() as session:
        assert not expiry.any_feed_expires(session)
        expiry.store_horizons(session, {2: NOW})
        assert expiry.any_feed_expires(session)
        assert expiry.stored_horizons(session) == (
            FeedHorizon(feed_id=1, name="one", expires_before=None),
            FeedHorizon(feed_id=2, name="two", expires_before=NOW),
        )
        expiry.store_horizons(session, {2: None})
        assert not expiry.any_feed_expires(session)
        assert session.get_one(Feed, 1).expires_before is None


def test_the_oldest_of_the_newest_entries_counts_by_its_last_change(stored: Database) -> None:
    change(stored, Entry, 1, changed_at=NOW + MINUTE)

    def oldest(entries: int) -> Any:
        with stored.reading() as session:
            return expiry.oldest_counted(session, 1, entries)

    assert [oldest(number) for number in (1, 2, 3, 6, 7)] == [
        NOW + MINUTE,
        NOW,
        NOW - MINUTE,
        NOW - 4 * MINUTE,
        None,
    ]
