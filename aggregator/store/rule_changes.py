"""Reads the stored entries to which changed rules must be applied, and the entries that rules drop.

``entry_rules`` applies the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.store.tables import Entry, Feed, row_id


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedEntry:
    """An entry that a rule keeps out of every story, and the rule."""

    feed: str
    title: str
    url: str | None
    seen_at: datetime
    dropped_by: str


def feeds_with_changed_rules(session: Session, keys: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the names of those feeds to whose entries other rules than these were applied (``FeedRules.key``)."""
    known = dict(session.execute(select(col(Feed.name), col(Feed.rules_key))).all())
    return tuple(name for name, key in keys.items() if name in known and known[name] != key)


def set_rules_key(session: Session, feed: str, key: str) -> None:
    """Stores the key of the rules that were applied to the entries of a feed."""
    session.scalars(select(Feed).where(col(Feed.name) == feed)).one().rules_key = key


def stored_entries(
    session: Session, feed: str, *, after: int, limit: int, only_dropped: bool = False
) -> tuple[Entry, ...]:
    """Returns the next entries of a feed after an id, in the order of their ids."""
    rows = (
        select(Entry)
        .join(Feed, col(Feed.id) == col(Entry.feed_id))
        .where(col(Feed.name) == feed, col(Entry.id) > after)
        .order_by(col(Entry.id))
        .limit(limit)
    )
    return tuple(session.scalars(rows.where(col(Entry.dropped_by).is_not(None)) if only_dropped else rows))


def last_entry_id(entries: Sequence[Entry]) -> int:
    """Returns the id of the last of some entries."""
    return row_id(entries[-1].id)


def dropped_entries(session: Session, feeds: Collection[str], *, limit: int) -> tuple[DroppedEntry, ...]:
    """Returns the newest entries that rules drop, of these feeds, or of all if none is named."""
    rows = (
        select(Entry, col(Feed.name))
        .join(Feed, col(Feed.id) == col(Entry.feed_id))
        .where(col(Entry.dropped_by).is_not(None))
        .order_by(col(Entry.id).desc())
        .limit(limit)
    )
    if feeds:
        rows = rows.where(col(Feed.name).in_(feeds))
    return tuple(
        DroppedEntry(
            feed=name, title=entry.title, url=entry.url, seen_at=entry.seen_at, dropped_by=entry.dropped_by or ""
        )
        for entry, name in session.execute(rows)
    )
