"""Claims hosts, and chooses the request that each claim is for.

Workers claim hosts, not feeds: only the holder of a claim may send a request to the host, and releasing it sets
when the next request is allowed. So requests are spaced with one process or with many. A claim that is not
released ends at ``claimed_until``.

Because of ``host.ready_at`` (see ``hosts``), a claim is one index look-up, however many feeds and pages are due.
The host that has been ready longest comes first, and releasing it computes its ``ready_at`` again: a host with
900 feeds gets its turn after every other host, never before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session, col

from aggregator.model.polling import Backfill, PollState
from aggregator.settings.feeds_file import FullText
from aggregator.store.feeds import feed_is_due
from aggregator.store.hosts import is_sqlite, release_claimed_hosts, spacing_columns
from aggregator.store.page_claims import PageClaim, longest_due_pages, page_due_conditions
from aggregator.store.poll_state_columns import poll_state_of
from aggregator.store.tables import (
    Article,
    Feed,
    Host,
    Subscription,
    SubscriptionState,
    row_id,
    sql_table,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFeed:
    """The feed that contained some entries.

    ``read_at`` is when the feed was last read, or answered that nothing had changed: new entries appeared after
    that. None if it is not known, or if the entries may be older.
    """

    feed_id: int
    feed_name: str
    feed_host: str
    outlet: str
    priority: int
    wants_page: bool
    read_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedClaim:
    """A claim to poll one feed, with the values that the poll and its schedule need."""

    feed_id: int
    name: str
    host: str
    host_failures: int
    outlet: str
    priority: int
    full_text: str
    every: timedelta | None
    at_most: timedelta | None
    poll_state: PollState
    read_at: datetime | None
    pushed: bool
    backfill: Backfill
    resume_poll_at: datetime | None

    @property
    def origin(self) -> SourceFeed:
        """The feed as its entries refer to it."""
        return SourceFeed(
            feed_id=self.feed_id,
            feed_name=self.name,
            feed_host=self.host,
            outlet=self.outlet,
            priority=self.priority,
            wants_page=self.full_text != FullText.FEED,
            read_at=self.read_at,
        )


HostClaim = FeedClaim | PageClaim


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimScope:
    """The work that a worker claims.

    Feeds that were due before an instant, all or only those in ``feed_ids``, and pages if ``pages`` is set.
    """

    feeds_due_before: datetime
    feed_ids: Collection[int] | None = None
    pages: bool = True


def claim_hosts(
    session: Session,
    *,
    scope: ClaimScope,
    now: datetime,
    until: datetime,
    by: str,
    limit: int,
    spacing: timedelta = timedelta(0),
) -> tuple[HostClaim, ...]:
    """Claims up to ``limit`` hosts that have something due and may get a request; returns one claim for each.

    A host's feeds come before its pages, and what has been due longest comes first. A claimed host gets no other
    request before ``spacing`` is over, even if the worker is killed.
    """
    hosts = _free_hosts(session, _has_due_work(scope, now), now=now, limit=limit)
    if hosts:
        claimed = update(sql_table(Host)).where(col(Host.key).in_(hosts))
        session.execute(
            claimed.values(claimed_until=until, claimed_by=by, **spacing_columns(session, until=now + spacing))
        )
    if not hosts:
        return ()
    visits: dict[str, HostClaim] = {
        row.host: _feed_visit(row, hosts[row.host]) for row in _first_feeds(session, hosts, scope, now)
    }
    if scope.pages:
        without_feed = {host: failures for host, failures in hosts.items() if host not in visits}
        visits |= {visit.host: visit for visit in longest_due_pages(session, without_feed, now)}
    if without_work := hosts.keys() - visits.keys():
        release_claimed_hosts(session, by=by, keys=without_work)
    return tuple(visits[host] for host in hosts if host in visits)


def next_claim_at(session: Session, *, scope: ClaimScope, now: datetime) -> datetime | None:
    """Returns when the next host may get a request for something that is due; None if nothing is.

    Hosts that other workers have claimed count from the end of their claims.
    """
    later = func.max if is_sqlite(session) else func.greatest
    free_at = later(Host.ready_at, func.coalesce(Host.claimed_until, Host.ready_at))
    found = session.scalar(select(func.min(free_at)).where(col(Host.ready_at).is_not(None), _has_due_work(scope, now)))
    return None if found is None else max(now, found)


def _feed_due(scope: ClaimScope) -> ColumnElement[bool]:
    due = feed_is_due(scope.feeds_due_before)
    return due if scope.feed_ids is None else and_(due, col(Feed.id).in_(scope.feed_ids))


def _has_due_work(scope: ClaimScope, now: datetime) -> ColumnElement[bool]:
    """The condition that a host has something due within the scope."""
    feeds = exists().where(col(Feed.host) == col(Host.key), _feed_due(scope))
    if not scope.pages:
        return feeds
    return or_(feeds, *(exists().where(col(Article.host) == col(Host.key), due) for due in page_due_conditions(now)))


def _free_hosts(session: Session, wanted: ColumnElement[bool], *, now: datetime, limit: int) -> dict[str, int]:
    """Locks and returns the ready hosts that are not claimed, longest ready first, with their failures."""
    unclaimed = or_(col(Host.claimed_until).is_(None), col(Host.claimed_until) <= now)
    free = (
        select(col(Host.key), col(Host.failures))
        .where(col(Host.ready_at) <= now, unclaimed, wanted)
        .order_by(col(Host.ready_at), col(Host.key))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=Host)
    )
    return dict(session.execute(free).all())


def _first_feeds(session: Session, hosts: Collection[str], scope: ClaimScope, now: datetime) -> Iterable[Row[Any]]:
    """For each host the feed that has been due longest, and whether it is pushed to us."""
    pushed = exists().where(
        col(Subscription.feed_id) == col(Feed.id),
        col(Subscription.state) == SubscriptionState.ACTIVE,
        col(Subscription.lease_expires_at) > now,
    )
    place = func.row_number().over(partition_by=col(Feed.host), order_by=(col(Feed.next_poll_at), col(Feed.id)))
    due = select(col(Feed.id).label("id"), place.label("place")).where(col(Feed.host).in_(hosts), _feed_due(scope))
    ranked = due.subquery()
    return session.execute(
        select(*sql_table(Feed).c, pushed.label("pushed"))
        .join(ranked, col(Feed.id) == ranked.c.id)
        .where(ranked.c.place == 1)
    )


def source_feed_of(feed: Feed, *, read_at: datetime | None = None) -> SourceFeed:
    """Returns a feed as its entries refer to it."""
    return SourceFeed(
        feed_id=row_id(feed.id),
        feed_name=feed.name,
        feed_host=feed.host,
        outlet=feed.outlet,
        priority=feed.priority,
        wants_page=feed.full_text != FullText.FEED,
        read_at=read_at,
    )


def last_read_at(feed: Feed | Row[Any]) -> datetime | None:
    """Returns when a feed was last read, or answered that nothing had changed; None if that is not known."""
    last: datetime | None = feed.last_poll_at if feed.whole_at and not feed.failures else feed.whole_at
    return last


def _feed_visit(row: Row[Any], host_failures: int) -> FeedClaim:
    return FeedClaim(
        feed_id=row.id,
        name=row.name,
        host=row.host,
        host_failures=host_failures,
        outlet=row.outlet,
        priority=row.priority,
        full_text=row.full_text,
        every=_duration(row.every_seconds),
        at_most=_duration(row.at_most_seconds),
        poll_state=poll_state_of(row),
        read_at=last_read_at(row),
        pushed=row.pushed,
        backfill=Backfill(older_url=row.older_url, read=row.backfilled),
        resume_poll_at=row.resume_poll_at,
    )


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
