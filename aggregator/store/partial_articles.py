"""What was read so far of an article that stands on several pages, and what of it is asked for next?

It keeps a ``Reading`` as JSON on its article, so that a crash costs the visit that it interrupts and nothing
else. What a reading is for is ``extraction.multipage_articles``'.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session

from aggregator.model.extraction import Reading
from aggregator.store.articles import set_due
from aggregator.store.tables import Article

_READING = TypeAdapter(Reading)


def keep_reading(session: Session, article_id: int, reading: Reading, *, due_at: datetime) -> None:
    """Keep what was read of an article; its next page is due at ``due_at``."""
    article = session.get_one(Article, article_id)
    article.reading = _READING.dump_python(reading, mode="json")
    article.attempts = 0
    set_due(article, due_at)


def drop_reading(session: Session, article_id: int) -> None:
    """Forget what was read of an article."""
    session.get_one(Article, article_id).reading = None


def kept_reading(reading: dict[str, Any] | None) -> Reading | None:
    """A reading as it was kept; one of another version of this program is none, and is begun anew."""
    if reading is None:
        return None
    try:
        return _READING.validate_python(reading)
    except ValueError:
        return None
