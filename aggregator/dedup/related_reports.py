"""Finds stories about the same event, each in its own words.

Compares the names, numbers and longer words at their beginning, weighted by how few stories of those hours have
them. The result is a suggestion to readers and never a reason to merge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from math import log

from aggregator.dedup.tokens import TokenKind, tokenise
from aggregator.model.dedup import StoryBeginning

FEWEST_SHARED = 3
"""Fewest terms that two related stories share; fewer prove nothing, however rare they are."""
ENOUGH = 0.2
"""Shared part of the weight of the shorter list of terms that two related stories need."""
OPENING = 60
"""Tokens of headline and text that are compared: a report begins with who, what and where."""
RELATED_WITHIN = timedelta(hours=12)
"""Longest time between the first copies of two related stories."""
_LONG = 5
"""Fewest letters of a compared word that is neither a name nor a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedWindow:
    """All stories of some hours: the terms of each, by key, and the weight of each term."""

    terms: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]

    @classmethod
    def of(cls, tellings: Iterable[StoryBeginning]) -> RelatedWindow:
        """Builds the window of these stories; rare terms get a high weight."""
        terms = {telling.key: _terms(telling) for telling in tellings}
        counts = Counter(term for some in terms.values() for term in some)
        weights = {term: log((len(terms) + 1) / count) for term, count in counts.items()}
        return cls(terms=terms, weights=weights)

    def related(self, key: str, *, most: int) -> tuple[str, ...]:
        """Returns the keys of the stories that can be about the same event as this one, the most likely first."""
        own_terms = self.terms[key]
        own = self._weight(own_terms)
        found = []
        for other, terms in self.terms.items():
            shared = own_terms & terms
            if other == key or len(shared) < FEWEST_SHARED:
                continue
            least = min(own, self._weight(terms))
            if (weight := self._weight(shared)) >= ENOUGH * least:
                found.append((-weight / least, other))
        return tuple(other for _, other in sorted(found)[:most])

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(self.weights[term] for term in terms)


@lru_cache(maxsize=2048)  # the same stories are compared many times
def _terms(telling: StoryBeginning) -> frozenset[str]:
    tokens = tokenise(f"{telling.title}\n{telling.text}")
    head = list(zip(tokens.words, tokens.kinds, strict=True))[:OPENING]
    words = {
        word for word, kind in head if kind in (TokenKind.NAME, TokenKind.NUMBER, TokenKind.RUN) or len(word) >= _LONG
    }
    # in scripts with one token per character, two in a row count as a word
    twos = {one + two for (one, kind), (two, other) in pairwise(head) if kind == other == TokenKind.SINGLE}
    return frozenset(words | twos)
