"""A poll state survives the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from aggregator.model.parsing import PollHints
from aggregator.model.polling import FeedState, Hop, LastDocument, PendingRedirect, PollAddress, PollState, Validators
from aggregator.store.database import Database
from aggregator.store.poll_state_columns import columns_of, document_columns_of, poll_state_of
from aggregator.store.tables import Feed, sql_table
from tests.stored import NOW, add_feeds

URL = "https://one.example/feed"
FULL = PollState(
    address=PollAddress(
        url=URL,
        move=PendingRedirect(target="https://one.example/new", count=2, seen_at=NOW),
        resume=(Hop(url=URL, status=302, location="https://one.example/later"),),
    ),
    next_poll_at=NOW + timedelta(hours=1),
    feed_state=FeedState.FAILING,
    reason="HTTP status 500; next poll in 1 h",
    failures=2,
    gone_count=1,
    validated=False,
    private=True,
    quiet_until=NOW + timedelta(hours=2),
    validators=Validators(url=URL, etag='"1"', last_modified="Sun, 01 Mar 2026 12:00:00 GMT"),
    whole_at=NOW,
    document=LastDocument(
        hints=PollHints(
            ttl=timedelta(minutes=30), update_period=timedelta(hours=1), skip_hours=(1, 2), skip_days=("Sunday",)
        ),
        published=(NOW, datetime(2026, 2, 28, tzinfo=UTC)),
        body_digest="abc",
        wire_bytes=900,
        entry_states=(5, -6),
    ),
)


@pytest.mark.parametrize(
    "poll_state",
    [
        pytest.param(FULL, id="every field set"),
        pytest.param(PollState(address=PollAddress(url=URL), next_poll_at=NOW), id="a new feed"),
    ],
)
def test_a_poll_state_is_read_as_it_was_written(database: Database, poll_state: PollState) -> None:
    add_feeds(database, "one")
    feed = sql_table(Feed)
    with database.writing() as session:
        columns = {**columns_of(poll_state), **document_columns_of(poll_state.document)}
        session.execute(update(feed).values(columns))
        assert poll_state_of(session.execute(select(*feed.c)).one()) == poll_state


@pytest.mark.parametrize(
    ("columns", "validators"),
    [
        ({"validators_url": URL, "etag": "e"}, Validators(url=URL, etag="e", last_modified=None)),
        ({"validators_url": URL, "last_modified": "m"}, Validators(url=URL, etag=None, last_modified="m")),
        ({"validators_url": URL}, None),
        ({"etag": "e", "last_modified": "m"}, None),
        ({}, None),
    ],
)
def test_validators_are_known_with_the_url_that_sent_them(
    database: Database, columns: dict[str, str], validators: Validators | None
) -> None:
    assert stored_with(database, **columns).validators == validators


def stored_with(database: Database, **columns: Any) -> PollState:
    """The poll state of a new feed with these columns."""
    add_feeds(database, "one")
    feed = sql_table(Feed)
    with database.writing() as session:
        if columns:
            session.execute(update(feed).values(columns))
        return poll_state_of(session.execute(select(*feed.c)).one())


def test_a_row_of_an_older_release_lacks_what_that_release_did_not_know(database: Database) -> None:
    older = stored_with(database, hints={"ttl": 60}, move_to="https://one.example/new", published=None, stored=None)
    assert older == PollState(
        address=PollAddress(url=URL),
        next_poll_at=NOW,
        document=LastDocument(hints=PollHints(ttl=timedelta(minutes=1))),
    )
