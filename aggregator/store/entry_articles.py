"""Stores the articles that entries point to.

An article is the text behind a link of one outlet. Entries of several feeds of the outlet that have the link point to
one article. A link that different entries of one feed have (``shared_links``) is the text of none of them: each has an
article of its own, whose key names the entry and whose text is that of the feed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, select, update
from sqlmodel import Session, col

from aggregator.model.extraction import TextSource
from aggregator.store.article_aliases import delete_aliases
from aggregator.store.articles import reset_texts
from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches, insert_missing
from aggregator.store.host_claims import SourceFeed
from aggregator.store.hosts import add_missing_hosts
from aggregator.store.shared_links import known_shared_links
from aggregator.store.tables import Article, ArticleState, Entry, Feed, row_id, sql_table
from aggregator.stored_keys import link_key


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticlePointer:
    """The values of an article that its entry provides; ``entry_id`` is None for an entry that is not stored yet."""

    uid: str
    title_key: str
    url: str | None
    anchor: str
    host: str
    published_at: datetime
    title: str
    entry_id: int | None = None

    @property
    def link(self) -> str | None:
        """The key of the link."""
        return bounded_key(link_key(self.url)) if self.url else None


def articles_for(
    session: Session, origin: SourceFeed, pointers: Sequence[ArticlePointer], now: datetime
) -> tuple[int, ...]:
    """Returns the id of the article of each entry; adds those that no entry of the outlet pointed to before.

    Each entry of the feed gets an article of its own. Entries of other feeds of the outlet that have the link, and
    for a shared link also the uid and the title, have the same article.
    """
    if not pointers:
        return ()
    links = {pointer.link for pointer in pointers if pointer.link}
    shared = known_shared_links(session, origin.outlet, links)
    used = _links_in_feed(session, origin.feed_id, links, but={pointer.entry_id for pointer in pointers})
    rows: dict[str, dict[str, Any]] = {}
    keys: list[str] = []
    for pointer in reversed(pointers):
        is_first = pointer.link not in used
        used |= {pointer.link} if pointer.link else set()
        is_shared = pointer.link in shared
        key = _link_article_key(pointer) if is_first and not is_shared else None
        key = key or own_article_key(pointer, feed=origin.feed_name)
        keys.append(key)
        rows[key] = _new_row(origin, pointer, key, shares_link=is_shared, now=now)
    insert_missing(session, Article, list(rows.values())[::-1])
    article_ids: dict[str, int] = {}
    is_private = session.scalar(select(col(Feed.private)).where(col(Feed.id) == origin.feed_id))
    for some in in_batches(rows):
        of_outlet = and_(col(Article.outlet) == origin.outlet, col(Article.key).in_(some))
        article_ids.update(session.execute(select(col(Article.key), col(Article.id)).where(of_outlet)).all())
        lower_priority = and_(of_outlet, col(Article.priority) < origin.priority)
        session.execute(update(sql_table(Article)).where(lower_priority).values(priority=origin.priority))
        if not is_private:
            newly_public = and_(of_outlet, _carried_by_feed(), not_(_carried_by_feed(col(Feed.private).is_(False))))
            has_page = and_(col(Article.url).is_not(None), col(Article.shares_link).is_(False))
            reset_texts(session, newly_public, now=now, wants_page=has_page if origin.wants_page else False)
    return tuple(article_ids[key] for key in reversed(keys))


def own_article_key(entry: ArticlePointer | Entry, *, feed: str) -> str:
    """Returns the key of an article that one entry alone names, by its link, uid and title."""
    if not entry.url:
        return bounded_key(f"{feed}:{entry.uid}")
    return bounded_key(f"{entry.url} {entry.uid} {entry.title_key or ''}")


def link_with_anchor(entry: ArticlePointer | Entry) -> str | None:
    """Returns the link of an entry to the part of a page that is the entry."""
    return f"{entry.url}#{entry.anchor}" if entry.url and entry.anchor else entry.url


def reread_article(
    session: Session, origin: SourceFeed, entry: Entry, *, host_of: Callable[[str], str], now: datetime
) -> str:
    """Lets the article of a changed entry be read again, at its URL if that changed; returns the host."""
    article = session.get_one(Article, entry.article_id)
    _move(session, article, entry, host_of=host_of, now=now)
    article.state, article.attempts, article.next_attempt_at = ArticleState.WAITING, 0, now
    article.reading = article.revisit_at = None
    article.wants_page = origin.wants_page and article.url is not None and not article.shares_link
    article.silent = False
    return article.host


def correct_article(
    session: Session,
    origin: SourceFeed,
    entry: Entry,
    *,
    before: Mapping[str, Any],
    relinked: bool,
    host_of: Callable[[str], str],
    now: datetime,
) -> frozenset[str]:
    """Takes a correction of an entry over into its article; returns the host of a page to read.

    ``before`` are the values of the entry before. Authors, language and picture are those of the entry, as far as the
    article had them from it. HTML from the feed is made again, silently. A link to another page lets that be read.
    """
    article = session.get_one(Article, entry.article_id)
    for name in ("authors", "language", "image"):
        value, old = getattr(entry, name), before[name]
        if value != old and (value or getattr(article, name) == old):
            setattr(article, name, value)
    _move(session, article, entry, host_of=host_of, now=now)
    if article.state == ArticleState.WAITING:
        return frozenset()
    if relinked and not article.shares_link:
        host = reread_article(session, origin, entry, host_of=host_of, now=now)
        article.silent = True
        return frozenset({host})
    if article.text_source != TextSource.PAGE:
        _reread_from_feed(article, now=now)
    return frozenset()


def use_feed_text(session: Session, article: Article, entry: Entry, *, feed: str, now: datetime) -> None:
    """Makes the article of an entry whose link is shared one of its own, with the text of the feed.

    A text that was taken from the page is replaced silently: the publisher changed nothing.
    """
    key = own_article_key(entry, feed=feed)
    if _is_free(session, article, key):
        article.key = key
    article.url, article.shares_link = link_with_anchor(entry), True
    article.reading = article.revisit_at = article.canonical_url = None
    delete_aliases(session, row_id(article.id))
    if article.state != ArticleState.WAITING or article.wants_page:
        _reread_from_feed(article, now=now)


def _reread_from_feed(article: Article, *, now: datetime) -> None:
    article.state, article.attempts, article.next_attempt_at = ArticleState.WAITING, 0, now
    article.wants_page, article.silent = False, article.text_at is not None


def _new_row(
    origin: SourceFeed, pointer: ArticlePointer, key: str, *, shares_link: bool, now: datetime
) -> dict[str, Any]:
    return {
        **_NEW_ARTICLE,
        "outlet": origin.outlet,
        "key": key,
        "url": link_with_anchor(pointer) if shares_link else pointer.url,
        "host": pointer.host,
        "priority": origin.priority,
        "wants_page": origin.wants_page and pointer.url is not None and not shares_link,
        "shares_link": shares_link,
        "next_attempt_at": now,
        "seen_at": now,
        "published_at": pointer.published_at,
        "not_before": origin.read_at,
        "title": pointer.title,
    }


def _link_article_key(pointer: ArticlePointer) -> str | None:
    return bounded_key(pointer.url) if pointer.url else None


def _links_in_feed(session: Session, feed_id: int, links: set[str], *, but: set[int | None]) -> set[str | None]:
    """Those links that entries of a feed have which are not being stored."""
    found: set[str | None] = set()
    for some in in_batches(links):
        query = select(col(Entry.link_key), col(Entry.id)).where(
            col(Entry.feed_id) == feed_id, col(Entry.link_key).in_(some), col(Entry.article_id).is_not(None)
        )
        found.update(link for link, entry_id in session.execute(query) if entry_id not in but)
    return found


def _move(session: Session, article: Article, entry: Entry, *, host_of: Callable[[str], str], now: datetime) -> None:
    """Gives an article the URL of its entry, if no other entry has the article and no other article the URL.

    Entries that exchange their URLs keep their articles; their texts are compared when they are read.
    """
    if entry.url is None or entry.url_key is None:
        return
    if article.shares_link:
        article.url = link_with_anchor(entry)
        return
    if entry.url_key == article.key or not _is_free(session, article, entry.url_key):
        return
    others = select(col(Entry.id)).where(col(Entry.article_id) == article.id, col(Entry.id) != entry.id).limit(1)
    if session.scalar(others) is not None:
        return
    host = host_of(entry.url)
    add_missing_hosts(session, {host}, now=now)
    if link_key(article.url or "") != link_key(entry.url):
        delete_aliases(session, row_id(article.id))
    article.key, article.url, article.host = entry.url_key, entry.url, host


def _is_free(session: Session, article: Article, key: str) -> bool:
    other = select(col(Article.id)).where(col(Article.outlet) == article.outlet, col(Article.key) == key)
    return session.scalar(other.where(col(Article.id) != article.id)) is None


def _carried_by_feed(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that an entry of a feed that meets all these conditions points to the article."""
    entries = select(col(Entry.id)).join(Feed, col(Feed.id) == col(Entry.feed_id))
    return exists(entries.where(col(Entry.article_id) == col(Article.id), *conditions).correlate(sql_table(Article)))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEW_ARTICLE = Article(
    outlet="", key="", host="", next_attempt_at=_EPOCH, seen_at=_EPOCH, published_at=_EPOCH
).model_dump(exclude={"id"})
"""The columns of a new article."""
