"""Is what a person asked for in a text? Regular expressions and words, within a time limit.

An expression is compiled where the configuration is read, so that a wrong one is told with its line. Any
expression may be slow on some text: a search that takes longer than ``LIMIT`` is given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from aggregator.errors import AggregatorError
from aggregator.settings.length_limits import LONGEST_EXPRESSION

LIMIT = 0.25
"""Seconds one search may take."""
_MOST_SEARCHED = 200_000
"""Characters of a text that are searched."""

# Thai, Lao, Burmese, Khmer, kana and Han put no spaces between words, so a word has no edge there.
_UNSPACED = r"\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}\p{Hiragana}\p{Katakana}\p{Han}"
_HAS_EDGE = regex.compile(rf"[\w--[{_UNSPACED}]]", regex.V1)


class TooSlow(AggregatorError):
    """A search was given up after ``LIMIT``."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression as it was written; equal sources are equal patterns. Raises ValueError, in words."""

    source: str

    def __post_init__(self) -> None:
        if len(self.source) > LONGEST_EXPRESSION:
            raise ValueError(f"this regular expression is longer than {LONGEST_EXPRESSION} characters")
        try:
            _compiled(self.source)
        except regex.error as error:
            raise ValueError(f"{self.source!r} is not a regular expression: {error}") from error

    def __str__(self) -> str:
        return self.source

    def found_in(self, text: str) -> bool:
        """Whether it is found somewhere in the text; raises ``TooSlow``."""
        try:
            return _compiled(self.source).search(text[:_MOST_SEARCHED], timeout=LIMIT, concurrent=True) is not None
        except TimeoutError:
            raise TooSlow(f"searching for {self.source!r} took longer than {LIMIT} s") from None


@lru_cache(maxsize=1_000)
def words_pattern(phrases: tuple[str, ...]) -> Pattern:
    """What finds any of these words or phrases as whole words, in any case, across line ends."""
    return Pattern("(?i)" + "|".join(_phrase(phrase) for phrase in phrases))


@lru_cache(maxsize=1_000)
def _compiled(source: str) -> Any:
    return regex.compile(source)


def _phrase(phrase: str) -> str:
    words = phrase.split()
    before = r"(?<!\w)" if _HAS_EDGE.match(words[0][0]) else ""
    after = r"(?!\w)" if _HAS_EDGE.match(words[-1][-1]) else ""
    return before + r"\s+".join(regex.escape(word) for word in words) + after
