"""Computes 64-bit hashes of a text and of its shingles.

A shingle is a run of tokens with a total weight of 40. A word weighs 8, a character of a script without spaces 5: five
words or eight characters. The same passage gives the same shingle in a text of mixed scripts. ``sketch`` samples the
shingles, ``text_overlap`` compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import xxhash
from numpy.typing import NDArray

from aggregator.dedup.tokens import TokenKind

Hashes = NDArray[np.uint64]
Indices = NDArray[np.intp]

WORD_WEIGHT = 8
SINGLE_WEIGHT = 5
SHINGLE_WEIGHT = 40

_WEIGHTS = np.full(len(TokenKind) + 1, WORD_WEIGHT, dtype=np.intp)
_WEIGHTS[[TokenKind.SINGLE, TokenKind.RUN]] = SINGLE_WEIGHT
# any odd number has an inverse modulo 2**64; this one is 2**64 divided by the golden ratio, made odd
_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64


def exact_hash(words: Sequence[str]) -> int:
    """Returns one signed 64-bit hash (xxh3) of all tokens."""
    return to_signed(xxhash.xxh3_64_intdigest("\n".join(words).encode()))


def token_hashes(words: Sequence[str]) -> Hashes:
    """Returns the xxh3 hash of every token; tokens contain no line break."""
    encoded = "\n".join(words).encode().split(b"\n") if words else []
    return np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), dtype=np.uint64, count=len(encoded))


def token_weights(kinds: bytes) -> Indices:
    """Returns the weight of every token."""
    return _WEIGHTS[np.frombuffer(kinds, dtype=np.uint8)]


def shingle_hashes(tokens: Hashes, weighs: Indices) -> tuple[Hashes, Indices]:
    """Returns the hash of every shingle, in order, and for each the index just after its last token.

    The shingle with index i starts at token i. A prefix sum of token hash times base**index
    gives each shingle's polynomial by one subtraction; multiplying by the inverse power removes
    the position, so that equal passages have equal hashes at any position.
    """
    ends = np.cumsum(weighs)
    starts = ends - weighs
    stops = np.searchsorted(ends, starts + SHINGLE_WEIGHT) + 1
    stops = stops[stops <= len(tokens)]
    powers, inverses = _powers(_ceiling(len(tokens)))
    sums = np.zeros(len(tokens) + 1, dtype=np.uint64)
    np.cumsum(tokens * powers[: len(tokens)], out=sums[1:])
    return mix_bits((sums[stops] - sums[: len(stops)]) * inverses[: len(stops)]), stops


def mix_bits(values: Hashes) -> Hashes:
    """Mixes the bits of the values, so that the low bits are a fair sample (Stafford's variant 13)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def distinct_hashes(values: Hashes) -> Hashes:
    """Returns each value once, sorted; np.unique gives the same with a hash table at several times the cost."""
    ordered = np.sort(values)
    fresh = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]


def to_signed(value: int) -> int:
    """Converts an unsigned 64-bit integer to the signed one of SQL's BIGINT."""
    return value - _MODULUS if value >= _MODULUS >> 1 else value


def _ceiling(count: int) -> int:
    """Returns the next power of two, at least 1024, so that few tables of powers are made."""
    return max(1024, 1 << (count - 1).bit_length())


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    base, inverse = np.uint64(_BASE), np.uint64(pow(_BASE, -1, _MODULUS))
    rising = np.full(count, base, dtype=np.uint64)
    falling = np.full(count, inverse, dtype=np.uint64)
    rising[0] = falling[0] = 1
    return np.cumprod(rising), np.cumprod(falling)
