"""Claims the requests to hubs that are due, and stores their results.

As for a poll, the hub's host is claimed: one request at a time, with a pause between, however many feeds name the
hub. ``subscriptions`` stores what the hub confirms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlmodel import Session, col

from aggregator.model.polling import HubMode, HubRejection, LeaseTerms, PushKind
from aggregator.store.hosts import spacing_columns
from aggregator.store.subscriptions import record_confirmed
from aggregator.store.tables import Feed, Host, Subscription, SubscriptionState, row_id, sql_table


@dataclass(frozen=True, kw_only=True, slots=True)
class HubRequest:
    """A claim to send one request to a hub, which has until ``confirm_by`` to confirm it."""

    subscription_id: int
    feed_name: str
    mode: HubMode
    kind: PushKind
    hub: str
    host: str
    topic: str
    token: str
    secret: str | None
    attempts: int
    confirm_by: datetime


def claim_hub_requests(
    session: Session,
    *,
    now: datetime,
    until: datetime,
    by: str,
    limit: int,
    pause_after: Callable[[int], timedelta],
    most_farewells: int,
    spacing: timedelta = timedelta(0),
) -> tuple[HubRequest, ...]:
    """Claims up to ``limit`` hosts whose hubs are due to get a request; returns one request for each.

    From now on the hub may confirm the request, even before it answers it. A request that is not confirmed in
    time is due again. As with polls, the pause of a host begins with the claim. ``pause_after`` returns the time
    to confirm for a number of requests in a row; ``most_farewells`` is how often an unsubscribe request is sent.
    """
    due_hosts = list(session.scalars(_hosts_due(now, limit)))
    if not due_hosts:
        return ()
    still_free = select(col(Host.key)).where(col(Host.key).in_(due_hosts), _free(now))
    free = set(session.scalars(still_free.with_for_update(skip_locked=True, key_share=True)))
    claimed = update(sql_table(Host)).where(col(Host.key).in_(free))
    session.execute(claimed.values(claimed_until=until, claimed_by=by, **spacing_columns(session, until=now + spacing)))
    errands = tuple(
        _next_request(session, host, now, pause_after, most_farewells) for host in due_hosts if host in free
    )
    session.flush()
    return errands


def record_hub_rejection(session: Session, request: HubRequest, rejection: HubRejection, *, now: datetime) -> None:
    """Stores that a hub rejected a request, which is repeated later.

    Changes nothing if the hub has confirmed the request all the same.
    """
    row = _unconfirmed(session, request)
    if row is None:
        return
    row.reason = rejection.reason
    row.next_attempt_at = now + rejection.pause
    if row.state == SubscriptionState.PENDING:
        row.state = SubscriptionState.FAILED
    session.flush()


def record_registration(session: Session, request: HubRequest, terms: LeaseTerms) -> None:
    """Stores that a cloud registered the callback, which it does at once."""
    if _unconfirmed(session, request) is not None:
        record_confirmed(session, request.subscription_id, terms)


def _unconfirmed(session: Session, request: HubRequest) -> Subscription | None:
    """The row of a request, locked; None if the hub has confirmed it or another request replaced it."""
    row = session.get_one(Subscription, request.subscription_id, with_for_update=True)
    return row if (row.token, row.next_attempt_at) == (request.token, request.confirm_by) else None


def _free(now: datetime) -> ColumnElement[bool]:
    unclaimed = or_(col(Host.claimed_until).is_(None), col(Host.claimed_until) <= now)
    return and_(col(Host.next_request_at) <= now, unclaimed)


def _hosts_due(now: datetime, limit: int) -> Select[str]:
    return (
        select(col(Host.key))
        .join_from(Subscription, Host, col(Subscription.host) == col(Host.key))
        .where(col(Subscription.next_attempt_at) <= now, _free(now))
        .group_by(col(Host.key))
        .order_by(func.min(col(Subscription.next_attempt_at)), col(Host.key))
        .limit(limit)
    )


def _next_request(
    session: Session, host: str, now: datetime, pause_after: Callable[[int], timedelta], most_farewells: int
) -> HubRequest:
    due = (
        select(Subscription)
        .where(col(Subscription.host) == host, col(Subscription.next_attempt_at) <= now)
        .order_by(col(Subscription.next_attempt_at), col(Subscription.id))
    )
    row = session.scalars(due.limit(1)).one()
    row.attempts += 1
    confirm_by = now + pause_after(row.attempts)
    unsubscribes = row.state == SubscriptionState.ENDED
    row.next_attempt_at = None if unsubscribes and row.attempts >= most_farewells else confirm_by
    if row.state in (SubscriptionState.WANTED, SubscriptionState.DENIED, SubscriptionState.FAILED):
        row.state = SubscriptionState.PENDING
    return HubRequest(
        subscription_id=row_id(row.id),
        feed_name=session.get_one(Feed, row.feed_id).name,
        mode=HubMode.UNSUBSCRIBE if unsubscribes else HubMode.SUBSCRIBE,
        kind=PushKind(row.kind),
        hub=row.hub,
        host=row.host,
        topic=row.topic,
        token=row.token,
        secret=row.secret,
        attempts=row.attempts,
        confirm_by=confirm_by,
    )
