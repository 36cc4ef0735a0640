"""Which entries of a feed are stored, and how are new ones stored with their articles?

What is new and what changed was decided by ``intake``; the text behind an entry is ``articles``'.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.intake import Changed, Incoming, KnownEntry
from aggregator.model import ParsedEntry
from aggregator.store.claims import ensure_hosts
from aggregator.store.database import add_missing
from aggregator.store.tables import Article, ArticleState, Entry, row_id
from aggregator.store.types import LONGEST_KEY


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryOrigin:
    """The feed that gave the entries."""

    feed_id: int
    feed_name: str
    feed_host: str
    outlet: str
    priority: int
    wants_page: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """An entry to store: when it is believed to be from, and what keeps it out of stories."""

    incoming: Incoming
    published_at: datetime
    page_host: str | None
    dropped_by: str | None


def bounded_key(text: str) -> str:
    """A text as a unique key: itself, or its digest where it is too long for an index."""
    if len(text) <= LONGEST_KEY:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def known_entries(
    session: Session, feed_id: int, entries: Sequence[ParsedEntry]
) -> tuple[Mapping[str, KnownEntry], Mapping[str, KnownEntry]]:
    """The stored entries these may be, by the uid and by the link of the parsed ones."""
    uids = {bounded_key(entry.uid): entry.uid for entry in entries}
    urls = {bounded_key(entry.url): entry.url for entry in entries if entry.url}
    by_uid, by_url = {}, {}
    columns = select(col(Entry.id), col(Entry.uid), col(Entry.url_key), col(Entry.digest))
    of_feed = columns.where(col(Entry.feed_id) == feed_id)
    for entry_id, uid, _, digest in session.execute(of_feed.where(col(Entry.uid).in_(uids))):
        by_uid[uids[uid]] = KnownEntry(entry_id=entry_id, uid=uids[uid], digest=digest)
    for entry_id, uid, url_key, digest in session.execute(of_feed.where(col(Entry.url_key).in_(urls))):
        known = KnownEntry(entry_id=entry_id, uid=uids.get(uid, uid), digest=digest)
        by_url[urls[url_key]] = known
    return by_uid, by_url


def add_entries(session: Session, origin: EntryOrigin, accepted: Sequence[Accepted], *, now: datetime) -> None:
    """Store new entries, and for each that is not dropped the article it points to."""
    ensure_hosts(session, {entry.page_host or origin.feed_host for entry in accepted}, now=now)
    for entry in accepted:
        row = Entry(
            feed_id=origin.feed_id,
            uid=bounded_key(entry.incoming.entry.uid),
            published_at=entry.published_at,
            seen_at=now,
        )
        _fill(row, entry.incoming)
        row.dropped_by = entry.dropped_by
        if entry.dropped_by is None:
            row.article_id = _article_for(session, origin, entry, now)
        session.add(row)
    session.flush()


def change_entries(session: Session, origin: EntryOrigin, changed: Sequence[Changed], *, now: datetime) -> None:
    """Store what changed in entries; their articles are to be read again."""
    for change in changed:
        row = session.get_one(Entry, change.entry_id)
        row.uid = bounded_key(change.incoming.entry.uid)
        _fill(row, change.incoming)
        row.changed_at = now
        if row.article_id is not None:
            article = session.get_one(Article, row.article_id)
            article.state, article.attempts, article.next_attempt_at = ArticleState.WAITING, 0, now
            article.wants_page = origin.wants_page and article.url is not None
    session.flush()


def _fill(row: Entry, incoming: Incoming) -> None:
    entry = incoming.entry
    row.digest = incoming.digest
    row.url, row.url_key = entry.url, bounded_key(entry.url) if entry.url else None
    row.title, row.summary, row.content = entry.title, entry.summary, entry.content
    row.authors, row.categories = list(entry.authors), list(entry.categories)
    row.language, row.image, row.source = entry.language, entry.image, entry.source
    row.enclosures = [asdict(enclosure) for enclosure in entry.enclosures]


def _article_for(session: Session, origin: EntryOrigin, accepted: Accepted, now: datetime) -> int:
    """The article an entry points to, made when no entry of the outlet pointed there before."""
    entry = accepted.incoming.entry
    key = bounded_key(entry.url or f"{origin.feed_name}:{entry.uid}")
    row = Article(
        outlet=origin.outlet,
        key=key,
        url=entry.url,
        host=accepted.page_host or origin.feed_host,
        priority=origin.priority,
        wants_page=origin.wants_page and entry.url is not None,
        next_attempt_at=now,
        seen_at=now,
        published_at=accepted.published_at,
        title=entry.title,
    )
    add_missing(session, Article, [row.model_dump(exclude={"id"})])
    known = select(Article).where(col(Article.outlet) == origin.outlet, col(Article.key) == key)
    article = session.scalars(known).one()
    article.priority = max(article.priority, origin.priority)
    return row_id(article.id)
