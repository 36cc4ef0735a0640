"""Which other stories may tell of the same event in words of their own?

By the names, the numbers and the longer words with which they begin, weighed by how few of the stories
of those hours have them. It is an offer to a reader, and never a reason to merge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from math import log

from aggregator.dedup.tokens import Kind, tokenise
from aggregator.model.dedup import Telling

FEWEST_SHARED = 3
"""Terms that two stories must share; fewer prove nothing however rare they are."""
ENOUGH = 0.2
"""Share of the weight of the shorter list of terms that two stories must have in common."""
OPENING = 60
"""Tokens of headline and text that are looked at: who, what and where stand at the head of a report."""
WITHIN = timedelta(hours=12)
"""Between the first copies of two stories of one event."""
_LONG = 5
"""Letters from which on a word is looked at that is neither a name nor a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """All stories of some hours: the terms of each, by key, and what each term weighs among them."""

    terms: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]

    @classmethod
    def of(cls, tellings: Iterable[Telling]) -> Window:
        """The window of these stories; how many there are tells which terms are rare."""
        terms = {telling.key: _terms(telling) for telling in tellings}
        counts = Counter(term for some in terms.values() for term in some)
        weights = {term: log((len(terms) + 1) / count) for term, count in counts.items()}
        return cls(terms=terms, weights=weights)

    def related(self, key: str, *, most: int) -> tuple[str, ...]:
        """The keys of the others that may tell of the same event as this one, the likeliest first."""
        mine = self.terms[key]
        own = self._weight(mine)
        found = []
        for other, terms in self.terms.items():
            shared = mine & terms
            if other == key or len(shared) < FEWEST_SHARED:
                continue
            least = min(own, self._weight(terms))
            if (weight := self._weight(shared)) >= ENOUGH * least:
                found.append((-weight / least, other))
        return tuple(other for _, other in sorted(found)[:most])

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(self.weights[term] for term in terms)


@lru_cache(maxsize=2048)  # the stories of these hours are asked about again and again
def _terms(telling: Telling) -> frozenset[str]:
    tokens = tokenise(f"{telling.title}\n{telling.text}")
    head = list(zip(tokens.words, tokens.kinds, strict=True))[:OPENING]
    words = {word for word, kind in head if kind in (Kind.NAME, Kind.NUMBER, Kind.RUN) or len(word) >= _LONG}
    # where every character is a token, two in a row are what a word is elsewhere
    twos = {one + two for (one, kind), (two, other) in pairwise(head) if kind == other == Kind.SINGLE}
    return frozenset(words | twos)
