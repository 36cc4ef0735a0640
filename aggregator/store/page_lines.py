"""Stores the line hashes of the newest pages of each outlet.

``extraction.repeated_lines`` finds the lines that an outlet repeats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlmodel import Session, col

from aggregator.model.extraction import LineHashes
from aggregator.store.tables import PageLines

MAX_PAGES = 20
"""The newest pages of an outlet whose lines are kept."""


def outlet_line_hashes(session: Session, outlet: str, *, but: int) -> Mapping[int, LineHashes]:
    """Returns the line hashes of an outlet's newest pages by article, newest first, except those of article ``but``."""
    newest = select(col(PageLines.article_id), col(PageLines.lines)).where(col(PageLines.outlet) == outlet)
    newest = newest.order_by(col(PageLines.article_id).desc()).limit(MAX_PAGES)
    return {article_id: lines for article_id, lines in session.execute(newest) if article_id != but}


def store_line_hashes(session: Session, article_id: int, outlet: str, lines: Sequence[int]) -> None:
    """Replaces the line hashes of an article's page, and deletes those of the outlet's oldest pages."""
    session.merge(PageLines(article_id=article_id, outlet=outlet, lines=tuple(lines)))
    session.flush()
    of_outlet = col(PageLines.outlet) == outlet
    newest_first = select(col(PageLines.article_id)).where(of_outlet).order_by(col(PageLines.article_id).desc())
    oldest = newest_first.offset(MAX_PAGES)
    session.execute(delete(PageLines).where(of_outlet, col(PageLines.article_id) <= oldest.limit(1).scalar_subquery()))
