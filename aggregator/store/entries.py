"""Stores the entries of feeds, and the articles that they point to.

``change_detection`` decides which entries are new or changed; ``articles`` stores the text of an article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, insert, not_, select, update
from sqlmodel import Session, col

from aggregator.model.parsing import ChangedEntry, FreshEntry, KnownEntry, ParsedEntry, UnchangedEntry
from aggregator.store.article_aliases import delete_aliases
from aggregator.store.articles import reset_texts
from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches, insert_missing
from aggregator.store.host_claims import SourceFeed
from aggregator.store.hosts import add_missing_hosts
from aggregator.store.tables import Article, ArticleState, Entry, Feed, sql_table
from aggregator.stored_keys import without_scheme

_MOST_UNDER_LINKS = 5_000
"""The most stored entries read for a few hundred links; some feeds link every entry to their front page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """An entry to store, with its trusted date, the host of its page, and the rule that drops it."""

    incoming: FreshEntry
    published_at: datetime
    page_host: str | None
    dropped_by: str | None


def known_entries(
    session: Session, feed_id: int, items: Sequence[FreshEntry | UnchangedEntry]
) -> tuple[Mapping[str, KnownEntry], Mapping[str, Sequence[KnownEntry]]]:
    """Returns the stored entries that items of a document may be.

    By uid, and by link without scheme for items whose uid is not stored; newest first.
    """
    uids = {bounded_key(item.uid): item.uid for item in items}
    by_uid: dict[str, KnownEntry] = {}
    columns = select(col(Entry.id), col(Entry.uid), col(Entry.url_key), col(Entry.digest))
    of_feed = columns.where(col(Entry.feed_id) == feed_id)
    for some in in_batches(uids):
        for entry_id, uid, _, digest in session.execute(of_feed.where(col(Entry.uid).in_(some))):
            by_uid[uids[uid]] = KnownEntry(entry_id=entry_id, digest=digest)
    links = {without_scheme(item.url) for item in items if item.url and item.uid not in by_uid}
    keys = {bounded_key(f"{scheme}:{link}"): link for link in links for scheme in ("https", "http")}
    by_link: defaultdict[str, list[KnownEntry]] = defaultdict(list)
    for some in in_batches(keys):
        newest = of_feed.where(col(Entry.url_key).in_(some)).order_by(col(Entry.id).desc()).limit(_MOST_UNDER_LINKS)
        for entry_id, _, url_key, digest in session.execute(newest):
            by_link[keys[url_key]].append(KnownEntry(entry_id=entry_id, digest=digest))
    return by_uid, by_link


def add_entries(session: Session, origin: SourceFeed, accepted: Sequence[NewEntry], *, now: datetime) -> frozenset[str]:
    """Stores new entries, and for each that is not dropped the article that it points to.

    An article that only private feeds carried is read again when the first public feed carries it. Returns the
    hosts on which pages may be due now. A document of thousands of entries takes a few statements.
    """
    add_missing_hosts(session, {entry.page_host or origin.feed_host for entry in accepted}, now=now)
    used = [entry for entry in accepted if entry.dropped_by is None]
    article_ids = _articles_for(session, origin, [_pointer(origin, entry) for entry in used], now)
    rows = [
        {
            **_document_columns(entry.incoming),
            "feed_id": origin.feed_id,
            "article_id": None if entry.dropped_by else article_ids[_pointer(origin, entry).key],
            "uid": bounded_key(entry.incoming.entry.uid),
            "published_at": entry.published_at,
            "seen_at": now,
            "changed_at": None,
            "dropped_by": entry.dropped_by,
        }
        for entry in accepted
    ]
    if rows:
        session.flush()
        session.connection().execute(insert(sql_table(Entry)), rows)
    return frozenset(entry.page_host or origin.feed_host for entry in used)


def update_entries(
    session: Session,
    origin: SourceFeed,
    changed: Sequence[ChangedEntry],
    *,
    host_of: Callable[[str], str],
    dropped_by: Callable[[ParsedEntry], str | None],
    now: datetime,
) -> frozenset[str]:
    """Stores changed entries, and lets their articles be read again, at the new URL if it changed.

    ``host_of`` returns the host of a URL, ``dropped_by`` the rule that drops an entry now. Returns the hosts of
    the pages.
    """
    hosts: set[str] = set()
    for change in changed:
        row = session.get_one(Entry, change.entry_id)
        row.uid = bounded_key(change.incoming.entry.uid)
        for name, value in _document_columns(change.incoming).items():
            setattr(row, name, value)
        row.changed_at = now
        hosts |= set_dropped_by(session, origin, row, dropped_by(change.incoming.entry), host_of=host_of, now=now)
        if row.article_id is not None:
            article = session.get_one(Article, row.article_id)
            if row.url is not None and row.url_key is not None and _may_move(session, article, row):
                host = host_of(row.url)
                add_missing_hosts(session, {host}, now=now)
                article.key, article.url, article.host = row.url_key, row.url, host
                delete_aliases(session, row.article_id)
            article.state, article.attempts, article.next_attempt_at = ArticleState.WAITING, 0, now
            article.reading = article.revisit_at = None
            article.wants_page = origin.wants_page and article.url is not None
            hosts.add(article.host)
    session.flush()
    return frozenset(hosts)


def set_dropped_by(
    session: Session,
    origin: SourceFeed,
    entry: Entry,
    dropped_by: str | None,
    *,
    host_of: Callable[[str], str],
    now: datetime,
) -> frozenset[str]:
    """Stores which rule drops an entry, or that none does; returns the host of a page that may be due now.

    A dropped entry keeps the article that it had, so that its story is the same if the rule is removed.
    """
    entry.dropped_by = dropped_by
    if dropped_by is not None or entry.article_id is not None:
        return frozenset()
    pointer = _Pointer(
        key=_article_key(origin, entry),
        url=entry.url,
        host=host_of(entry.url) if entry.url else origin.feed_host,
        published_at=entry.published_at,
        title=entry.title,
    )
    add_missing_hosts(session, {pointer.host}, now=now)
    entry.article_id = _articles_for(session, origin, [pointer], now)[pointer.key]
    return frozenset({pointer.host})


def _may_move(session: Session, article: Article, entry: Entry) -> bool:
    """True if an article may take the entry's URL: no other entry has the article, and no other article the URL.

    Entries that exchange their URLs keep their articles; their texts are compared when they are read.
    """
    if article.key == entry.url_key:
        return False
    other_entry = select(col(Entry.id)).where(col(Entry.article_id) == article.id, col(Entry.id) != entry.id).limit(1)
    other_article = select(col(Article.id)).where(
        col(Article.outlet) == article.outlet, col(Article.key) == entry.url_key
    )
    return session.scalar(other_entry) is None and session.scalar(other_article) is None


def _document_columns(incoming: FreshEntry) -> dict[str, Any]:
    """The columns of an entry that come from a document."""
    entry = incoming.entry
    return {
        "digest": incoming.digest,
        "url": entry.url,
        "url_key": bounded_key(entry.url) if entry.url else None,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "language": entry.language,
        "image": entry.image,
        "source": entry.source,
        "comments_url": entry.comments_url,
        "enclosures": [asdict(enclosure) for enclosure in entry.enclosures],
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pointer:
    """The values of an article that its entry provides."""

    key: str
    url: str | None
    host: str
    published_at: datetime
    title: str


def _article_key(origin: SourceFeed, entry: Entry | ParsedEntry) -> str:
    return bounded_key(entry.url or f"{origin.feed_name}:{entry.uid}")


def _pointer(origin: SourceFeed, accepted: NewEntry) -> _Pointer:
    entry = accepted.incoming.entry
    return _Pointer(
        key=_article_key(origin, entry),
        url=entry.url,
        host=accepted.page_host or origin.feed_host,
        published_at=accepted.published_at,
        title=entry.title,
    )


def _articles_for(
    session: Session, origin: SourceFeed, pointers: Sequence[_Pointer], now: datetime
) -> Mapping[str, int]:
    """Returns the articles that entries point to, by key; adds those that no entry of the outlet pointed to before."""
    if not pointers:
        return {}
    rows = {
        pointer.key: {
            **_NEW_ARTICLE,
            "outlet": origin.outlet,
            "key": pointer.key,
            "url": pointer.url,
            "host": pointer.host,
            "priority": origin.priority,
            "wants_page": origin.wants_page and pointer.url is not None,
            "next_attempt_at": now,
            "seen_at": now,
            "published_at": pointer.published_at,
            "not_before": origin.read_at,
            "title": pointer.title,
        }
        for pointer in reversed(pointers)
    }
    insert_missing(session, Article, list(rows.values())[::-1])
    article_ids: dict[str, int] = {}
    is_private = session.scalar(select(col(Feed.private)).where(col(Feed.id) == origin.feed_id))
    for keys in in_batches(rows):
        of_outlet = and_(col(Article.outlet) == origin.outlet, col(Article.key).in_(keys))
        article_ids.update(session.execute(select(col(Article.key), col(Article.id)).where(of_outlet)).all())
        lower_priority = and_(of_outlet, col(Article.priority) < origin.priority)
        session.execute(update(sql_table(Article)).where(lower_priority).values(priority=origin.priority))
        if not is_private:
            newly_public = and_(of_outlet, _carried_by_feed(), not_(_carried_by_feed(col(Feed.private).is_(False))))
            wants_page = col(Article.url).is_not(None) if origin.wants_page else False
            reset_texts(session, newly_public, now=now, wants_page=wants_page)
    return article_ids


def _carried_by_feed(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that an entry of a feed that meets all these conditions points to the article."""
    entries = select(col(Entry.id)).join(Feed, col(Feed.id) == col(Entry.feed_id))
    return exists(entries.where(col(Entry.article_id) == col(Article.id), *conditions).correlate(sql_table(Article)))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEW_ARTICLE = Article(
    outlet="", key="", host="", next_attempt_at=_EPOCH, seen_at=_EPOCH, published_at=_EPOCH
).model_dump(exclude={"id"})
"""The columns of a new article."""
