"""Which entries of a feed are stored, and how are new ones stored with their articles?

What is new and what changed was decided by ``intake``; the text behind an entry is ``articles``'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, insert, not_, select, update
from sqlmodel import Session, col

from aggregator.model.parsing import AsStored, Changed, Incoming, KnownEntry, ParsedEntry
from aggregator.store.article_aliases import forget_keys
from aggregator.store.articles import forget_text
from aggregator.store.column_types import bounded_key
from aggregator.store.database import add_missing, batched
from aggregator.store.host_claims import EntryOrigin
from aggregator.store.hosts import ensure_hosts
from aggregator.store.tables import Article, ArticleState, Entry, Feed, table_of
from aggregator.stored_keys import without_scheme

_MOST_UNDER_LINKS = 5_000
"""Stored entries that are looked at for a few hundred links; some feeds link every entry to their front page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """An entry to store: when it is believed to be from, and what keeps it out of stories."""

    incoming: Incoming
    published_at: datetime
    page_host: str | None
    dropped_by: str | None


def known_entries(
    session: Session, feed_id: int, items: Sequence[Incoming | AsStored]
) -> tuple[Mapping[str, KnownEntry], Mapping[str, Sequence[KnownEntry]]]:
    """The stored entries these may be: by uid, and for those whose uid is unknown by link, newest first."""
    uids = {bounded_key(item.uid): item.uid for item in items}
    by_uid: dict[str, KnownEntry] = {}
    columns = select(col(Entry.id), col(Entry.uid), col(Entry.url_key), col(Entry.digest))
    of_feed = columns.where(col(Entry.feed_id) == feed_id)
    for some in batched(uids):
        for entry_id, uid, _, digest in session.execute(of_feed.where(col(Entry.uid).in_(some))):
            by_uid[uids[uid]] = KnownEntry(entry_id=entry_id, digest=digest)
    links = {without_scheme(item.url) for item in items if item.url and item.uid not in by_uid}
    keys = {bounded_key(f"{scheme}:{link}"): link for link in links for scheme in ("https", "http")}
    by_link: defaultdict[str, list[KnownEntry]] = defaultdict(list)
    for some in batched(keys):
        newest = of_feed.where(col(Entry.url_key).in_(some)).order_by(col(Entry.id).desc()).limit(_MOST_UNDER_LINKS)
        for entry_id, _, url_key, digest in session.execute(newest):
            by_link[keys[url_key]].append(KnownEntry(entry_id=entry_id, digest=digest))
    return by_uid, by_link


def add_entries(
    session: Session, origin: EntryOrigin, accepted: Sequence[Accepted], *, now: datetime
) -> frozenset[str]:
    """Store new entries, and for each that is not dropped the article it points to.

    An article that only private feeds carried is read again when the first public one carries it.
    Gives the hosts of which pages may be due now. A document of thousands of entries takes a
    handful of statements.
    """
    ensure_hosts(session, {entry.page_host or origin.feed_host for entry in accepted}, now=now)
    used = [entry for entry in accepted if entry.dropped_by is None]
    article_ids = _articles_for(session, origin, [_pointer(origin, entry) for entry in used], now)
    rows = [
        {
            **_filled(entry.incoming),
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
        session.connection().execute(insert(table_of(Entry)), rows)
    return frozenset(entry.page_host or origin.feed_host for entry in used)


def change_entries(
    session: Session,
    origin: EntryOrigin,
    changed: Sequence[Changed],
    *,
    host_of: Callable[[str], str],
    dropped_by: Callable[[ParsedEntry], str | None],
    now: datetime,
) -> frozenset[str]:
    """Store what changed in entries; their articles are to be read again, at their new address if they have one.

    ``host_of`` says which host an address is asked of, ``dropped_by`` what keeps an entry out by now. Gives
    the hosts of the pages.
    """
    hosts: set[str] = set()
    for change in changed:
        row = session.get_one(Entry, change.entry_id)
        row.uid = bounded_key(change.incoming.entry.uid)
        for name, value in _filled(change.incoming).items():
            setattr(row, name, value)
        row.changed_at = now
        hosts |= rule_entry(session, origin, row, dropped_by(change.incoming.entry), host_of=host_of, now=now)
        if row.article_id is not None:
            article = session.get_one(Article, row.article_id)
            if row.url is not None and row.url_key is not None and _may_move(session, article, row):
                host = host_of(row.url)
                ensure_hosts(session, {host}, now=now)
                article.key, article.url, article.host = row.url_key, row.url, host
                forget_keys(session, row.article_id)
            article.state, article.attempts, article.next_attempt_at = ArticleState.WAITING, 0, now
            article.reading = article.revisit_at = None
            article.wants_page = origin.wants_page and article.url is not None
            hosts.add(article.host)
    session.flush()
    return frozenset(hosts)


def rule_entry(
    session: Session,
    origin: EntryOrigin,
    entry: Entry,
    dropped_by: str | None,
    *,
    host_of: Callable[[str], str],
    now: datetime,
) -> frozenset[str]:
    """Keep an entry out of every story by the rule named, or let it in; gives the host of a page that may be due now.

    One that was in before keeps its article, so that its stories are what they were when it comes back.
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
    ensure_hosts(session, {pointer.host}, now=now)
    entry.article_id = _articles_for(session, origin, [pointer], now)[pointer.key]
    return frozenset({pointer.host})


def _may_move(session: Session, article: Article, entry: Entry) -> bool:
    """Whether an article is now at the entry's address: it is the entry's alone, and no other article is there.

    Entries that exchange their addresses keep their articles; which text is whose, the texts say.
    """
    if article.key == entry.url_key:
        return False
    others = select(col(Entry.id)).where(col(Entry.article_id) == article.id, col(Entry.id) != entry.id).limit(1)
    there = select(col(Article.id)).where(col(Article.outlet) == article.outlet, col(Article.key) == entry.url_key)
    return session.scalar(others) is None and session.scalar(there) is None


def _filled(incoming: Incoming) -> dict[str, Any]:
    """The columns of an entry that a document fills."""
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
    """What an entry says of the article it points to."""

    key: str
    url: str | None
    host: str
    published_at: datetime
    title: str


def _article_key(origin: EntryOrigin, entry: Entry | ParsedEntry) -> str:
    return bounded_key(entry.url or f"{origin.feed_name}:{entry.uid}")


def _pointer(origin: EntryOrigin, accepted: Accepted) -> _Pointer:
    entry = accepted.incoming.entry
    return _Pointer(
        key=_article_key(origin, entry),
        url=entry.url,
        host=accepted.page_host or origin.feed_host,
        published_at=accepted.published_at,
        title=entry.title,
    )


def _articles_for(
    session: Session, origin: EntryOrigin, pointers: Sequence[_Pointer], now: datetime
) -> Mapping[str, int]:
    """The articles entries point to, by key; made when no entry of the outlet pointed there before."""
    if not pointers:
        return {}
    rows = {
        pointer.key: {
            **_BLANK,
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
    add_missing(session, Article, list(rows.values())[::-1])
    found: dict[str, int] = {}
    is_private = session.scalar(select(col(Feed.private)).where(col(Feed.id) == origin.feed_id))
    for keys in batched(rows):
        of_outlet = and_(col(Article.outlet) == origin.outlet, col(Article.key).in_(keys))
        found.update(session.execute(select(col(Article.key), col(Article.id)).where(of_outlet)).all())
        lower = and_(of_outlet, col(Article.priority) < origin.priority)
        session.execute(update(table_of(Article)).where(lower).values(priority=origin.priority))
        if not is_private:
            opened = and_(of_outlet, _is_carried(), not_(_is_carried(col(Feed.private).is_(False))))
            wants_page = col(Article.url).is_not(None) if origin.wants_page else False
            forget_text(session, opened, now=now, wants_page=wants_page)
    return found


def _is_carried(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a feed, one of which all this is true, has an entry of the article asked about."""
    entries = select(col(Entry.id)).join(Feed, col(Feed.id) == col(Entry.feed_id))
    return exists(entries.where(col(Entry.article_id) == col(Article.id), *by).correlate(table_of(Article)))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK = Article(outlet="", key="", host="", next_attempt_at=_EPOCH, seen_at=_EPOCH, published_at=_EPOCH).model_dump(
    exclude={"id"}
)
"""What an article holds before anything is known of it."""
