"""Reads newly stored sketches into the candidate index.

A module of its own, because the columns of the index need numpy and most commands do without it. ``sketches``
stores the sketches; ``dedup.candidate_index`` is the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.model.sketch_table import SketchTable
from aggregator.store.sketches import SketchIndex
from aggregator.store.tables import ArticleSketch

_STORED = np.dtype("<u4")
_BATCH = 1 << 15
_SLACK = 3600.0
"""Seconds by which two clocks may differ before all sketches are read again."""


def update_index(session: Session, index: SketchIndex, *, since: datetime) -> None:
    """Reads the sketches that are newer than the index into it; call only under the merge lock.

    Articles seen before ``since`` are skipped. If the clock was ahead and was set back, articles that the index
    has removed are needed again, and everything is read from the first turn.
    """
    if since.timestamp() < index.forgot_before - _SLACK:
        index.clear()
    unread = (
        select(
            col(ArticleSketch.turn),
            col(ArticleSketch.article_id),
            col(ArticleSketch.seen),
            col(ArticleSketch.fingerprints),
        )
        .where(col(ArticleSketch.turn) > index.turn, col(ArticleSketch.seen) > since.timestamp())
        .order_by(col(ArticleSketch.turn))
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
