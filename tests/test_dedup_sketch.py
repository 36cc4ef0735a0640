"""A sketch finds the copy of a text, whatever was done to its letters and lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.sketch import sample_hashes, sketch
from aggregator.model.dedup import Sketch
from tests.reports import CHINESE, GERMAN, HARBOUR, JAPANESE, RIVAL, cut, edited, invented


def shared(one: str, other: str) -> int:
    return len(set(sketch(one).fingerprints) & set(sketch(other).fingerprints))


@pytest.mark.parametrize("text", [HARBOUR, RIVAL, GERMAN, CHINESE, JAPANESE])
def test_a_cut_copy_shares_enough_fingerprints_to_be_found(text: str) -> None:
    assert shared(text, cut(text, 3)) >= 2


def test_an_edited_copy_shares_enough_and_another_report_too_few() -> None:
    assert shared(HARBOUR, edited(HARBOUR, 20)) >= 2
    assert shared(HARBOUR, RIVAL) < 2


def test_fingerprints_are_sorted_distinct_and_have_32_bits_and_the_exact_hash_fits_a_bigint() -> None:
    fingerprints = sketch(HARBOUR * 20).fingerprints
    assert list(fingerprints) == sorted(set(fingerprints))
    assert 0 <= fingerprints[0] <= fingerprints[-1] < 2**32
    assert -(2**63) <= sketch(HARBOUR).exact < 2**63


def test_a_long_text_keeps_a_bounded_sample() -> None:
    words = [f"word{number}" for number in range(5000)]
    assert 24 <= len(sketch(" ".join(words)).fingerprints) < 400


def test_a_text_without_words_has_an_empty_sketch() -> None:
    assert sketch("").fingerprints == sketch("…!").fingerprints == ()
    assert sketch("").tokens == 0


def test_the_same_text_has_the_same_sketch_in_every_release() -> None:
    assert sketch("The crane of Vessley will be taken down in June.") == Sketch(
        exact=sketch("the crane of vessley will be taken down in june").exact,
        fingerprints=sketch("THE CRANE OF VESSLEY WILL BE TAKEN DOWN IN JUNE").fingerprints,
        tokens=10,
    )


@given(st.sampled_from([HARBOUR, GERMAN, CHINESE]), st.sampled_from(["\n", " ", "\n\n", "  \n"]), st.booleans())
def test_case_and_white_space_do_not_matter(text: str, space: str, loud: bool) -> None:
    other = text.replace("\n", f"{space}\n")
    assert sketch(other.upper() if loud and text is HARBOUR else other) == sketch(text)


@pytest.mark.parametrize(
    ("text", "tokens", "fingerprints"),
    [
        pytest.param("a:19", 19, 0, id="nineteen words"),
        pytest.param("a:20", 20, 16, id="twenty words"),
        pytest.param("A:31", 31, 0, id="characters for nineteen words"),
        pytest.param("A:32", 32, 25, id="characters for twenty words"),
        pytest.param("a:5 a:5 a:5 a:5", 20, 5, id="a passage that repeats"),
    ],
)
def test_a_text_of_twenty_words_has_fingerprints(text: str, tokens: int, fingerprints: int) -> None:
    found = sketch(invented(text))
    assert (found.tokens, len(found.fingerprints)) == (tokens, fingerprints)


def test_a_stored_sketch_is_the_one_of_today() -> None:
    found = sketch(invented("a:30"))
    assert found.exact == -929143985326188002
    assert (len(found.fingerprints), *found.fingerprints[:3]) == (26, 96395156, 428965803, 439489442)


def test_hashes_are_sampled_by_the_largest_divisor_that_leaves_enough() -> None:
    sampled = {
        count: len(sample_hashes(np.arange(count, dtype=np.uint64)))
        for count in (0, 1, 23, 24, 46, 47, 92, 93, 184, 185, 368, 369, 736, 737, 7680)
    }
    assert sampled == {
        0: 0, 1: 1, 23: 23, 24: 24, 46: 46, 47: 24, 92: 46, 93: 24, 184: 46, 185: 24, 368: 46, 369: 24, 736: 46,
        737: 24, 7680: 240,
    }  # fmt: skip
    assert sample_hashes(np.arange(800, dtype=np.uint64)).tolist() == list(range(0, 800, 32))
