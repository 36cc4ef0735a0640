"""The feed rows follow the configuration and remember every poll."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.operations import FeedHealth
from aggregator.model.parsing import PollHints
from aggregator.model.polling import FeedState, LastDocument, PollAddress, PollState, Validators
from aggregator.store import feeds, poll_records
from aggregator.store.database import Database
from aggregator.store.feeds import ConfigurationChanges, MergedFeed
from aggregator.store.poll_records import DocumentRecord, PollRecord
from aggregator.store.tables import Entry, Feed, Host, Poll
from tests.stored import MINUTE, NOW, add_entries, add_feeds, entry, feed_row, wanted


def reconcile(database: Database, *feeds_wanted: feeds.ConfiguredFeed, minute: int = 0) -> ConfigurationChanges:
    with database.writing() as session:
        return feeds.apply_configured_feeds(session, feeds_wanted, now=NOW + minute * MINUTE)


READ = DocumentRecord(
    title="The One",
    site_url=None,
    language=None,
    problems=("half a document",),
)
STATE = PollState(
    address=PollAddress(url="https://one.example/feed"),
    next_poll_at=NOW + 60 * MINUTE,
    feed_state=FeedState.ACTIVE,
    reason="read 3 entries",
    validators=Validators(url="https://one.example/feed", etag='"a"', last_modified=None),
    whole_at=NOW,
    document=LastDocument(
        hints=PollHints(ttl=timedelta(minutes=30)),
        published=(NOW,),
        body_digest="d",
        wire_bytes=900,
        entry_states=(5, -6),
    ),
)


def record(**others: Any) -> PollRecord:
    """The record of a poll that was read; ``others`` are fields of it or of its poll state."""
    values: dict[str, Any] = {
        "feed_id": 1,
        "at": NOW,
        "outcome": "read",
        "status": 200,
        "wire_bytes": 900,
        "host": "one.example",
        "read": READ,
    }
    of_state = {field.name for field in fields(PollState)}
    poll_state = replace(STATE, **{name: value for name, value in others.items() if name in of_state})
    own = {name: value for name, value in others.items() if name not in of_state}
    return PollRecord(poll_state=poll_state, **{**values, **own})


def poll(database: Database, *, keep: int = 100, **others: Any) -> None:
    with database.writing() as session:
        poll_records.record_poll(session, record(**others), keep=keep)


def test_new_feeds_are_due_at_once(database: Database) -> None:
    assert reconcile(database, wanted("one"), wanted("two")) == ConfigurationChanges(
        added=("one", "two"), changed=(), retired=()
    )
    with database.reading() as session:
        assert session.scalars(select(col(Feed.next_poll_at))).all() == [NOW, NOW]


def test_the_same_configuration_again_changes_nothing(database: Database) -> None:
    reconcile(database, wanted("one", tags=("x",)))
    assert reconcile(database, wanted("one", tags=("x",)), minute=1) == ConfigurationChanges(
        added=(), changed=(), retired=()
    )


def test_a_feed_that_was_removed_is_retired_with_its_history_and_comes_back_with_it(database: Database) -> None:
    reconcile(database, wanted("one"))
    add_entries(database, "one", entry("a"))
    assert reconcile(database, minute=1).retired == ("one",)
    with database.reading() as session:
        assert feed_row(session, "one").retired_reason == "removed from the configuration"
    assert reconcile(database, wanted("one"), minute=2).changed == ("one",)
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.retired_at, feeds.feed_health(session)[0].entries) == (None, 1)
        assert row.next_poll_at == NOW + 2 * MINUTE


def test_a_renamed_feed_keeps_its_history(database: Database) -> None:
    reconcile(database, wanted("one"))
    result = reconcile(database, wanted("uno", url="https://one.example/feed", host="one.example"))
    assert result == ConfigurationChanges(added=(), changed=("uno",), retired=())


def test_another_url_polls_afresh_and_keeps_the_history(database: Database) -> None:
    reconcile(database, wanted("one"))
    poll(database)
    reconcile(database, wanted("one", url="https://one.example/other"), minute=5)
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.etag, row.body_digest, row.next_poll_at, row.title) == (None, None, NOW + 5 * MINUTE, "The One")


def test_a_feed_that_is_gone_stays_gone_until_its_url_changes(database: Database) -> None:
    reconcile(database, wanted("one"))
    poll(database, feed_state=FeedState.GONE, reason="gone for good")
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
    poll(database, outcome="unreachable", status=None, read=None, document=LastDocument(), failures=1)
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.title, row.problems, row.body_digest, row.failures, row.last_outcome) == (
            "The One",
            ["half a document"],
            "d",
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
        configured_url="https://one.example/feed",
        moving_to=None,
        outlet="one.example",
        tags=(),
        entries=0,
        state=FeedState.REMOVED,
        failures=0,
        last_poll_at=NOW,
        next_poll_at=None,
        last_outcome="read",
        outcomes=("read",),
        reason="removed from the configuration",
        problems=("half a document",),
        private=False,
        retired=True,
    )


MOVED = PollAddress(url="https://two.example/feed")
THIRD = "https://three.example/feed"


def test_a_feed_that_moved_stays_where_it_is_until_its_configured_url_changes(database: Database) -> None:
    reconcile(database, wanted("one"))
    poll(database, address=MOVED)
    assert reconcile(database, wanted("one")).changed == ()
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.url, row.configured_url) == ("https://two.example/feed", "https://one.example/feed")
    reconcile(database, wanted("one", url="https://one.example/other"))
    with database.reading() as session:
        assert feed_row(session, "one").url == "https://one.example/other"


def test_a_feed_that_moved_onto_another_ones_address_is_merged_into_it(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "one", entry("both"), entry("ours"))
    add_entries(database, "two", entry("both"), entry("theirs"))
    poll(database, address=MOVED)
    with database.writing() as session:
        assert feeds.merge_moved_feed(session, 1, now=NOW) == MergedFeed(name="one", into="two")
    with database.reading() as session:
        one, two = feeds.feed_health(session)[1], feeds.feed_health(session)[0]
        uids = session.scalars(select(col(Entry.uid)).where(col(Entry.feed_id) == 2).order_by(col(Entry.uid))).all()
    assert (one.state, one.retired, one.reason) == (
        FeedState.MERGED,
        True,
        "it moved to the address of the feed two, which is polled for both",
    )
    assert (two.entries, list(uids)) == (3, ["both", "ours", "theirs"])
    reconcile(database, wanted("one"), wanted("two"))
    with database.reading() as session:
        assert feed_row(session, "one").state == FeedState.MERGED


def test_a_merged_feed_stands_for_itself_again_when_the_other_one_is_removed(database: Database) -> None:
    add_feeds(database, "one", "two")
    poll(database, address=MOVED)
    with database.writing() as session:
        feeds.merge_moved_feed(session, 1, now=NOW)
    reconcile(database, wanted("one"))
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.retired_at, row.merged_into_id, row.url) == (None, None, "https://two.example/feed")


def test_a_feed_that_moved_where_nobody_is_is_merged_with_nobody(database: Database) -> None:
    add_feeds(database, "one", "two")
    poll(database, address=PollAddress(url="https://elsewhere.example/feed"))
    with database.writing() as session:
        assert feeds.merge_moved_feed(session, 1, now=NOW) is None


def moved(database: Database, feed_id: int, to: str) -> None:
    """A poll ends with a move to the address of the feed of this name."""
    poll(database, feed_id=feed_id, address=PollAddress(url=f"https://{to}.example/feed"), host=f"{to}.example")
    with database.writing() as session:
        assert feeds.merge_moved_feed(session, feed_id, now=NOW) is not None


def chained(database: Database) -> None:
    """Feed "one" was merged into "two", and that into "three"."""
    add_feeds(database, "one", "two", "three")
    add_entries(database, "one", entry("a"))
    moved(database, 1, "two")
    moved(database, 2, "three")


def standing(database: Database) -> dict[str, tuple[str, int | None]]:
    """For each feed the address it is at, and the feed it was merged into."""
    with database.reading() as session:
        return {row.name: (row.url, row.merged_into_id) for row in session.scalars(select(Feed))}


def test_whoever_was_merged_into_a_feed_goes_with_it_when_that_is_merged_itself(database: Database) -> None:
    chained(database)
    assert standing(database) == {"one": (THIRD, 3), "two": (THIRD, 3), "three": (THIRD, None)}
    with database.reading() as session:
        one = feed_row(session, "one")
        assert (one.host, one.retired_reason) == (
            "three.example",
            "it moved to the address of the feed three, which is polled for both",
        )
        assert session.scalars(select(col(Entry.feed_id))).all() == [3]


def test_feeds_that_were_merged_into_a_removed_one_stay_merged_with_each_other(database: Database) -> None:
    chained(database)
    reconcile(database, wanted("one"), wanted("two"))
    assert standing(database) == {"one": (THIRD, None), "two": (THIRD, 1), "three": (THIRD, None)}
    reconcile(database, wanted("one"), wanted("two"), wanted("three"))
    assert standing(database) == {"one": (THIRD, 3), "two": (THIRD, 3), "three": (THIRD, None)}


def test_a_feed_configured_where_another_one_moved_to_is_polled_for_both(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    poll(database, address=MOVED)
    assert reconcile(database, wanted("one"), wanted("two")).added == ("two",)
    assert standing(database) == {"one": (MOVED.url, 2), "two": (MOVED.url, None)}
    with database.reading() as session:
        assert session.scalars(select(col(Entry.feed_id))).all() == [2]


def test_two_feeds_that_moved_to_one_address_are_polled_as_the_first_of_them(database: Database) -> None:
    add_feeds(database, "one", "two")
    for feed_id in (1, 2):
        poll(database, feed_id=feed_id, address=PollAddress(url=THIRD), host="two.example")
    reconcile(database, wanted("one"), wanted("two"))
    assert standing(database) == {"one": (THIRD, None), "two": (THIRD, 1)}


def test_a_merged_feed_that_was_removed_comes_back_merged_while_the_other_one_stands(database: Database) -> None:
    add_feeds(database, "one", "two")
    moved(database, 1, "two")
    reconcile(database, wanted("two"))
    assert standing(database)["one"] == (MOVED.url, None)
    assert reconcile(database, wanted("one"), wanted("two")).changed == ("one",)
    assert standing(database)["one"] == (MOVED.url, 2)


def test_a_merged_feed_stays_where_it_moved_to_when_the_other_one_is_configured_elsewhere(database: Database) -> None:
    add_feeds(database, "one", "two")
    moved(database, 1, "two")
    reconcile(database, wanted("one"), wanted("two", url=THIRD))
    assert standing(database) == {"one": (MOVED.url, None), "two": (THIRD, None)}


def test_of_the_feeds_on_one_address_only_those_that_are_alike_private_are_merged(database: Database) -> None:
    add_feeds(database, "one", "two", "three")
    for feed_id, private in ((1, True), (3, False)):
        poll(database, feed_id=feed_id, address=MOVED, host="two.example", private=private)
    reconcile(database, wanted("one", private=True), wanted("two"), wanted("three"))
    assert standing(database) == {"one": (MOVED.url, None), "two": (MOVED.url, None), "three": (MOVED.url, 2)}


@pytest.mark.parametrize("private", [True, False])
def test_a_private_feed_and_one_that_is_not_stay_two_on_one_address(database: Database, private: bool) -> None:
    reconcile(database, wanted("one", private=private), wanted("two", private=not private))
    add_entries(database, "one", entry("ours"))
    poll(database, address=MOVED, private=private)
    with database.writing() as session:
        assert feeds.merge_moved_feed(session, 1, now=NOW) is None
    with database.reading() as session:
        health = {feed.name: (feed.retired, feed.url, feed.entries) for feed in feeds.feed_health(session)}
    assert health == {"one": (False, MOVED.url, 1), "two": (False, MOVED.url, 0)}


def test_feeds_asked_for_by_a_person_are_due_but_not_before_the_floor(database: Database) -> None:
    add_feeds(database, "fresh", "polled", "gone", "other")
    poll(database, feed_id=2, host="polled.example", failures=5, gone_count=2)
    poll(database, feed_id=3, host="gone.example", feed_state=FeedState.GONE, at=NOW - 60 * MINUTE)
    with database.writing() as session:
        asked = feeds.make_feeds_due(session, {"fresh", "polled", "gone"}, floor=10 * MINUTE, now=NOW + MINUTE)
    with database.reading() as session:
        rows = [feed_row(session, name) for name in ("fresh", "polled", "gone")]
        assert asked == {row.id for row in rows}
        assert [row.next_poll_at - NOW for row in rows] == [MINUTE, 10 * MINUTE, MINUTE]
        assert [(row.failures, row.gone_count, row.retired_at) for row in rows] == [(0, 0, None)] * 3


def test_a_feed_that_says_it_is_gone_is_asked_out_of_turn_by_its_name_only(database: Database) -> None:
    add_feeds(database, "gone", "well")
    poll(database, host="gone.example", gone_count=1)
    with database.writing() as session:
        assert feeds.make_feeds_due(session, None, floor=MINUTE, now=NOW) == {2}
        assert feeds.make_feeds_due(session, {"gone"}, floor=MINUTE, now=NOW) == {1}


def test_the_newest_outcomes_are_told_newest_first_and_no_more_than_asked(database: Database) -> None:
    add_feeds(database, "one", "two")
    for minute, outcome in enumerate(("read", "unchanged", "quiet")):
        poll(database, at=NOW + minute * MINUTE, outcome=outcome)
    with database.reading() as session:
        assert [row.outcomes for row in feeds.feed_health(session, outcomes=2)] == [("quiet", "unchanged"), ()]


def test_a_poll_that_was_not_made_changes_nothing_but_its_next_time(database: Database) -> None:
    add_feeds(database, "one")
    poll(database, failures=2)
    with database.writing() as session:
        poll_records.record_offline_poll(
            session, 1, at=NOW + MINUTE, next_poll_at=NOW + 2 * MINUTE, reason="no network", keep=10
        )
    with database.reading() as session:
        row = feed_row(session, "one")
        assert (row.next_poll_at, row.last_poll_at, row.failures, row.last_outcome) == (
            NOW + 2 * MINUTE,
            NOW,
            2,
            "read",
        )
        assert feeds.feed_health(session)[0].outcomes == ("offline", "read")


def change(database: Database, name: str = "one", **values: Any) -> None:
    with database.writing() as session:
        row = feed_row(session, name)
        for column, value in values.items():
            setattr(row, column, value)


def columns(database: Database, name: str = "one") -> dict[str, Any]:
    with database.reading() as session:
        return feed_row(session, name).model_dump()


POLLED: dict[str, Any] = {
    "failures": 3,
    "gone_count": 2,
    "state": "failing",
    "last_poll_at": NOW - 5 * MINUTE,
    "next_poll_at": NOW + 60 * MINUTE,
    "etag": "e",
    "last_modified": "m",
    "validators_url": "https://one.example/feed",
    "body_digest": "d",
    "whole_at": NOW - 9 * MINUTE,
    "stored": (1, 2),
    "older_url": "https://one.example/2",
    "backfilled": 4,
    "resume_poll_at": NOW + 7 * MINUTE,
    "move_to": "https://one.example/new",
    "move_count": 2,
    "move_seen_at": NOW,
    "resume": [{"url": "https://one.example/feed", "status": 302, "location": "https://one.example/x"}],
    "title": "The One",
    "last_outcome": "error",
    "quiet_until": None,
}
"""Columns of a feed in the middle of its life."""
CLEARED: dict[str, Any] = {
    "failures": 0,
    "gone_count": 0,
    "state": "active",
    "move_to": None,
    "move_count": 0,
    "move_seen_at": None,
    "resume": None,
}
"""Columns of a feed whose failures are forgotten."""


def test_a_new_feed_has_what_the_configuration_says_and_waits_for_its_first_poll(database: Database) -> None:
    full = wanted(
        "one",
        url="https://me:pw@one.example/feed",
        outlet="the.example",
        title="The One",
        tags=("b", "a"),
        priority=7,
        full_text="feed",
        every=timedelta(minutes=30),
        at_most=timedelta(hours=3),
        private=True,
    )
    reconcile(database, full, wanted("two"))
    configured = {
        "name": "one",
        "configured_url": "https://me:pw@one.example/feed",
        "url": "https://me:pw@one.example/feed",
        "host": "one.example",
        "outlet": "the.example",
        "configured_title": "The One",
        "tags": ["b", "a"],
        "priority": 7,
        "full_text": "feed",
        "every_seconds": 1800.0,
        "at_most_seconds": 10800.0,
        "private": True,
        "state": "new",
        "next_poll_at": NOW,
    }
    found = columns(database)
    assert {name: found[name] for name in configured} == configured
    found = columns(database, "two")
    assert (found["every_seconds"], found["at_most_seconds"], found["private"]) == (None, None, False)


@pytest.mark.parametrize(
    "setting",
    [
        {"title": "Other"},
        {"tags": ("other",)},
        {"priority": 9},
        {"full_text": "feed"},
        {"every": timedelta(minutes=31)},
        {"at_most": timedelta(minutes=32)},
        {"outlet": "other.example"},
        {"private": True},
    ],
    ids=str,
)
def test_each_setting_of_a_feed_can_be_changed_and_its_polls_go_on_as_planned(
    database: Database, setting: dict[str, Any]
) -> None:
    reconcile(database, wanted("one"), wanted("two"))
    change(database, last_poll_at=None, next_poll_at=NOW + 60 * MINUTE)
    before = columns(database)
    assert reconcile(database, wanted("one", **setting), wanted("two")).changed == ("one",)
    after = columns(database)
    assert len([name for name in before if before[name] != after[name]]) == 1
    assert reconcile(database, wanted("one", **setting), wanted("two")).changed == ()


def test_another_url_resets_what_was_learnt_of_the_old_one(database: Database) -> None:
    reconcile(database, wanted("one"))
    change(database, **POLLED)
    before = columns(database)
    moved = wanted("one", url="https://other.example/feed", host="other.example")
    assert reconcile(database, moved, minute=1).changed == ("one",)
    reset = dict.fromkeys(
        ("etag", "last_modified", "validators_url", "body_digest", "whole_at", "stored", "older_url", "resume_poll_at")
    )
    assert columns(database) == before | CLEARED | reset | {
        "url": "https://other.example/feed",
        "configured_url": "https://other.example/feed",
        "host": "other.example",
        "next_poll_at": NOW + MINUTE,
        "backfilled": 0,
    }


@pytest.mark.parametrize(
    ("polled", "state", "planned", "due"),
    [
        (NOW, "active", NOW + 60 * MINUTE, NOW + 60 * MINUTE),
        (NOW, "active", NOW + 3 * MINUTE, NOW + 5 * MINUTE),
        (None, "new", NOW, NOW + 5 * MINUTE),
    ],
)
def test_a_feed_that_comes_back_to_the_configuration_has_no_failures_and_is_not_overdue(
    database: Database, polled: datetime | None, state: str, planned: datetime, due: datetime
) -> None:
    reconcile(database, wanted("one"))
    change(database, **POLLED | {"last_poll_at": polled, "next_poll_at": planned})
    before = columns(database)
    assert reconcile(database, minute=1).retired == ("one",)
    removed = columns(database)
    assert removed == before | {
        "retired_at": NOW + MINUTE,
        "retired_reason": "removed from the configuration",
        "state": "removed",
    }
    assert reconcile(database, minute=2).retired == ()
    assert reconcile(database, wanted("one"), minute=5).changed == ("one",)
    assert columns(database) == before | CLEARED | {"state": state, "next_poll_at": due}


def test_a_feed_that_was_gone_before_it_was_removed_is_retired_since_then(database: Database) -> None:
    reconcile(database, wanted("one"), wanted("two"))
    change(database, retired_at=NOW - MINUTE, retired_reason="gone", state="gone", merged_into_id=2)
    assert reconcile(database, wanted("two"), minute=1).retired == ("one",)
    found = columns(database)
    assert (found["retired_at"], found["retired_reason"], found["state"], found["merged_into_id"]) == (
        NOW - MINUTE,
        "removed from the configuration",
        "removed",
        None,
    )


@pytest.mark.parametrize(
    ("changed", "host"),
    [
        ({}, "one.example"),
        ({"url": "https://new.example/feed"}, "new.example"),
        ({"move_to": "https://new.example/feed"}, "new.example"),
        ({"resume": POLLED["resume"]}, "new.example"),
    ],
)
def test_a_feed_keeps_the_host_of_its_next_request_while_it_is_redirected(
    database: Database, changed: dict[str, Any], host: str
) -> None:
    reconcile(database, wanted("one"))
    with database.writing() as session:
        session.add(Host(key="new.example", next_request_at=NOW))
    change(database, host="new.example", **changed)
    reconcile(database, wanted("one"), minute=1)
    assert columns(database)["host"] == host


@pytest.mark.parametrize(
    ("every", "quiet", "due"),
    [
        pytest.param(10, None, 5, id="after the interval"),
        pytest.param(3, None, 1, id="not in the past"),
        pytest.param(10, 7, 7, id="after the pause that the publisher asked for"),
        pytest.param(10, 4, 5, id="whichever ends later"),
        pytest.param(None, None, 60, id="no interval of its own any more"),
    ],
)
def test_a_new_interval_counts_from_the_last_poll(
    database: Database, every: int | None, quiet: int | None, due: int
) -> None:
    reconcile(database, wanted("one", every=timedelta(hours=2)))
    change(database, **POLLED | {"quiet_until": None if quiet is None else NOW + quiet * MINUTE})
    reconcile(database, wanted("one", every=None if every is None else every * MINUTE), minute=1)
    assert columns(database)["next_poll_at"] == NOW + due * MINUTE
    assert columns(database)["every_seconds"] == (None if every is None else 60.0 * every)


def test_a_merge_moves_the_entries_that_the_other_feed_lacks_and_says_where_they_are(database: Database) -> None:
    reconcile(database, wanted("one"), wanted("two"), wanted("three"))
    add_entries(database, "one", entry("ours"), entry("both"))
    add_entries(database, "two", entry("both", url="https://two.example/both"), entry("theirs"))
    add_entries(database, "three", entry("third"))
    change(database, url="https://two.example/feed", host="two.example")
    change(database, "three", merged_into_id=1, retired_at=NOW, retired_reason="x")
    with database.writing() as session:
        assert feeds.merge_moved_feed(session, 1, now=NOW + MINUTE) == MergedFeed(name="one", into="two")
        assert feeds.feed_by_name(session, "two").id == 2
        uids = session.execute(select(col(Entry.feed_id), col(Entry.uid)).order_by(col(Entry.feed_id), col(Entry.uid)))
        assert [tuple(row) for row in uids] == [(1, "both"), (2, "both"), (2, "ours"), (2, "theirs"), (3, "third")]
        rows = [feed_row(session, name) for name in ("one", "two", "three")]
        assert [(row.url, row.host, row.merged_into_id) for row in rows] == [
            ("https://two.example/feed", "two.example", 2),
            ("https://two.example/feed", "two.example", None),
            ("https://two.example/feed", "two.example", 2),
        ]
        reason = "it moved to the address of the feed two, which is polled for both"
        assert [row.retired_reason for row in rows] == [reason, None, reason]
        assert [(row.retired_at, row.state) for row in rows] == [
            (NOW + MINUTE, "merged"),
            (None, "new"),
            (NOW, "new"),
        ]


def test_a_feed_that_is_asked_at_another_host_makes_that_one_ready_and_leaves_the_old_one(database: Database) -> None:
    reconcile(database, wanted("one"), wanted("two"))
    change(database, "two", next_poll_at=NOW + 60 * MINUTE)
    with database.writing() as session:
        feeds.move_to_host(session, 1, host="two.example")
        ready = [session.get_one(Host, f"{name}.example", populate_existing=True).ready_at for name in ("one", "two")]
    assert (ready, columns(database)["host"]) == ([None, NOW], "two.example")


@pytest.mark.parametrize(
    ("before", "all_feeds", "by_name"),
    [
        pytest.param({}, True, True, id="polled"),
        pytest.param({"gone_count": 1}, False, True, id="said once that it is gone"),
        pytest.param({"state": "gone", "retired_at": NOW, "gone_count": 2}, False, True, id="gone"),
        pytest.param({"state": "removed", "retired_at": NOW}, False, False, id="removed"),
        pytest.param({"state": "merged", "retired_at": NOW}, False, False, id="merged"),
    ],
)
def test_which_feeds_a_person_can_have_polled_at_once(
    database: Database, before: dict[str, Any], all_feeds: bool, by_name: bool
) -> None:
    reconcile(database, wanted("one"), wanted("two"))
    change(database, **POLLED | {"gone_count": 0, "state": "failing", "retired_reason": "x"} | before)
    change(database, "two", next_poll_at=NOW + 60 * MINUTE)
    stored = columns(database)
    with database.writing() as session:
        assert feeds.make_feeds_due(session, None, floor=MINUTE, now=NOW) == ({1, 2} if all_feeds else {2})
    with database.writing() as session:
        assert feeds.make_feeds_due(session, ["one"], floor=MINUTE, now=NOW) == ({1} if by_name else set())
        assert feeds.make_feeds_due(session, [], floor=MINUTE, now=NOW) == frozenset()
    due = {"failures": 0, "gone_count": 0, "resume_poll_at": None, "next_poll_at": NOW}
    was_gone = {"state": "active", "retired_at": None, "retired_reason": None} if stored["state"] == "gone" else {}
    assert columns(database) == (stored | due | was_gone if by_name else stored)
    with database.reading() as session:
        assert session.get_one(Host, "one.example").ready_at == NOW
        assert session.get_one(Host, "two.example").ready_at == NOW


def test_feeds_are_counted_by_state_and_by_what_is_overdue(database: Database) -> None:
    with database.reading() as session:
        assert feeds.latest_poll_at(session) is None
    reconcile(database, *(wanted(name) for name in ("one", "two", "three", "four")))
    change(database, "two", state="active", next_poll_at=NOW + MINUTE, last_poll_at=NOW - MINUTE)
    change(database, "three", state="gone", retired_at=NOW, last_poll_at=NOW - 2 * MINUTE)
    with database.reading() as session:
        counts = feeds.count_feeds_by_state(session)
        assert counts == {state.value: 0 for state in FeedState} | {"new": 2, "active": 1}
        assert [feeds.count_due_feeds(session, {1, 2, 3}, before=NOW + n * MINUTE) for n in (-1, 0, 1)] == [0, 1, 2]
        assert feeds.count_due_feeds(session, set(), before=NOW) == 0
        assert feeds.latest_poll_at(session) == NOW - MINUTE


def test_the_health_of_a_feed_shows_no_password_and_its_newest_ten_outcomes(database: Database) -> None:
    reconcile(database, wanted("two", title="Two", tags=("a", "b")), wanted("one", private=True))
    add_entries(database, "two", entry("a"), entry("b"))
    change(
        database,
        "two",
        url="https://me:pw@two.example/feed",
        configured_url="https://me:pw@two.example/old",
        move_to="https://me:pw@two.example/new",
        last_poll_at=NOW,
        next_poll_at=NOW + MINUTE,
        last_outcome="http-error",
        reason="HTTP 503",
        problems=["no dates"],
        failures=2,
        state="failing",
    )
    with database.writing() as session:
        session.add_all(Poll(feed_id=1, at=NOW + n * MINUTE, outcome=f"o{n}") for n in (12, *range(12)))
        session.add(Poll(feed_id=1, at=NOW + 12 * MINUTE, outcome="last"))
    with database.reading() as session:
        one, two = feeds.feed_health(session)
    assert two == FeedHealth(
        name="two",
        title="Two",
        url="https://two.example/feed",
        configured_url="https://two.example/old",
        moving_to="https://two.example/new",
        outlet="two.example",
        tags=("a", "b"),
        entries=2,
        state=FeedState.FAILING,
        failures=2,
        last_poll_at=NOW,
        next_poll_at=NOW + MINUTE,
        last_outcome="http-error",
        outcomes=("last", *(f"o{n}" for n in range(12, 3, -1))),
        reason="HTTP 503",
        problems=("no dates",),
        retired=False,
        private=False,
    )
    assert (one.title, one.private, one.entries, one.outcomes) == ("one", True, 0, ())
