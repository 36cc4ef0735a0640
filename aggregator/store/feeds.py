"""Which feeds are there, and what came of polling them?

Who may poll next is ``claims``'; when the next poll is due was decided by ``polling.schedule``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from aggregator.model import FeedHealth, Hints, Validators
from aggregator.store.claims import ensure_hosts, hints_as_json
from aggregator.store.tables import Entry, Feed, Poll

REMOVED = "removed from the configuration"


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedFeed:
    """A feed as the configuration wants it; ``host`` and ``outlet`` were derived from its URL."""

    name: str
    url: str
    host: str
    outlet: str
    title: str | None
    tags: tuple[str, ...]
    priority: int
    full_text: str
    every: timedelta | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciled:
    """What a new configuration changed, by feed name."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PollRecord:
    """What is kept of one poll. ``title`` and what follows is None when no document was read."""

    feed_id: int
    at: datetime
    outcome: str
    status: int | None
    reason: str
    wire_bytes: int
    next_poll_at: datetime
    failures: int
    gone_count: int
    retired: bool
    validators: Validators | None
    body_digest: str | None
    new_entries: int = 0
    changed_entries: int = 0
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    problems: tuple[str, ...] | None = None
    hints: Hints | None = None


def reconcile(session: Session, wanted: Sequence[WantedFeed], *, now: datetime) -> Reconciled:
    """Make the feed rows agree with the configuration.

    A feed is known by its name, else by its URL (it was renamed). Another URL starts polling
    afresh and keeps the history. What is no longer wanted is retired, never deleted.
    """
    ensure_hosts(session, {feed.host for feed in wanted}, now=now)
    rows = list(session.scalars(select(Feed)))
    by_name = {row.name: row for row in rows}
    names = {feed.name for feed in wanted}
    by_url = {row.url: row for row in rows if row.name not in names}
    added, changed, kept = [], [], set()
    for feed in wanted:
        row = by_name.get(feed.name) or by_url.pop(feed.url, None)
        if row is None:
            session.add(_new_row(feed, now))
            added.append(feed.name)
            continue
        kept.add(row.id)
        _apply(feed, row, now)
        if session.is_modified(row):
            changed.append(feed.name)
    gone = [row for row in rows if row.id not in kept and row.retired_at is None]
    for row in gone:
        row.retired_at, row.retired_reason = now, REMOVED
    session.flush()
    return Reconciled(added=tuple(added), changed=tuple(changed), retired=tuple(row.name for row in gone))


def _new_row(feed: WantedFeed, now: datetime) -> Feed:
    row = Feed(name=feed.name, url=feed.url, host=feed.host, outlet=feed.outlet, next_poll_at=now)
    _apply(feed, row, now)
    return row


def _apply(feed: WantedFeed, row: Feed, now: datetime) -> None:
    """Copy the configured side onto the row."""
    if row.url != feed.url:
        row.url, row.next_poll_at, row.failures, row.gone_count = feed.url, now, 0, 0
        row.etag = row.last_modified = row.validators_url = row.body_digest = None
        row.retired_at = row.retired_reason = None
    if row.retired_reason == REMOVED:
        row.retired_at = row.retired_reason = None
    row.name, row.host, row.outlet, row.configured_title = feed.name, feed.host, feed.outlet, feed.title
    row.priority, row.full_text = feed.priority, feed.full_text
    if row.tags != list(feed.tags):
        row.tags = list(feed.tags)
    every = feed.every.total_seconds() if feed.every else None
    if row.every_seconds != every:
        row.every_seconds = every
        if row.last_poll_at is not None and feed.every is not None:
            row.next_poll_at = min(row.next_poll_at, max(now, row.last_poll_at + feed.every))


def record_poll(session: Session, record: PollRecord, *, keep: int) -> None:
    """Keep what came of one poll on the feed, and one line of history; the newest ``keep`` lines stay."""
    feed = session.get_one(Feed, record.feed_id)
    feed.last_poll_at, feed.last_outcome, feed.reason = record.at, record.outcome, record.reason
    feed.next_poll_at, feed.failures, feed.gone_count = record.next_poll_at, record.failures, record.gone_count
    if record.retired and feed.retired_at is None:
        feed.retired_at, feed.retired_reason = record.at, record.reason
    kept = record.validators
    feed.etag = kept.etag if kept else None
    feed.last_modified = kept.last_modified if kept else None
    feed.validators_url = kept.url if kept else None
    feed.body_digest = record.body_digest
    if record.title is not None:
        feed.title = record.title
        feed.site_url = record.site_url
        feed.language = record.language
    if record.hints is not None:
        feed.hints = hints_as_json(record.hints)
    if record.problems is not None and feed.problems != list(record.problems):
        feed.problems = list(record.problems)
    session.add(
        Poll(
            feed_id=record.feed_id,
            at=record.at,
            outcome=record.outcome,
            status=record.status,
            reason=record.reason,
            wire_bytes=record.wire_bytes,
            new_entries=record.new_entries,
            changed_entries=record.changed_entries,
        )
    )
    session.flush()
    _forget_old_polls(session, record.feed_id, keep)


def _forget_old_polls(session: Session, feed_id: int, keep: int) -> None:
    newest = select(col(Poll.id)).where(col(Poll.feed_id) == feed_id).order_by(col(Poll.at).desc(), col(Poll.id).desc())
    oldest_kept = session.scalar(newest.offset(keep).limit(1))
    if oldest_kept is not None:
        session.execute(delete(Poll).where(col(Poll.feed_id) == feed_id, col(Poll.id) <= oldest_kept))


def hold(session: Session, feed_id: int) -> None:
    """Keep other transactions from storing entries of a feed until this one ends."""
    session.execute(select(col(Feed.id)).where(col(Feed.id) == feed_id).with_for_update(key_share=True))


def recent_publications(session: Session, feed_id: int, *, limit: int) -> tuple[datetime, ...]:
    """When the newest entries of a feed were published, newest first, in UTC."""
    newest = (
        select(col(Entry.published_at)).where(col(Entry.feed_id) == feed_id).order_by(col(Entry.id).desc()).limit(limit)
    )
    return tuple(sorted(session.scalars(newest), reverse=True))


def feed_health(session: Session) -> tuple[FeedHealth, ...]:
    """How every feed is doing, by name; retired ones come last."""
    counts = dict(session.execute(select(col(Entry.feed_id), func.count()).group_by(col(Entry.feed_id))).all())
    rows = session.scalars(select(Feed).order_by(col(Feed.retired_at).is_not(None), col(Feed.name)))
    return tuple(
        FeedHealth(
            name=row.name,
            title=row.shown_title,
            url=row.url,
            outlet=row.outlet,
            tags=tuple(row.tags),
            entries=counts.get(row.id or 0, 0),
            failures=row.failures,
            last_poll_at=row.last_poll_at,
            next_poll_at=None if row.retired_at else row.next_poll_at,
            last_outcome=row.last_outcome,
            reason=row.retired_reason or row.reason,
            problems=tuple(row.problems),
            retired=row.retired_at is not None,
        )
        for row in rows
    )
