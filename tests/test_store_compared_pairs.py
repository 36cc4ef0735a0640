"""Which pairs of articles other thresholds are tried on, the newest first."""

from __future__ import annotations

import pytest

from aggregator.model.dedup import Evidence, Relation, RulingKind, Verdict
from aggregator.store import merge_queries, rulings, stories
from aggregator.store.compared_pairs import ComparedPair, compared_pairs
from aggregator.store.database import Database
from aggregator.store.tables import Story
from tests.stored import MINUTE, NOW, add_article, add_feeds

NEAR = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=Evidence())
RELATED = Verdict(relation=Relation.RELATED, rule="same event")


@pytest.fixture
def stored(database: Database) -> Database:
    """Story a has the articles 1, 3, 4 and 5 (3 is canonical), b has 2, c has 6; pairs were kept apart."""
    add_feeds(database, "one")
    ids = [add_article(database, "one", f"a{number}", "text") for number in range(6)]
    assert ids == [1, 2, 3, 4, 5, 6]
    with database.writing() as session:
        for article_id, key in ((1, "a"), (2, "b"), (6, "c")):
            stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="alone")
        for article_id, minute in ((3, 3), (4, 2), (5, 2)):
            stories.add_copy(session, article_id, 1, verdict=NEAR, against_id=1, now=NOW + minute * MINUTE)
        session.get_one(Story, 1).lead_article_id = 3
        for article_id, other_id, minute in ((2, 1, 0), (6, 2, 1), (6, 1, 1), (4, 1, 5)):
            merge_queries.store_verdict(session, article_id, other_id, RELATED, now=NOW + minute * MINUTE)
    return database


def pairs(database: Database, most: int = 9) -> list[tuple[int, int]]:
    with database.reading() as session:
        return [(pair.article_id, pair.other_id) for pair in compared_pairs(session, most=most)]


def test_copies_come_with_their_canonical_copy_then_pairs_of_two_stories(stored: Database) -> None:
    assert pairs(stored) == [(5, 3), (4, 3), (1, 3), (6, 2), (6, 1), (2, 1)]
    assert pairs(stored, most=1) == [(5, 3), (6, 2)]
    with stored.reading() as session:
        found = compared_pairs(session, most=1)
    assert found == (
        ComparedPair(article_id=5, other_id=3, story="a", other_story="a"),
        ComparedPair(article_id=6, other_id=2, story="c", other_story="b"),
    )


def test_no_threshold_decides_a_pair_that_a_person_decided(stored: Database) -> None:
    with stored.writing() as session:
        rulings.store_rulings(session, 3, [4], RulingKind.SAME, now=NOW)
        rulings.store_rulings(session, 2, [1], RulingKind.APART, now=NOW)
    assert pairs(stored) == [(5, 3), (1, 3), (6, 2), (6, 1)]
