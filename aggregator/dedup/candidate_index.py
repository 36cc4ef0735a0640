"""Finds the articles that share most fingerprints with a text.

An inverted index in memory. A posting is one 64-bit number: the fingerprint above the position of its article. Postings
are in sorted arrays, a few large ones and smaller, newer ones (the runs of a log-structured merge tree: O'Neil et al.,
1996). ``store.sketches`` stores the sketches; ``judge`` compares the articles that are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aggregator.model.sketch_table import Integers, SketchTable

Postings: TypeAlias = NDArray[np.uint64]

ENOUGH_SHARED = 2
"""Fewest fingerprints that two articles must share to be compared; one can be chance."""
MOST_POSTINGS = 64
"""Most articles, the newest, that are looked up for one fingerprint in one run: a passage of many texts says little."""
_FRESH = 1 << 15  # postings; a smaller run is merged with the next one
_LARGEST = 1 << 23  # postings; larger runs are not merged, so that merging needs little extra memory
_GROWTH = 3  # a run is merged with a newer one unless it is this many times as large
_SPARE = 16  # share of the articles, 1 in 16, that is dropped at once when there are too many
_GONE = 0  # the article id of an unused position; ids begin with 1
_PLACE_BITS = np.uint64(32)
_PLACE = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A sorted array of postings and its articles, oldest first."""

    articles: Integers
    seen: Integers
    postings: Postings


class CandidateIndex:
    """The fingerprints of the newest articles; one thread uses it at a time.

    ``turn`` is the last sequence number it has read from the table of sketches; only ``store.sketches`` uses it.
    Articles that were seen before ``forgot_before`` can be missing. It contains at most ``most_articles``, about 330
    bytes each.
    """

    def __init__(self, *, most_articles: int) -> None:
        self._most = most_articles
        self.clear()

    def clear(self) -> None:
        """Empties the index, so that it is read again."""
        self.turn = 0
        self.forgot_before = 0.0
        self._runs: list[_Run] = []
        self._highest = _GONE

    def __len__(self) -> int:
        """Returns the number of articles, including those that will be dropped."""
        return sum(len(run.articles) for run in self._runs)

    @property
    def nbytes(self) -> int:
        """Bytes of memory in its arrays."""
        return sum(run.articles.nbytes + run.seen.nbytes + run.postings.nbytes for run in self._runs)

    def put(self, sketches: SketchTable, *, since: float) -> None:
        """Adds sketches that follow the earlier ones; an article that is already present is replaced.

        Articles that were seen before ``since`` (seconds since 1970) can be dropped.
        """
        self.forgot_before = max(self.forgot_before, since)
        self._forget(sketches.articles)
        present = sketches.counts > 0
        if not present.any():
            return
        self._highest = max(self._highest, int(sketches.articles.max()))
        places = np.repeat(np.arange(int(present.sum()), dtype=np.uint64), sketches.counts[present])
        postings = (sketches.fingerprints.astype(np.uint64) << _PLACE_BITS) | places
        postings.sort()
        self._runs.append(_Run(sketches.articles[present].copy(), sketches.seen[present].copy(), postings))
        self._compact(since)

    def candidates(self, fingerprints: Sequence[int], *, since: float, most: int) -> tuple[int, ...]:
        """Returns the articles seen after ``since`` that share at least two fingerprints, largest overlap first.

        Equal ones are sorted by id; at most ``most`` are returned.
        """
        probes = np.unique(np.asarray(fingerprints, dtype=np.uint64)) << _PLACE_BITS
        articles, shared = [], []
        for run in self._runs:
            sharing = _places(run.postings, probes)
            if len(sharing) < ENOUGH_SHARED:
                continue
            places, counts = np.unique(sharing, return_counts=True)
            good = (counts >= ENOUGH_SHARED) & (run.articles[places] != _GONE) & (run.seen[places] > since)
            articles.append(run.articles[places[good]])
            shared.append(counts[good])
        if not articles:
            return ()
        found, weight = np.concatenate(articles), np.concatenate(shared)
        return tuple(found[np.lexsort((found, -weight))[:most]].tolist())

    def _forget(self, articles: Integers) -> None:
        """Removes the old texts of articles that are added again."""
        if not len(articles) or int(articles.min()) > self._highest:
            return
        for run in self._runs:
            run.articles[np.isin(run.articles, articles)] = _GONE

    def _compact(self, since: float) -> None:
        """Merges the newest runs while they are small, and drops articles that are too old or too many."""
        runs = self._runs
        if len(runs) > 1 and len(runs[-2].postings) < _FRESH:
            runs[-2:] = [_merged(runs[-2], runs[-1])]
        if len(runs[-1].postings) < _FRESH:
            return
        while len(runs) > 1 and _worth_merging(runs[-2], runs[-1]):
            runs[-2:] = [_merged(runs[-2], runs[-1])]
            runs[-1] = _pruned(runs[-1], since)
        runs[:-1] = [run for run in runs[:-1] if int(run.seen.max(initial=0)) > since]
        surplus = len(self) - self._most
        if surplus > 0:
            self._drop_oldest(surplus + self._most // _SPARE)

    def _drop_oldest(self, count: int) -> None:
        while count > 0:
            run = self._runs[0]
            if len(run.articles) > count:
                run.articles[:count] = _GONE
                self._runs[0] = _pruned(run, 0)
                return
            count -= len(run.articles)
            del self._runs[0]


def _worth_merging(older: _Run, newer: _Run) -> bool:
    together = len(older.postings) + len(newer.postings)
    return len(older.postings) < _GROWTH * len(newer.postings) and together <= _LARGEST


def _merged(older: _Run, newer: _Run) -> _Run:
    """Merges two runs; the positions of the newer follow those of the older."""
    postings = np.concatenate((older.postings, newer.postings + np.uint64(len(older.articles))))
    postings.sort(kind="stable")  # merges two sorted halves
    return _Run(np.concatenate((older.articles, newer.articles)), np.concatenate((older.seen, newer.seen)), postings)


def _pruned(run: _Run, since: float) -> _Run:
    """Returns a run without removed or old articles, and without postings that are never looked up."""
    stays = (run.articles != _GONE) & (run.seen > since)
    postings = run.postings
    if not stays.all():
        postings = postings[stays[postings & _PLACE]]
        places = (np.cumsum(stays) - 1).astype(np.uint64)
        postings = (postings & ~_PLACE) | places[postings & _PLACE]
    few = np.ones(len(postings), dtype=np.bool_)
    few[:-MOST_POSTINGS] = (postings[MOST_POSTINGS:] ^ postings[:-MOST_POSTINGS]) > _PLACE
    return _Run(run.articles[stays], run.seen[stays], postings if few.all() else postings[few])


def _places(postings: Postings, probes: Postings) -> Integers:
    """Returns the positions of the newest articles with the probed fingerprints, once per shared fingerprint."""
    starts = np.searchsorted(postings, probes)
    held = np.flatnonzero((postings.take(starts, mode="clip") ^ probes) <= _PLACE)
    stops = np.searchsorted(postings, probes[held] | _PLACE, side="right")
    starts = np.maximum(starts[held], stops - MOST_POSTINGS)
    counts = stops - starts
    shifts = np.repeat(starts - np.cumsum(counts) + counts, counts)
    places: Integers = (postings[np.arange(len(shifts)) + shifts] & _PLACE).astype(np.int64)
    return places
