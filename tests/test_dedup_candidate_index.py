"""The index finds what shares most fingerprints, whatever came, went and was merged inside it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import candidate_index
from aggregator.dedup.candidate_index import MOST_POSTINGS, CandidateIndex
from aggregator.model.sketch_table import SketchTable

Sketched = tuple[int, int, tuple[int, ...]]
"""An article, when it was seen, and its fingerprints."""

FINGERPRINTS = st.sets(st.integers(0, 12) | st.just(2**32 - 1), max_size=6).map(lambda found: tuple(sorted(found)))
SKETCHED = st.tuples(st.integers(1, 40), st.integers(1, 50), FINGERPRINTS)
BATCH = st.lists(SKETCHED, max_size=6, unique_by=lambda sketched: sketched[0])


@pytest.fixture(autouse=True, scope="module")
def _small_runs() -> Iterable[None]:
    """Let runs be merged by a few postings, as they are by many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidate_index, "_FRESH", 8)
        patch.setattr(candidate_index, "_LARGEST", 1200)
        yield


def table(sketches: Iterable[Sketched]) -> SketchTable:
    rows = list(sketches)
    return SketchTable(
        articles=np.array([row[0] for row in rows], dtype=np.int64),
        seen=np.array([row[1] for row in rows], dtype=np.int64),
        fingerprints=np.array([value for row in rows for value in row[2]], dtype=np.uint32),
        counts=np.array([len(row[2]) for row in rows], dtype=np.int64),
    )


def holding(*sketches: Sketched, most_articles: int = 1000) -> CandidateIndex:
    found = CandidateIndex(most_articles=most_articles)
    for sketched in sketches:
        found.put(table([sketched]), since=0)
    return found


@given(st.lists(BATCH, max_size=12), FINGERPRINTS, st.integers(0, 50))
def test_it_answers_as_a_search_through_all_articles_would(
    batches: list[list[Sketched]], wanted: tuple[int, ...], since: int
) -> None:
    found, newest = CandidateIndex(most_articles=1000), dict[int, Sketched]()
    for batch in batches:
        found.put(table(batch), since=0)
        newest.update({sketched[0]: sketched for sketched in batch})
    shared = {
        article: len(set(fingerprints) & set(wanted)) for article, seen, fingerprints in newest.values() if seen > since
    }
    best = sorted(
        (article for article in shared if shared[article] >= 2), key=lambda article: (-shared[article], article)
    )
    assert found.candidates(wanted, since=since, most=100) == tuple(best)
    assert found.candidates(wanted, since=since, most=2) == tuple(best[:2])


def test_the_newest_article_is_found_by_its_new_text_only() -> None:
    found = holding((5, 1, (1, 2)), (5, 1, (3, 4)))
    assert found.candidates((1, 2), since=0, most=10) == ()
    assert found.candidates((3, 4), since=0, most=10) == (5,)


def test_a_fingerprint_that_many_texts_hold_is_looked_up_in_the_newest() -> None:
    boilerplate = [(article, article, (7, 8, 100 + article)) for article in range(1, 501)]
    found = holding(*boilerplate)
    answered = found.candidates((7, 8), since=0, most=1000)
    runs = len(found._runs)
    assert len(answered) <= runs * MOST_POSTINGS
    assert set(answered) >= set(range(501 - MOST_POSTINGS, 501))
    assert sum(len(run.postings) for run in found._runs) < 3 * 500
    assert found.candidates((107, 108), since=0, most=10) == ()
    assert found.candidates((7, 101), since=0, most=10) in ((), (1,))


def test_too_many_articles_make_the_oldest_go() -> None:
    found = holding(*((article, article, (article, article + 1)) for article in range(1, 301)), most_articles=100)
    assert len(found) <= 100 + 8
    assert found.candidates((300, 301), since=0, most=1) == (300,)
    assert found.candidates((150, 151), since=0, most=1) == ()


def test_articles_outside_the_window_take_no_memory() -> None:
    found = CandidateIndex(most_articles=1000)
    for article in range(1, 2001):
        found.put(table([(article, article, (article, article + 1, article + 2))]), since=article - 100)
    assert len(found) < 400
    assert found.nbytes < 400 * 50


def test_an_empty_index_and_an_empty_sketch_find_nothing() -> None:
    assert CandidateIndex(most_articles=1000).candidates((1, 2), since=0, most=5) == ()
    assert holding((1, 1, (1, 2))).candidates((), since=0, most=5) == ()
    assert holding((1, 1, ())).candidates((1, 2), since=0, most=5) == ()
