"""Which times move back after the clock was set back, by how much, and which stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from aggregator.store import stories
from aggregator.store.clock_correction import shift_planned_times
from aggregator.store.database import Database
from aggregator.store.tables import Article, ArticleState, Feed, Host, Story, Subscription, Table
from tests.stored import MINUTE, NOW, add_entries, add_feeds, entry

HOUR = timedelta(hours=1)
PLANNED: dict[type[Table], tuple[object, tuple[str, ...]]] = {
    Feed: (1, ("next_poll_at", "resume_poll_at", "quiet_until")),
    Host: ("one.example", ("next_request_at", "claimed_until")),
    Article: (1, ("next_attempt_at", "claimed_until")),
    Story: (1, ("settle_at",)),
    Subscription: (1, ("next_attempt_at", "lease_expires_at", "ordinary_poll_at")),
}
"""The key of the one row of each table, and the columns that say when something is to be done."""


@pytest.fixture
def stored(database: Database) -> Database:
    """One row of each table; the article waits for its text, and the story is not published."""
    add_feeds(database, "one")
    add_entries(database, "one", entry())
    with database.writing() as session:
        stories.create_story(session, 1, key="a", settle_at=NOW, now=NOW, reason="alone")
        session.add(
            Subscription(feed_id=1, kind="websub", hub="https://hub.example/", host="one.example", topic="t", token="x")
        )
        plan(session, NOW)
    return database


def plan(session: Session, at: datetime) -> None:
    """Plans everything for one instant."""
    for table, (key, columns) in PLANNED.items():
        for column in columns:
            setattr(session.get_one(table, key), column, at)
    session.flush()


def planned(session: Session) -> dict[str, datetime | None]:
    session.expire_all()
    return {
        f"{table.__name__}.{column}": getattr(session.get_one(table, key), column)
        for table, (key, columns) in PLANNED.items()
        for column in columns
    }


@pytest.mark.parametrize(
    ("ahead", "left", "changed"),
    [
        pytest.param(3 * HOUR, HOUR, 5, id="later than the clock was wrong"),
        pytest.param(2 * HOUR + MINUTE, MINUTE, 5, id="just later"),
        pytest.param(2 * HOUR - MINUTE, 0 * HOUR, 5, id="due now"),
        pytest.param(MINUTE, 0 * HOUR, 5, id="just after now"),
        pytest.param(0 * HOUR, 0 * HOUR, 0, id="planned for now"),
        pytest.param(-HOUR, -HOUR, 0, id="due before"),
    ],
)
def test_what_is_planned_after_now_comes_earlier_by_the_error_of_the_clock_but_not_before_now(
    stored: Database, ahead: timedelta, left: timedelta, changed: int
) -> None:
    with stored.writing() as session:
        plan(session, NOW + ahead)
        assert shift_planned_times(session, by=2 * HOUR, now=NOW) == changed
        assert planned(session) == dict.fromkeys(planned(session), NOW + left)


@pytest.mark.parametrize("column", ["next_poll_at", "resume_poll_at", "quiet_until"])
def test_one_time_of_a_row_moves_and_the_others_stay(stored: Database, column: str) -> None:
    with stored.writing() as session:
        feed = session.get_one(Feed, 1)
        feed.next_poll_at, feed.resume_poll_at, feed.quiet_until = NOW - HOUR, None, NOW - MINUTE
        before = {name: getattr(feed, name) for name in PLANNED[Feed][1]}
        setattr(feed, column, NOW + 5 * HOUR)
        session.flush()
        assert shift_planned_times(session, by=2 * HOUR, now=NOW) == 1
        session.expire_all()
        after = {name: getattr(feed, name) for name in PLANNED[Feed][1]}
        assert after == {**before, column: NOW + 3 * HOUR}


@pytest.mark.parametrize("state", [ArticleState.READY, ArticleState.PLACED])
def test_times_that_plan_nothing_any_more_stay(stored: Database, state: ArticleState) -> None:
    with stored.writing() as session:
        article, story = session.get_one(Article, 1), session.get_one(Story, 1)
        article.state, article.next_attempt_at = state, NOW + 3 * HOUR
        story.visible_at, story.settle_at = NOW, NOW + 3 * HOUR
        session.flush()
        assert shift_planned_times(session, by=2 * HOUR, now=NOW) == 0
        session.expire_all()
        assert (article.next_attempt_at, story.settle_at) == (NOW + 3 * HOUR, NOW + 3 * HOUR)


@pytest.mark.parametrize(
    ("polled", "after"),
    [(NOW + HOUR, NOW), (NOW + 2 * HOUR, NOW), (NOW, NOW), (NOW - HOUR, NOW - HOUR), (None, None)],
)
def test_no_feed_was_polled_in_the_future(stored: Database, polled: datetime | None, after: datetime | None) -> None:
    with stored.writing() as session:
        session.get_one(Feed, 1).last_poll_at = polled
        session.flush()
        shift_planned_times(session, by=2 * HOUR, now=NOW)
        session.expire_all()
        assert session.get_one(Feed, 1).last_poll_at == after


def test_a_host_is_ready_when_its_feed_is_due_by_the_new_plan(stored: Database) -> None:
    with stored.writing() as session:
        session.get_one(Feed, 1).next_poll_at = NOW + 3 * HOUR
        session.get_one(Article, 1).state = ArticleState.PLACED
        session.get_one(Subscription, 1).next_attempt_at = None
        session.flush()
        shift_planned_times(session, by=2 * HOUR, now=NOW)
        session.expire_all()
        assert session.get_one(Host, "one.example").ready_at == NOW + HOUR
