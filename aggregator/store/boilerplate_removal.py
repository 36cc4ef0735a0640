"""Which stored texts may lose lines that are their outlet's, and how are they stored without them?

Which lines those are is ``extraction.repeated_lines``'s.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from aggregator.extraction.repeated_lines import newly_common
from aggregator.model.dedup import Sketch
from aggregator.model.extraction import Cleaned, Lines, TextSource
from aggregator.store.articles import cuts_of
from aggregator.store.database import serialise_merging
from aggregator.store.page_lines import pages_of
from aggregator.store.sketches import enter_sketch, keep_sketch
from aggregator.store.tables import Article, ArticleState, PageLines


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptText:
    """The text of an article from its page, as it is stored since ``text_at``, and its outlet's other pages."""

    article_id: int
    text_at: datetime
    text: Cleaned
    pages: tuple[Lines, ...]


def texts_to_clean(session: Session, article_id: int) -> tuple[KeptText, ...]:
    """The texts of its outlet that may have lines to lose now that the page of an article is known."""
    own = session.get(PageLines, article_id)
    if own is None:
        return ()
    others = pages_of(session, own.outlet, but=article_id)
    found = []
    for other in newly_common(own.lines, others):
        article = session.get_one(Article, other)
        if article.text_source == TextSource.PAGE and article.text_at is not None:
            pages = tuple(lines for number, lines in {article_id: own.lines, **others}.items() if number != other)
            text = Cleaned(text=article.text, html=article.html, cuts=cuts_of(article))
            found.append(KeptText(article_id=other, text_at=article.text_at, text=text, pages=pages))
    return tuple(found)


def keep_cleaned(session: Session, kept: KeptText, text: Cleaned, sketch: Sketch) -> bool:
    """Store a text that lost lines of its outlet, unless it was read anew meanwhile; whether it was stored.

    The publisher changed nothing, so this is no revision, and no reader is told of an update.
    """
    serialise_merging(session)
    article = session.get_one(Article, kept.article_id)
    if article.text_at != kept.text_at or article.html != kept.text.html:
        return False
    article.text, article.html, article.cuts = text.text, text.html, [asdict(cut) for cut in text.cuts]
    keep_sketch(session, article, sketch)
    if article.state == ArticleState.PLACED:
        enter_sketch(session, kept.article_id)
    return True
