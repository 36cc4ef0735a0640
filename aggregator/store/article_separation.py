"""Separates the articles of entries whose link turned out to be shared.

The entry that the article was read for keeps it, with its story and id. The other entries of the article get articles
of their own. Their stories are published with the time at which they would have been published then, so that entries
which an earlier version had folded into one do not flood the digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches
from aggregator.store.entry_articles import ArticlePointer, articles_for, use_feed_text
from aggregator.store.host_claims import SourceFeed
from aggregator.store.tables import Article, Entry, Feed, row_id


@dataclass(frozen=True, kw_only=True, slots=True)
class SeparatedArticles:
    """The number of articles whose text is the feed's from now on, and of those that were added."""

    kept: int = 0
    added: int = 0


def separate_articles(
    session: Session, origin: SourceFeed, links: Collection[str], *, now: datetime
) -> SeparatedArticles:
    """Gives each stored entry of the outlet that has one of these shared links an article of its own.

    ``links`` are the keys of the links, which are stored as shared already.
    """
    entries: list[Entry] = []
    for some in in_batches([bounded_key(link) for link in links]):
        of_outlet = select(col(Feed.id)).where(col(Feed.outlet) == origin.outlet)
        of_links = select(Entry).where(col(Entry.feed_id).in_(of_outlet), col(Entry.link_key).in_(some))
        entries.extend(session.scalars(of_links.where(col(Entry.article_id).is_not(None)).order_by(col(Entry.id))))
    by_article: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_article[row_id(entry.article_id)].append(entry)
    added = 0
    for article_id, sharing in by_article.items():
        article = session.get_one(Article, article_id)
        keeper = next((entry for entry in sharing if entry.title == article.title), sharing[0])
        use_feed_text(session, article, keeper, feed=origin.feed_name, now=now)
        session.flush()
        others = [entry for entry in sharing if _form(entry) != _form(keeper)]
        added += _add_articles(session, origin, article, others, now)
    session.flush()
    return SeparatedArticles(kept=len(by_article), added=added)


def _add_articles(
    session: Session, origin: SourceFeed, article: Article, entries: Sequence[Entry], now: datetime
) -> int:
    """Adds an article for each of these entries; equal entries of several feeds have one."""
    pointers = [_pointer(article, entry) for entry in entries]
    ids = articles_for(session, origin, pointers, now)
    for entry, article_id in zip(entries, ids, strict=True):
        entry.article_id = article_id
        separated = session.get_one(Article, article_id)
        if separated.seen_at == now:  # it is new
            separated.seen_at = separated.visible_from = entry.seen_at
            separated.not_before = article.not_before
    return len(set(ids))


def _form(entry: Entry) -> tuple[object, ...]:
    """Returns the values of an entry that readers see; entries that are equal in them are not separated."""
    return entry.digest, entry.title, entry.image, [enclosure["url"] for enclosure in entry.enclosures]


def _pointer(article: Article, entry: Entry) -> ArticlePointer:
    return ArticlePointer(
        uid=entry.uid,
        title_key=entry.title_key or "",
        url=entry.url,
        anchor=entry.anchor,
        host=article.host,
        published_at=entry.published_at,
        title=entry.title,
        entry_id=entry.id,
    )
