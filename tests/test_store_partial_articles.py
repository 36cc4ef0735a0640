"""What was read of an article in parts survives in the database, and goes when it is of no use any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from aggregator.model.extraction import ExtractedPage, PageLinks, PartialArticle, RemovedLine
from aggregator.store import feeds
from aggregator.store.database import Database
from aggregator.store.host_claims import ClaimScope, claim_hosts
from aggregator.store.page_claims import PageClaim
from aggregator.store.partial_articles import (
    delete_partial_article,
    load_partial_article,
    store_partial_article,
)
from aggregator.store.tables import Article
from tests.stored import NOW, add_entries, add_feeds, change_entry, entry, keep_text, wanted

HOUR = timedelta(hours=1)
READING = PartialArticle(
    first_url="https://one.example/1",
    next_url="https://one.example/1?page=2",
    pages=(
        ExtractedPage(
            text="One.",
            html="<p>One.</p>",
            authors=("Ida",),
            published_at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
            cuts=(RemovedLine(text="By Ida", reason="a byline", after=0),),
            links=PageLinks(onward=("https://one.example/1?page=2",)),
        ),
    ),
    twins=("https://one.example/amp",),
    reason="none",
)


def reading_of(database: Database) -> PartialArticle | None:
    with database.reading() as session:
        return load_partial_article(session.scalars(select(Article)).one().reading)


@pytest.fixture
def begun(database: Database) -> Database:
    """An article of which a part was read; its next page is due in an hour."""
    add_feeds(database, "one")
    add_entries(database, "one", entry())
    with database.writing() as session:
        store_partial_article(session, 1, READING, due_at=NOW + HOUR)
    return database


def test_the_next_page_is_claimed_with_what_was_read_before(begun: Database) -> None:
    found: list[tuple[object, ...]] = []
    for now in (NOW, NOW + HOUR):
        with begun.writing() as session:
            scope = ClaimScope(feeds_due_before=NOW - HOUR)
            visits = claim_hosts(session, scope=scope, now=now, until=now + HOUR, by="me", limit=9)
            found.append(visits)
    visit = PageClaim(
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
        change_entry(session, "one", 1, entry(title="Other"))
    assert reading_of(begun) is None


def test_what_was_read_for_a_private_feed_goes_when_a_public_one_carries_the_article(database: Database) -> None:
    add_feeds(database, "one", private=True)
    add_entries(database, "one", entry())
    with database.writing() as session:
        store_partial_article(session, 1, READING, due_at=NOW + HOUR)
    with database.writing() as session:
        both = [wanted("one", private=True), wanted("two", outlet="one.example")]
        feeds.apply_configured_feeds(session, both, now=NOW)
    add_entries(database, "two", entry())
    assert reading_of(database) is None


@pytest.mark.parametrize("kept", [{}, {"first_url": "x", "next_url": 1}, {"pages": None}])
def test_a_reading_of_another_version_is_none(kept: dict[str, object]) -> None:
    assert load_partial_article(kept) is None


@pytest.mark.parametrize("revisit_at", [None, NOW])
def test_the_next_page_of_a_partial_article_is_a_first_attempt_when_the_article_is_due(
    begun: Database, revisit_at: datetime | None
) -> None:
    with begun.writing() as session:
        article = session.get_one(Article, 1)
        article.attempts, article.claimed_until, article.revisit_at = 3, NOW, revisit_at
    with begun.writing() as session:
        store_partial_article(session, 1, READING, due_at=NOW + 2 * HOUR)
    with begun.writing() as session:
        article = session.get_one(Article, 1)
        planned = article.next_attempt_at if revisit_at is None else article.revisit_at
        assert (article.attempts, article.claimed_until, planned) == (0, None, NOW + 2 * HOUR)
        delete_partial_article(session, 1)
    assert reading_of(begun) is None


def test_no_reading_is_none() -> None:
    assert load_partial_article(None) is None
