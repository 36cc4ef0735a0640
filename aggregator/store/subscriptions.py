"""Stores push subscriptions: the hub, the state and the lease of each.

``polling.push_discovery``, ``subscription_leases``, ``websub`` and ``rsscloud`` interpret what hubs send;
``hub_request_queue`` chooses the next request to a hub.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from aggregator.model.polling import HubMode, LeaseTerms, PushKind, PushOffer
from aggregator.store.host_claims import SourceFeed, source_feed_of
from aggregator.store.hosts import add_missing_hosts, update_ready_at
from aggregator.store.tables import Feed, Subscription, SubscriptionState, row_id

_REQUESTED = (SubscriptionState.PENDING, SubscriptionState.ACTIVE, SubscriptionState.FAILED)
"""The states in which the hub got a request and the subscription is still wanted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallbackSubscription:
    """The subscription of one callback URL; ``requested_mode`` is what we want from the hub, None for nothing."""

    subscription_id: int
    kind: PushKind
    hub: str
    topic: str
    secret: str | None
    requested_mode: HubMode | None
    feed_url: str
    origin: SourceFeed

    @property
    def listens(self) -> bool:
        """True if deliveries are accepted."""
        return self.requested_mode is HubMode.SUBSCRIBE


def ensure_subscription(
    session: Session,
    feed_id: int,
    offer: PushOffer,
    *,
    host: str,
    token: str,
    secret: str | None,
    floor: timedelta,
    now: datetime,
) -> bool:
    """Starts a subscription of a feed; returns True if it is new.

    A subscription to the same topic at the same hub stays as it is. Any other one is replaced: its callback URL
    is unknown from now on, and the feed is polled as usual until the new one is confirmed. ``floor`` is the poll
    interval of a feed that has none of its own.
    """
    row = _of_feed(session, feed_id)
    if row is not None and row.state != SubscriptionState.ENDED:
        if (row.kind, row.hub, row.topic) == (offer.kind, offer.hub, offer.topic):
            return False
        _resume_polling(session, row, floor=floor, now=now)
    row = row or Subscription(feed_id=feed_id, host=host, token=token)
    add_missing_hosts(session, {host}, now=now)
    row.kind, row.hub, row.topic, row.host = offer.kind, offer.hub, offer.topic, host
    row.token, row.secret = token, secret
    row.state, row.reason, row.attempts = SubscriptionState.WANTED, "", 0
    row.next_attempt_at, row.lease_expires_at, row.ordinary_poll_at = now, None, None
    session.add(row)
    session.flush()
    return True


def end_subscription(session: Session, feed_id: int, *, reason: str, floor: timedelta, now: datetime) -> bool:
    """Ends the subscription of a feed, and lets a hub that got a request be informed; returns True if it is new.

    The feed is polled as usual; ``floor`` is the poll interval of a feed that has none of its own.
    """
    row = _of_feed(session, feed_id)
    if row is None or row.state == SubscriptionState.ENDED:
        return False
    _resume_polling(session, row, floor=floor, now=now)
    _end(row, reason=reason, now=now)
    session.flush()
    return True


def end_retired_subscriptions(session: Session, *, now: datetime) -> tuple[str, ...]:
    """Ends the subscriptions of feeds that are no longer polled; returns the names of these feeds."""
    retired = (
        select(Subscription, col(Feed.name))
        .join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
        .where(col(Feed.retired_at).is_not(None), col(Subscription.state) != SubscriptionState.ENDED)
    )
    names = []
    for row, name in session.execute(retired):
        _end(row, reason="the feed is no longer polled", now=now)
        names.append(name)
    session.flush()
    return tuple(names)


def end_all_subscriptions(session: Session, *, reason: str, floor: timedelta, now: datetime) -> int:
    """Ends every subscription and polls its feed as usual; returns the number of subscriptions."""
    rows = session.scalars(select(Subscription).where(col(Subscription.state) != SubscriptionState.ENDED)).all()
    for row in rows:
        _resume_polling(session, row, floor=floor, now=now)
        _end(row, reason=reason, now=now)
    session.flush()
    return len(rows)


def end_expired_leases(session: Session, *, floor: timedelta, now: datetime) -> tuple[str, ...]:
    """Ends the leases that were not renewed in time; returns the names of their feeds.

    The feeds are polled as usual again; ``floor`` is the poll interval of a feed that has none of its own.
    """
    ended = select(Subscription).where(
        col(Subscription.state) == SubscriptionState.ACTIVE, col(Subscription.lease_expires_at) <= now
    )
    names = []
    for row in session.scalars(ended):
        names.append(_resume_polling(session, row, floor=floor, now=now).name)
        row.state, row.reason = SubscriptionState.FAILED, "the lease ended before it was renewed"
    session.flush()
    return tuple(names)


def lock_subscription(session: Session, token: str) -> None:
    """Locks the subscription of a callback and its feed until this transaction ends.

    The feed is locked first, as a poll does it, so that the two cannot deadlock.
    """
    of_token = select(col(Feed.id)).join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
    session.execute(of_token.where(col(Subscription.token) == token).with_for_update(of=Feed, key_share=True))


def subscription_of_callback(session: Session, token: str) -> CallbackSubscription | None:
    """Returns the subscription of a callback token; None if there is none."""
    found = session.execute(
        select(Subscription, Feed)
        .join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
        .where(col(Subscription.token) == token)
    ).first()
    if found is None:
        return None
    row, feed = found
    return CallbackSubscription(
        subscription_id=row_id(row.id),
        kind=PushKind(row.kind),
        hub=row.hub,
        topic=row.topic,
        secret=row.secret,
        requested_mode=None if feed.retired_at and row.state != SubscriptionState.ENDED else _wanted_mode(row),
        feed_url=feed.url,
        origin=source_feed_of(feed),
    )


def record_confirmed(session: Session, subscription_id: int, terms: LeaseTerms) -> None:
    """Stores that the hub verified the subscription and granted it on these terms."""
    row = _locked(session, subscription_id)
    row.state, row.reason, row.attempts = SubscriptionState.ACTIVE, "", 0
    row.next_attempt_at, row.lease_expires_at = terms.renew_at, terms.ends_at
    session.flush()


def record_unsubscribed(session: Session, subscription_id: int) -> None:
    """Stores that the hub verified the end of the subscription."""
    row = _locked(session, subscription_id)
    row.next_attempt_at = row.lease_expires_at = None
    session.flush()


def record_denied(
    session: Session, subscription_id: int, *, reason: str, pause: timedelta, floor: timedelta, now: datetime
) -> None:
    """Stores that the hub denied the subscription, which is requested again after ``pause``.

    The feed is polled as usual; ``floor`` is the poll interval of a feed that has none of its own.
    """
    row = _locked(session, subscription_id)
    _resume_polling(session, row, floor=floor, now=now)
    row.state, row.reason, row.attempts = SubscriptionState.DENIED, reason, 0
    row.next_attempt_at, row.lease_expires_at = now + pause, None
    session.flush()


def record_delivery(session: Session, subscription_id: int, *, now: datetime) -> None:
    """Stores that a delivery arrived, before it is acknowledged."""
    row = _locked(session, subscription_id)
    row.received_at, row.unstored = now, row.unstored + 1
    session.flush()


def record_delivery_stored(session: Session, subscription_id: int) -> None:
    """Stores that an acknowledged delivery is stored."""
    row = _locked(session, subscription_id)
    row.unstored = max(row.unstored - 1, 0)
    session.flush()


def poll_lost_deliveries(
    session: Session, *, received_before: datetime, floor: timedelta, now: datetime
) -> tuple[str, ...]:
    """Makes feeds due soon of which a delivery was acknowledged but never stored; returns their names.

    The process that acknowledged it stopped too early. ``floor`` is the least pause after the last poll.
    """
    lost = select(Subscription, col(Feed.name)).join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
    names = []
    for row, name in session.execute(
        lost.where(col(Subscription.unstored) > 0, col(Subscription.received_at) <= received_before)
    ):
        advance_poll(session, row.feed_id, floor=floor, now=now)
        row.unstored = 0
        names.append(name)
    session.flush()
    return tuple(names)


def store_ordinary_poll(session: Session, feed_id: int, *, at: datetime) -> None:
    """Stores when a pushed feed would be polled without push, for the end of its subscription."""
    session.execute(update(Subscription).where(col(Subscription.feed_id) == feed_id).values(ordinary_poll_at=at))


def advance_poll(session: Session, feed_id: int, *, floor: timedelta, now: datetime) -> datetime | None:
    """Makes a feed due because a hub announced news, but not earlier than ``floor`` after its last poll.

    Returns when it is due; None if the feed is no longer polled.
    """
    feed = session.get_one(Feed, feed_id)
    if feed.retired_at is not None:
        return None
    earliest = (now, feed.last_poll_at and feed.last_poll_at + floor, feed.quiet_until)
    _advance_poll(session, feed, at=max(instant for instant in earliest if instant is not None))
    return feed.next_poll_at


def _advance_poll(session: Session, feed: Feed, *, at: datetime) -> None:
    feed.next_poll_at = min(feed.next_poll_at, at)
    update_ready_at(session, {feed.host})


def _resume_polling(session: Session, row: Subscription, *, floor: timedelta, now: datetime) -> Feed:
    """Polls a pushed feed as usual; a failing feed keeps its backoff."""
    feed = session.get_one(Feed, row.feed_id)
    if row.state != SubscriptionState.ACTIVE or not feed.last_poll_at or feed.failures or feed.retired_at:
        return feed
    every = floor if feed.every_seconds is None else timedelta(seconds=feed.every_seconds)
    _advance_poll(session, feed, at=max(now, row.ordinary_poll_at or feed.last_poll_at + every))
    row.ordinary_poll_at = None
    return feed


def _of_feed(session: Session, feed_id: int) -> Subscription | None:
    of_feed = select(Subscription).where(col(Subscription.feed_id) == feed_id).with_for_update()
    return session.scalars(of_feed).one_or_none()


def _locked(session: Session, subscription_id: int) -> Subscription:
    """The row, locked: a hub's answer and its verification request arrive at the same time."""
    return session.get_one(Subscription, subscription_id, with_for_update=True)


def _wanted_mode(row: Subscription) -> HubMode | None:
    if row.state == SubscriptionState.ENDED:
        return HubMode.UNSUBSCRIBE if row.kind == PushKind.WEBSUB else None
    return HubMode.SUBSCRIBE if row.state in _REQUESTED else None


def _end(row: Subscription, *, reason: str, now: datetime) -> None:
    """Ends a subscription: a hub that got a request is informed, a cloud drops a callback within a day."""
    informs_hub = row.kind == PushKind.WEBSUB and row.state in _REQUESTED
    row.state, row.reason, row.attempts = SubscriptionState.ENDED, reason, 0
    row.next_attempt_at = now if informs_hub else None
