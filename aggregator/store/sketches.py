"""Stores the sketches of articles, and updates the candidate index in memory from them.

Each sketch that enters the index gets the next number, its turn, under the lock that serialises merging. So a
process that has read up to one turn and holds that lock misses nothing if it continues from there, whichever
process assigned the numbers. ``dedup.candidate_index`` implements the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.model.dedup import Sketch
from aggregator.model.sketch_table import SketchTable
from aggregator.store.tables import Article, KeptSketch, Note, row_id

_STORED = np.dtype("<u4")
_BATCH = 1 << 15
_SLACK = 3600.0
"""Seconds by which clocks may differ without a new read of all sketches."""
_NEWEST_TURN = "newest turn"  # stored by name: the newest sketch may be deleted, and no number may repeat


class SketchIndex(Protocol):
    """The candidate index as the store uses it; ``dedup.candidate_index`` implements it.

    ``turn`` is the number of the newest sketch that the index contains. Articles seen before ``forgot_before``
    (seconds since 1970) may be missing from it.
    """

    turn: int
    forgot_before: float

    def clear(self) -> None:
        """Removes all articles, so that the index is read again from the first turn."""

    def put(self, sketches: SketchTable, *, since: float) -> None:
        """Adds sketches; articles seen before ``since`` (seconds since 1970) may be removed."""

    def candidates(self, fingerprints: Sequence[int], *, since: float, most: int) -> tuple[int, ...]:
        """Returns up to ``most`` articles seen after ``since`` that share fingerprints, the most shared first."""


def keep_sketch(session: Session, article: Article, sketch: Sketch) -> None:
    """Stores the sketch of an article's current text; ``enter_sketch`` passes it to the index."""
    article.exact, article.tokens = sketch.exact, sketch.tokens
    session.merge(
        KeptSketch(
            article_id=row_id(article.id),
            turn=None,
            seen=int(article.seen_at.timestamp()),
            fingerprints=np.asarray(sketch.fingerprints, dtype=_STORED).tobytes(),
        )
    )


def fingerprints_of(session: Session, article_id: int) -> tuple[int, ...]:
    """Returns the fingerprints of an article; empty if it has no sketch."""
    kept = session.get(KeptSketch, article_id)
    return () if kept is None else tuple(np.frombuffer(kept.fingerprints, dtype=_STORED).tolist())


def enter_sketch(session: Session, article_id: int) -> None:
    """Gives an article's sketch the next turn, so that indexes read it; call only under the merge lock."""
    newest = session.get(Note, _NEWEST_TURN) or Note(name=_NEWEST_TURN, value="0")
    turn = int(newest.value) + 1
    newest.value = str(turn)
    session.add(newest)
    session.get_one(KeptSketch, article_id).turn = turn


def catch_up(session: Session, index: SketchIndex, *, since: datetime) -> None:
    """Reads the sketches that are newer than the index into it; call only under the merge lock.

    Articles seen before ``since`` are skipped. If the clock was ahead and was set back, articles that the index
    has removed are needed again, and everything is read from the first turn.
    """
    if since.timestamp() < index.forgot_before - _SLACK:
        index.clear()
    unread = (
        select(col(KeptSketch.turn), col(KeptSketch.article_id), col(KeptSketch.seen), col(KeptSketch.fingerprints))
        .where(col(KeptSketch.turn) > index.turn, col(KeptSketch.seen) > since.timestamp())
        .order_by(col(KeptSketch.turn))
    )
    for batch in session.execute(unread, execution_options={"yield_per": _BATCH}).partitions():
        index.put(_by_columns(batch), since=since.timestamp())
        index.turn = batch[-1][0]


def _by_columns(rows: Sequence[tuple[int, int, int, bytes]]) -> SketchTable:
    _, articles, seen, fingerprints = zip(*rows, strict=True)
    return SketchTable(
        articles=np.array(articles, dtype=np.int64),
        seen=np.array(seen, dtype=np.int64),
        fingerprints=np.frombuffer(b"".join(fingerprints), dtype=_STORED),
        counts=np.array([len(each) // _STORED.itemsize for each in fingerprints], dtype=np.int64),
    )
