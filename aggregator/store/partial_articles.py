"""Stores the parts of an article that has several pages, and its next page.

They are stored as JSON with the article, so that a crash loses one page request and nothing else.
``extraction.multipage_articles`` puts the parts together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session

from aggregator.model.extraction import PartialArticle
from aggregator.store.articles import set_page_due
from aggregator.store.tables import Article

_READING = TypeAdapter(PartialArticle)


def store_partial_article(session: Session, article_id: int, reading: PartialArticle, *, due_at: datetime) -> None:
    """Stores the parts of an article that were read; its next page is due at ``due_at``."""
    article = session.get_one(Article, article_id)
    article.reading = _READING.dump_python(reading, mode="json")
    article.attempts = 0
    set_page_due(article, due_at)


def delete_partial_article(session: Session, article_id: int) -> None:
    """Deletes the parts of an article."""
    session.get_one(Article, article_id).reading = None


def load_partial_article(reading: dict[str, Any] | None) -> PartialArticle | None:
    """Returns a stored partial article.

    None if another version of this program stored it in another form; then the article is read from the start.
    """
    if reading is None:
        return None
    try:
        return _READING.validate_python(reading)
    except ValueError:
        return None
