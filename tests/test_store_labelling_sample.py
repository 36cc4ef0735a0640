"""A sample of compared pairs: every stratum in turn, the same for the same seed, and no pair twice."""

from __future__ import annotations

from collections import Counter

import pytest

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.store import merge_queries, stories
from aggregator.store.database import Database
from aggregator.store.labelling_sample import sample_pairs
from tests.stored import NOW, add_article, add_feeds

Pair = tuple[int, int]


def verdict(shorter: float, relation: Relation = Relation.RELATED) -> Verdict:
    return Verdict(relation=relation, rule="x", evidence=Evidence(shorter=shorter))


@pytest.fixture
def stored(database: Database) -> Database:
    """Twelve articles: 2 joined 1 as a near copy; pairs of the others with 1 were kept apart, by shared coverage."""
    add_feeds(database, "one")
    for number in range(12):
        add_article(database, "one", f"a{number}", "text")
    with database.writing() as session:
        for article_id in (1, 3):
            stories.create_story(session, article_id, key=f"k{article_id}", settle_at=NOW, now=NOW, reason="alone")
        stories.add_copy(session, 2, 1, verdict=verdict(0.95, Relation.NEAR_COPY), against_id=1, now=NOW)
        for article_id, shorter in enumerate((0.29, 0.3, 0.59, 0.6, 0.75, 0.89, 0.9, 1.0), start=4):
            merge_queries.store_verdict(session, article_id, 1, verdict(shorter), now=NOW)
    return database


def draw(database: Database, count: int = 99, *, known: set[Pair] | None = None, seed: int = 1) -> list[Pair]:
    with database.reading() as session:
        return list(sample_pairs(session, count=count, known=known or set(), seed=seed))


BANDS: dict[Pair, str] = {
    (1, 4): "below 0.3",
    (1, 5): "0.3",
    (1, 6): "0.3",
    (1, 7): "0.6",
    (1, 8): "0.75",
    (1, 9): "0.75",
    (1, 10): "0.9",
    (1, 11): "0.9",
    (1, 2): "merged",
}


def test_each_stratum_gives_one_pair_in_turn_those_that_were_kept_apart_first(stored: Database) -> None:
    drawn = draw(stored)
    assert sorted(drawn) == sorted(BANDS)
    order = ["below 0.3", "0.3", "0.6", "0.75", "0.9", "merged"]
    assert [BANDS[pair] for pair in drawn[:6]] == order
    assert [BANDS[pair] for pair in drawn[6:]] == ["0.3", "0.75", "0.9"]
    assert draw(stored, 4) == drawn[:4]
    assert draw(stored, 0) == []


def test_the_same_seed_draws_the_same_pairs_and_another_one_others(stored: Database) -> None:
    assert draw(stored, seed=5) == draw(stored, seed=5)
    orders = Counter(tuple(draw(stored, seed=seed)) for seed in range(12))
    assert len(orders) > 1


def test_a_pair_that_is_known_is_not_drawn_again(stored: Database) -> None:
    assert (1, 7) not in draw(stored, known={(1, 7), (1, 2)})
    assert len(draw(stored, known={(1, 7), (1, 2)})) == len(BANDS) - 2
    assert len(draw(stored, known={(7, 1)})) == len(BANDS), "the lower id comes first"
