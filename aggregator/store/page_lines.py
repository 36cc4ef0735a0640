"""Which lines do the newest pages of an outlet have?

Keeps them by their marks, for a bounded number of pages; what follows from them is
``extraction.repeated_lines``'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlmodel import Session, col

from aggregator.model.extraction import Lines
from aggregator.store.tables import PageLines

MOST_PAGES = 20
"""The newest pages of an outlet whose lines are kept."""


def pages_of(session: Session, outlet: str, *, but: int) -> Mapping[int, Lines]:
    """The lines of an outlet's newest pages by their article, newest first, without the page of one article."""
    newest = select(col(PageLines.article_id), col(PageLines.lines)).where(col(PageLines.outlet) == outlet)
    newest = newest.order_by(col(PageLines.article_id).desc()).limit(MOST_PAGES)
    return {article_id: lines for article_id, lines in session.execute(newest) if article_id != but}


def remember_page(session: Session, article_id: int, outlet: str, lines: Sequence[int]) -> None:
    """Keep the lines of an article's page in place of those it had, and forget the outlet's oldest pages."""
    session.merge(PageLines(article_id=article_id, outlet=outlet, lines=tuple(lines)))
    session.flush()
    mine = col(PageLines.outlet) == outlet
    oldest = select(col(PageLines.article_id)).where(mine).order_by(col(PageLines.article_id).desc()).offset(MOST_PAGES)
    session.execute(delete(PageLines).where(mine, col(PageLines.article_id) <= oldest.limit(1).scalar_subquery()))
