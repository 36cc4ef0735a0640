"""What one poll writes: a line of history, and the columns of its feed that it concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.polling import Backfill, FeedState, LastDocument, PollAddress, PollState
from aggregator.store import poll_records
from aggregator.store.database import Database
from aggregator.store.poll_records import DocumentRecord, PollRecord
from aggregator.store.tables import Feed, Host, Poll
from tests.stored import MINUTE, NOW, add_feeds

STATE = PollState(
    address=PollAddress(url="https://one.example/feed"),
    next_poll_at=NOW + 60 * MINUTE,
    feed_state=FeedState.ACTIVE,
    reason="every hour",
    whole_at=NOW,
    document=LastDocument(body_digest="d", wire_bytes=900),
)
READ = DocumentRecord(title="The One", site_url="https://one.example/", language="en", problems=("no dates", "cut"))
RECORD = PollRecord(
    feed_id=1,
    at=NOW,
    outcome="read",
    status=200,
    wire_bytes=900,
    poll_state=STATE,
    host="other.example",
    new_entries=3,
    changed_entries=2,
    read=READ,
)


@pytest.fixture
def stored(database: Database) -> Database:
    """Two feeds, one of them in the middle of a backfill."""
    add_feeds(database, "one", "two")
    with database.writing() as session:
        session.add(Host(key="other.example", next_request_at=NOW))
        session.get_one(Feed, 1).resume_poll_at = NOW + MINUTE
    return database


def record(database: Database, polled: PollRecord, *, keep: int = 9) -> None:
    with database.writing() as session:
        poll_records.record_poll(session, polled, keep=keep)


def feed(database: Database, number: int = 1) -> dict[str, Any]:
    with database.reading() as session:
        return session.get_one(Feed, number).model_dump()


def history(database: Database, number: int = 1) -> list[dict[str, Any]]:
    with database.reading() as session:
        rows = session.scalars(select(Poll).where(col(Poll.feed_id) == number).order_by(col(Poll.id))).all()
        return [row.model_dump(exclude={"id", "feed_id"}) for row in rows]


LINE: dict[str, Any] = {
    "at": NOW,
    "outcome": "read",
    "status": 200,
    "reason": "every hour",
    "wire_bytes": 900,
    "new_entries": 3,
    "changed_entries": 2,
}


def test_a_poll_that_was_read_is_stored_with_its_document(stored: Database) -> None:
    other = feed(stored, 2)
    record(stored, RECORD)
    assert history(stored) == [LINE]
    written = {
        "last_poll_at": NOW,
        "last_outcome": "read",
        "resume_poll_at": None,
        "host": "other.example",
        "next_poll_at": NOW + 60 * MINUTE,
        "state": "active",
        "reason": "every hour",
        "whole_at": NOW,
        "title": "The One",
        "site_url": "https://one.example/",
        "language": "en",
        "problems": ["no dates", "cut"],
        "body_digest": "d",
        "document_bytes": 900,
        "retired_at": None,
        "retired_reason": None,
    }
    found = feed(stored)
    assert {name: found[name] for name in written} == written
    assert (feed(stored, 2), history(stored, 2)) == (other, [])


def test_a_poll_without_a_document_leaves_what_the_last_one_said(stored: Database) -> None:
    record(stored, RECORD)
    before = feed(stored)
    failed = replace(STATE, feed_state=FeedState.FAILING, reason="HTTP 503", document=LastDocument())
    record(
        stored,
        PollRecord(
            feed_id=1, at=NOW + MINUTE, outcome="error", status=503, wire_bytes=7, poll_state=failed, host="one.example"
        ),
    )
    assert feed(stored) == before | {
        "last_poll_at": NOW + MINUTE,
        "last_outcome": "error",
        "state": "failing",
        "reason": "HTTP 503",
        "host": "one.example",
    }
    assert history(stored)[1] == {
        "at": NOW + MINUTE,
        "outcome": "error",
        "status": 503,
        "reason": "HTTP 503",
        "wire_bytes": 7,
        "new_entries": 0,
        "changed_entries": 0,
    }


def test_a_feed_that_is_gone_is_retired_with_the_reason(stored: Database) -> None:
    record(stored, replace(RECORD, poll_state=replace(STATE, feed_state=FeedState.GONE, reason="410 three times")))
    found = feed(stored)
    assert (found["retired_at"], found["retired_reason"], found["state"]) == (NOW, "410 three times", "gone")


@pytest.mark.parametrize(("keep", "left"), [(1, [4]), (2, [3, 4]), (5, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4])])
def test_the_newest_lines_of_the_history_stay(stored: Database, keep: int, left: list[int]) -> None:
    record(stored, replace(RECORD, feed_id=2))
    for number in range(5):
        record(stored, replace(RECORD, wire_bytes=number), keep=5 if number < 4 else keep)
    assert [line["wire_bytes"] for line in history(stored)] == left, "of one instant: by the order of writing"
    assert len(history(stored, 2)) == 1
    with stored.writing() as session:
        poll_records.record_offline_poll(
            session, 1, at=NOW + MINUTE, next_poll_at=NOW, reason="no network", keep=min(keep, 2)
        )
    assert [line["outcome"] for line in history(stored)] == ["read", "offline"][-keep:]


def test_a_poll_that_was_not_made_writes_its_reason_and_the_next_time(stored: Database) -> None:
    record(stored, RECORD)
    before = feed(stored)
    with stored.writing() as session:
        poll_records.record_offline_poll(
            session, 1, at=NOW + MINUTE, next_poll_at=NOW + 5 * MINUTE, reason="no network", keep=9
        )
    assert feed(stored) == before | {"next_poll_at": NOW + 5 * MINUTE, "reason": "no network"}
    assert history(stored)[1] == LINE | {
        "at": NOW + MINUTE,
        "outcome": "offline",
        "status": None,
        "reason": "no network",
        "wire_bytes": 0,
        "new_entries": 0,
        "changed_entries": 0,
    }


def test_a_backfill_is_the_next_request_of_its_feed_until_it_was_read(stored: Database) -> None:
    before, other = feed(stored), feed(stored, 2)
    later: datetime = NOW + timedelta(hours=2)
    with stored.writing() as session:
        backfill = Backfill(older_url="https://one.example/2", read=1)
        poll_records.begin_backfill(session, 1, backfill, due_at=NOW - MINUTE, resume_poll_at=later)
    begun = before | {
        "older_url": "https://one.example/2",
        "backfilled": 1,
        "next_poll_at": NOW - MINUTE,
        "resume_poll_at": later,
    }
    assert feed(stored) == begun
    with stored.writing() as session:
        poll_records.record_backfill(session, 1, Backfill(older_url=None, read=2), next_poll_at=later)
    assert feed(stored) == begun | {
        "older_url": None,
        "backfilled": 2,
        "next_poll_at": later,
        "resume_poll_at": None,
    }
    assert feed(stored, 2) == other
