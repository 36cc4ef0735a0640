"""Old articles are matched against each new rule once, and a rule that nobody uses is forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.store import text_matches
from aggregator.store.database import Database
from aggregator.store.tables import TextMatch, TextRule
from aggregator.store.text_matches import ArticleWords
from tests.stored import add_article, add_feeds


@pytest.fixture
def stored(database: Database) -> Database:
    """Five articles."""
    add_feeds(database, "one")
    for number in range(1, 6):
        add_article(database, "one", f"a{number}", f"text {number}", title=f"Title {number}")
    return database


def next_of(database: Database, *rules: str, limit: int = 2) -> tuple[str, list[int]] | None:
    with database.writing() as session:
        found = text_matches.next_unmatched(session, rules, limit=limit)
        return None if found is None else (found[0], [words.article_id for words in found[1]])


def matches(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        rows = session.scalars(select(TextMatch).order_by(col(TextMatch.rule), col(TextMatch.article_id)))
        return [(row.rule, row.article_id) for row in rows]


def test_a_new_rule_gets_the_articles_in_order_and_then_no_more(stored: Database) -> None:
    found = [next_of(stored, "a", "b") for _ in range(7)]
    of_a, of_b = ([(rule, [1, 2]), (rule, [3, 4]), (rule, [5])] for rule in "ab")
    assert found == [*of_a, *of_b, None]
    add_article(stored, "one", "new", "text")
    assert next_of(stored, "a", "b") is None, "a new article is matched when it is placed"


def test_a_rule_is_done_when_its_last_articles_filled_the_limit(stored: Database) -> None:
    assert [next_of(stored, "a", limit=5) for _ in range(2)] == [("a", [1, 2, 3, 4, 5]), None]
    assert [next_of(stored, "b", limit=6) for _ in range(2)] == [("b", [1, 2, 3, 4, 5]), None]


def test_a_rule_that_is_not_used_any_more_is_deleted_with_its_matches(stored: Database) -> None:
    for _ in range(7):
        next_of(stored, "a", "b")
    with stored.writing() as session:
        text_matches.add_matches(session, "a", [1, 2])
        text_matches.add_matches(session, "a", [2, 3])
        text_matches.add_matches(session, "b", [2])
    assert matches(stored) == [("a", 1), ("a", 2), ("a", 3), ("b", 2)]
    assert next_of(stored, "b") is None
    assert matches(stored) == [("b", 2)]
    with stored.reading() as session:
        assert session.scalars(select(col(TextRule.key))).all() == ["b"]
    assert next_of(stored, "a", "b") == ("a", [1, 2]), "it begins anew"


def test_an_article_matches_the_rules_of_its_newest_text(stored: Database) -> None:
    with stored.writing() as session:
        text_matches.add_matches(session, "a", [1, 2])
        text_matches.set_matches(session, 1, ["b", "c"])
    assert matches(stored) == [("a", 2), ("b", 1), ("c", 1)]
    with stored.writing() as session:
        text_matches.set_matches(session, 1, [])
        assert text_matches.article_words(session, 2) == ArticleWords(article_id=2, title="Title 2", text="text 2")
        found = text_matches.next_unmatched(session, ["d"], limit=1)
        assert found == ("d", (ArticleWords(article_id=1, title="Title 1", text="text 1"),))
    assert matches(stored) == [("a", 2)]
