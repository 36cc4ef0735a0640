"""Which page of a host comes next, and what its visit carries, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from aggregator.model.extraction import TextSource
from aggregator.model.polling import Validators
from aggregator.store import articles, page_revisits
from aggregator.store.database import Database
from aggregator.store.host_claims import ClaimScope, claim_hosts, next_claim_at
from aggregator.store.hosts import update_all_ready_at
from aggregator.store.page_claims import PageClaim, longest_due_pages
from aggregator.store.page_revisits import NO_VERSION, PageVersion, StoredPage
from aggregator.store.tables import Article, Host
from tests.stored import MINUTE, NOW, add_entries, add_feeds, change_entry, entry, keep_text

HOUR = timedelta(hours=1)
HOSTS = {"one.example": 3}
SEEN = PageVersion(validators=Validators(url="https://one.example/a", etag='"1"'), digest="d")


@pytest.fixture
def stocked(database: Database) -> Database:
    """Article 1 was read and is seen again in an hour; article 2 was read and is not; article 3 waits to be read."""
    add_feeds(database, "one")
    add_entries(database, "one", *(entry(uid) for uid in "abc"))
    with database.writing() as session:
        ids = dict(session.execute(select(Article.url, Article.id)).all())
        assert [ids[f"https://one.example/{uid}"] for uid in "abc"] == [1, 2, 3]
        for article_id in (1, 2):
            keep_text(session, article_id, "some words")
        page_revisits.store_page_version(session, 1, SEEN)
        page_revisits.plan_revisit(session, 1, at=NOW + HOUR)
        session.get_one(Article, 3).next_attempt_at = NOW + 2 * HOUR
        update_all_ready_at(session)
    return database


def first(database: Database, after: timedelta) -> list[PageClaim]:
    with database.reading() as session:
        return list(longest_due_pages(session, HOSTS, NOW + after))


def visit(article_id: int, known: StoredPage | None = None) -> PageClaim:
    url = f"https://one.example/{'abc'[article_id - 1]}"
    return PageClaim(article_id=article_id, url=url, host="one.example", host_failures=3, attempts=0, known=known)


AGAIN = visit(1, StoredPage(seen=SEEN, text_source=TextSource.PAGE, tokens=2))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(HOUR - MINUTE, [], id="nothing is due"),
        pytest.param(HOUR, [AGAIN], id="a page to be seen again"),
        pytest.param(2 * HOUR, [visit(3)], id="what was never read goes first"),
    ],
)
def test_the_next_page_of_a_host(stocked: Database, after: timedelta, expected: list[PageClaim]) -> None:
    assert first(stocked, after) == expected


def test_a_host_is_ready_and_claimed_for_a_page_that_is_seen_again(stocked: Database) -> None:
    scope = ClaimScope(feeds_due_before=NOW - HOUR)
    with stocked.writing() as session:
        articles.reschedule_page(session, 3, next_attempt_at=NOW + 9 * HOUR)
        session.execute(text("UPDATE feed SET retired_at = next_poll_at"))
        update_all_ready_at(session)
        assert session.get_one(Host, "one.example", populate_existing=True).ready_at == NOW + HOUR
        assert next_claim_at(session, scope=scope, now=NOW + HOUR) == NOW + HOUR
        assert _claimed(session, scope, NOW + HOUR - MINUTE) == []
        assert _claimed(session, scope, NOW + HOUR) == [1]


def _claimed(session: Session, scope: ClaimScope, now: object) -> list[int]:
    visits = claim_hosts(session, scope=scope, now=now, until=now, by="me", limit=9)  # type: ignore[arg-type]
    return [found.article_id for found in visits if isinstance(found, PageClaim)]


def test_an_article_that_waits_to_be_read_anew_is_not_seen_again(stocked: Database) -> None:
    with stocked.writing() as session:
        change_entry(session, "one", _entry_of(session, 1), entry("a", title="Other"))
        assert not page_revisits.revisit_is_planned(session, 1)
    assert first(stocked, HOUR) == [visit(1)]


def _entry_of(session: Session, article_id: int) -> int:
    return int(session.execute(text(f"SELECT id FROM entry WHERE article_id = {article_id}")).scalar_one())


def test_without_a_network_a_page_that_is_seen_again_waits_for_it(stocked: Database) -> None:
    with stocked.writing() as session:
        articles.reschedule_page(session, 1, next_attempt_at=NOW + HOUR + MINUTE)
    assert (first(stocked, HOUR), first(stocked, HOUR + MINUTE)) == ([], [AGAIN])


def test_a_page_of_which_nothing_is_known_is_asked_for_whole(stocked: Database) -> None:
    with stocked.writing() as session:
        page_revisits.store_page_version(session, 1, NO_VERSION)
    (found,) = first(stocked, HOUR)
    assert found.known == StoredPage(seen=NO_VERSION, text_source=TextSource.PAGE, tokens=2)


def test_each_kind_of_page_is_found_by_its_index(stocked: Database) -> None:
    if not stocked.is_sqlite:
        pytest.skip("PostgreSQL reads a table this small without an index")
    questions = (
        "SELECT 1 FROM article WHERE host = :h AND state = 'waiting' AND wants_page = 1 AND next_attempt_at <= :n",
        "SELECT 1 FROM article WHERE host = :h AND revisit_at IS NOT NULL AND revisit_at <= :n",
        "SELECT min(revisit_at) FROM article WHERE host = :h AND revisit_at IS NOT NULL",
    )
    with stocked.reading() as session:
        plans = [
            session.execute(text(f"EXPLAIN QUERY PLAN {question}"), {"h": "x", "n": "2026"}).all()[0][-1]
            for question in questions
        ]
    assert ["ix_article_due" in plans[0], "ix_article_revisit" in plans[1], "ix_article_revisit" in plans[2]] == [
        True
    ] * 3


def test_each_host_gets_the_page_that_has_been_due_longest(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "one", *(entry(uid) for uid in "abcd"))
    add_entries(database, "two", *(entry(uid, url=f"https://two.example/{uid}") for uid in "ef"))
    with database.writing() as session:
        for article_id, minute in ((1, -1), (2, -2), (3, -2), (4, 1), (5, 0), (6, 1)):
            article = session.get_one(Article, article_id)
            article.next_attempt_at, article.attempts = NOW + minute * MINUTE, article_id
        revisited = session.get_one(Article, 1)
        revisited.state, revisited.text_source, revisited.revisit_at = "placed", "page", NOW - 9 * MINUTE
    with database.reading() as session:
        found = list(longest_due_pages(session, {"one.example": 3, "two.example": 4, "x.example": 5}, NOW))
    assert sorted(found, key=lambda claim: claim.article_id) == [
        PageClaim(article_id=2, url="https://one.example/b", host="one.example", host_failures=3, attempts=2),
        PageClaim(article_id=5, url="https://two.example/e", host="two.example", host_failures=4, attempts=5),
    ], "of one instant the older article; a revisit comes after all first reads"
