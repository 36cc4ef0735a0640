"""How much of each block of a page stands in another text: the engine's, the publisher's own, a person's?

It draws no conclusion. Long blocks are found by the 4-shingles of their words, wherever they are. Short
and repeated ones ("Pros", a heading that a table of contents repeats) count only where they stand in
the same order in both: between what the long blocks before and after them were found as.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat

import numpy as np
from numpy.typing import NDArray

from aggregator.extraction.page_blocks import Block
from aggregator.extraction.words import words

Shingle = tuple[str, str, str, str]
Keys = NDArray[np.uint64]
Places = NDArray[np.intp]

_LENGTH = 4
_ANCHOR_WORDS = 8
_ANCHOR_SHARE = 0.8
_MAX_GAP = 60
"""Lines between two anchors beyond which a word or two prove nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Matches:
    """Where the shingles of the blocks, all after one another, stand in the text.

    Shingle n begins in the lines ``lines[first[n]:stop[n]]`` of the text, in order; it may end in another.
    """

    first: Places
    stop: Places
    lines: Places


def shares(blocks: Sequence[Block], text: str) -> list[float]:
    """For each block, in page order, the share of its shingles (0 to 1) that ``text`` holds."""
    lines = [in_line for line in text.splitlines() if (in_line := words(line))]
    if not lines:
        return [0.0] * len(blocks)
    matches = _matches(blocks, lines)
    spans = _spans(blocks)
    held = [0, *np.cumsum(matches.stop > matches.first).tolist()]
    found = [(held[end] - held[start]) / (end - start) if end > start else 0.0 for start, end in spans]
    counts = Counter(block.words for block in blocks)
    places = [
        _place(matches, *span)
        if share >= _ANCHOR_SHARE and len(block.words) >= _ANCHOR_WORDS and counts[block.words] == 1
        else None
        for block, span, share in zip(blocks, spans, found, strict=True)
    ]
    joined = [f" {' '.join(line)} " for line in lines]
    nexts = _next_places(places, len(lines))
    before = 0
    for number, (block, (start, end)) in enumerate(zip(blocks, spans, strict=True)):
        if (place := places[number]) is not None:
            before = place[1]
        elif end <= start:
            found[number] = float(_holds(joined, block.words, before, nexts[number]))
        elif found[number] and (len(block.words) < _ANCHOR_WORDS or counts[block.words] > 1):
            found[number] = _share_between(matches, start, end, lowest=before, highest=nexts[number])
    return found


def shingles(found: Sequence[str]) -> frozenset[Shingle]:
    """The 4-shingles of some words, none when there are fewer."""
    return frozenset(zip(found, found[1:], found[2:], found[3:], strict=False))


def _matches(blocks: Sequence[Block], lines: Sequence[Sequence[str]]) -> _Matches:
    numbers = {word: number for number, word in enumerate(set(chain.from_iterable(lines)))}
    theirs = _keys(list(chain.from_iterable(lines)), numbers)
    mine = _keys(list(chain.from_iterable(block.words for block in blocks)), numbers)
    order = np.argsort(theirs, kind="stable")
    theirs = theirs[order]
    line_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    return _Matches(np.searchsorted(theirs, mine), np.searchsorted(theirs, mine, side="right"), line_of[order])


def _keys(found: Sequence[str], numbers: dict[str, int]) -> Keys:
    """A number for each 4-shingle of some words, by the numbers of its words; those without one count as one more."""
    unknown = len(numbers)
    each = np.fromiter(map(numbers.get, found, repeat(unknown)), dtype=np.uint64, count=len(found))
    if len(each) < _LENGTH:
        return each[:0]
    keys, base = each[: 1 - _LENGTH], np.uint64(unknown + 1)
    for place in range(1, _LENGTH):
        keys = keys * base + each[place : len(each) - _LENGTH + 1 + place]
    return keys


def _spans(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """From which to before which shingle of all words together each block reaches; a shingle is in one block."""
    ends = accumulate(len(block.words) for block in blocks)
    return [(end - len(block.words), end - _LENGTH + 1) for block, end in zip(blocks, ends, strict=True)]


def _place(matches: _Matches, start: int, end: int) -> tuple[int, int] | None:
    """The first and last line of a block, by its first and last shingles that occur only once."""
    once = start + np.flatnonzero(matches.stop[start:end] - matches.first[start:end] == 1)
    if not len(once):
        return None
    first, last = (int(matches.lines[matches.first[shingle]]) for shingle in (once[0], once[-1]))
    return min(first, last), max(first, last)


def _share_between(matches: _Matches, start: int, end: int, *, lowest: int, highest: int) -> float:
    """The share of some shingles that begin in a line from ``lowest`` to ``highest``."""
    begins = [matches.lines[matches.first[shingle] : matches.stop[shingle]] for shingle in range(start, end)]
    return sum(bool(((lowest <= lines) & (lines <= highest)).any()) for lines in begins) / (end - start)


def _next_places(places: Sequence[tuple[int, int] | None], end: int) -> list[int]:
    """For each block the line at which the next anchor begins."""
    nexts: list[int] = []
    for place in reversed(places):
        end = end if place is None else place[0]
        nexts.append(end)
    return nexts[::-1]


def _holds(joined: Sequence[str], found: Sequence[str], start: int, end: int) -> bool:
    if end - start > _MAX_GAP:
        return False
    phrase = f" {' '.join(found)} "
    return any(phrase in line for line in joined[max(0, start) : end + 1])
