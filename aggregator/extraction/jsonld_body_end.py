"""Compares the extracted text with the publisher's copy of the body (JSON-LD ``articleBody``).

The publisher's copy is often truncated, outdated or that of another article, so it does not replace the
extracted text in general. It decides the end of the article if both texts agree on most of it. It is used
instead of the extracted text only if the extraction evidently found another text, or only the first lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from aggregator.extraction.block_overlap import Shingle, shingles
from aggregator.extraction.words import words

_MIN_SHARED = 0.60
_MIN_CONFIRMED = 0.75
_MAX_SHARED_OF_OTHER = 0.25
_MIN_LINE_SHARED = 0.60
_MIN_COPY_WORDS = 100
"""Least number of words of a publisher's copy that replaces the extracted text."""
_MAX_TEASER_WORDS = 250
"""Most words of a teaser."""
_MIN_LENGTH_RATIO = 2
"""The publisher's copy must be this many times as long as the extracted text to replace it."""


def end_of_article(lines: Sequence[str], body: str) -> int:
    """The number of lines, from the first, that belong to the article: up to the last line that is in the copy.

    All lines if the two texts do not contain most of each other, because then the copy is a teaser or wrong.
    Lines before the first confirmed line stay: publishers leave standfirst and summary out of their copy.
    """
    copy_shingles = shingles(words(body))
    if not copy_shingles or len(copy_shingles & _all_shingles(lines)) < _MIN_SHARED * len(copy_shingles):
        return len(lines)
    sizes = [len(words(line)) for line in lines]
    confirmed = [number for number, line in enumerate(lines) if _is_confirmed(line, copy_shingles)]
    if sum(sizes[number] for number in confirmed) < _MIN_CONFIRMED * sum(sizes):
        return len(lines)
    return confirmed[-1] + 1


def is_other_text(lines: Sequence[str], body: str) -> bool:
    """True if the publisher's copy is another and much longer text than the extracted lines."""
    size = len(words(body))
    if size < _MIN_COPY_WORDS or size < _MIN_LENGTH_RATIO * sum(len(words(line)) for line in lines):
        return False
    copy_shingles = shingles(words(body))
    return len(copy_shingles & _all_shingles(lines)) < _MAX_SHARED_OF_OTHER * len(copy_shingles)


def is_teaser(lines: Sequence[str], body: str) -> bool:
    """True if the extracted lines are short, and mostly a part of a much longer publisher's copy."""
    size = sum(len(words(line)) for line in lines)
    if size > _MAX_TEASER_WORDS or len(words(body)) < max(_MIN_COPY_WORDS, _MIN_LENGTH_RATIO * size):
        return False
    line_shingles = _all_shingles(lines)
    return len(line_shingles & shingles(words(body))) >= _MIN_SHARED * len(line_shingles)


def has_joined_paragraphs(lines: Sequence[str], body: str) -> bool:
    """True if the extracted lines are the publisher's copy with paragraphs joined to one line."""
    return len(lines) < len(body.splitlines()) and "".join("".join(lines).split()) == "".join(body.split())


def _is_confirmed(line: str, copy_shingles: frozenset[Shingle]) -> bool:
    line_shingles = shingles(words(line))
    return bool(line_shingles) and len(line_shingles & copy_shingles) >= _MIN_LINE_SHARED * len(line_shingles)


def _all_shingles(lines: Sequence[str]) -> frozenset[Shingle]:
    return frozenset(chain.from_iterable(shingles(words(line)) for line in lines))
