"""Where does the publisher's own copy of the body (JSON-LD ``articleBody``) say that the article ends?

It does not replace what was extracted by that copy, which is often cut short, stale or another
article's; it is believed on the extent of the text when both agree on its bulk, and taken whole
only when the extraction evidently caught something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.extraction.words import words

_SHINGLE = 4
_AGREES = 0.60
_MOST = 0.75
_DISAGREES = 0.25
_LINE_MATCHES = 0.60
_WORTH_TAKING = 100
"""Fewest words that a publisher's copy must have to stand in for an extraction."""
_LONGER = 2
"""How many times longer than the extraction it must be."""


def end_of_article(lines: Sequence[str], body: str) -> int:
    """How many of the lines, from the first, belong to the article: up to the last that the copy confirms.

    All of them when the two do not hold most of each other, for then the copy is a teaser or wrong.
    Lines above the first confirmed one stay: publishers leave standfirst and summary out of their copy.
    """
    theirs = _shingles(body)
    ours = {shingle for line in lines for shingle in _shingles(line)}
    if not theirs or len(theirs & ours) < _AGREES * len(theirs):
        return len(lines)
    sizes = [len(words(line)) for line in lines]
    confirmed = [number for number, line in enumerate(lines) if _is_confirmed(line, theirs)]
    if sum(sizes[number] for number in confirmed) < _MOST * sum(sizes):
        return len(lines)
    return confirmed[-1] + 1


def is_elsewhere(lines: Sequence[str], body: str) -> bool:
    """Whether the publisher's copy is another and much longer text than what was extracted."""
    size = len(words(body))
    if size < max(_WORTH_TAKING, _LONGER * sum(len(words(line)) for line in lines)):
        return False
    theirs = _shingles(body)
    ours = {shingle for line in lines for shingle in _shingles(line)}
    return len(theirs & ours) < _DISAGREES * len(theirs)


def is_flattened(lines: Sequence[str], body: str) -> bool:
    """Whether the lines are the publisher's copy with its paragraphs run together."""
    return len(lines) < len(body.splitlines()) and "".join("".join(lines).split()) == "".join(body.split())


def _is_confirmed(line: str, theirs: frozenset[tuple[str, ...]]) -> bool:
    mine = _shingles(line)
    return bool(mine) and len(mine & theirs) >= _LINE_MATCHES * len(mine)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    return frozenset(tuple(found[start : start + _SHINGLE]) for start in range(len(found) - _SHINGLE + 1))
