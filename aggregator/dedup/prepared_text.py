"""Prepares a text for the judge, once for all its candidates.

Everything here depends on one text alone. ``text_overlap``, ``value_conflicts`` and ``judge`` compare two.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aggregator.dedup.shingles import (
    WORD_WEIGHT,
    Hashes,
    Indices,
    exact_hash,
    mix_bits,
    shingle_hashes,
    token_hashes,
    token_weights,
)
from aggregator.dedup.tokens import TokenKind, Tokens, tokenise
from aggregator.model.dedup import JudgedText

_NUMBER_SLOT = np.uint64(0x6E756D6265720001)
_NAME_SLOT = np.uint64(0x6E616D65000001)
_PLAIN_WORDS = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Passages:
    """The shingles of a token sequence: ``hashes[i]`` covers tokens i to before ``stops[i]``.

    ``order`` sorts the hashes and ``ordered`` is the sorted result, for binary search.
    """

    hashes: Hashes
    stops: Indices
    order: Indices
    ordered: Hashes


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Skeleton:
    """A text with every number and every run of names replaced by a slot.

    Skeleton token k represents the tokens from ``starts[k]`` to before ``starts[k + 1]``;
    ``slots[k]`` says whether it is a slot. ``passages`` are the shingles with some plain words, each
    mixed with its number of occurrence, so that two equal ones differ;
    ``firsts`` are their first skeleton tokens.
    """

    starts: Indices
    slots: np.ndarray[tuple[int], np.dtype[np.bool_]]
    firsts: Indices
    lengths: Indices
    passages: Hashes


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PreparedText:
    """A prepared text: its tokens, its shingles, its skeleton."""

    document: JudgedText
    tokens: Tokens
    title: frozenset[str]
    exact: int
    words: int
    vocabulary: frozenset[str]
    passages: Passages
    skeleton: Skeleton = field(repr=False)


def prepare_text(document: JudgedText) -> PreparedText:
    """Prepares a text for the judge; ``words`` counts a character of a script without spaces as 5/8 of a word."""
    tokens = tokenise(document.text)
    weighs = token_weights(tokens.kinds)
    hashes = token_hashes(tokens.words)
    return PreparedText(
        document=document,
        tokens=tokens,
        title=frozenset(tokenise(document.title).words),
        exact=exact_hash(tokens.words),
        words=int(weighs.sum()) // WORD_WEIGHT,
        vocabulary=frozenset(tokens.words),
        passages=_passages(*shingle_hashes(hashes, weighs)),
        skeleton=_skeleton(np.frombuffer(tokens.kinds, dtype=np.uint8), hashes, weighs),
    )


def _passages(hashes: Hashes, stops: Indices) -> Passages:
    order = np.argsort(hashes, kind="stable")
    return Passages(hashes=hashes, stops=stops, order=order, ordered=hashes[order])


def _skeleton(kinds: np.ndarray[tuple[int], np.dtype[np.uint8]], hashes: Hashes, weighs: Indices) -> Skeleton:
    names = kinds == TokenKind.NAME
    kept = np.ones(len(kinds), dtype=np.bool_)
    kept[1:] = ~(names[1:] & names[:-1])
    starts = np.flatnonzero(kept)
    numbers, names = kinds[starts] == TokenKind.NUMBER, names[starts]
    slots = numbers | names
    masked = np.where(numbers, _NUMBER_SLOT, np.where(names, _NAME_SLOT, hashes[starts]))
    shingles, stops = shingle_hashes(masked, weighs[starts])
    firsts = np.arange(len(shingles))
    plain = np.concatenate(([0], np.cumsum(~slots)))
    worth = plain[stops] - plain[firsts] >= _PLAIN_WORDS
    shingles, firsts, stops = shingles[worth], firsts[worth], stops[worth]
    return Skeleton(
        starts=np.append(starts, len(kinds)),
        slots=slots,
        firsts=firsts,
        lengths=stops - firsts,
        passages=mix_bits(shingles + _occurrences(shingles).astype(np.uint64)),
    )


def _occurrences(values: Hashes) -> Indices:
    """Returns for each value how often it occurs before that position: 0 for its first occurrence."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    fresh = np.ones(len(values), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    places = np.arange(len(values))
    ranks = np.empty_like(places)
    ranks[order] = places - np.maximum.accumulate(np.where(fresh, places, 0))
    return ranks
