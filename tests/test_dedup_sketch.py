"""A sketch finds the copy of a text, whatever was done to its letters and lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.sketch import sketch
from aggregator.model.dedup import Sketch
from tests.reports import CHINESE, GERMAN, HARBOUR, JAPANESE, RIVAL, cut, edited


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
