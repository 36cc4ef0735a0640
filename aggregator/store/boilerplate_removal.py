"""Stores texts without the lines that their outlet repeats on its pages.

``extraction.repeated_lines`` decides which lines those are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import CleanedText, LineHashes, TextSource
from aggregator.store.articles import removed_lines
from aggregator.store.database import lock_merging
from aggregator.store.page_lines import outlet_line_hashes
from aggregator.store.sketches import pass_sketch_to_index, store_sketch
from aggregator.store.tables import Article, ArticleState, PageLines


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPageText:
    """The stored text of an article from its page, of the time ``text_at``, and its outlet's other pages."""

    article_id: int
    text_at: datetime
    text: CleanedText
    pages: tuple[LineHashes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletPages:
    """The line hashes of an article's page, and those of its outlet's newest other pages by article."""

    article_id: int
    lines: LineHashes
    others: Mapping[int, LineHashes]


def outlet_pages(session: Session, article_id: int) -> OutletPages | None:
    """Returns the line hashes of an article's page and its outlet's others; None if the page is not stored."""
    own = session.get(PageLines, article_id)
    if own is None:
        return None
    return OutletPages(
        article_id=article_id, lines=own.lines, others=outlet_line_hashes(session, own.outlet, but=article_id)
    )


def stored_page_texts(session: Session, article_ids: Iterable[int], outlet: OutletPages) -> tuple[StoredPageText, ...]:
    """Returns the stored texts of these articles that come from a page, each with the outlet's other pages."""
    found = []
    for article_id in article_ids:
        article = session.get_one(Article, article_id)
        if article.text_source == TextSource.PAGE and article.text_at is not None:
            every_page = {outlet.article_id: outlet.lines, **outlet.others}
            pages = tuple(lines for number, lines in every_page.items() if number != article_id)
            text = CleanedText(text=article.text, html=article.html, cuts=removed_lines(article))
            found.append(StoredPageText(article_id=article_id, text_at=article.text_at, text=text, pages=pages))
    return tuple(found)


def store_cleaned_text(session: Session, kept: StoredPageText, text: CleanedText, sketch: Sketch) -> bool:
    """Stores a text without boilerplate; returns False if the article got another text in the meantime.

    The publisher changed nothing, so there is no revision and no update note.
    """
    lock_merging(session)
    article = session.get_one(Article, kept.article_id)
    if article.text_at != kept.text_at or article.html != kept.text.html:
        return False
    article.text, article.html, article.cuts = text.text, text.html, [asdict(cut) for cut in text.cuts]
    store_sketch(session, article, sketch)
    if article.state == ArticleState.PLACED:
        pass_sketch_to_index(session, kept.article_id)
    return True
