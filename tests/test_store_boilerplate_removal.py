"""Texts that lose lines of their outlet: which, and that a newer text is never replaced."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import CleanedText, RemovedLine, TextSource
from aggregator.steps.remove_boilerplate import texts_to_clean
from aggregator.store import boilerplate_removal
from aggregator.store.boilerplate_removal import OutletPages, StoredPageText
from aggregator.store.database import Database
from aggregator.store.sketches import stored_fingerprints
from aggregator.store.tables import Article, ArticleSketch
from tests.stored import MINUTE, NOW, add_article, add_feeds, keep_text


def test_a_text_that_was_read_anew_meanwhile_is_not_replaced_by_an_older_one_without_some_lines(
    database: Database,
) -> None:
    add_feeds(database, "one")
    first = add_article(database, "one", "a", "some words", marks=(5, 6))
    second = add_article(database, "one", "b", "other words", marks=(6, 7))
    with database.reading() as session:
        (kept,) = texts_to_clean(session, second)
    assert (kept.article_id, kept.text.text, kept.pages) == (first, "some words", ((6, 7),))
    text = CleanedText(text="some", html="<p>some</p>", cuts=())
    with database.writing() as session:
        keep_text(session, first, "new words", now=NOW + MINUTE)
        assert not boilerplate_removal.store_cleaned_text(
            session, kept, text, Sketch(exact=1, fingerprints=(1,), tokens=1)
        )
    with database.writing() as session:
        (kept,) = texts_to_clean(session, second)
        assert boilerplate_removal.store_cleaned_text(session, kept, text, Sketch(exact=1, fingerprints=(1,), tokens=1))
        article = session.get_one(Article, first)
        assert (article.text, stored_fingerprints(session, first), article.revisions) == ("some", (1,), 1)


@pytest.fixture
def three(database: Database) -> Database:
    """Three articles of one outlet with the lines of their pages, and one of another outlet."""
    add_feeds(database, "one", "two")
    for uid, marks in (("a", (1, 9)), ("b", (2, 9)), ("c", (3, 9))):
        add_article(database, "one", uid, f"text {uid}", marks=marks)
    add_article(database, "two", "d", "text d", marks=(4, 9))
    return database


def test_a_page_is_known_with_the_newest_other_pages_of_its_outlet(three: Database) -> None:
    add_article(three, "one", "e", "text e")
    with three.reading() as session:
        assert boilerplate_removal.outlet_pages(session, 2) == OutletPages(
            article_id=2, lines=(2, 9), others={3: (3, 9), 1: (1, 9)}
        )
        assert boilerplate_removal.outlet_pages(session, 5) is None


def test_only_texts_from_a_page_are_cleaned_each_against_all_other_pages(three: Database) -> None:
    cut = RemovedLine(text="Read more", reason="repeated", after=1)
    with three.writing() as session:
        session.get_one(Article, 1).cuts = [asdict(cut)]
        session.get_one(Article, 2).text_source = TextSource.FEED
        session.get_one(Article, 3).text_at = None
        outlet = boilerplate_removal.outlet_pages(session, 3)
        assert outlet is not None
        assert boilerplate_removal.stored_page_texts(session, [1, 2, 3], outlet) == (
            StoredPageText(
                article_id=1,
                text_at=NOW,
                text=CleanedText(text="text a", html="<p>text a</p>", cuts=(cut,)),
                pages=((3, 9), (2, 9)),
            ),
        )


@pytest.mark.parametrize(
    ("changed", "stored"),
    [({}, True), ({"text_at": NOW + MINUTE}, False), ({"html": "<b>text a</b>"}, False), ({"title": "x"}, True)],
)
def test_a_cleaned_text_replaces_the_one_that_it_was_made_of(
    three: Database, changed: dict[str, Any], stored: bool
) -> None:
    cut = RemovedLine(text="text", reason="repeated", after=0)
    cleaned = CleanedText(text="a", html="<p>a</p>", cuts=(cut,))
    with three.writing() as session:
        article = session.get_one(Article, 1)
        kept = StoredPageText(
            article_id=1,
            text_at=NOW,
            text=CleanedText(text=article.text, html=article.html, cuts=()),
            pages=(),
        )
        for name, value in changed.items():
            setattr(article, name, value)
        sketch = Sketch(exact=7, fingerprints=(1, 2), tokens=1)
        assert boilerplate_removal.store_cleaned_text(session, kept, cleaned, sketch) is stored
        session.flush()
        found = (article.text, article.html, article.cuts, article.exact, article.tokens, article.revisions)
        expected = ("a", "<p>a</p>", [asdict(cut)], 7, 1, 0)
        assert (found == expected) is stored
        assert session.get_one(ArticleSketch, 1).turn is None, "it comes into the index when it is placed"
        assert article.state == "ready"
