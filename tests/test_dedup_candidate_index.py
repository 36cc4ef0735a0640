"""The index finds what shares most fingerprints, whatever came, went and was merged inside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import candidate_index
from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.model.sketch_table import SketchTable

Sketched = tuple[int, int, tuple[int, ...]]
"""An article, when it was seen, and its fingerprints."""

FINGERPRINTS = st.sets(st.integers(0, 12) | st.just(2**32 - 1), max_size=6).map(lambda found: tuple(sorted(found)))
SKETCHED = st.tuples(st.integers(1, 40), st.integers(1, 50), FINGERPRINTS)
BATCH = st.lists(SKETCHED, max_size=6, unique_by=lambda sketched: sketched[0])


@contextmanager
def small_runs() -> Iterator[None]:
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
        with small_runs():
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


def crowd(count: int, *, first: int = 1, seen: int = 5, postings: int | None = None) -> SketchTable:
    """So many articles with two fingerprints that all crowds have, and one more with the postings that are left."""
    rest = (postings or 2 * count) - 2 * count
    counts = [2] * count + ([rest] if rest else [])
    articles = np.arange(first, first + len(counts), dtype=np.int64)
    fingerprints = np.concatenate([np.tile([7, 8], count), 1000 + np.arange(rest)])
    return SketchTable(
        articles=articles,
        seen=np.full(len(articles), seen, dtype=np.int64),
        fingerprints=fingerprints.astype(np.uint32),
        counts=np.array(counts, dtype=np.int64),
    )


def crowds_found(index: CandidateIndex) -> int:
    """How many articles of crowds of more than 64 are found: 64 for each run of the index."""
    return len(index.candidates((7, 8), since=0, most=9999))


def index_of(*tables: SketchTable, since: float = 0, most_articles: int = 99_999) -> CandidateIndex:
    found = CandidateIndex(most_articles=most_articles)
    for sketches in tables:
        found.put(sketches, since=since)
    return found


def nbytes(*, articles: int, postings: int) -> int:
    """Bytes of so many articles with their times, and so many postings."""
    return 8 * (2 * articles + postings)


def test_a_fingerprint_of_many_articles_is_looked_up_in_the_newest_64() -> None:
    assert index_of(crowd(64)).candidates((7, 8), since=0, most=99) == tuple(range(1, 65))
    assert index_of(crowd(70)).candidates((7, 8), since=0, most=99) == tuple(range(7, 71))
    found = index_of(crowd(70), crowd(1, first=71))
    assert found.candidates((7, 8), since=0, most=99) == tuple(range(8, 72))
    assert found.candidates((1, 6, 7), since=0, most=99) == ()


def test_a_run_is_merged_with_the_next_until_it_has_32768_postings() -> None:
    for postings, runs in ((32_767, 1), (32_768, 2)):
        found = index_of(crowd(70, postings=postings), crowd(70, first=100))
        assert (postings, crowds_found(found)) == (postings, 64 * runs)
        assert found.nbytes == nbytes(articles=141, postings=postings + 140)
    found.put(crowd(70, first=200), since=0)
    assert crowds_found(found) == 128
    found.put(crowd(70, first=300, postings=32_768 - 280), since=0)
    assert crowds_found(found) == 64


def test_a_run_is_merged_with_an_older_one_less_than_three_times_as_large() -> None:
    with small_runs():
        for older, newer, runs in ((599, 200, 1), (600, 200, 2), (700, 500, 1), (701, 500, 2)):
            found = index_of(crowd(70, postings=older), crowd(70, first=100, postings=newer))
            assert (older, newer, crowds_found(found)) == (older, newer, 64 * runs)
        found = index_of(crowd(70, postings=600), crowd(70, first=100, postings=200))
        found.put(crowd(70, first=200, postings=190), since=0)
        assert crowds_found(found) == 64


def test_merged_runs_keep_64_postings_of_a_fingerprint_and_all_articles() -> None:
    with small_runs():
        found = index_of(crowd(40), crowd(24, first=41))
        assert found.nbytes == nbytes(articles=64, postings=128)
        found.put(crowd(40, first=65), since=0)
        assert found.nbytes == nbytes(articles=104, postings=128)
        assert found.candidates((7, 8), since=0, most=99) == tuple(range(41, 105))


def test_merged_runs_drop_articles_that_came_again_or_are_too_old() -> None:
    with small_runs():
        again = index_of(crowd(9, seen=3), crowd(9, first=5, seen=4))
        assert (len(again), again.nbytes) == (13, nbytes(articles=13, postings=26))
        assert again.candidates((7, 8), since=0, most=99) == tuple(range(1, 14))
        assert again.candidates((7, 8), since=3, most=99) == tuple(range(5, 14))
        again.put(crowd(9, first=20, seen=5), since=3)
        assert (len(again), again.nbytes) == (18, nbytes(articles=18, postings=36))
        assert again.candidates((7, 8), since=0, most=99) == (*range(5, 14), *range(20, 29))


def test_a_run_that_is_too_old_is_dropped_whole() -> None:
    with small_runs():
        old, new = crowd(70, seen=5, postings=600), crowd(70, first=100, seen=9, postings=200)
        for since, articles in ((4, 142), (5, 71)):
            found = index_of(old)
            found.put(new, since=since)
            assert (since, len(found), found.forgot_before) == (since, articles, since)
        found.put(new, since=3)
        assert found.forgot_before == 5


def test_too_many_articles_make_the_oldest_go_and_a_sixteenth_more() -> None:
    with small_runs():
        assert len(index_of(crowd(100), most_articles=100)) == 100
        found = index_of(crowd(101), most_articles=100)
        assert (len(found), found.nbytes) == (94, nbytes(articles=94, postings=128))
        assert found.candidates((7, 8), since=0, most=99) == tuple(range(38, 102))
        few = index_of(crowd(33), most_articles=32)
        assert few.candidates((7, 8), since=0, most=99) == tuple(range(4, 34))


@pytest.mark.parametrize(
    ("most", "old", "new"),
    [
        pytest.param(107, (100,), 100, id="all but one of the oldest run"),
        pytest.param(106, (), 100, id="exactly the oldest run"),
        pytest.param(105, (), 99, id="the oldest run and one of the next"),
        pytest.param(100, (), 94, id="the oldest run and six of the next"),
    ],
)
def test_the_oldest_articles_of_several_runs_go(most: int, old: tuple[int, ...], new: int) -> None:
    with small_runs():
        found = index_of(crowd(99, postings=1198), crowd(100, first=101), most_articles=most)
    assert len(found) == len(old) + new
    assert found.candidates((1000, 1001), since=0, most=9) == old
    assert found.candidates((7, 8), since=0, most=999) == tuple(range(137, 201))
    assert found.nbytes == nbytes(articles=len(old) + new, postings=1000 * len(old) + (200 if new == 100 else 128))


def test_a_cleared_index_is_as_a_new_one() -> None:
    found = holding((5, 1, (1, 2)))
    found.turn, found.forgot_before = 7, 9.0
    found.clear()
    assert (found.turn, found.forgot_before, len(found), found.nbytes) == (0, 0.0, 0, 0)
    found.put(table([(3, 1, (1, 2))]), since=0)
    assert found.candidates((1, 2), since=0, most=10) == (3,)


def test_two_shared_fingerprints_make_a_candidate_seen_after_the_time() -> None:
    found = holding((1, 10, (1, 2, 3)), (2, 11, (1, 2)), (3, 12, (1, 9)), (4, 12, (2, 3, 1)))
    assert found.candidates((1, 2, 3), since=9, most=10) == (1, 4, 2)
    assert found.candidates((1, 2, 3), since=10, most=10) == (4, 2)
    assert found.candidates((1, 2, 3), since=9, most=2) == (1, 4)
    assert found.candidates((3, 3, 3), since=0, most=10) == ()


def test_all_32_bits_of_a_fingerprint_count() -> None:
    found = holding((1, 1, (5, 6)))
    for bit in range(32):
        others = tuple(sorted(fingerprint ^ (1 << bit) for fingerprint in (13, 40)))
        assert holding((1, 1, (13, 40))).candidates(others, since=0, most=9) == (), bit
        assert found.candidates((5, 6 ^ (1 << bit)), since=0, most=9) == (), bit
    assert holding((1, 1, (0, 2**32 - 1))).candidates((0, 2**32 - 1), since=0, most=9) == (1,)


def test_articles_outside_the_window_take_no_memory() -> None:
    found = CandidateIndex(most_articles=1000)
    with small_runs():
        for article in range(1, 2001):
            found.put(table([(article, article, (article, article + 1, article + 2))]), since=article - 100)
    assert len(found) < 400
    assert found.nbytes < 400 * 50


def test_an_empty_index_and_an_empty_sketch_find_nothing() -> None:
    assert CandidateIndex(most_articles=1000).candidates((1, 2), since=0, most=5) == ()
    assert holding((1, 1, (1, 2))).candidates((), since=0, most=5) == ()
    assert holding((1, 1, ())).candidates((1, 2), since=0, most=5) == ()
