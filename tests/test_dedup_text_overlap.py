"""What two texts share is measured to the token, wherever it stands in each of them."""

from __future__ import annotations

import pytest

from aggregator.dedup.prepared_text import PreparedText, prepare_text
from aggregator.dedup.text_overlap import Overlap, SharedRun, find_overlap, longest_chain, tokens_covered_by
from tests.reports import document, invented


def prepared(text: str) -> PreparedText:
    return prepare_text(document(invented(text)))


def overlap_of(shorter: str, longer: str) -> Overlap | None:
    return find_overlap(prepared(shorter), prepared(longer))


def words(text: str) -> int:
    return len(prepared(text).tokens.words)


def run(shorter: int, longer: int, length: int) -> SharedRun:
    return SharedRun(shorter=shorter, longer=longer, length=length)


def spans(*stretches: tuple[int, int]) -> list[int]:
    """The numbers from each start to before each stop."""
    return [number for start, stop in stretches for number in range(start, stop)]


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        pytest.param("a:20", "b:20", id="other words"),
        pytest.param("a:4 x:9", "a:4 y:9", id="four words in a row"),
        pytest.param("A:7 X:9", "A:7 Y:9", id="seven characters in a row"),
        pytest.param("a:4", "a:20", id="a shorter text than a shingle"),
        pytest.param("a:20", "a:4", id="a longer text than a shingle"),
        pytest.param("", "a:20", id="no text"),
        pytest.param("a:20", "", id="nothing to find it in"),
    ],
)
def test_texts_without_a_shared_shingle_have_no_overlap(shorter: str, longer: str) -> None:
    assert overlap_of(shorter, longer) is None


@pytest.mark.parametrize(
    ("shorter", "longer", "here", "there", "runs"),
    [
        pytest.param("a:5", "a:5 y:9", [(0, 5)], [(0, 5)], [run(0, 0, 5)], id="five words, first"),
        pytest.param("x:3 a:5", "y:9 a:5", [(3, 8)], [(9, 14)], [run(3, 9, 5)], id="five words, last"),
        pytest.param("X:3 A:8", "Y:9 A:8", [(3, 11)], [(9, 17)], [run(3, 9, 8)], id="eight characters"),
        pytest.param(
            "a:6 x:1 b:5", "b:5 y:2 a:6", [(0, 6), (7, 12)], [(0, 5), (7, 13)], [run(0, 7, 6), run(7, 0, 5)], id="moved"
        ),
        pytest.param("a:6 b:6", "a:6 y:1 b:6", [(0, 12)], [(0, 6), (7, 13)], [run(0, 0, 6), run(6, 7, 6)], id="cut"),
        pytest.param("a:6 x:1 b:6", "a:6 b:6", [(0, 6), (7, 13)], [(0, 12)], [run(0, 0, 6), run(7, 6, 6)], id="added"),
        pytest.param(
            "a:6 x:1 a:6",
            "y:1 a:6",
            [(0, 6), (7, 13)],
            [(1, 7)],
            [run(0, 1, 6), run(7, 1, 6)],
            id="twice in the shorter",
        ),
        pytest.param(
            "a:6 x:1",
            "y:1 a:6 z:1 a:6",
            [(0, 6)],
            [(1, 7), (8, 14)],
            [run(0, 1, 6)],
            id="twice in the longer: the first",
        ),
        pytest.param("a:9", "a:9", [(0, 9)], [(0, 9)], [run(0, 0, 9)], id="all of both"),
    ],
)
def test_an_overlap_marks_the_shared_tokens_and_joins_them_to_runs(
    shorter: str, longer: str, here: list[tuple[int, int]], there: list[tuple[int, int]], runs: list[SharedRun]
) -> None:
    found = overlap_of(shorter, longer)
    assert found is not None
    assert found.shorter.nonzero()[0].tolist() == spans(*here)
    assert found.longer.nonzero()[0].tolist() == spans(*there)
    assert (len(found.shorter), len(found.longer)) == (words(shorter), words(longer))
    assert found.runs == tuple(runs)


def test_a_passage_of_many_texts_is_placed_where_it_stands_first() -> None:
    found = overlap_of("a:40", " ".join(["y:1 a:40"] * 20))
    assert found is not None
    assert found.runs == (run(0, 1, 40),)


def test_the_longest_of_equal_runs_is_the_first() -> None:
    found = overlap_of("a:5 x:1 b:9 x:1 c:9", "c:9 y:1 b:9 y:1 a:5")
    assert found is not None
    assert found.longest == run(6, 10, 9)


@pytest.mark.parametrize(
    ("runs", "chain"),
    [
        pytest.param([run(0, 0, 5)], [0], id="one"),
        pytest.param([run(0, 0, 5), run(9, 9, 5), run(20, 30, 5)], [0, 1, 2], id="all in order"),
        pytest.param([run(0, 50, 5), run(9, 0, 6), run(20, 8, 5)], [1, 2], id="the first moved"),
        pytest.param([run(0, 50, 12), run(20, 0, 6), run(30, 8, 5)], [0], id="one with more tokens than two"),
        pytest.param([run(0, 50, 11), run(20, 0, 6), run(30, 8, 5)], [0], id="the first of two with as many"),
        pytest.param([run(0, 0, 5), run(9, 40, 9), run(20, 8, 5), run(30, 50, 5)], [0, 1, 3], id="around a moved one"),
        pytest.param(
            [run(0, 0, 5), run(9, 40, 5), run(20, 8, 9), run(30, 50, 5)], [0, 2, 3], id="by way of the longer"
        ),
        pytest.param([run(0, 3, 8), run(20, 3, 5)], [0], id="one place in the longer text counts once"),
        pytest.param([run(0, 9, 8), run(4, 30, 8), run(20, 2, 10)], [0, 1], id="overlapping ones are more together"),
        pytest.param([run(0, 9, 8), run(4, 30, 8), run(20, 2, 13)], [2], id="but their common tokens count once"),
        pytest.param([run(0, 9, 8), run(2, 30, 4), run(20, 40, 5)], [0, 2], id="one within another adds nothing"),
    ],
)
def test_the_longest_chain_keeps_the_order_of_both_texts(runs: list[SharedRun], chain: list[int]) -> None:
    assert longest_chain(tuple(runs)) == tuple(runs[place] for place in chain)


def test_runs_cover_their_tokens_in_both_texts() -> None:
    here, there = tokens_covered_by((run(1, 4, 2), run(6, 0, 3)), prepared("a:9"), prepared("b:12"))
    assert here.tolist() == [False, True, True, False, False, False, True, True, True]
    assert there.nonzero()[0].tolist() == [0, 1, 2, 4, 5]
    assert len(there) == 12
    assert not tokens_covered_by((), prepared("a:9"), prepared("b:12"))[0].any()
