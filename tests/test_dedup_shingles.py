"""The hashes of tokens and shingles never change, because sketches made by older releases are stored."""

from __future__ import annotations

import numpy as np
import pytest

from aggregator.dedup.shingles import (
    Hashes,
    Indices,
    distinct_hashes,
    exact_hash,
    mix_bits,
    shingle_hashes,
    to_signed,
    token_hashes,
    token_weights,
)
from aggregator.dedup.tokens import TokenKind

SENTENCE = ["the", "old", "crane", "of", "vessley", "falls"]
WORD, SINGLE = 8, 5


def hashes(*values: int) -> Hashes:
    return np.array(values, dtype=np.uint64)


def weights(*values: int) -> Indices:
    return np.array(values, dtype=np.intp)


def numbered(count: int) -> Hashes:
    return token_hashes([f"w{number}" for number in range(count)])


def test_shingles_have_the_hashes_that_are_stored() -> None:
    found, stops = shingle_hashes(token_hashes(SENTENCE), weights(*[WORD] * 6))
    assert found.tolist() == [7761678015596456265, 7537778783865386643]
    assert stops.tolist() == [5, 6]


def test_a_long_text_has_the_hashes_that_are_stored() -> None:
    found, stops = shingle_hashes(numbered(3000), weights(*[WORD] * 3000))
    assert found[[0, 1023, 1024, 2047, 2995]].tolist() == [
        4604996038164715334,
        16754675423798671607,
        2737890885110121226,
        5406644484181726837,
        17034821832314359781,
    ]
    assert stops.tolist() == list(range(5, 3001))


@pytest.mark.parametrize("count", [5, 1023, 1024, 1025, 2048, 2049])
def test_a_passage_has_the_same_hash_at_every_position(count: int) -> None:
    found, _ = shingle_hashes(np.concatenate([numbered(count), numbered(5)]), weights(*[WORD] * (count + 5)))
    assert found[-1] == found[0]
    assert len(found) == count + 1


def test_tokens_and_texts_have_the_hashes_that_are_stored() -> None:
    assert token_hashes(SENTENCE[:2]).tolist() == [14632902600990866813, 1097928857379979072]
    assert token_hashes([]).tolist() == []
    assert exact_hash(SENTENCE) == -5733175254000564504
    assert exact_hash([]) == 3244421341483603138
    assert exact_hash(["old crane"]) != exact_hash(["old", "crane"])
    assert mix_bits(hashes(0, 1, 1 << 63)).tolist() == [0, 6238072747940578789, 2720858781877447050]


def test_a_word_weighs_eight_and_a_character_five() -> None:
    kinds = bytes([TokenKind.WORD, TokenKind.NAME, TokenKind.NUMBER, TokenKind.SINGLE, TokenKind.RUN])
    assert token_weights(kinds).tolist() == [WORD, WORD, WORD, SINGLE, SINGLE]


@pytest.mark.parametrize(
    ("weighs", "stops"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([WORD] * 4, [], id="four words"),
        pytest.param([WORD] * 5, [5], id="five words"),
        pytest.param([SINGLE] * 7, [], id="seven characters"),
        pytest.param([SINGLE] * 9, [8, 9], id="nine characters"),
        pytest.param([WORD, *[SINGLE] * 7, WORD, WORD], [8, 9, 10, 10], id="a word, characters, words"),
        pytest.param([SINGLE] * 3 + [WORD] * 5, [7, 7, 8, 8], id="more than 40 where 40 is not met"),
    ],
)
def test_a_shingle_ends_with_the_token_that_makes_forty(weighs: list[int], stops: list[int]) -> None:
    found, ends = shingle_hashes(numbered(len(weighs)), weights(*weighs))
    assert ends.tolist() == stops
    assert len(found) == len(stops)


def test_distinct_hashes_are_sorted_and_each_is_there_once() -> None:
    assert distinct_hashes(hashes(7, 3, 7, 1 << 63, 3, 3)).tolist() == [3, 7, 1 << 63]
    assert distinct_hashes(hashes()).tolist() == []
    assert distinct_hashes(hashes(5)).tolist() == [5]


@pytest.mark.parametrize(
    ("unsigned", "signed"), [(0, 0), ((1 << 63) - 1, (1 << 63) - 1), (1 << 63, -(1 << 63)), ((1 << 64) - 1, -1)]
)
def test_an_unsigned_number_becomes_the_signed_one_with_its_bits(unsigned: int, signed: int) -> None:
    assert to_signed(unsigned) == signed
