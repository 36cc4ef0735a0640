"""Stores feeds, and the results of polling them.

``host_claims`` chooses the feed that is polled next; ``polling.schedule`` decides when its next poll is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlmodel import Session, col

from aggregator.model.operations import FeedHealth
from aggregator.model.polling import FeedState
from aggregator.store.database import in_batches
from aggregator.store.hosts import add_missing_hosts, update_all_ready_at, update_ready_at
from aggregator.store.tables import Entry, Feed, Poll, row_id
from aggregator.url_credentials import without_userinfo

REMOVED = "removed from the configuration"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfiguredFeed:
    """A feed as the configuration describes it; ``host`` and ``outlet`` are derived from its URL.

    ``private`` is None if the configuration leaves the decision to the server's answer.
    """

    name: str
    url: str
    host: str
    outlet: str
    title: str | None
    tags: tuple[str, ...]
    priority: int
    full_text: str
    every: timedelta | None
    at_most: timedelta | None = None
    private: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigurationChanges:
    """The feeds that a new configuration added, changed and retired, by name."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedFeed:
    """A feed that was merged into another one, by name."""

    name: str
    into: str


def feed_by_name(session: Session, name: str) -> Feed:
    """Returns the row of a feed by its name."""
    return session.scalars(select(Feed).where(col(Feed.name) == name)).one()


def apply_configured_feeds(
    session: Session, wanted: Sequence[ConfiguredFeed], *, now: datetime
) -> ConfigurationChanges:
    """Makes the feed rows agree with the configuration.

    A feed is identified by its name, else by its configured URL (it was renamed). A changed URL resets the
    polling state and keeps the history. The current URL after a permanent redirect stays as long as the
    configured URL stays. A feed that the configuration no longer has is retired, never deleted. Two feeds that
    are both private, or both public, are not polled at one URL.
    """
    add_missing_hosts(session, {feed.host for feed in wanted}, now=now)
    rows = list(session.scalars(select(Feed)))
    by_name = {row.name: row for row in rows}
    names = {feed.name for feed in wanted}
    by_url = {row.configured_url: row for row in rows if row.name not in names}
    added, changed, still_configured, moved_away = [], [], set(), set()
    for feed in wanted:
        row = by_name.get(feed.name) or by_url.pop(feed.url, None)
        if row is None:
            session.add(_new_row(feed, now))
            added.append(feed.name)
            continue
        still_configured.add(row.id)
        url_before = row.url
        _apply(feed, row, now)
        if row.url != url_before:
            moved_away.add(row.id)
        if session.is_modified(row):
            changed.append(feed.name)
    removed = [row for row in rows if row.id not in still_configured and row.retired_reason != REMOVED]
    for row in removed:
        row.retired_at, row.retired_reason, row.state = row.retired_at or now, REMOVED, FeedState.REMOVED
        row.merged_into_id = None
    _unmerge(rows, {row.id for row in removed} | moved_away)
    _merge_same_urls(session, now=now)
    update_all_ready_at(session)
    return ConfigurationChanges(added=tuple(added), changed=tuple(changed), retired=tuple(row.name for row in removed))


def _new_row(feed: ConfiguredFeed, now: datetime) -> Feed:
    row = Feed(
        name=feed.name,
        configured_url=feed.url,
        url=feed.url,
        host=feed.host,
        outlet=feed.outlet,
        state=FeedState.NEW,
        next_poll_at=now,
    )
    _apply(feed, row, now)
    return row


def _apply(feed: ConfiguredFeed, row: Feed, now: datetime) -> None:
    """Copies the configured values to the row."""
    if feed.url not in (row.configured_url, row.url):
        row.url = feed.url
        _clear_failures(row)
        row.next_poll_at = now
        row.etag = row.last_modified = row.validators_url = row.body_digest = row.whole_at = row.stored = None
        row.older_url, row.backfilled, row.resume_poll_at = None, 0, None
    row.configured_url = feed.url
    if row.retired_reason == REMOVED:
        _clear_failures(row)
        row.next_poll_at = max(row.next_poll_at, now)  # the time without configuration is no delay
    if row.url == row.configured_url and row.move_to is None and not row.resume:
        row.host = feed.host
    row.name, row.outlet, row.configured_title = feed.name, feed.outlet, feed.title
    row.priority, row.full_text = feed.priority, feed.full_text
    row.at_most_seconds = feed.at_most.total_seconds() if feed.at_most else None
    if row.tags != list(feed.tags):
        row.tags = list(feed.tags)
    if feed.private is not None:
        row.private = feed.private
    every = feed.every.total_seconds() if feed.every else None
    if row.every_seconds != every:
        row.every_seconds = every
        if row.last_poll_at is not None and feed.every is not None:
            row.next_poll_at = _earliest(row, floor=feed.every, now=now)


def _earliest(row: Feed, *, floor: timedelta, now: datetime) -> datetime:
    """The earliest allowed next poll: after ``floor``, and after the pause that the publisher asked for."""
    instants = (now, row.last_poll_at and row.last_poll_at + floor, row.quiet_until)
    return max(instant for instant in instants if instant is not None)


def _clear_failures(row: Feed) -> None:
    """Clears all failures of a feed; its next poll stays as planned."""
    row.failures = row.gone_count = 0
    row.state = FeedState.NEW if row.last_poll_at is None else FeedState.ACTIVE
    row.retired_at = row.retired_reason = row.merged_into_id = None
    row.move_to = row.move_seen_at = row.resume = None
    row.move_count = 0


def _unmerge(rows: Sequence[Feed], moved_away: Collection[int | None]) -> None:
    """Makes feeds that were merged into a feed that has left their URL independent again."""
    for row in rows:
        if row.merged_into_id is not None and row.merged_into_id in moved_away:
            _clear_failures(row)


def _merge_same_urls(session: Session, *, now: datetime) -> None:
    """Merges feeds that have one URL, because they moved, were configured there, or came back.

    The feed that is configured with the URL is polled for all of them, else the oldest one.
    """
    session.flush()
    sharing = defaultdict[tuple[str, bool], list[Feed]](list)
    for row in session.scalars(select(Feed).where(col(Feed.retired_at).is_(None)).order_by(col(Feed.id))):
        sharing[row.url, row.private].append(row)
    for rows in sharing.values():
        polled, *others = sorted(rows, key=lambda row: row.url != row.configured_url)
        for row in others:
            _merge(session, row, polled, now=now)


def lock_feed(session: Session, feed_id: int) -> None:
    """Locks a feed, so that other transactions cannot store entries of it until this one ends."""
    session.execute(select(col(Feed.id)).where(col(Feed.id) == feed_id).with_for_update(key_share=True))


def store_taken_for_one(session: Session, feed_id: int, counts: Mapping[str, int]) -> None:
    """Stores how many entries of the last document were taken for another entry, by reason."""
    feed = session.get_one(Feed, feed_id)
    if (feed.taken_for_one or {}) != dict(counts):
        feed.taken_for_one = dict(counts) or None


def move_to_host(session: Session, feed_id: int, *, host: str) -> None:
    """Assigns a feed to the host that the next request for it goes to."""
    feed = session.get_one(Feed, feed_id)
    before, feed.host = feed.host, host
    update_ready_at(session, {before, host})


def merge_moved_feed(session: Session, feed_id: int, *, now: datetime) -> MergedFeed | None:
    """Merges a feed into the one that is already polled at its URL; returns None if there is none.

    Entries that the other feed does not have move to it. The feed is retired with a reason, and the other one
    stands in for it in digests. A private feed and a public one stay separate, both polled at the one URL:
    merging would publish what is private, or hide what is public.
    """
    feed = session.get_one(Feed, feed_id, populate_existing=True)
    live = select(Feed).where(col(Feed.retired_at).is_(None), col(Feed.id) != feed_id)
    same = live.where(col(Feed.url) == feed.url, col(Feed.private) == feed.private)
    other = session.scalars(same.order_by(col(Feed.id)).limit(1)).one_or_none()
    if other is None:
        return None
    _merge(session, feed, other, now=now)
    return MergedFeed(name=feed.name, into=other.name)


def _merge(session: Session, feed: Feed, other: Feed, *, now: datetime) -> None:
    """Merges a feed, and those that were merged into it, into another feed at the same URL."""
    theirs = select(col(Entry.uid)).where(col(Entry.feed_id) == other.id)
    mine = and_(col(Entry.feed_id) == feed.id, col(Entry.uid).not_in(theirs))
    session.execute(update(Entry).where(mine).values(feed_id=other.id))
    feed.retired_at, feed.state = now, FeedState.MERGED
    before = session.scalars(select(Feed).where(col(Feed.merged_into_id) == feed.id))
    for row in (feed, *before):
        row.url, row.host, row.merged_into_id = feed.url, feed.host, other.id
        row.retired_reason = f"it moved to the address of the feed {other.name}, which is polled for both"
    session.flush()


def make_feeds_due(
    session: Session, names: Collection[str] | None, *, floor: timedelta, now: datetime
) -> frozenset[int]:
    """Makes feeds due now, all or by name, and returns their ids.

    None is polled earlier than ``floor`` after its last poll. Failure counts are reset. A feed that is gone is
    polled only if it is named, even if it was retired for that reason.
    """
    pollable = select(Feed).where(col(Feed.state).not_in((FeedState.REMOVED, FeedState.MERGED)))
    chosen = pollable.where(col(Feed.gone_count) == 0 if names is None else col(Feed.name).in_(names))
    rows = session.scalars(chosen.order_by(col(Feed.id)).with_for_update()).all()
    for row in rows:
        if row.state == FeedState.GONE:
            row.state, row.retired_at, row.retired_reason = FeedState.ACTIVE, None, None
        row.failures = row.gone_count = 0
        row.resume_poll_at = None
        row.next_poll_at = _earliest(row, floor=floor, now=now)
    update_ready_at(session, {row.host for row in rows})
    return frozenset(row_id(row.id) for row in rows)


def latest_poll_at(session: Session) -> datetime | None:
    """Returns when a feed was last polled."""
    return session.scalar(select(func.max(col(Feed.last_poll_at))))


def count_feeds_by_state(session: Session) -> dict[str, int]:
    """Counts the feeds of the configuration by state; every state is present."""
    counted = select(col(Feed.state), func.count()).where(col(Feed.retired_at).is_(None)).group_by(col(Feed.state))
    return {str(state): 0 for state in FeedState} | {str(state): count for state, count in session.execute(counted)}


def feed_is_due(at: datetime) -> ColumnElement[bool]:
    """Returns the condition that a feed of the configuration is due at an instant."""
    return and_(col(Feed.retired_at).is_(None), col(Feed.next_poll_at) <= at)


def count_due_feeds(session: Session, feed_ids: Collection[int], *, before: datetime) -> int:
    """Counts those of the feeds that are due since before an instant, and so were not polled since then."""
    due = select(func.count()).select_from(Feed).where(feed_is_due(before))
    return sum(session.scalar(due.where(col(Feed.id).in_(some))) or 0 for some in in_batches(feed_ids))


def feed_health(session: Session, *, outcomes: int = 10) -> tuple[FeedHealth, ...]:
    """Returns the health of every feed, by name, with its newest ``outcomes``; retired feeds come last."""
    counts = dict(session.execute(select(col(Entry.feed_id), func.count()).group_by(col(Entry.feed_id))).all())
    polls = _newest_outcomes(session, outcomes)
    rows = session.scalars(select(Feed).order_by(col(Feed.retired_at).is_not(None), col(Feed.name)))
    return tuple(
        FeedHealth(
            name=row.name,
            title=row.shown_title,
            url=without_userinfo(row.url),
            configured_url=without_userinfo(row.configured_url),
            moving_to=None if row.move_to is None else without_userinfo(row.move_to),
            outlet=row.outlet,
            tags=tuple(row.tags),
            entries=counts.get(row.id or 0, 0),
            state=FeedState(row.state),
            failures=row.failures,
            last_poll_at=row.last_poll_at,
            next_poll_at=None if row.retired_at else row.next_poll_at,
            last_outcome=row.last_outcome,
            outcomes=polls.get(row.id or 0, ()),
            reason=row.retired_reason or row.reason,
            problems=tuple(row.problems),
            retired=row.retired_at is not None,
            private=row.private,
            taken_for_one=dict(row.taken_for_one or {}),
        )
        for row in rows
    )


def _newest_outcomes(session: Session, most: int) -> dict[int, tuple[str, ...]]:
    """The outcomes of the last polls of each feed, newest first."""
    place = func.row_number().over(partition_by=col(Poll.feed_id), order_by=(col(Poll.at).desc(), col(Poll.id).desc()))
    ranked = select(col(Poll.feed_id), col(Poll.outcome), place.label("place")).subquery()
    newest = select(ranked.c.feed_id, ranked.c.outcome).where(ranked.c.place <= most).order_by(ranked.c.place)
    outcomes: dict[int, tuple[str, ...]] = {}
    for feed_id, outcome in session.execute(newest):
        outcomes[feed_id] = (*outcomes.get(feed_id, ()), outcome)
    return outcomes
