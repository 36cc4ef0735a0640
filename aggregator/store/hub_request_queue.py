"""Which hub is asked next, and for what?

As for a poll, it is the hub's host that is claimed: one request at a time, with a pause between,
however many feeds name the hub. What came of it all is kept by ``subscriptions``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlmodel import Session, col

from aggregator.model.polling import Mode, PushKind, Rebuff, Terms
from aggregator.store.hosts import spaced
from aggregator.store.subscriptions import keep_confirmed
from aggregator.store.tables import Feed, Host, Subscription, SubscriptionState, row_id, table_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """A claim to ask one hub one thing; it has until ``heard_by`` to confirm it."""

    subscription_id: int
    feed_name: str
    mode: Mode
    kind: PushKind
    hub: str
    host: str
    topic: str
    token: str
    secret: str | None
    attempts: int
    heard_by: datetime


def claim_errands(
    session: Session,
    *,
    now: datetime,
    until: datetime,
    by: str,
    limit: int,
    pause_after: Callable[[int], timedelta],
    most_farewells: int,
    spacing: timedelta = timedelta(0),
) -> tuple[Errand, ...]:
    """Claim up to ``limit`` hosts whose hubs are due to be asked something; one errand for each.

    From here on the hub may confirm what it is asked, also before it answers. What it has not
    confirmed in time is due again. As with visits, the pause of a host begins with its claim.
    ``pause_after`` gives the time to confirm for the number of requests in a row, ``most_farewells`` how often
    a hub is told that a subscription ends.
    """
    wanted = list(session.scalars(_hosts_due(now, limit)))
    if not wanted:
        return ()
    still_free = select(col(Host.key)).where(col(Host.key).in_(wanted), _free(now))
    free = set(session.scalars(still_free.with_for_update(skip_locked=True, key_share=True)))
    claimed = update(table_of(Host)).where(col(Host.key).in_(free))
    session.execute(claimed.values(claimed_until=until, claimed_by=by, **spaced(session, until=now + spacing)))
    errands = tuple(_errand(session, host, now, pause_after, most_farewells) for host in wanted if host in free)
    session.flush()
    return errands


def keep_rebuff(session: Session, errand: Errand, rebuff: Rebuff, *, now: datetime) -> None:
    """A hub did not take what it was asked; unless it confirmed it all the same, it is asked again later."""
    row = _unanswered(session, errand)
    if row is None:
        return
    row.reason = rebuff.reason
    row.next_attempt_at = now + rebuff.pause
    if row.state == SubscriptionState.PENDING:
        row.state = SubscriptionState.FAILED
    session.flush()


def keep_registration(session: Session, errand: Errand, terms: Terms) -> None:
    """A cloud registered our callback, which it does at once."""
    if _unanswered(session, errand) is not None:
        keep_confirmed(session, errand.subscription_id, terms)


def _unanswered(session: Session, errand: Errand) -> Subscription | None:
    """The row of an errand, unless the hub confirmed it meanwhile or something else is wished for by now."""
    row = session.get_one(Subscription, errand.subscription_id, with_for_update=True)
    return row if (row.token, row.next_attempt_at) == (errand.token, errand.heard_by) else None


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


def _errand(
    session: Session, host: str, now: datetime, pause_after: Callable[[int], timedelta], most_farewells: int
) -> Errand:
    due = (
        select(Subscription)
        .where(col(Subscription.host) == host, col(Subscription.next_attempt_at) <= now)
        .order_by(col(Subscription.next_attempt_at), col(Subscription.id))
    )
    row = session.scalars(due.limit(1)).one()
    row.attempts += 1
    heard_by = now + pause_after(row.attempts)
    farewell = row.state == SubscriptionState.ENDED
    row.next_attempt_at = None if farewell and row.attempts >= most_farewells else heard_by
    if row.state in (SubscriptionState.WANTED, SubscriptionState.DENIED, SubscriptionState.FAILED):
        row.state = SubscriptionState.PENDING
    return Errand(
        subscription_id=row_id(row.id),
        feed_name=session.get_one(Feed, row.feed_id).name,
        mode=Mode.UNSUBSCRIBE if farewell else Mode.SUBSCRIBE,
        kind=PushKind(row.kind),
        hub=row.hub,
        host=row.host,
        topic=row.topic,
        token=row.token,
        secret=row.secret,
        attempts=row.attempts,
        heard_by=heard_by,
    )
