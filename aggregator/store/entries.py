"""Stores the entries of feeds.

``change_detection`` decides which entries are new, changed or corrected; ``entry_articles`` stores the articles that
entries point to, ``articles`` the text of an article.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from aggregator.model.parsing import (
    ChangedEntry,
    DocumentEntry,
    EntryKeys,
    FreshEntry,
    ParsedEntry,
    RenamedEntry,
)
from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches
from aggregator.store.entry_articles import (
    ArticlePointer,
    articles_for,
    correct_article,
    reread_article,
)
from aggregator.store.host_claims import SourceFeed
from aggregator.store.hosts import add_missing_hosts
from aggregator.store.tables import Entry, sql_table
from aggregator.stored_keys import link_key, text_key

_DETAILS = frozenset({
    "url", "url_key", "anchor", "summary", "content", "authors", "categories", "language", "image", "source",
    "comments_url", "enclosures",
})  # fmt: skip
"""The columns of an entry that a correction may change and that readers see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """An entry to store, with its trusted date, the host of its page, and the rule that drops it."""

    incoming: FreshEntry
    published_at: datetime
    page_host: str | None
    dropped_by: str | None
    reason: str = ""


def add_entries(session: Session, origin: SourceFeed, accepted: Sequence[NewEntry], *, now: datetime) -> frozenset[str]:
    """Stores new entries, and for each that is not dropped the article that it points to.

    An entry gets its uid, or that with its link and digest if another entry has it, whose id was used again. An
    article that only private feeds carried is read again when the first public feed carries it. Returns the
    hosts on which pages may be due now. A document of thousands of entries takes a few statements.
    """
    add_missing_hosts(session, {entry.page_host or origin.feed_host for entry in accepted}, now=now)
    uids = _free_uids(session, origin.feed_id, [entry.incoming for entry in accepted])
    used = {
        number: _pointer(origin, entry, uids[number]) for number, entry in enumerate(accepted) if not entry.dropped_by
    }
    article_ids = dict(zip(used, articles_for(session, origin, list(used.values()), now), strict=True))
    rows = [
        {
            **_document_columns(entry.incoming),
            "feed_id": origin.feed_id,
            "article_id": article_ids.get(number),
            "uid": uids[number],
            "published_at": entry.published_at,
            "seen_at": now,
            "changed_at": None,
            "dropped_by": entry.dropped_by,
            "identity_reason": entry.reason,
        }
        for number, entry in enumerate(accepted)
    ]
    if rows:
        session.flush()
        session.connection().execute(insert(sql_table(Entry)), rows)
    return frozenset(entry.page_host or origin.feed_host for entry in accepted if not entry.dropped_by)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryContext:
    """Values that storing a changed entry needs besides the entry.

    ``host_of`` returns the host of a URL, ``dropped_by`` the rule that drops an entry now.
    """

    origin: SourceFeed
    host_of: Callable[[str], str]
    dropped_by: Callable[[ParsedEntry], str | None]
    now: datetime


def update_entries(session: Session, context: EntryContext, changed: Sequence[ChangedEntry]) -> frozenset[str]:
    """Stores changed entries, and lets their articles be read again, at the new URL if it changed.

    Returns the hosts of the pages.
    """
    hosts: set[str] = set()
    for change in changed:
        row = session.get_one(Entry, change.entry_id)
        _take_id(session, row, change.incoming, change.reason)
        for name, value in _document_columns(change.incoming).items():
            setattr(row, name, value)
        row.changed_at = context.now
        hosts |= _drop_or_restore(session, context, row, change.incoming.entry)
        if row.article_id is not None:
            hosts.add(reread_article(session, context.origin, row, host_of=context.host_of, now=context.now))
    session.flush()
    return frozenset(hosts)


def correct_entries(
    session: Session, context: EntryContext, corrected: Sequence[ChangedEntry]
) -> tuple[int, frozenset[str]]:
    """Stores corrections of anything but words; returns how many differ for readers, and the hosts of pages to read.

    Markup that sanitises to the stored HTML is no correction, only its digest is stored. A link to another page
    lets that page be read. The age of an entry, after which it expires, does not begin again.
    """
    count, hosts = 0, set[str]()
    for change in corrected:
        row = session.get_one(Entry, change.entry_id)
        before = {name: getattr(row, name) for name in _DETAILS}
        _take_id(session, row, change.incoming, change.reason)
        columns = _document_columns(change.incoming)
        for name, value in columns.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        if all(before[name] == columns[name] for name in _DETAILS):
            continue
        count += 1
        hosts |= _drop_or_restore(session, context, row, change.incoming.entry)
        if row.article_id is not None:
            hosts |= correct_article(
                session,
                context.origin,
                row,
                before=before,
                relinked=change.relinked,
                host_of=context.host_of,
                now=context.now,
            )
    session.flush()
    return count, frozenset(hosts)


def rename_entries(session: Session, renamed: Iterable[RenamedEntry]) -> None:
    """Stores that unchanged entries have another id now.

    Only once for an entry, so that ids that change at every poll are not written at every poll.
    """
    for rename in renamed:
        _take_id(session, session.get_one(Entry, rename.entry_id), rename.item, rename.reason)
    session.flush()


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
    if entry.dropped_by != dropped_by:
        entry.dropped_by = dropped_by
    if dropped_by is not None or entry.article_id is not None:
        return frozenset()
    pointer = ArticlePointer(
        uid=entry.uid,
        title_key=entry.title_key or "",
        url=entry.url,
        anchor=entry.anchor,
        host=host_of(entry.url) if entry.url else origin.feed_host,
        published_at=entry.published_at,
        title=entry.title,
        entry_id=entry.id,
    )
    add_missing_hosts(session, {pointer.host}, now=now)
    (entry.article_id,) = articles_for(session, origin, [pointer], now)
    return frozenset({pointer.host})


def _drop_or_restore(session: Session, context: EntryContext, row: Entry, entry: ParsedEntry) -> frozenset[str]:
    return set_dropped_by(
        session, context.origin, row, context.dropped_by(entry), host_of=context.host_of, now=context.now
    )


def _take_id(session: Session, row: Entry, item: DocumentEntry, reason: str) -> None:
    """Gives a stored entry the id that it has now, unless another entry of the feed has that uid."""
    uid = bounded_key(item.uid)
    if row.uid == uid:
        return
    if row.guid != _guid_column(item.keys):
        row.identity_reason, row.guid = reason, _guid_column(item.keys)
    if not _taken_uids(session, row.feed_id, [uid]):
        row.uid = uid
        session.flush()


def _free_uids(session: Session, feed_id: int, items: Sequence[FreshEntry]) -> list[str]:
    """The uid of each new entry: its own, or that with its link, or with its digest, if others have it."""
    wanted = [
        (item.uid, f"{item.uid} {link_key(item.url) if item.url else ''}", f"{item.uid} {item.digest}")
        for item in items
    ]
    taken = _taken_uids(session, feed_id, {bounded_key(uid) for uid, _, _ in wanted})
    if taken:
        taken |= _taken_uids(session, feed_id, {bounded_key(uid) for uids in wanted for uid in uids})
    uids: list[str] = []
    for choices in wanted:
        free = next(uid for uid in _numbered(choices) if uid not in taken)
        uids.append(free)
        taken.add(free)
    return uids


def _numbered(choices: Sequence[str]) -> Iterable[str]:
    yield from map(bounded_key, choices)
    number = 1
    while True:
        number += 1
        yield bounded_key(f"{choices[-1]} {number}")


def _taken_uids(session: Session, feed_id: int, uids: Collection[str]) -> set[str]:
    taken: set[str] = set()
    for some in in_batches(uids):
        known = select(col(Entry.uid)).where(col(Entry.feed_id) == feed_id, col(Entry.uid).in_(some))
        taken.update(session.scalars(known))
    return taken


def _document_columns(incoming: FreshEntry) -> dict[str, Any]:
    """The columns of an entry that come from a document."""
    entry, keys = incoming.entry, incoming.keys
    return {
        "digest": incoming.digest,
        "url": entry.url,
        "url_key": bounded_key(entry.url) if entry.url else None,
        "anchor": entry.anchor,
        "guid": _guid_column(keys),
        "link_key": bounded_key(link_key(entry.url)) if entry.url else None,
        "title_key": keys.title or text_key(entry.title) or None,
        "text_key": keys.text or None,
        "media_key": keys.media or None,
        "details": keys.details or None,
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


def _guid_column(keys: EntryKeys) -> str | None:
    return bounded_key(keys.guid) if keys.guid else None


def _pointer(origin: SourceFeed, accepted: NewEntry, uid: str) -> ArticlePointer:
    entry = accepted.incoming.entry
    return ArticlePointer(
        uid=uid,
        title_key=accepted.incoming.keys.title or text_key(entry.title),
        url=entry.url,
        anchor=entry.anchor,
        host=accepted.page_host or origin.feed_host,
        published_at=accepted.published_at,
        title=entry.title,
    )
