"""Which page of a host comes next, and what its visit carries, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from aggregator.model.extraction import TextSource
from aggregator.model.parsing import Changed, Incoming
from aggregator.model.polling import Validators
from aggregator.store import articles, entries, page_revisits
from aggregator.store.database import Database
from aggregator.store.host_claims import Scope, claim_visits, next_visit_at
from aggregator.store.hosts import set_all_ready
from aggregator.store.page_claims import PageVisit, first_pages
from aggregator.store.page_revisits import UNSEEN, KnownPage, SeenPage
from aggregator.store.tables import Article, Host
from tests.stored import MINUTE, NOW, add_entries, add_feeds, entry, keep_text, origin_of

HOUR = timedelta(hours=1)
HOSTS = {"one.example": 3}
SEEN = SeenPage(validators=Validators(url="https://one.example/a", etag='"1"'), digest="d")


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
        page_revisits.note_seen(session, 1, SEEN)
        page_revisits.plan_revisit(session, 1, at=NOW + HOUR)
        session.get_one(Article, 3).next_attempt_at = NOW + 2 * HOUR
        set_all_ready(session)
    return database


def first(database: Database, after: timedelta) -> list[PageVisit]:
    with database.reading() as session:
        return list(first_pages(session, HOSTS, NOW + after))


def visit(article_id: int, known: KnownPage | None = None) -> PageVisit:
    url = f"https://one.example/{'abc'[article_id - 1]}"
    return PageVisit(article_id=article_id, url=url, host="one.example", host_failures=3, attempts=0, known=known)


AGAIN = visit(1, KnownPage(seen=SEEN, text_source=TextSource.PAGE, tokens=2))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(HOUR - MINUTE, [], id="nothing is due"),
        pytest.param(HOUR, [AGAIN], id="a page to be seen again"),
        pytest.param(2 * HOUR, [visit(3)], id="what was never read goes first"),
    ],
)
def test_the_next_page_of_a_host(stocked: Database, after: timedelta, expected: list[PageVisit]) -> None:
    assert first(stocked, after) == expected


def test_a_host_is_ready_and_claimed_for_a_page_that_is_seen_again(stocked: Database) -> None:
    scope = Scope(feeds_due_before=NOW - HOUR)
    with stocked.writing() as session:
        articles.wait_for_page(session, 3, next_attempt_at=NOW + 9 * HOUR)
        session.execute(text("UPDATE feed SET retired_at = next_poll_at"))
        set_all_ready(session)
        assert session.get_one(Host, "one.example", populate_existing=True).ready_at == NOW + HOUR
        assert next_visit_at(session, scope=scope, now=NOW + HOUR) == NOW + HOUR
        assert _claimed(session, scope, NOW + HOUR - MINUTE) == []
        assert _claimed(session, scope, NOW + HOUR) == [1]


def _claimed(session: Session, scope: Scope, now: object) -> list[int]:
    visits = claim_visits(session, scope=scope, now=now, until=now, by="me", limit=9)  # type: ignore[arg-type]
    return [found.article_id for found in visits if isinstance(found, PageVisit)]


def test_an_article_that_waits_to_be_read_anew_is_not_seen_again(stocked: Database) -> None:
    with stocked.writing() as session:
        changed = Changed(
            entry_id=_entry_of(session, 1), incoming=Incoming(entry=entry("a", title="Other"), digest="2")
        )
        entries.change_entries(
            session,
            origin_of(session, "one"),
            [changed],
            host_of=lambda _: "one.example",
            dropped_by=lambda _: None,
            now=NOW,
        )
        assert not page_revisits.is_expected(session, 1)
    assert first(stocked, HOUR) == [visit(1)]


def _entry_of(session: Session, article_id: int) -> int:
    return int(session.execute(text(f"SELECT id FROM entry WHERE article_id = {article_id}")).scalar_one())


def test_without_a_network_a_page_that_is_seen_again_waits_for_it(stocked: Database) -> None:
    with stocked.writing() as session:
        articles.wait_for_page(session, 1, next_attempt_at=NOW + HOUR + MINUTE)
    assert (first(stocked, HOUR), first(stocked, HOUR + MINUTE)) == ([], [AGAIN])


def test_a_page_of_which_nothing_is_known_is_asked_for_whole(stocked: Database) -> None:
    with stocked.writing() as session:
        page_revisits.note_seen(session, 1, UNSEEN)
    (found,) = first(stocked, HOUR)
    assert found.known == KnownPage(seen=UNSEEN, text_source=TextSource.PAGE, tokens=2)


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
