"""How are the sketches of articles kept, and how does the index in memory follow them?

Whatever comes into the index gets the next number, its turn, under the lock that serialises merging;
so whoever has read up to one turn and holds that lock misses nothing by reading on from there, in
whatever process the numbers were given. What the index does is ``dedup.candidate_index``'s.
"""

from __future__ import annotations

import struct

from sqlmodel import Session

from aggregator.model.dedup import Sketch
from aggregator.store.tables import Article, KeptSketch, Note, row_id

_NEWEST_TURN = "newest turn"  # in a note: the newest sketch may be deleted, and no number may come twice


def keep_sketch(session: Session, article: Article, sketch: Sketch) -> None:
    """Store the sketch of the text an article has now; the index hears of it by ``enter_sketch``."""
    article.exact, article.tokens = sketch.exact, sketch.tokens
    session.merge(
        KeptSketch(
            article_id=row_id(article.id),
            turn=None,
            seen=int(article.seen_at.timestamp()),
            fingerprints=struct.pack(f"<{len(sketch.fingerprints)}I", *sketch.fingerprints),
        )
    )


def fingerprints_of(session: Session, article_id: int) -> tuple[int, ...]:
    """The fingerprints of an article; none when it has no sketch."""
    kept = session.get(KeptSketch, article_id)
    return () if kept is None else struct.unpack(f"<{len(kept.fingerprints) // 4}I", kept.fingerprints)


def enter_sketch(session: Session, article_id: int) -> None:
    """Let the index take in the sketch of an article as it is now; only under the lock of merging."""
    newest = session.get(Note, _NEWEST_TURN) or Note(name=_NEWEST_TURN, value="0")
    turn = int(newest.value) + 1
    newest.value = str(turn)
    session.add(newest)
    session.get_one(KeptSketch, article_id).turn = turn
