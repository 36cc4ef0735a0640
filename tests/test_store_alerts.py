"""What the alert rules are told of each feed, and how an alert begins, lasts and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from aggregator.model.extraction import TextSource
from aggregator.model.operations import Alert, AlertKind, FeedCondition, RecordedAlert
from aggregator.model.polling import FeedState
from aggregator.store import alerts
from aggregator.store.database import Database
from aggregator.store.tables import Article, Entry, Poll
from tests.stored import MINUTE, NOW, add_article, add_feeds, feed_row

WEEK = timedelta(days=7)
FERRY = Alert(kind=AlertKind.FAILING, subject="ferry", title="ferry fails", text="503")
FERRY_LATER = Alert(kind=AlertKind.FAILING, subject="ferry", title="ferry fails still", text="504")
FERRY_GONE = Alert(kind=AlertKind.GONE, subject="ferry", title="ferry is gone", text="410")
CRANE = Alert(kind=AlertKind.FAILING, subject="crane", title="crane fails", text="500")


def conditions(session: Session) -> dict[str, FeedCondition]:
    session.flush()
    return {feed.name: feed for feed in alerts.feed_conditions(session, now=NOW)}


def test_the_condition_of_a_feed_is_that_of_its_row(database: Database) -> None:
    add_feeds(database, "zeta", "alpha")
    with database.writing() as session:
        zeta, alpha = feed_row(session, "zeta"), feed_row(session, "alpha")
        zeta.url, zeta.configured_url = "https://me:pw@new.example/feed", "https://you:pw@old.example/feed"
        alpha.configured_url, alpha.state, alpha.merged_into_id = "", FeedState.GONE, zeta.id
        assert tuple(conditions(session)) == ("zeta", "alpha")
        assert conditions(session)["zeta"] == FeedCondition(
            name="zeta",
            state=FeedState.NEW,
            reason="",
            url="https://new.example/feed",
            configured_url="https://old.example/feed",
        )
        assert conditions(session)["alpha"] == FeedCondition(
            name="alpha",
            state=FeedState.GONE,
            reason="",
            url="https://alpha.example/feed",
            configured_url="https://alpha.example/feed",
            merged_into="zeta",
        )


@pytest.mark.parametrize(
    ("retired", "reason", "outcome", "told"),
    [
        ("Not configured.", "It timed out.", "error", "Not configured"),
        (None, "It timed out.", "error", "It timed out"),
        (None, "", "http-error", "http-error"),
        (None, "", "", ""),
    ],
)
def test_the_reason_is_why_a_feed_was_retired_or_failed(
    database: Database, retired: str | None, reason: str, outcome: str, told: str
) -> None:
    add_feeds(database, "one")
    with database.writing() as session:
        feed = feed_row(session, "one")
        feed.retired_reason, feed.reason, feed.last_outcome = retired, reason, outcome
        assert conditions(session)["one"].reason == told


def test_a_failing_feed_fails_since_the_first_of_the_failures_in_a_row(database: Database) -> None:
    add_feeds(database, "one", "two", "three")
    with database.writing() as session:
        for name, failures in (("one", 2), ("two", 1), ("three", 2)):
            feed = feed_row(session, name)
            feed.failures = failures
            feed.state = FeedState.ACTIVE if name == "three" else FeedState.FAILING
            # not in the order of time; the two last polls of "one" are of one instant
            for minute in (5, 1, 3, 5):
                at = NOW + minute * MINUTE
                session.add(Poll(feed_id=feed.id or 0, at=at if name == "one" else at + MINUTE, outcome="error"))
        since = {name: feed.failing_since for name, feed in conditions(session).items()}
        assert since == {"one": NOW + 5 * MINUTE, "two": NOW + 6 * MINUTE, "three": None}
        feed_row(session, "one").failures = 3
        assert conditions(session)["one"].failing_since == NOW + 3 * MINUTE
        feed_row(session, "one").failures = 9
        assert conditions(session)["one"].failing_since == NOW + MINUTE


def test_the_articles_of_a_week_are_counted_and_those_without_a_text(database: Database) -> None:
    add_feeds(database, "one", "two")
    texts: list[tuple[str, str, TextSource, datetime]] = [
        ("one", "a", TextSource.TITLE, NOW - WEEK),
        ("one", "b", TextSource.PAGE, NOW),
        ("one", "c", TextSource.FEED, NOW),
        ("one", "d", TextSource.TITLE, NOW - WEEK - MINUTE),
        ("one", "e", TextSource.TITLE, NOW),
        ("two", "f", TextSource.TITLE, NOW),
    ]
    for feed, uid, source, at in texts:
        article_id = add_article(database, feed, uid, f"text {uid}")
        with database.writing() as session:
            article = session.get_one(Article, article_id)
            article.text_source, article.text_at = source, at
            session.get_one(Entry, article_id).dropped_by = "a rule" if uid == "e" else None
    with database.writing() as session:
        counted = {name: (feed.read, feed.textless) for name, feed in conditions(session).items()}
        assert counted == {"one": (3, 1), "two": (1, 1)}
        feed_row(session, "two").full_text = "feed"
        assert (conditions(session)["two"].read, conditions(session)["two"].textless) == (0, 0)


def test_an_alert_keeps_its_first_text_ends_once_and_may_begin_again(database: Database) -> None:
    with database.writing() as session:
        (first,) = alerts.store_alerts(session, [FERRY], now=NOW)
        assert first == RecordedAlert(number=first.number, alert=FERRY, began_at=NOW, ended_at=None)
        assert alerts.store_alerts(session, [FERRY_LATER], now=NOW + MINUTE) == ()
        ended, begun, also = alerts.store_alerts(session, [FERRY_GONE, CRANE], now=NOW + 2 * MINUTE)
        assert ended == RecordedAlert(number=first.number, alert=FERRY, began_at=NOW, ended_at=NOW + 2 * MINUTE)
        assert (begun.alert, also.alert) == (FERRY_GONE, CRANE)
        again, *over = alerts.store_alerts(session, [FERRY_LATER], now=NOW + 3 * MINUTE)[::-1]
        assert (again.alert, again.began_at, again.ended_at) == (FERRY_LATER, NOW + 3 * MINUTE, None)
        assert {alert.alert for alert in over} == {FERRY_GONE, CRANE}
        (last,) = alerts.store_alerts(session, [], now=NOW + 4 * MINUTE)
        assert (last.number, last.ended_at) == (again.number, NOW + 4 * MINUTE)


def test_the_alert_that_changed_last_is_listed_first(database: Database) -> None:
    with database.writing() as session:
        alerts.store_alerts(session, [FERRY], now=NOW)
        alerts.store_alerts(session, [FERRY, CRANE, FERRY_GONE], now=NOW + MINUTE)
        alerts.store_alerts(session, [CRANE, FERRY_GONE], now=NOW + 2 * MINUTE)
    with database.reading() as session:
        assert [row.alert for row in alerts.newest_alerts(session, limit=9)] == [FERRY, FERRY_GONE, CRANE]
        assert [row.alert for row in alerts.newest_alerts(session, limit=1)] == [FERRY]
