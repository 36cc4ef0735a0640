"""Recognises the entries of a document that were deleted after they expired.

A tombstone is a 64-bit hash: of an entry's id with its link and with its title, because an id may be used again for
another article, and of its link with its content, because some feeds give every entry a new id. Tombstones of earlier
versions are hashes of the id alone. A tombstone is deleted a year after a document last contained the entry, but only
when another document of the feed is read: a feed that does not change for years keeps its tombstones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update
from sqlmodel import Session, col

from aggregator.model.parsing import DocumentEntry
from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches, insert_missing
from aggregator.store.tables import Entry, Tombstone, sql_table
from aggregator.stored_keys import signed_hash

_KEPT_FOR = timedelta(days=365)
_REFRESHED_AFTER = timedelta(days=30)
"""How old ``seen_at`` may get before it is updated, so that few rows are written."""


def add_tombstones(session: Session, entries: Iterable[Entry], *, now: datetime) -> None:
    """Adds tombstones of entries that are about to be deleted."""
    rows = [
        {"feed_id": entry.feed_id, "mark": entry_hash, "seen_at": now}
        for entry in entries
        for entry_hash in _entry_hashes(entry.uid, entry.url_key, entry.title_key, entry.digest)
    ]
    insert_missing(session, Tombstone, rows)


def drop_expired(
    session: Session,
    feed_id: int,
    items: Sequence[DocumentEntry],
    *,
    known: Collection[str],
    now: datetime,
) -> tuple[DocumentEntry, ...]:
    """Returns the entries of a document that have no tombstone; ``known`` are the uids of stored entries."""
    hashes = {
        item.uid: {signed_hash(f"uid {bounded_key(item.uid)}"), *_item_hashes(item)}
        for item in items
        if item.uid not in known
    }
    if not hashes:
        return tuple(items)
    buried = _with_tombstone(session, feed_id, {entry_hash for some in hashes.values() for entry_hash in some}, now=now)
    _delete_old(session, feed_id, now=now)
    return tuple(item for item in items if buried.isdisjoint(hashes.get(item.uid, ())))


def _with_tombstone(session: Session, feed_id: int, hashes: Collection[int], *, now: datetime) -> set[int]:
    """Those of these hashes that have a tombstone; stores that they were seen now."""
    found: set[int] = set()
    for some in in_batches(hashes):
        stored = and_(col(Tombstone.feed_id) == feed_id, col(Tombstone.mark).in_(some))
        found.update(session.scalars(select(col(Tombstone.mark)).where(stored)))
        stale = and_(stored, col(Tombstone.seen_at) < now - _REFRESHED_AFTER)
        session.execute(update(sql_table(Tombstone)).where(stale).values(seen_at=now))
    return found


def _delete_old(session: Session, feed_id: int, *, now: datetime) -> None:
    """Deletes the tombstones that no document of the feed, this one included, contained for a long time."""
    long_ago = and_(col(Tombstone.feed_id) == feed_id, col(Tombstone.seen_at) < now - _KEPT_FOR)
    session.execute(delete(sql_table(Tombstone)).where(long_ago))


def _item_hashes(item: DocumentEntry) -> tuple[int, ...]:
    url_key = bounded_key(item.url) if item.url else None
    return _entry_hashes(bounded_key(item.uid), url_key, item.keys.title or None, item.digest)


def _entry_hashes(uid: str, url_key: str | None, title_key: str | None, digest: str) -> tuple[int, ...]:
    hashes = [signed_hash(f"uid {uid} link {url_key}") if url_key else signed_hash(f"uid {uid}")]
    if url_key is not None:
        hashes.append(signed_hash(f"link {url_key} {digest}"))
    if title_key is not None:
        hashes.append(signed_hash(f"uid {uid} title {title_key}"))
    return tuple(hashes)
