"""The text of an article: stored once, indexed, and kept when it is replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.extraction import RemovedLine
from aggregator.store import articles, feeds
from aggregator.store.articles import ArticleSource, StoredRobots
from aggregator.store.database import Database
from aggregator.store.sketches import stored_fingerprints
from aggregator.store.tables import Article, ArticleState, Copy, Revision, Story
from tests.stored import MINUTE, NOW, add_article, add_entries, add_feeds, entry, keep_text, wanted


def fingerprints(database: Database, article_id: int) -> tuple[int, ...]:
    with database.reading() as session:
        return stored_fingerprints(session, article_id)


def test_a_text_makes_its_article_ready_and_found(database: Database) -> None:
    add_feeds(database, "one")
    add_article(database, "one", "a", "some words", fingerprints=[3, 0, 2**32 - 1])
    with database.reading() as session:
        article = session.scalars(select(Article)).one()
    assert (article.state, article.text, article.text_source, article.revisions) == ("ready", "some words", "page", 0)
    assert fingerprints(database, 1) == (0, 3, 2**32 - 1)


def test_another_text_keeps_the_one_before_as_a_revision_and_reindexes(database: Database) -> None:
    add_feeds(database, "one")
    add_article(database, "one", "a", "first words", fingerprints=[1, 2])
    with database.writing() as session:
        assert keep_text(session, 1, "second words", fingerprints=[2, 3], now=NOW + MINUTE)
    with database.reading() as session:
        revision = session.scalars(select(Revision)).one()
        article = session.scalars(select(Article)).one()
    assert (revision.number, revision.text, revision.text_at, revision.replaced_at) == (
        1,
        "first words",
        NOW,
        NOW + MINUTE,
    )
    assert (article.text, article.revisions, article.state) == ("second words", 1, ArticleState.READY)
    assert fingerprints(database, 1) == (2, 3)


def test_the_same_text_again_changes_nothing_and_leaves_the_article_in_its_story(database: Database) -> None:
    add_feeds(database, "one")
    add_article(database, "one", "a", "some words", fingerprints=[1], title="T")
    with database.writing() as session:
        session.add(
            Story(id=1, key="k", founded_at=NOW, settle_at=NOW, first_seen_at=NOW, published_at=NOW, lead_article_id=1)
        )
        session.flush()
        session.add(Copy(article_id=1, story_id=1, joined_at=NOW))
        session.get_one(Article, 1).state = ArticleState.WAITING
    with database.writing() as session:
        assert not keep_text(session, 1, "some words", fingerprints=[1], title="T", now=NOW + MINUTE)
    with database.reading() as session:
        article = session.scalars(select(Article)).one()
        assert (article.state, article.text_at, article.revisions) == (ArticleState.PLACED, NOW, 0)


@pytest.mark.parametrize(
    ("by_entry", "by_page", "told"),
    [
        pytest.param(NOW - MINUTE, NOW - 9 * MINUTE, NOW - MINUTE, id="the entry says when"),
        pytest.param(None, NOW - 9 * MINUTE, NOW - 9 * MINUTE, id="the page alone says when"),
        pytest.param(None, NOW + 9 * MINUTE, NOW, id="the page says a time to come"),
        pytest.param(None, datetime(1970, 1, 1, tzinfo=UTC), NOW, id="the page says nonsense"),
        pytest.param(None, None, NOW, id="nobody says when"),
    ],
)
def test_an_article_is_of_the_day_its_page_says_when_no_entry_does(
    database: Database, by_entry: datetime | None, by_page: datetime | None, told: datetime
) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a", url="https://one.example/a", published_at=by_entry))
    with database.writing() as session:
        keep_text(session, 1, "some words", published_at=by_page)
    with database.reading() as session:
        assert session.get_one(Article, 1).published_at == told


def test_another_picture_is_no_revision(database: Database) -> None:
    add_feeds(database, "one")
    article_id = add_article(database, "one", "a", "some words", title="T")
    with database.writing() as session:
        pictured = '<p>some words</p><figure><img src="https://one.example/p.jpg" alt=""></figure>'
        assert not keep_text(session, article_id, "some words", title="T", html=pictured, now=NOW + MINUTE)
    with database.reading() as session:
        article = session.get_one(Article, article_id)
        assert (article.html, article.text_at, article.revisions) == (pictured, NOW, 0)


def test_what_a_page_says_beside_its_text_is_kept_even_when_the_text_stays(database: Database) -> None:
    add_feeds(database, "one")
    article_id = add_article(database, "one", "a", "some words", title="T", section="Transport", live=True)
    with database.writing() as session:
        assert not keep_text(
            session, article_id, "some words", title="T", section="Sport", modified_at=NOW + MINUTE, paywalled=True
        )
    with database.reading() as session:
        article = session.get_one(Article, article_id)
    assert (article.section, article.modified_at, article.paywalled, article.live) == (
        "Sport",
        NOW + MINUTE,
        True,
        False,
    )


def test_what_was_cut_from_a_text_stays_with_it_and_its_page_is_known_to_the_others(database: Database) -> None:
    add_feeds(database, "one")
    first = add_article(database, "one", "a", "some words", title="T")
    second = add_article(database, "one", "b", "other words")
    cut = RemovedLine(text="Subscribe", reason="prompt", after=1)
    with database.writing() as session:
        assert not keep_text(session, first, "some words", title="T", cuts=(cut,), marks=(5, 6))
    with database.reading() as session:
        assert session.get_one(Article, first).cuts == [{"text": "Subscribe", "reason": "prompt", "after": 1}]
        assert [articles.article_source(session, article_id).pages for article_id in (first, second)] == [(), ((5, 6),)]


def test_a_page_of_which_more_lines_are_known_to_be_the_outlets_is_no_revision(database: Database) -> None:
    add_feeds(database, "one")
    prompt = RemovedLine(text="Subscribe", reason="prompt", after=0)
    article_id = add_article(database, "one", "a", "One.\nTwo.\nMost read", title="T", cuts=(prompt,))
    most_read = RemovedLine(text="Most read", reason="on 2 of 2 pages of the outlet", after=2)
    with database.writing() as session:
        assert not keep_text(session, article_id, "One.\nTwo.", title="T", cuts=(prompt, most_read))
        article = session.get_one(Article, article_id)
        assert (article.text, article.revisions) == ("One.\nTwo.\nMost read", 0)
        assert keep_text(session, article_id, "One.", title="T", cuts=(prompt, most_read))
        assert (article.text, article.revisions) == ("One.", 1)


def test_the_entry_that_says_most_speaks_for_an_article(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald", full_text="page")
    url = "https://herald.example/x"
    add_entries(database, "one", entry("a", url=url, title="Short", summary="few"))
    add_entries(database, "two", entry("b", url=url, title="Long", content="many more words", authors=("Ada",)))
    with database.reading() as session:
        assert articles.article_source(session, 1) == ArticleSource(
            article_id=1,
            feed="two",
            url=url,
            title="Long",
            content="many more words",
            summary="",
            full_text="page",
            authors=("Ada",),
            language=None,
            image=None,
            private=False,
            published_at=NOW,
        )


def test_no_private_entry_speaks_for_an_article_that_a_public_feed_carries(database: Database) -> None:
    url = "https://herald.example/x"
    configured = [wanted("paid", outlet="Herald", private=True), wanted("free", outlet="Herald", full_text="page")]
    with database.writing() as session:
        feeds.apply_configured_feeds(session, configured, now=NOW)
    add_entries(database, "paid", entry("a", url=url, title="Paid", content="many words that were paid for"))
    with database.reading() as session:
        assert articles.article_source(session, 1).title == "Paid"
    add_entries(database, "free", entry("b", url=url, title="Free", summary="few"))
    with database.reading() as session:
        source = articles.article_source(session, 1)
    assert (source.title, source.content, source.summary, source.full_text) == ("Free", "", "few", "page")


def test_articles_that_want_no_page_are_claimed_once_and_the_others_not(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a", url=None), entry("b"))
    with database.writing() as session:
        assert articles.claim_feed_texts(session, now=NOW, until=NOW + MINUTE, limit=5) == (1,)
    with database.writing() as session:
        assert articles.claim_feed_texts(session, now=NOW, until=NOW + MINUTE, limit=5) == ()
    with database.writing() as session:
        assert articles.claim_feed_texts(session, now=NOW + MINUTE, until=NOW + 2 * MINUTE, limit=5) == (1,)


def test_a_page_that_failed_is_asked_for_again_later(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    with database.writing() as session:
        articles.postpone_page(session, 1, reason="timed out", next_attempt_at=NOW + MINUTE)
    with database.reading() as session:
        row = session.execute(
            select(col(Article.attempts), col(Article.text_reason), col(Article.next_attempt_at))
        ).one()
    assert tuple(row) == (1, "timed out", NOW + MINUTE)


def test_robots_are_kept_until_they_expire_and_replaced(database: Database) -> None:
    first = StoredRobots(origin="https://a.example", access="rules", text="Disallow: /", expires_at=NOW + MINUTE)
    second = StoredRobots(
        origin="https://a.example", access="everything", text=None, expires_at=NOW + timedelta(days=1)
    )
    with database.writing() as session:
        articles.store_robots(session, first)
    with database.reading() as session:
        assert articles.stored_robots(session, "https://a.example", now=NOW) == first
        assert articles.stored_robots(session, "https://a.example", now=NOW + MINUTE) is None
        assert articles.stored_robots(session, "https://b.example", now=NOW) is None
    with database.writing() as session:
        articles.store_robots(session, second)
    with database.reading() as session:
        assert articles.stored_robots(session, "https://a.example", now=NOW + MINUTE) == second
