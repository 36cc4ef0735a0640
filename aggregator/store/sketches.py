"""Stores the sketches of articles, and updates the candidate index in memory from them.

Each sketch that enters the index gets the next number, its turn, under the lock that serialises merging. So a
process that has read up to one turn and holds that lock misses nothing if it continues from there, whichever
process assigned the numbers. ``dedup.candidate_index`` implements the index.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from sqlmodel import Session

from aggregator.model.dedup import Sketch
from aggregator.store.tables import Article, ArticleSketch, KeyValue, row_id

if TYPE_CHECKING:  # its columns need numpy, which most commands do without
    from aggregator.model.sketch_table import SketchTable

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


def store_sketch(session: Session, article: Article, sketch: Sketch) -> None:
    """Stores the sketch of an article's current text; ``pass_sketch_to_index`` passes it to the index."""
    article.exact, article.tokens = sketch.exact, sketch.tokens
    session.merge(
        ArticleSketch(
            article_id=row_id(article.id),
            turn=None,
            seen=int(article.seen_at.timestamp()),
            fingerprints=struct.pack(f"<{len(sketch.fingerprints)}I", *sketch.fingerprints),
        )
    )


def stored_fingerprints(session: Session, article_id: int) -> tuple[int, ...]:
    """Returns the fingerprints of an article; empty if it has no sketch."""
    kept = session.get(ArticleSketch, article_id)
    return () if kept is None else struct.unpack(f"<{len(kept.fingerprints) // 4}I", kept.fingerprints)


def pass_sketch_to_index(session: Session, article_id: int) -> None:
    """Gives an article's sketch the next turn, so that indexes read it; call only under the merge lock."""
    newest = session.get(KeyValue, _NEWEST_TURN) or KeyValue(name=_NEWEST_TURN, value="0")
    turn = int(newest.value) + 1
    newest.value = str(turn)
    session.add(newest)
    session.get_one(ArticleSketch, article_id).turn = turn
