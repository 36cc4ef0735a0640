"""The feed rows follow the configuration and remember every poll."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from aggregator.model import FeedHealth, Hints, Validators
from aggregator.store import feeds
from aggregator.store.database import Database
from aggregator.store.feeds import PollRecord, Reconciled
from aggregator.store.tables import Feed, Poll
from tests.stored import MINUTE, NOW, add_entries, add_feeds, entry, feed_row, wanted


def reconcile(database: Database, *feeds_wanted: feeds.WantedFeed, minute: int = 0) -> Reconciled:
    with database.writing() as session:
        return feeds.reconcile(session, feeds_wanted, now=NOW + minute * MINUTE)


def record(**others: Any) -> PollRecord:
    values: dict[str, Any] = {
        "feed_id": 1,
        "at": NOW,
        "outcome": "read",
        "status": 200,
        "reason": "read 3 entries",
        "wire_bytes": 900,
        "next_poll_at": NOW + 60 * MINUTE,
        "failures": 0,
        "gone_count": 0,
        "private": False,
        "retired": False,
        "validators": Validators(url="https://one.example/feed", etag='"a"', last_modified=None),
        "body_digest": "d",
        "title": "The One",
        "problems": ("half a document",),
        "hints": Hints(ttl=timedelta(minutes=30)),
    }
    return PollRecord(**{**values, **others})


def poll(database: Database, *, keep: int = 100, **others: Any) -> None:
    with database.writing() as session:
        feeds.record_poll(session, record(**others), keep=keep)


def test_new_feeds_are_due_at_once(database: Database) -> None:
    assert reconcile(database, wanted("one"), wanted("two")) == Reconciled(added=("one", "two"), changed=(), retired=())
    with database.reading() as session:
        assert session.scalars(select(col(Feed.next_poll_at))).all() == [NOW, NOW]


def test_the_same_configuration_again_changes_nothing(database: Database) -> None:
    reconcile(database, wanted("one", tags=("x",)))
    assert reconcile(database, wanted("one", tags=("x",)), minute=1) == Reconciled(added=(), changed=(), retired=())


def test_a_feed_that_was_removed_is_retired_with_its_history_and_comes_back_with_it(database: Database) -> None:
    reconcile(database, wanted("one"))
    add_entries(database, "one", entry("a"))
    assert reconcile(database, minute=1).retired == ("one",)
    with database.reading() as session:
        assert feed_row(session, "one").retired_reason == "removed from the configuration"
    assert reconcile(database, wanted("one"), minute=2).changed == ("one",)
    with database.reading() as session:
        assert (feed_row(session, "one").retired_at, feeds.feed_health(session)[0].entries) == (None, 1)


def test_a_renamed_feed_keeps_its_history(database: Database) -> None:
    reconcile(database, wanted("one"))
    result = reconcile(database, wanted("uno", url="https://one.example/feed", host="one.example"))
    assert result == Reconciled(added=(), changed=("uno",), retired=())


def test_another_url_polls_afresh_and_keeps_the_history(database: Database) -> None:
    reconcile(database, wanted("one"))
    poll(database)
    reconcile(database, wanted("one", url="https://one.example/other"), minute=5)
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.etag, row.body_digest, row.next_poll_at, row.title) == (None, None, NOW + 5 * MINUTE, "The One")


def test_a_feed_that_is_gone_stays_gone_until_its_url_changes(database: Database) -> None:
    reconcile(database, wanted("one"))
    poll(database, retired=True, reason="gone for good")
    reconcile(database, wanted("one"))
    with database.reading() as session:
        assert feed_row(session, "one").retired_reason == "gone for good"
    reconcile(database, wanted("one", url="https://one.example/new"))
    with database.reading() as session:
        assert feed_row(session, "one").retired_at is None


def test_a_shorter_interval_takes_effect_before_the_planned_poll(database: Database) -> None:
    reconcile(database, wanted("one"))
    poll(database)
    reconcile(database, wanted("one", every=timedelta(minutes=10)), minute=5)
    with database.reading() as session:
        assert feed_row(session, "one").next_poll_at == NOW + 10 * MINUTE


def test_a_poll_is_kept_on_the_feed_and_in_its_history(database: Database) -> None:
    add_feeds(database, "one")
    poll(database, new_entries=3)
    with database.reading() as session:
        row = feed_row(session, "one")
        history = session.scalars(select(Poll)).one()
    assert (row.etag, row.title, row.problems, row.hints["ttl"]) == ('"a"', "The One", ["half a document"], 1800)
    assert (history.outcome, history.new_entries, history.wire_bytes) == ("read", 3, 900)


def test_a_failed_poll_leaves_what_the_document_said(database: Database) -> None:
    add_feeds(database, "one")
    poll(database)
    poll(database, outcome="unreachable", status=None, title=None, problems=None, hints=None, failures=1)
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.title, row.problems, row.failures, row.last_outcome) == (
            "The One",
            ["half a document"],
            1,
            "unreachable",
        )


def test_only_the_newest_polls_are_remembered_and_of_every_feed(database: Database) -> None:
    add_feeds(database, "one", "two")
    for minute in range(15):
        poll(database, keep=10, at=NOW + minute * MINUTE)
        poll(database, keep=10, at=NOW + minute * MINUTE, feed_id=2)
    with database.reading() as session:
        times = session.scalars(select(col(Poll.at)).where(col(Poll.feed_id) == 1).order_by(col(Poll.at))).all()
        assert list(times) == [NOW + minute * MINUTE for minute in range(5, 15)]
        assert len(session.scalars(select(Poll)).all()) == 20


def test_the_newest_publications_are_told_newest_first(database: Database) -> None:
    add_feeds(database, "one")
    for minute in range(4):
        add_entries(database, "one", entry(str(minute)), now=NOW + minute * MINUTE)
    with database.reading() as session:
        newest = feeds.recent_publications(session, 1, limit=2)
    assert newest == (NOW + 3 * MINUTE, NOW + 2 * MINUTE)


def test_the_health_of_every_feed_with_retired_ones_last(database: Database) -> None:
    add_feeds(database, "one", "two")
    poll(database)
    reconcile(database, wanted("two"), minute=1)
    with database.reading() as session:
        health = feeds.feed_health(session)
    assert [(row.name, row.retired) for row in health] == [("two", False), ("one", True)]
    assert health[1] == FeedHealth(
        name="one",
        title="The One",
        url="https://one.example/feed",
        outlet="one.example",
        tags=(),
        entries=0,
        failures=0,
        last_poll_at=NOW,
        next_poll_at=None,
        last_outcome="read",
        reason="removed from the configuration",
        problems=("half a document",),
        retired=True,
    )
