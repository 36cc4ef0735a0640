"""What was done is counted by the full hour, and what is to be done at this instant."""

from __future__ import annotations

from datetime import timedelta, timezone

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.operations import HourlyActivity
from aggregator.store import stories
from aggregator.store.database import Database
from aggregator.store.hourly_activity import PendingWork, count_by_hour, count_pending_work
from aggregator.store.tables import Article, ArticleState, Feed, Poll
from tests.stored import MINUTE, NOW, add_article, add_feeds

HOUR = timedelta(hours=1)
NEAR = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=Evidence())


def test_the_last_hours_are_counted_each_from_its_first_to_its_last_second(database: Database) -> None:
    add_feeds(database, "one", "two")
    second = timedelta(seconds=1)
    with database.writing() as session:
        for at, outcome, wire_bytes in (
            (NOW - HOUR - second, "read", 1),
            (NOW - HOUR, "read", 10),
            (NOW - second, "read", 100),
            (NOW - second, "error", 1000),
            (NOW, "read", 10_000),
            (NOW + 59 * MINUTE, "unchanged", 0),
        ):
            session.add(Poll(feed_id=1, at=at, outcome=outcome, wire_bytes=wire_bytes))
    for minute, name in enumerate(("one", "two", "one", "two")):
        add_article(database, name, f"a{minute}", f"text {minute}", now=NOW + (minute - 1) * 60 * MINUTE)
    with database.writing() as session:
        stories.create_story(session, 1, key="k", settle_at=NOW, now=NOW, reason="alone")
        stories.add_copy(session, 2, 1, verdict=NEAR, against_id=1, now=NOW - HOUR - second)
        stories.add_copy(session, 3, 1, verdict=NEAR, against_id=1, now=NOW - HOUR)
        stories.add_copy(session, 4, 1, verdict=NEAR, against_id=1, now=NOW)
    with database.reading() as session:
        before = HourlyActivity(
            begins_at=NOW - HOUR, polls={"read": 2, "error": 1}, wire_bytes=1110, articles=1, merged=1
        )
        current = HourlyActivity(
            begins_at=NOW, polls={"read": 1, "unchanged": 1}, wire_bytes=10_000, articles=1, merged=1
        )
        late = NOW + 59 * MINUTE + timedelta(seconds=59, microseconds=999_999)
        assert count_by_hour(session, hours=2, now=NOW) == (before, current)
        assert count_by_hour(session, hours=2, now=late) == (before, current)
        assert count_by_hour(session, hours=1, now=late.astimezone(timezone(HOUR))) == (current,)
        empty = HourlyActivity(begins_at=NOW - 9 * HOUR, polls={}, wire_bytes=0, articles=0, merged=0)
        assert count_by_hour(session, hours=10, now=NOW)[0] == empty
        assert [activity.begins_at for activity in count_by_hour(session, hours=3, now=NOW)] == [
            NOW - 2 * HOUR,
            NOW - HOUR,
            NOW,
        ]


def test_due_feeds_and_articles_without_a_story_are_pending(database: Database) -> None:
    with database.reading() as session:
        assert count_pending_work(session, now=NOW) == PendingWork(feeds=0, articles=0)
    add_feeds(database, "one", "two", "three")
    for number, state in enumerate((ArticleState.WAITING, ArticleState.READY, ArticleState.PLACED, ArticleState.READY)):
        article_id = add_article(database, "one", f"a{number}", "text")
        with database.writing() as session:
            session.get_one(Article, article_id).state = state
    with database.writing() as session:
        session.get_one(Feed, 2).next_poll_at = NOW + MINUTE
        session.get_one(Feed, 3).retired_at = NOW
    with database.reading() as session:
        assert count_pending_work(session, now=NOW) == PendingWork(feeds=1, articles=3)
        assert count_pending_work(session, now=NOW + MINUTE) == PendingWork(feeds=2, articles=3)
