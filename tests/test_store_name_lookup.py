"""By which names people find an article or a story."""

from __future__ import annotations

import pytest

from aggregator.store import stories
from aggregator.store.database import Database
from aggregator.store.name_lookup import find_article, find_story
from aggregator.store.tables import Article, Story
from tests.stored import NOW, add_article, add_feeds

LARGEST = 2**63 - 1


@pytest.fixture
def stored(database: Database) -> Database:
    """Articles 1 to 3 in the stories a, b and c; b was merged into a, and c was withdrawn."""
    add_feeds(database, "one", "two")
    for number, key in enumerate("abc"):
        article_id = add_article(database, ("one", "two")[number % 2], key, "text")
        with database.writing() as session:
            stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="alone")
    with database.writing() as session:
        session.get_one(Story, 2).survivor_id, session.get_one(Story, 2).withdrawn_at = 1, NOW
        session.get_one(Story, 3).withdrawn_at = NOW
        session.get_one(Article, 3).key = "//one.example/key"
    return database


@pytest.mark.parametrize(
    ("name", "article_id"),
    [
        ("2", 2),
        ("4", None),
        (str(LARGEST), None),
        (str(LARGEST + 1), None),
        ("https://two.example/b", 2),
        ("//one.example/key", 3),
        ("https://one.example/c", 3),
        ("a", 1),
        ("b", 1),
        ("c", None),
        ("d", None),
        ("", None),
    ],
)
def test_an_article_is_found_by_its_id_its_url_or_the_key_of_its_story(
    stored: Database, name: str, article_id: int | None
) -> None:
    with stored.reading() as session:
        assert find_article(session, name) == article_id


def test_of_articles_with_one_url_the_first_is_found(stored: Database) -> None:
    with stored.writing() as session:
        session.get_one(Article, 3).url = session.get_one(Article, 1).url = "https://shared.example/"
    with stored.reading() as session:
        assert find_article(session, "https://shared.example/") == 1


def test_a_story_key_of_digits_is_found_if_no_article_can_have_that_id(stored: Database) -> None:
    with stored.writing() as session:
        session.get_one(Story, 1).key = str(LARGEST + 1)
        session.get_one(Story, 2).key = "3"
    with stored.reading() as session:
        assert find_article(session, str(LARGEST + 1)) == 1
        assert find_article(session, "3") == 3


def test_a_story_is_found_by_its_key_or_that_of_a_story_that_was_merged_into_it(stored: Database) -> None:
    with stored.reading() as session:
        assert [find_story(session, key) for key in ("a", "b", "c", "d", "1")] == [1, 1, None, None, None]
