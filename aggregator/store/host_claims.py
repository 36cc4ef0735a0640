"""Who may ask which host next, and what for?

It is the host that is claimed: whoever holds it may make the next request to it, nobody else may,
and giving it back says when the one after is allowed. So politeness holds with one process or
with many. A claim that is not given back ends by itself at ``claimed_until``.

``host.ready_at`` (see ``hosts``) makes a claim one look into one index, however many feeds and pages
are due. The host that has been ready longest comes first, and giving it back makes it ready anew: a
host with 900 feeds gets its turn after every other host, never before.
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
from aggregator.store.feeds import is_due
from aggregator.store.hosts import give_back, is_sqlite, spaced
from aggregator.store.page_claims import PageVisit, first_pages, pages_due
from aggregator.store.poll_state_columns import poll_state_of
from aggregator.store.tables import (
    Article,
    Feed,
    Host,
    Subscription,
    SubscriptionState,
    row_id,
    table_of,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryOrigin:
    """The feed that gave the entries.

    ``read_at`` is when it was read before, or said that nothing had changed: entries that are new appeared
    after that. None when that is not known, or they may be older.
    """

    feed_id: int
    feed_name: str
    feed_host: str
    outlet: str
    priority: int
    wants_page: bool
    read_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedVisit:
    """A claim to poll one feed, with what the poll and its plan need to know of it."""

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
    def origin(self) -> EntryOrigin:
        """The feed as its entries know it."""
        return EntryOrigin(
            feed_id=self.feed_id,
            feed_name=self.name,
            feed_host=self.host,
            outlet=self.outlet,
            priority=self.priority,
            wants_page=self.full_text != FullText.FEED,
            read_at=self.read_at,
        )


Visit = FeedVisit | PageVisit


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a worker wants to visit: feeds that were due before an instant, all or only some, and pages or none."""

    feeds_due_before: datetime
    feed_ids: Collection[int] | None = None
    pages: bool = True


def claim_visits(
    session: Session,
    *,
    scope: Scope,
    now: datetime,
    until: datetime,
    by: str,
    limit: int,
    spacing: timedelta = timedelta(0),
) -> tuple[Visit, ...]:
    """Claim up to ``limit`` hosts that have something due and may be asked; one visit for each.

    A host's feeds go before its pages, and what has been due longest before the rest. A host that
    is claimed is not asked again before ``spacing`` is over, also when its claimer is killed.
    """
    hosts = _free_hosts(session, _wanted(scope, now), now=now, limit=limit)
    if hosts:
        claimed = update(table_of(Host)).where(col(Host.key).in_(hosts))
        session.execute(claimed.values(claimed_until=until, claimed_by=by, **spaced(session, until=now + spacing)))
    if not hosts:
        return ()
    visits: dict[str, Visit] = {
        row.host: _feed_visit(row, hosts[row.host]) for row in _first_feeds(session, hosts, scope, now)
    }
    if scope.pages:
        without = {host: failures for host, failures in hosts.items() if host not in visits}
        visits |= {visit.host: visit for visit in first_pages(session, without, now)}
    if nothing_for := hosts.keys() - visits.keys():
        give_back(session, by=by, keys=nothing_for)
    return tuple(visits[host] for host in hosts if host in visits)


def next_visit_at(session: Session, *, scope: Scope, now: datetime) -> datetime | None:
    """When the next host may be asked for something that is due already; None when nothing is.

    Counts what other workers are at, for the time until their claims end.
    """
    later = func.max if is_sqlite(session) else func.greatest
    free_at = later(Host.ready_at, func.coalesce(Host.claimed_until, Host.ready_at))
    found = session.scalar(select(func.min(free_at)).where(col(Host.ready_at).is_not(None), _wanted(scope, now)))
    return None if found is None else max(now, found)


def _feed_due(scope: Scope) -> ColumnElement[bool]:
    due = is_due(scope.feeds_due_before)
    return due if scope.feed_ids is None else and_(due, col(Feed.id).in_(scope.feed_ids))


def _wanted(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """Whether a host has something due that the caller wants."""
    feeds = exists().where(col(Feed.host) == col(Host.key), _feed_due(scope))
    if not scope.pages:
        return feeds
    return or_(feeds, *(exists().where(col(Article.host) == col(Host.key), due) for due in pages_due(now)))


def _free_hosts(session: Session, wanted: ColumnElement[bool], *, now: datetime, limit: int) -> dict[str, int]:
    """The hosts that are ready and that nobody else claims, held; longest ready first, with their failures."""
    unclaimed = or_(col(Host.claimed_until).is_(None), col(Host.claimed_until) <= now)
    free = (
        select(col(Host.key), col(Host.failures))
        .where(col(Host.ready_at) <= now, unclaimed, wanted)
        .order_by(col(Host.ready_at), col(Host.key))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=Host)
    )
    return dict(session.execute(free).all())


def _first_feeds(session: Session, hosts: Collection[str], scope: Scope, now: datetime) -> Iterable[Row[Any]]:
    """For each host the feed that has been due longest, and whether its news is pushed to us."""
    pushed = exists().where(
        col(Subscription.feed_id) == col(Feed.id),
        col(Subscription.state) == SubscriptionState.ACTIVE,
        col(Subscription.lease_expires_at) > now,
    )
    place = func.row_number().over(partition_by=col(Feed.host), order_by=(col(Feed.next_poll_at), col(Feed.id)))
    due = select(col(Feed.id).label("id"), place.label("place")).where(col(Feed.host).in_(hosts), _feed_due(scope))
    ranked = due.subquery()
    return session.execute(
        select(*table_of(Feed).c, pushed.label("pushed"))
        .join(ranked, col(Feed.id) == ranked.c.id)
        .where(ranked.c.place == 1)
    )


def origin_of(feed: Feed, *, read_at: datetime | None = None) -> EntryOrigin:
    """A feed as its entries know it."""
    return EntryOrigin(
        feed_id=row_id(feed.id),
        feed_name=feed.name,
        feed_host=feed.host,
        outlet=feed.outlet,
        priority=feed.priority,
        wants_page=feed.full_text != FullText.FEED,
        read_at=read_at,
    )


def read_at(feed: Feed | Row[Any]) -> datetime | None:
    """When a feed was read last, or said that nothing had changed; None when that is not known."""
    last: datetime | None = feed.last_poll_at if feed.whole_at and not feed.failures else feed.whole_at
    return last


def _feed_visit(row: Row[Any], host_failures: int) -> FeedVisit:
    return FeedVisit(
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
        read_at=read_at(row),
        pushed=row.pushed,
        backfill=Backfill(older_url=row.older_url, read=row.backfilled),
        resume_poll_at=row.resume_poll_at,
    )


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
