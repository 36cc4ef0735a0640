"""Finds value conflicts: different numbers and names where two texts otherwise agree.

A template page (weather, markets, results, a court list) is the same text with other values in its slots; a copy
keeps the values. The skeletons of both texts are aligned. A slot conflicts if each text has a value there that the
other text has nowhere. ``judge`` decides whether there are too many conflicts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregator.dedup.prepared_text import PreparedText
from aggregator.dedup.tokens import TokenKind


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotComparison:
    """The number of aligned slots of two texts, and the conflicts, in reading order of the first text.

    ``numbers`` counts the aligned slots with a number, ``numbers_differing`` those of them that conflict.
    """

    aligned: int
    conflicts: tuple[str, ...]
    numbers: int = 0
    numbers_differing: int = 0


def compare_slots(a: PreparedText, b: PreparedText) -> SlotComparison:
    """Aligns the skeletons of two texts and compares the values in their common slots."""
    _, here, there = np.intersect1d(a.skeleton.passages, b.skeleton.passages, assume_unique=True, return_indices=True)
    if not len(here):
        return SlotComparison(aligned=0, conflicts=())
    pairs = _slot_pairs(a, b, here, there)
    found = [(_conflict(a, b, int(i), int(j)), _is_number(a, int(i))) for i, j in pairs]
    return SlotComparison(
        aligned=len(pairs),
        conflicts=tuple(dict.fromkeys(conflict for conflict, _ in found if conflict)),
        numbers=sum(number for _, number in found),
        numbers_differing=sum(number and conflict is not None for conflict, number in found),
    )


def _is_number(text: PreparedText, slot: int) -> bool:
    return text.tokens.kinds[int(text.skeleton.starts[slot])] == TokenKind.NUMBER


def _slot_pairs(a: PreparedText, b: PreparedText, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    firsts, others, lengths = a.skeleton.firsts[here], b.skeleton.firsts[there], a.skeleton.lengths[here]
    step = np.arange(int(lengths.max()))
    within = step < lengths[:, None]
    rows = (firsts[:, None] + step)[within]
    columns = (others[:, None] + step)[within]
    slots = a.skeleton.slots[rows]
    # one number per pair, so that a pair in several shingles counts once
    width = len(b.skeleton.slots) + 1
    keys = np.unique(rows[slots] * width + columns[slots])
    return np.stack((keys // width, keys % width), axis=1)


def _conflict(a: PreparedText, b: PreparedText, i: int, j: int) -> str | None:
    first, second = _value(a, i), _value(b, j)
    if b.vocabulary.isdisjoint(first) and a.vocabulary.isdisjoint(second):
        low, high = sorted((" ".join(first), " ".join(second)))
        return f"{low} / {high}"
    return None


def _value(text: PreparedText, slot: int) -> tuple[str, ...]:
    return text.tokens.words[text.skeleton.starts[slot] : text.skeleton.starts[slot + 1]]
