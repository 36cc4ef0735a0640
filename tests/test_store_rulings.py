"""What people said of pairs of articles is stored once for each pair, found from either side, and taken back."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from aggregator.model.dedup import ArticleRulings, RulingKind
from aggregator.store import rulings, stories
from aggregator.store.database import Database
from aggregator.store.rulings import StoredRuling
from tests.stored import MINUTE, NOW, add_article, add_feeds

SAME, APART = RulingKind.SAME, RulingKind.APART


@pytest.fixture
def four(database: Database) -> Database:
    """Four articles with the ids 1 to 4, each in a story of its own with the same id."""
    add_feeds(database, "one", "two")
    for number in range(4):
        article_id = add_article(database, ("one", "two")[number % 2], f"a{number}", f"text {number}")
        with database.writing() as session:
            stories.create_story(session, article_id, key=f"k{number}", settle_at=NOW, now=NOW, reason="alone")
    return database


def pairs(session: Session) -> list[tuple[int, int, RulingKind]]:
    return [(row.article_id, row.other_id, row.said) for row in rulings.all_rulings(session)]


def test_a_newer_decision_on_a_pair_replaces_the_older_one_whichever_article_is_named_first(four: Database) -> None:
    with four.writing() as session:
        assert rulings.store_rulings(session, 3, [1, 4], APART, now=NOW) == 0
        assert rulings.store_rulings(session, 1, [3], APART, now=NOW + MINUTE) == 0, "the same was said before"
        assert rulings.store_rulings(session, 3, [1, 2, 4], SAME, now=NOW + 2 * MINUTE) == 2
        assert pairs(session) == [(1, 3, SAME), (2, 3, SAME), (3, 4, SAME)]
        assert {row.at for row in rulings.all_rulings(session)} == {NOW + 2 * MINUTE}


def test_the_newest_decision_is_listed_first_with_the_urls_of_both_articles(four: Database) -> None:
    with four.writing() as session:
        rulings.store_rulings(session, 4, [2, 3], SAME, now=NOW)
        rulings.store_rulings(session, 2, [1], SAME, now=NOW)
        rulings.store_rulings(session, 1, [3], APART, now=NOW + MINUTE)
        rulings.store_rulings(session, 2, [3], APART, now=NOW)
    with four.reading() as session:
        assert pairs(session) == [(1, 3, APART), (1, 2, SAME), (2, 3, APART), (2, 4, SAME), (3, 4, SAME)]
        assert rulings.all_rulings(session)[0] == StoredRuling(
            article_id=1,
            other_id=3,
            url="https://one.example/a0",
            other_url="https://one.example/a2",
            said=APART,
            at=NOW + MINUTE,
        )


def test_a_decision_is_taken_back_once_from_either_side(four: Database) -> None:
    with four.writing() as session:
        rulings.store_rulings(session, 1, [2, 3], APART, now=NOW)
        assert rulings.delete_ruling(session, 3, 1)
        assert not rulings.delete_ruling(session, 1, 3)
        assert pairs(session) == [(1, 2, APART)]
        assert rulings.delete_ruling(session, 1, 2)
        assert pairs(session) == []


def test_one_kind_of_decision_between_two_groups_is_taken_back_and_no_other(four: Database) -> None:
    with four.writing() as session:
        rulings.store_rulings(session, 1, [2, 3, 4], APART, now=NOW)
        rulings.store_rulings(session, 2, [4], SAME, now=NOW)
        rulings.store_rulings(session, 2, [3], APART, now=NOW)
        assert rulings.delete_rulings_between(session, [4, 3], [1, 2], SAME) == 1
        assert rulings.delete_rulings_between(session, [2, 4], [1, 3], APART) == 3
        assert pairs(session) == [(1, 3, APART)], "both are of one group"
        assert rulings.delete_rulings_between(session, [2, 4], [1, 3], APART) == 0
        assert rulings.delete_rulings_between(session, [], [1, 3], APART) == 0


def test_an_article_has_the_decisions_about_it_and_the_stories_that_it_must_not_join(four: Database) -> None:
    with four.writing() as session:
        rulings.store_rulings(session, 2, [1, 4], APART, now=NOW)
        rulings.store_rulings(session, 2, [3], SAME, now=NOW)
        rulings.store_rulings(session, 1, [4], SAME, now=NOW)
        assert rulings.rulings_of(session, 2) == ArticleRulings(
            said={1: APART, 3: SAME, 4: APART}, apart=frozenset({"1", "4"})
        )
        only_same = rulings.rulings_of(session, 3)
        assert (dict(only_same.said), set(only_same.apart), set(only_same.divided)) == ({2: SAME}, set(), set())
        rulings.delete_ruling(session, 2, 3)
        nothing = rulings.rulings_of(session, 3)
        assert (dict(nothing.said), set(nothing.apart)) == ({}, set())


def test_decisions_among_some_articles_are_those_with_both_of_them(four: Database) -> None:
    with four.writing() as session:
        rulings.store_rulings(session, 1, [2, 3], APART, now=NOW)
        rulings.store_rulings(session, 3, [4], SAME, now=NOW)
        assert rulings.rulings_among(session, [1, 3, 4]) == {frozenset({1, 3}): APART, frozenset({3, 4}): SAME}
        assert rulings.rulings_among(session, [2, 4]) == {}


def test_stories_are_divided_by_articles_that_must_stay_apart(four: Database) -> None:
    with four.writing() as session:
        rulings.store_rulings(session, 1, [2, 4], APART, now=NOW)
        rulings.store_rulings(session, 1, [3], SAME, now=NOW)
        assert rulings.divided_stories(session, [1, 2, 3]) == {frozenset({"1", "2"})}
        assert rulings.divided_stories(session, [4, 1]) == {frozenset({"1", "4"})}
        assert rulings.divided_stories(session, [2, 3, 4]) == frozenset()
        assert rulings.divided_stories(session, [1]) == frozenset()
        assert rulings.divided_stories(session, []) == frozenset()
