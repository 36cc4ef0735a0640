"""Searches texts for configured regular expressions and words, within a time limit.

An expression is compiled when the configuration is read, so that an error is reported with its line. Any
expression may be slow on some text: a search that takes longer than ``SEARCH_SECONDS`` is stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from aggregator.errors import AggregatorError
from aggregator.settings.length_limits import LONGEST_EXPRESSION

SEARCH_SECONDS = 0.25
"""Longest time of one search, in seconds."""
_MOST_SEARCHED = 200_000
"""Characters at the beginning of a text that are searched."""

# Thai, Lao, Burmese, Khmer, kana and Han have no spaces between words, so a word boundary cannot be required there.
_UNSPACED = r"\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}\p{Hiragana}\p{Katakana}\p{Han}"
_HAS_BOUNDARY = regex.compile(rf"[\w--[{_UNSPACED}]]", regex.V1)


class SearchTimeout(AggregatorError):
    """A search that was stopped after ``SEARCH_SECONDS``."""


@dataclass(frozen=True, slots=True)
class TextPattern:
    """A regular expression, compared by its source; raises ValueError, with a message for users, if it is invalid."""

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
        """True if the expression matches somewhere in the text; raises ``SearchTimeout``."""
        try:
            return (
                _compiled(self.source).search(text[:_MOST_SEARCHED], timeout=SEARCH_SECONDS, concurrent=True)
                is not None
            )
        except TimeoutError:
            raise SearchTimeout(f"searching for {self.source!r} took longer than {SEARCH_SECONDS} s") from None


@lru_cache(maxsize=1_000)
def pattern_of_phrases(phrases: tuple[str, ...]) -> TextPattern:
    """Returns a pattern for any of these words or phrases: as whole words, in any case, across line ends."""
    return TextPattern("(?i)" + "|".join(_phrase(phrase) for phrase in phrases))


@lru_cache(maxsize=1_000)
def _compiled(source: str) -> Any:
    return regex.compile(source)


def _phrase(phrase: str) -> str:
    words = phrase.split()
    before = r"(?<!\w)" if _HAS_BOUNDARY.match(words[0][0]) else ""
    after = r"(?!\w)" if _HAS_BOUNDARY.match(words[-1][-1]) else ""
    return before + r"\s+".join(regex.escape(word) for word in words) + after
