"""Texts that lose lines of their outlet: which, and that a newer text is never replaced."""

from __future__ import annotations

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import CleanedText
from aggregator.steps.remove_boilerplate import texts_to_clean
from aggregator.store import boilerplate_removal
from aggregator.store.database import Database
from aggregator.store.sketches import stored_fingerprints
from aggregator.store.tables import Article
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
