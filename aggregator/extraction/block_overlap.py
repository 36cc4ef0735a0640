"""Computes the share of each block of a page that is in another text, such as the engine's or the publisher's.

Long blocks are found anywhere in the text by the 4-shingles of their words. Short and repeated blocks
("Pros", a heading that a table of contents repeats) count only if they are in the same order in both: between
the positions of the long blocks (anchors) before and after them.
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
ShingleKeys = NDArray[np.uint64]
LineNumbers = NDArray[np.intp]

_SHINGLE_WORDS = 4
_MIN_ANCHOR_WORDS = 8
_MIN_ANCHOR_SHARE = 0.8
_MAX_GAP = 60
"""The most lines between two anchors; in a longer gap a match of one or two words proves nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Matches:
    """The lines of the text that contain the shingles of the blocks, numbered over all blocks.

    Shingle n begins in the lines ``lines[first[n]:stop[n]]`` of the text, in order; it may end in a later line.
    """

    first: LineNumbers
    stop: LineNumbers
    lines: LineNumbers


def block_shares(blocks: Sequence[Block], text: str) -> list[float]:
    """For each block, in page order, the share of its shingles (0 to 1) that ``text`` contains."""
    lines = [line_words for line in text.splitlines() if (line_words := words(line))]
    if not lines:
        return [0.0] * len(blocks)
    matches = _matches(blocks, lines)
    spans = _spans(blocks)
    matched = [0, *np.cumsum(matches.stop > matches.first).tolist()]
    found_shares = [(matched[end] - matched[start]) / (end - start) if end > start else 0.0 for start, end in spans]
    counts = Counter(block.words for block in blocks)
    anchors = [
        _anchor_lines(matches, *span)
        if share >= _MIN_ANCHOR_SHARE and len(block.words) >= _MIN_ANCHOR_WORDS and counts[block.words] == 1
        else None
        for block, span, share in zip(blocks, spans, found_shares, strict=True)
    ]
    padded_lines = [f" {' '.join(line)} " for line in lines]
    next_anchors = _next_anchors(anchors, len(lines))
    last_anchor = 0
    for number, (block, (start, end)) in enumerate(zip(blocks, spans, strict=True)):
        if (anchor := anchors[number]) is not None:
            last_anchor = anchor[1]
        elif end <= start:
            found_shares[number] = float(_contains(padded_lines, block.words, last_anchor, next_anchors[number]))
        elif found_shares[number] and (len(block.words) < _MIN_ANCHOR_WORDS or counts[block.words] > 1):
            found_shares[number] = _share_between(matches, start, end, lowest=last_anchor, highest=next_anchors[number])
    return found_shares


def shingles(tokens: Sequence[str]) -> frozenset[Shingle]:
    """The set of 4-shingles of a sequence of words; empty for fewer than 4 words."""
    return frozenset(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


def _matches(blocks: Sequence[Block], lines: Sequence[Sequence[str]]) -> _Matches:
    numbers = {word: number for number, word in enumerate(set(chain.from_iterable(lines)))}
    text_keys = _shingle_keys(list(chain.from_iterable(lines)), numbers)
    block_keys = _shingle_keys(list(chain.from_iterable(block.words for block in blocks)), numbers)
    order = np.argsort(text_keys, kind="stable")
    text_keys = text_keys[order]
    line_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    return _Matches(
        np.searchsorted(text_keys, block_keys), np.searchsorted(text_keys, block_keys, side="right"), line_of[order]
    )


def _shingle_keys(shingle_words: Sequence[str], numbers: dict[str, int]) -> ShingleKeys:
    """A number for each 4-shingle, made from the numbers of its words; all unknown words have one number."""
    unknown = len(numbers)
    word_numbers = np.fromiter(
        map(numbers.get, shingle_words, repeat(unknown)), dtype=np.uint64, count=len(shingle_words)
    )
    if len(word_numbers) < _SHINGLE_WORDS:
        return word_numbers[:0]
    keys, base = word_numbers[: 1 - _SHINGLE_WORDS], np.uint64(unknown + 1)
    for offset in range(1, _SHINGLE_WORDS):
        keys = keys * base + word_numbers[offset : len(word_numbers) - _SHINGLE_WORDS + 1 + offset]
    return keys


def _spans(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """The range of shingles (start, end) of each block; a shingle that crosses two blocks is in no range."""
    ends = accumulate(len(block.words) for block in blocks)
    return [(end - len(block.words), end - _SHINGLE_WORDS + 1) for block, end in zip(blocks, ends, strict=True)]


def _anchor_lines(matches: _Matches, start: int, end: int) -> tuple[int, int] | None:
    """The first and last line of a block in the text, by its first and last shingles that occur only once."""
    once = start + np.flatnonzero(matches.stop[start:end] - matches.first[start:end] == 1)
    if not len(once):
        return None
    first, last = (int(matches.lines[matches.first[shingle]]) for shingle in (once[0], once[-1]))
    return min(first, last), max(first, last)


def _share_between(matches: _Matches, start: int, end: int, *, lowest: int, highest: int) -> float:
    """The share of the shingles from ``start`` to ``end`` that begin in a line from ``lowest`` to ``highest``."""
    begins = [matches.lines[matches.first[shingle] : matches.stop[shingle]] for shingle in range(start, end)]
    return sum(bool(((lowest <= lines) & (lines <= highest)).any()) for lines in begins) / (end - start)


def _next_anchors(anchors: Sequence[tuple[int, int] | None], end: int) -> list[int]:
    """For each block, the line at which the next anchor begins."""
    lines: list[int] = []
    for anchor in reversed(anchors):
        end = end if anchor is None else anchor[0]
        lines.append(end)
    return lines[::-1]


def _contains(padded_lines: Sequence[str], block_words: Sequence[str], start: int, end: int) -> bool:
    if end - start > _MAX_GAP:
        return False
    phrase = f" {' '.join(block_words)} "
    return any(phrase in line for line in padded_lines[max(0, start) : end + 1])
