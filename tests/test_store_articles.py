"""The text of an article: stored once, indexed, and kept when it is replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import ArticleText, RemovedLine, TextSource
from aggregator.store import articles, feeds
from aggregator.store.articles import ArticleSource, StoredRobots, StoredText
from aggregator.store.database import Database
from aggregator.store.sketches import stored_fingerprints
from aggregator.store.tables import Article, ArticleState, Copy, Entry, Revision, Story
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


def columns(database: Database, article_id: int = 1) -> dict[str, Any]:
    with database.reading() as session:
        return session.get_one(Article, article_id).model_dump()


def change(database: Database, article_id: int = 1, **values: Any) -> None:
    with database.writing() as session:
        for name, value in values.items():
            setattr(session.get_one(Article, article_id), name, value)


FULL = ArticleText(
    title="The crane",
    text="One.\nTwo.",
    html="<p>One.</p><p>Two.</p>",
    source=TextSource.FEED,
    reason="the page gave more",
    authors=("Ada", "Bo"),
    modified_at=NOW + MINUTE,
    language="en",
    image="https://one.example/i.png",
    section="Ports",
    canonical_url="https://one.example/canonical",
    credit="Corvus Wire",
    paywalled=True,
    live=True,
    cuts=(RemovedLine(text="Subscribe", reason="prompt", after=1),),
)
FULL_COLUMNS: dict[str, Any] = {
    "title": "The crane",
    "text": "One.\nTwo.",
    "html": "<p>One.</p><p>Two.</p>",
    "text_source": "feed",
    "text_reason": "the page gave more",
    "authors": ["Ada", "Bo"],
    "modified_at": NOW + MINUTE,
    "language": "en",
    "image": "https://one.example/i.png",
    "section": "Ports",
    "canonical_url": "https://one.example/canonical",
    "credit": "Corvus Wire",
    "paywalled": True,
    "live": True,
    "cuts": [{"text": "Subscribe", "reason": "prompt", "after": 1}],
    "text_at": NOW + 9 * MINUTE,
    "state": "ready",
    "exact": 5,
    "tokens": 2,
    "claimed_until": None,
    "reading": None,
}
CLAIMED: dict[str, Any] = {"claimed_until": NOW, "reading": {"x": 1}, "state": "waiting"}


def store(database: Database, text: ArticleText = FULL, *, same_page_text: bool = False, minute: int = 9) -> bool:
    with database.writing() as session:
        return articles.replace_article_text(
            session,
            1,
            text,
            Sketch(exact=5, fingerprints=(1,), tokens=2),
            aliases=(),
            published_at=NOW - MINUTE,
            same_page_text=same_page_text,
            now=NOW + minute * MINUTE,
        )


def revisions(database: Database) -> list[tuple[int, str, str, str, datetime | None, datetime]]:
    with database.reading() as session:
        rows = session.scalars(select(Revision).order_by(col(Revision.number)))
        return [(row.number, row.title, row.text, row.html, row.text_at, row.replaced_at) for row in rows]


def test_a_first_text_sets_the_columns_of_its_article_and_is_no_revision(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    change(database, **CLAIMED)
    before = columns(database)
    assert store(database)
    assert columns(database) == before | FULL_COLUMNS | {"published_at": NOW - MINUTE}
    assert revisions(database) == []


def test_each_text_that_is_replaced_becomes_a_revision_with_its_number(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a", published_at=NOW - 5 * MINUTE))
    for minute, words in ((1, "First."), (2, "Second."), (3, "Third.")):
        assert store(database, replace(FULL, text=words, html=f"<p>{words}</p>", cuts=()), minute=minute)
    assert store(database, replace(FULL, text="Third.", title="Another title"), minute=4)
    assert revisions(database) == [
        (1, "The crane", "First.", "<p>First.</p>", NOW + MINUTE, NOW + 2 * MINUTE),
        (2, "The crane", "Second.", "<p>Second.</p>", NOW + 2 * MINUTE, NOW + 3 * MINUTE),
        (3, "The crane", "Third.", "<p>Third.</p>", NOW + 3 * MINUTE, NOW + 4 * MINUTE),
    ]
    found = columns(database)
    assert (found["revisions"], found["published_at"], found["title"]) == (3, NOW - 5 * MINUTE, "Another title")


@pytest.mark.parametrize(
    ("same_page_text", "words", "updated"),
    [
        pytest.param(False, FULL.text, ("<b>One. Two.</b>", None), id="the same words in another markup"),
        pytest.param(True, FULL.text, ("<b>One. Two.</b>", None), id="and the same lines of the page"),
        pytest.param(True, "One.", (FULL.html, FULL_COLUMNS["cuts"]), id="another share of the same lines"),
    ],
)
def test_the_same_text_gets_new_metadata_and_new_markup_if_its_words_are_the_same(
    database: Database, same_page_text: bool, words: str, updated: tuple[str, Any]
) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    store(database)
    change(database, **CLAIMED)
    before = columns(database)
    again = ArticleText(
        title=FULL.title, text=words, html="<b>One. Two.</b>", source=TextSource.PAGE, reason="again", authors=("Cy",)
    )
    assert not store(database, again, same_page_text=same_page_text)
    html, cuts = updated
    assert columns(database) == before | {
        "modified_at": None,
        "section": None,
        "paywalled": False,
        "live": False,
        "canonical_url": None,
        "claimed_until": None,
        "reading": None,
        "state": "ready",
        "html": html,
        "cuts": cuts,
    }


def test_texts_are_deleted_with_all_that_was_read_and_wait_to_be_read_again(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", *(entry(uid) for uid in "abcd"))
    store(database)
    change(database, 1, attempts=4, revisit_at=NOW, reading=None)
    change(database, 2, attempts=4, reading={"x": 1})
    change(database, 3, attempts=4, text_at=NOW)
    before = [columns(database, number) for number in (1, 2, 3, 4)]
    with database.writing() as session:
        articles.reset_texts(session, col(Article.id).in_([1, 2, 4]), now=NOW + MINUTE, wants_page=False)
    unread: dict[str, Any] = {
        "title": "",
        "text": "",
        "html": "",
        "text_source": "",
        "text_reason": "",
        "cuts": None,
        "text_at": None,
        "reading": None,
        "revisit_at": None,
        "authors": [],
        "language": None,
        "image": None,
        "canonical_url": None,
        "credit": None,
        "modified_at": None,
        "section": None,
        "paywalled": False,
        "live": False,
        "state": "waiting",
        "attempts": 0,
        "next_attempt_at": NOW + MINUTE,
        "wants_page": False,
    }
    after = [columns(database, number) for number in (1, 2, 3, 4)]
    assert after == [before[0] | unread, before[1] | unread, before[2], before[3]]


def test_the_text_that_has_been_due_longest_is_claimed_first_if_it_waits_and_nobody_has_it(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", *(entry(uid, url=None) for uid in "abcdefg"))
    prepared: tuple[dict[str, Any], ...] = (
        {"next_attempt_at": NOW},
        {"next_attempt_at": NOW - MINUTE},
        {"next_attempt_at": NOW - MINUTE, "claimed_until": NOW},
        {"claimed_until": NOW + MINUTE},
        {"next_attempt_at": NOW + MINUTE},
        {"state": ArticleState.READY},
        {"wants_page": True},
    )
    for number, values in enumerate(prepared, start=1):
        change(database, number, **values)
    with database.writing() as session:
        assert articles.claim_feed_texts(session, now=NOW, until=NOW + 9 * MINUTE, limit=2) == (2, 3)
        assert articles.claim_feed_texts(session, now=NOW, until=NOW + 9 * MINUTE, limit=9) == (1,)
    claims = [columns(database, number)["claimed_until"] for number in range(1, 8)]
    assert claims == [NOW + 9 * MINUTE] * 3 + [NOW + MINUTE] + [None] * 3


def test_the_entry_with_the_longest_content_and_summary_is_used_a_dropped_one_last(database: Database) -> None:
    add_feeds(database, "one", "two", "three", "four", outlet="Herald")
    url = "https://herald.example/x"
    add_entries(database, "one", entry("a", url=url, content="12345"))
    add_entries(database, "two", entry("b", url=url, content="1234", summary="12", language="de", image="i.png"))
    add_entries(database, "three", entry("c", url=url, content="123456"))

    def source() -> ArticleSource:
        with database.reading() as session:
            return articles.article_source(session, 1)

    assert (source().feed, source().summary, source().language, source().image) == ("two", "12", "de", "i.png")
    add_entries(database, "four", entry("d", url=url, content="12345678"))
    with database.writing() as session:
        session.scalars(select(Entry).where(col(Entry.uid) == "d")).one().dropped_by = "a rule"
    assert source().feed == "two"
    with database.writing() as session:
        for dropped in session.scalars(select(Entry)):
            dropped.dropped_by = "a rule"
    assert (source().feed, source().content) == ("four", "12345678")


def test_the_lines_of_other_pages_are_read_only_for_an_article_whose_page_is_wanted(database: Database) -> None:
    add_feeds(database, "one")
    add_article(database, "one", "a", "some words", marks=(5, 6))
    add_article(database, "one", "b", "other words")
    with database.reading() as session:
        assert articles.article_source(session, 2).pages == ((5, 6),)
    change(database, 2, wants_page=False)
    with database.reading() as session:
        assert articles.article_source(session, 2).pages == ()


def test_a_page_that_was_not_requested_is_due_later_for_what_it_was_due_for(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    for revisit_at in (None, NOW):
        change(database, claimed_until=NOW, revisit_at=revisit_at, attempts=2, next_attempt_at=NOW)
        before = columns(database)
        with database.writing() as session:
            articles.reschedule_page(session, 1, next_attempt_at=NOW + MINUTE)
        moved = "next_attempt_at" if revisit_at is None else "revisit_at"
        assert columns(database) == before | {"claimed_until": None, moved: NOW + MINUTE}
    before = columns(database)
    change(database, claimed_until=NOW)
    with database.writing() as session:
        articles.postpone_page(session, 1, reason="timed out", next_attempt_at=NOW + 2 * MINUTE)
    assert columns(database) == before | {
        "attempts": 3,
        "text_reason": "timed out",
        "next_attempt_at": NOW + 2 * MINUTE,
    }


def test_the_stored_text_is_what_the_next_one_is_compared_with(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald")
    url = "https://one.example/a"
    add_entries(database, "one", entry("a", url=url))
    add_entries(database, "two", entry("b", url=url))
    store(database)
    with database.reading() as session:
        assert articles.stored_text(session, 1) == StoredText(
            url=url,
            title="The crane",
            text="One.\nTwo.",
            cuts=FULL.cuts,
            seen_at=NOW,
            feed_hosts=frozenset({"one.example", "two.example"}),
        )
