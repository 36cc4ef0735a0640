"""Where does the publisher's own copy of the body (JSON-LD ``articleBody``) say that the article ends?

It does not replace what was extracted by that copy, which is often cut short, stale or another
article's; it is believed on the extent of the text when both agree on its bulk, and taken whole only
when the extraction evidently caught something else, or the first lines of it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from aggregator.extraction.block_overlap import Shingle, shingles
from aggregator.extraction.words import words

_AGREES = 0.60
_MOST = 0.75
_DISAGREES = 0.25
_LINE_MATCHES = 0.60
_WORTH_TAKING = 100
"""Fewest words that a publisher's copy must have to stand in for an extraction."""
_MEAGRE = 250
"""Most words that can be a teaser."""
_LONGER = 2
"""How many times longer than the extraction it must be."""


def end_of_article(lines: Sequence[str], body: str) -> int:
    """How many of the lines, from the first, belong to the article: up to the last that the copy confirms.

    All of them when the two do not hold most of each other, for then the copy is a teaser or wrong.
    Lines above the first confirmed one stay: publishers leave standfirst and summary out of their copy.
    """
    theirs = shingles(words(body))
    if not theirs or len(theirs & _all_shingles(lines)) < _AGREES * len(theirs):
        return len(lines)
    sizes = [len(words(line)) for line in lines]
    confirmed = [number for number, line in enumerate(lines) if _is_confirmed(line, theirs)]
    if sum(sizes[number] for number in confirmed) < _MOST * sum(sizes):
        return len(lines)
    return confirmed[-1] + 1


def is_elsewhere(lines: Sequence[str], body: str) -> bool:
    """Whether the publisher's copy is another and much longer text than what was extracted."""
    size = len(words(body))
    if size < _WORTH_TAKING or size < _LONGER * sum(len(words(line)) for line in lines):
        return False
    theirs = shingles(words(body))
    return len(theirs & _all_shingles(lines)) < _DISAGREES * len(theirs)


def is_teaser(lines: Sequence[str], body: str) -> bool:
    """Whether the lines are little, and most of it the beginning or a part of a much longer publisher's copy."""
    size = sum(len(words(line)) for line in lines)
    if size > _MEAGRE or len(words(body)) < max(_WORTH_TAKING, _LONGER * size):
        return False
    ours = _all_shingles(lines)
    return len(ours & shingles(words(body))) >= _AGREES * len(ours)


def is_flattened(lines: Sequence[str], body: str) -> bool:
    """Whether the lines are the publisher's copy with its paragraphs run together."""
    return len(lines) < len(body.splitlines()) and "".join("".join(lines).split()) == "".join(body.split())


def _is_confirmed(line: str, theirs: frozenset[Shingle]) -> bool:
    mine = shingles(words(line))
    return bool(mine) and len(mine & theirs) >= _LINE_MATCHES * len(mine)


def _all_shingles(lines: Sequence[str]) -> frozenset[Shingle]:
    return frozenset(chain.from_iterable(shingles(words(line)) for line in lines))
