"""How much of each block of a page stands in another text: the engine's, the publisher's own, a person's?

It draws no conclusion. Long blocks are found by the 4-shingles of their words, wherever they are. Short
and repeated ones ("Pros", a heading that a table of contents repeats) count only where they stand in
the same order in both: between what the long blocks before and after them were found as.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from aggregator.extraction.blocks import Block
from aggregator.extraction.words import words

Shingle = tuple[str, str, str, str]

_ANCHOR_WORDS = 8
_ANCHOR_SHARE = 0.8
_MAX_GAP = 60
"""Lines between two anchors beyond which a word or two prove nothing."""


def shares(blocks: Sequence[Block], text: str) -> list[float]:
    """For each block, in page order, the share of its shingles (0 to 1) that ``text`` holds."""
    lines = [in_line for line in text.splitlines() if (in_line := words(line))]
    if not lines:
        return [0.0] * len(blocks)
    index = _index(lines)
    mine = [tuple(_in_order(block.words)) for block in blocks]
    found: list[float] = [_share(own, index) for own in mine]
    counts = Counter(block.words for block in blocks)
    places = [
        _place(own, index)
        if share >= _ANCHOR_SHARE and len(block.words) >= _ANCHOR_WORDS and counts[block.words] == 1
        else None
        for block, own, share in zip(blocks, mine, found, strict=True)
    ]
    joined = [f" {' '.join(line)} " for line in lines]
    nexts = _next_places(places, len(lines))
    before = 0
    for number, block in enumerate(blocks):
        if (place := places[number]) is not None:
            before = place[1]
        elif not mine[number]:
            found[number] = float(_holds(joined, block.words, before, nexts[number]))
        elif found[number] and (len(block.words) < _ANCHOR_WORDS or counts[block.words] > 1):
            found[number] = _share_between(mine[number], index, before, nexts[number])
    return found


def shingles(found: Sequence[str]) -> frozenset[Shingle]:
    """The 4-shingles of some words, none when there are fewer."""
    return frozenset(_in_order(found))


def _in_order(found: Sequence[str]) -> Iterator[Shingle]:
    return zip(found, found[1:], found[2:], found[3:], strict=False)


def _index(lines: Sequence[Sequence[str]]) -> dict[Shingle, list[int]]:
    """In which lines each shingle begins; it may end in another."""
    index: dict[Shingle, list[int]] = defaultdict(list)
    numbers = [number for number, line in enumerate(lines) for _ in line]
    for shingle, number in zip(_in_order(list(chain.from_iterable(lines))), numbers, strict=False):
        index[shingle].append(number)
    return index


def _share(own: Sequence[Shingle], index: dict[Shingle, list[int]]) -> float:
    return sum(map(index.__contains__, own)) / len(own) if own else 0.0


def _share_between(own: Sequence[Shingle], index: dict[Shingle, list[int]], start: int, end: int) -> float:
    return sum(any(start <= number <= end for number in index.get(shingle, ())) for shingle in own) / len(own)


def _place(own: Sequence[Shingle], index: dict[Shingle, list[int]]) -> tuple[int, int] | None:
    """The first and last line of a block, by its first and last shingles that occur only once."""
    first, last = (
        next((numbers[0] for shingle in ordered if len(numbers := index.get(shingle, [])) == 1), None)
        for ordered in (own, reversed(own))
    )
    return None if first is None or last is None else (min(first, last), max(first, last))


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
