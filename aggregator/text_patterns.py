"""Searches texts for configured regular expressions and words, within a time limit.

Texts are searched in the form of ``text_folding``, so that a word is found however its characters are encoded. An
expression is compiled when the configuration is read, so that an error is reported with its line. Any expression may
be slow on some text: a search that takes longer than ``SEARCH_SECONDS`` is stopped.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from aggregator.errors import AggregatorError
from aggregator.settings.length_limits import LONGEST_EXPRESSION
from aggregator.text_folding import fold_text, unify_characters

SEARCH_SECONDS = 0.25
"""Longest time of one search, in seconds."""
_MOST_SEARCHED = 200_000
"""Characters at the beginning of a text that are searched."""

# Thai, Lao, Burmese, Khmer, kana and Han have no spaces between words, so a word boundary cannot be required there.
_UNSPACED = r"\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}\p{Hiragana}\p{Katakana}\p{Han}"
_HAS_BOUNDARY = regex.compile(rf"[\w--[{_UNSPACED}]]", regex.V1)

_TOKEN = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<literal>[^\x00-\x7F])|.", regex.DOTALL)
_ESCAPE = regex.compile(r"\\[xuUNpP0]")
_QUANTIFIERS = frozenset("?*+{")


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
        """True if the expression matches somewhere in the text; raises ``SearchTimeout``.

        It is searched for in the text with unified characters. An expression that names a character which is
        unified, in a set or by an escape, is also searched for in the text as it is.
        """
        text = text[:_MOST_SEARCHED]
        unified = _unified(text)
        expression, names_variants = _unified_expression(self.source)
        searches = {(expression, unified): None}
        if names_variants:
            searches[self.source, text] = None
        return any(_search(source, searched, SEARCH_SECONDS / len(searches)) for source, searched in searches)


@dataclass(frozen=True, slots=True)
class PhrasePattern:
    """A pattern for any of some words or phrases, as whole words, in any case, across line ends."""

    phrases: tuple[str, ...]

    def found_in(self, text: str) -> bool:
        """True if one of the phrases is in the text; raises ``SearchTimeout``."""
        return _search(_phrase_expression(self.phrases), _folded(text[:_MOST_SEARCHED]), SEARCH_SECONDS)


@lru_cache(maxsize=1_000)
def _phrase_expression(phrases: tuple[str, ...]) -> str:
    return "|".join(map(_phrase, phrases))


def _phrase(phrase: str) -> str:
    words = fold_text(phrase).split()
    if not words:
        return "(?!)"
    before = r"(?<!\w)" if _HAS_BOUNDARY.match(words[0][0]) else ""
    after = r"(?!\w)" if _HAS_BOUNDARY.match(words[-1][-1]) else ""
    return before + r"\s+".join(regex.escape(word) for word in words) + after


def _search(source: str, text: str, seconds: float) -> bool:
    try:
        return _compiled(source).search(text, timeout=seconds, concurrent=True) is not None
    except TimeoutError:
        raise SearchTimeout(f"searching for {source!r} took longer than {seconds} s") from None


@lru_cache(maxsize=1_000)
def _compiled(source: str) -> Any:
    return regex.compile(source)


# All rules of a feed search the same few texts, one after the other.
_unified = lru_cache(maxsize=4)(unify_characters)
_folded = lru_cache(maxsize=4)(fold_text)


@lru_cache(maxsize=1_000)
def _unified_expression(source: str) -> tuple[str, bool]:
    """Returns an expression with unified literals, and True if it names characters that are not in unified texts."""
    composed = unicodedata.normalize("NFC", source)
    expression = _TOKEN.sub(_unified_literal, composed)
    try:
        _compiled(expression)
    except regex.error:
        return source, True
    return expression, unify_characters(expression) != expression or _ESCAPE.search(expression) is not None


def _unified_literal(token: Any) -> str:
    """Returns the token of an expression with the same meaning for unified texts; sets and escapes stay as they are."""
    literal: str | None = token["literal"]
    if literal is None:
        return str(token[0])
    unified = unify_characters(literal)
    if unified == " ":
        return r"\ "
    if not unified:
        is_repeated = token.string[token.end() : token.end() + 1] in _QUANTIFIERS
        return literal if is_repeated else ""
    return unified if len(unified) == 1 and (unified.isalnum() or unified in "'\"-") else literal
