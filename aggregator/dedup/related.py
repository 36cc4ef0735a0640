"""Which other stories may tell of the same event in words of their own?

By the names, the numbers and the longer words with which they begin, weighed by how few of the stories
of those hours have them. It is an offer to a reader, and never a reason to merge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

from aggregator.dedup.tokens import Kind, tokenise

FEWEST_SHARED = 3
"""Terms that two stories must share; fewer prove nothing however rare they are."""
ENOUGH = 0.2
"""Share of the weight of the shorter list of terms that two stories must have in common."""
OPENING = 60
"""Tokens of headline and text that are looked at: who, what and where stand at the head of a report."""
_LONG = 5
"""Letters from which on a word is looked at that is neither a name nor a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """How a story begins: its key, its headline, and at least the beginning of its text."""

    key: str
    title: str
    text: str


def related(telling: Telling, others: Sequence[Telling], *, most: int) -> tuple[str, ...]:
    """The keys of the others that may tell of the same event, the likeliest first, ``most`` at the most.

    ``others`` should be all stories of those hours: they tell which terms are rare.
    """
    mine, theirs = _terms(telling), {other.key: _terms(other) for other in others}
    counts = Counter(term for terms in (mine, *theirs.values()) for term in terms)
    weights = {term: log((len(theirs) + 2) / count) for term, count in counts.items()}

    def weight(terms: frozenset[str]) -> float:
        return sum(weights[term] for term in terms)

    found = []
    for key, terms in theirs.items():
        shared, least = mine & terms, min(weight(mine), weight(terms))
        if len(shared) >= FEWEST_SHARED and weight(shared) >= ENOUGH * least:
            found.append((-weight(shared) / least, key))
    return tuple(key for _, key in sorted(found)[:most])


@lru_cache(maxsize=2048)  # the stories of these hours are asked about again and again
def _terms(telling: Telling) -> frozenset[str]:
    tokens = tokenise(f"{telling.title}\n{telling.text}")
    head = list(zip(tokens.words, tokens.kinds, strict=True))[:OPENING]
    words = {word for word, kind in head if kind in (Kind.NAME, Kind.NUMBER, Kind.RUN) or len(word) >= _LONG}
    # where every character is a token, two in a row are what a word is elsewhere
    twos = {one + two for (one, kind), (two, other) in pairwise(head) if kind == other == Kind.SINGLE}
    return frozenset(words | twos)
