"""Stores the text of an article with what follows from it: its alias URLs, its date, and whether it changed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from aggregator.dedup.alias_urls import alias_keys
from aggregator.extraction.original_lines import original_lines
from aggregator.model.dedup import AliasKey, Sketch
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.parsing.feed_dates import entry_sort_date
from aggregator.polling.host_identity import host_key
from aggregator.store import articles
from aggregator.store.articles import StoredText


def store_text(session: Session, article_id: int, text: ArticleText, sketch: Sketch, *, now: datetime) -> bool:
    """Stores the text of an article and indexes it; returns True if the text is another one than before.

    A text that the feed gives again, because its markup was corrected, changes the HTML alone: what the page told of
    the article stays.
    """
    before = articles.stored_text(session, article_id)
    if before.silent and text.source is not TextSource.PAGE and text.text == before.text:
        articles.replace_markup(session, article_id, text.html)
        return False
    return articles.replace_article_text(
        session,
        article_id,
        text,
        sketch,
        aliases=_aliases(before, text),
        published_at=entry_sort_date(text.published_at, seen_at=before.seen_at),
        same_page_text=_is_same_page_text(before, text),
        now=now,
    )


def _aliases(before: StoredText, text: ArticleText) -> tuple[AliasKey, ...]:
    """The keys of an article; a text from a feed of another site does not prove that the link is the article's.

    A shared link is no key: it would tie the entries to each other that have it.
    """
    if before.shares_link:
        return ()
    link_believed = text.source is not TextSource.FEED or before.feed_hosts <= {host_key(before.url or "")}
    return alias_keys(
        url=before.url, served_url=text.served_url, canonical_url=text.canonical_url, link_believed=link_believed
    )


def _is_same_page_text(before: StoredText, text: ArticleText) -> bool:
    """True if the page has the same lines as before, even if another number of them is known as boilerplate now."""
    before_cuts = original_lines(before.text, before.cuts)
    return before.title == text.title and before_cuts == original_lines(text.text, text.cuts)
