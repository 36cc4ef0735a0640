"""Measures how much two texts share, and how much of it in the same order.

Only equal shingles count. ``value_conflicts`` finds what differs between them; ``judge`` interprets the measures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregator.dedup.prepared_text import Passages, PreparedText
from aggregator.dedup.shingles import Indices

CoveredTokens = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedRun:
    """A shared passage of ``length`` tokens that begins at these tokens of the shorter and the longer text."""

    shorter: int
    longer: int
    length: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Overlap:
    """The tokens of each text that the other covers, and the shared passages in the shorter text's order."""

    shorter: CoveredTokens
    longer: CoveredTokens
    runs: tuple[SharedRun, ...]

    @property
    def longest(self) -> SharedRun:
        """The longest shared passage."""
        return max(self.runs, key=lambda run: run.length)


def find_overlap(shorter: PreparedText, longer: PreparedText) -> Overlap | None:
    """Returns what two texts share, or None if they share no shingle."""
    places = _places(shorter.passages, longer.passages)
    if not (places >= 0).any():
        return None
    back = _places(longer.passages, shorter.passages)
    return Overlap(
        shorter=_covered(shorter.passages, places >= 0, len(shorter.tokens.words)),
        longer=_covered(longer.passages, back >= 0, len(longer.tokens.words)),
        runs=_runs(shorter.passages, places),
    )


def longest_chain(runs: tuple[SharedRun, ...]) -> tuple[SharedRun, ...]:
    """Returns the chain of passages in the same order in both texts that has most tokens.

    A copy keeps the order of its original, except for a moved paragraph. Two reports with the same quotes and facts do
    not.
    """
    weighs = _fresh_lengths(runs)
    begins = np.array([run.longer for run in runs])
    best = np.array(weighs)
    before = np.full(len(runs), -1)
    for index in range(1, len(runs)):
        reach = np.where(begins[:index] < begins[index], best[:index], 0)
        earlier = int(np.argmax(reach))
        if reach[earlier] > 0:
            best[index] += reach[earlier]
            before[index] = earlier
    chain = [int(np.argmax(best))]
    while before[chain[-1]] >= 0:
        chain.append(int(before[chain[-1]]))
    return tuple(runs[index] for index in reversed(chain))


def tokens_covered_by(
    runs: tuple[SharedRun, ...], shorter: PreparedText, longer: PreparedText
) -> tuple[CoveredTokens, CoveredTokens]:
    """Marks the tokens of the shorter and of the longer text that these passages cover."""
    marks = np.zeros(len(shorter.tokens.words), dtype=np.bool_), np.zeros(len(longer.tokens.words), dtype=np.bool_)
    for run in runs:
        marks[0][run.shorter : run.shorter + run.length] = True
        marks[1][run.longer : run.longer + run.length] = True
    return marks


def _fresh_lengths(runs: tuple[SharedRun, ...]) -> list[int]:
    """Returns the length of each run without the tokens that earlier runs cover."""
    lengths: list[int] = []
    reached = 0
    for run in runs:
        end = run.shorter + run.length
        lengths.append(max(0, end - max(run.shorter, reached)))
        reached = max(reached, end)
    return lengths


def _places(here: Passages, there: Passages) -> Indices:
    """Returns for every shingle of ``here`` its first position in ``there``, or -1."""
    if not len(there.ordered):
        return np.full(len(here.hashes), -1, dtype=np.intp)
    found = np.minimum(np.searchsorted(there.ordered, here.hashes), len(there.ordered) - 1)
    return np.where(there.ordered[found] == here.hashes, there.order[found], -1)


def _covered(passages: Passages, shared: CoveredTokens, count: int) -> CoveredTokens:
    starts = np.bincount(np.flatnonzero(shared), minlength=count + 1)
    stops = np.bincount(passages.stops[shared], minlength=count + 1)
    return np.asarray(np.cumsum(starts - stops)[:count] > 0)


def _runs(passages: Passages, places: Indices) -> tuple[SharedRun, ...]:
    """Joins the shared shingles that follow each other in both texts into runs."""
    shared = np.flatnonzero(places >= 0)
    there = places[shared]
    breaks = np.flatnonzero((np.diff(shared) != 1) | (np.diff(there) != 1)) + 1
    heads = np.concatenate(([0], breaks))
    tails = np.concatenate((breaks, [len(shared)])) - 1
    firsts, lasts = shared[heads], passages.stops[shared[tails]]
    return tuple(
        SharedRun(shorter=first, longer=place, length=last - first)
        for first, place, last in zip(firsts.tolist(), there[heads].tolist(), lasts.tolist(), strict=True)
    )
