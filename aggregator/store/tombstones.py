"""Which entries of a document were stored once and are kept no longer?

A tombstone is 64 bits of a hash: of an entry's id, and of its link together with what it said, because
some feeds give every entry a new id. It is forgotten a year after a document last held the entry, but only
when another document of the feed is at hand: a feed that stands still for years keeps its tombstones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update
from sqlmodel import Session, col

from aggregator.model.parsing import AsStored, Incoming
from aggregator.store.column_types import bounded_key
from aggregator.store.database import add_missing, batched
from aggregator.store.tables import Entry, Tombstone, table_of
from aggregator.stored_keys import signed_hash

_REMEMBERED = timedelta(days=365)
_SEEN_AGAIN = timedelta(days=30)
"""How much older than the last sighting a tombstone may say it is, so that few are written."""


def bury(session: Session, entries: Iterable[Entry], *, now: datetime) -> None:
    """Leave the marks of entries that are about to be deleted."""
    rows = [
        {"feed_id": entry.feed_id, "mark": mark, "seen_at": now}
        for entry in entries
        for mark in _marks(entry.uid, entry.url_key, entry.digest)
    ]
    add_missing(session, Tombstone, rows)


def without_buried(
    session: Session, feed_id: int, items: Sequence[Incoming | AsStored], *, known: Collection[str], now: datetime
) -> tuple[Incoming | AsStored, ...]:
    """The entries of a document that are not among those kept no longer; ``known`` are the uids that are stored."""
    marks = {
        item.uid: _marks(bounded_key(item.uid), bounded_key(item.url) if item.url else None, item.digest)
        for item in items
        if item.uid not in known
    }
    if not marks:
        return tuple(items)
    buried = _buried(session, feed_id, {mark for some in marks.values() for mark in some}, now=now)
    _forget(session, feed_id, now=now)
    return tuple(item for item in items if buried.isdisjoint(marks.get(item.uid, ())))


def _buried(session: Session, feed_id: int, marks: Collection[int], *, now: datetime) -> set[int]:
    """Those of these marks that are of entries kept no longer; they were seen now."""
    found: set[int] = set()
    for some in batched(marks):
        there = and_(col(Tombstone.feed_id) == feed_id, col(Tombstone.mark).in_(some))
        found.update(session.scalars(select(col(Tombstone.mark)).where(there)))
        stale = and_(there, col(Tombstone.seen_at) < now - _SEEN_AGAIN)
        session.execute(update(table_of(Tombstone)).where(stale).values(seen_at=now))
    return found


def _forget(session: Session, feed_id: int, *, now: datetime) -> None:
    """Forget what no document of the feed held for long, this one included."""
    long_ago = and_(col(Tombstone.feed_id) == feed_id, col(Tombstone.seen_at) < now - _REMEMBERED)
    session.execute(delete(table_of(Tombstone)).where(long_ago))


def _marks(uid: str, url_key: str | None, digest: str) -> tuple[int, ...]:
    of_link = () if url_key is None else (signed_hash(f"link {url_key} {digest}"),)
    return signed_hash(f"uid {uid}"), *of_link
