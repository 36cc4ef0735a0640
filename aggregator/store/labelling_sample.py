"""Draws a sample of compared pairs for manual labels.

Draws from the pairs whose verdict is stored, and writes nothing. A pair that was never compared, or whose verdict
was not stored, cannot be drawn: the sample measures precision well, but recall only among the pairs that were
candidates and shared enough to be related.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from sqlmodel import Session, col, select

from aggregator.model.dedup import Relation
from aggregator.store.tables import Copy, JudgedPair

_BANDS = (0.3, 0.6, 0.75, 0.9)
"""Lower ends of the bands of the shorter text's shared coverage."""


def sample_pairs(
    session: Session, *, count: int, known: Collection[tuple[int, int]], seed: int
) -> tuple[tuple[int, int], ...]:
    """Returns up to ``count`` pairs, lower id first, in turn from each stratum.

    A stratum is merged or not, by band of shared coverage. Pairs in ``known`` are left out. The same ``seed``
    draws the same pairs from the same database.
    """
    strata: dict[tuple[bool, int], list[tuple[int, int]]] = {}
    for pair, stratum in sorted(_compared(session).items()):
        if pair not in known:
            strata.setdefault(stratum, []).append(pair)
    drawing = random.Random(seed)  # noqa: S311 - a sample, not a secret
    for pairs in strata.values():
        drawing.shuffle(pairs)
    ordered: Sequence[list[tuple[int, int]]] = [strata[key] for key in sorted(strata)]
    turns = chain.from_iterable(zip_longest(*ordered))
    return tuple(pair for pair in turns if pair is not None)[:count]


def _compared(session: Session) -> dict[tuple[int, int], tuple[bool, int]]:
    """The stratum of every pair with a stored verdict: pairs kept apart, and copies with what they joined."""
    apart = session.execute(
        select(JudgedPair.article_id, JudgedPair.other_id, JudgedPair.relation, JudgedPair.evidence)
    )
    joined = session.execute(
        select(Copy.article_id, Copy.against_id, Copy.relation, Copy.evidence).where(
            col(Copy.against_id).is_not(None), col(Copy.relation).is_not(None)
        )
    )
    return {
        (min(one, other), max(one, other)): (Relation(relation).merges, _band(evidence or {}))
        for one, other, relation, evidence in chain(apart, joined)
    }


def _band(evidence: Mapping[str, Any]) -> int:
    covered = float(evidence.get("shorter", 0.0))
    return sum(covered >= end for end in _BANDS)
