"""What was read of an article in parts survives in the database, and goes when it is of no use any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from aggregator.model.extraction import CutLine, ExtractedPage, PageLinks, Reading
from aggregator.model.parsing import Changed, Incoming
from aggregator.store import entries, feeds
from aggregator.store.database import Database
from aggregator.store.host_claims import Scope, claim_visits
from aggregator.store.page_claims import PageVisit
from aggregator.store.partial_articles import keep_reading, kept_reading
from aggregator.store.tables import Article
from tests.stored import NOW, add_entries, add_feeds, entry, keep_text, origin_of, wanted

HOUR = timedelta(hours=1)
READING = Reading(
    first_url="https://one.example/1",
    next_url="https://one.example/1?page=2",
    pages=(
        ExtractedPage(
            text="One.",
            html="<p>One.</p>",
            authors=("Ida",),
            published_at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
            cuts=(CutLine(text="By Ida", reason="a byline", after=0),),
            links=PageLinks(onward=("https://one.example/1?page=2",)),
        ),
    ),
    twins=("https://one.example/amp",),
    reason="none",
)


def reading_of(database: Database) -> Reading | None:
    with database.reading() as session:
        return kept_reading(session.scalars(select(Article)).one().reading)


@pytest.fixture
def begun(database: Database) -> Database:
    """An article of which a part was read; its next page is due in an hour."""
    add_feeds(database, "one")
    add_entries(database, "one", entry())
    with database.writing() as session:
        keep_reading(session, 1, READING, due_at=NOW + HOUR)
    return database


def test_the_next_page_is_claimed_with_what_was_read_before(begun: Database) -> None:
    found: list[tuple[object, ...]] = []
    for now in (NOW, NOW + HOUR):
        with begun.writing() as session:
            scope = Scope(feeds_due_before=NOW - HOUR)
            visits = claim_visits(session, scope=scope, now=now, until=now + HOUR, by="me", limit=9)
            found.append(visits)
    visit = PageVisit(
        article_id=1,
        url="https://one.example/1?page=2",
        host="one.example",
        host_failures=0,
        attempts=0,
        reading=READING,
    )
    assert found == [(), (visit,)]


def test_a_text_ends_the_reading(begun: Database) -> None:
    with begun.writing() as session:
        keep_text(session, 1, "some words")
    assert reading_of(begun) is None


def test_a_change_of_the_entry_begins_anew(begun: Database) -> None:
    with begun.writing() as session:
        changed = Changed(entry_id=1, incoming=Incoming(entry=entry(title="Other"), digest="2"))
        entries.change_entries(
            session,
            origin_of(session, "one"),
            [changed],
            host_of=lambda _: "one.example",
            dropped_by=lambda _: None,
            now=NOW,
        )
    assert reading_of(begun) is None


def test_what_was_read_for_a_private_feed_goes_when_a_public_one_carries_the_article(database: Database) -> None:
    add_feeds(database, "one", private=True)
    add_entries(database, "one", entry())
    with database.writing() as session:
        keep_reading(session, 1, READING, due_at=NOW + HOUR)
    with database.writing() as session:
        both = [wanted("one", private=True), wanted("two", outlet="one.example")]
        feeds.reconcile(session, both, now=NOW)
    add_entries(database, "two", entry())
    assert reading_of(database) is None


@pytest.mark.parametrize("kept", [{}, {"first_url": "x", "next_url": 1}, {"pages": None}])
def test_a_reading_of_another_version_is_none(kept: dict[str, object]) -> None:
    assert kept_reading(kept) is None
