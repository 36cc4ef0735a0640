"""Whose news is pushed to us, by whom, and until when?

What a hub's words mean was decided by ``polling.push_discovery``, ``leases``, ``websub`` and ``rsscloud``;
whom to ask next is ``errands``'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from aggregator.model.polling import Mode, Offer, PushKind, Terms
from aggregator.store.host_claims import EntryOrigin, origin_of
from aggregator.store.hosts import ensure_hosts, set_ready
from aggregator.store.tables import Feed, Subscription, SubscriptionState, row_id

_ASKED = (SubscriptionState.PENDING, SubscriptionState.ACTIVE, SubscriptionState.FAILED)
"""The states in which the hub was asked and the subscription is still wished for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """Whose news comes to one callback; ``wish`` is what we want of the hub, None for nothing."""

    subscription_id: int
    kind: PushKind
    hub: str
    topic: str
    secret: str | None
    wish: Mode | None
    feed_url: str
    origin: EntryOrigin

    @property
    def listens(self) -> bool:
        """Whether what comes is taken."""
        return self.wish is Mode.SUBSCRIBE


def want(
    session: Session,
    feed_id: int,
    offer: Offer,
    *,
    host: str,
    token: str,
    secret: str | None,
    floor: timedelta,
    now: datetime,
) -> bool:
    """Let the news of a feed be asked for; gives whether that is new.

    A subscription to the same topic at the same hub stays as it is. Any other is replaced: its
    callback is unknown from now on, and until the new one is confirmed the feed is polled as any
    other, with ``floor`` as the pause of a feed that has none of its own.
    """
    row = _of_feed(session, feed_id)
    if row is not None and row.state != SubscriptionState.ENDED:
        if (row.kind, row.hub, row.topic) == (offer.kind, offer.hub, offer.topic):
            return False
        _fall_back(session, row, floor=floor, now=now)
    row = row or Subscription(feed_id=feed_id, host=host, token=token)
    ensure_hosts(session, {host}, now=now)
    row.kind, row.hub, row.topic, row.host = offer.kind, offer.hub, offer.topic, host
    row.token, row.secret = token, secret
    row.state, row.reason, row.attempts = SubscriptionState.WANTED, "", 0
    row.next_attempt_at, row.lease_expires_at, row.ordinary_poll_at = now, None, None
    session.add(row)
    session.flush()
    return True


def end(session: Session, feed_id: int, *, reason: str, floor: timedelta, now: datetime) -> bool:
    """Wish for no news of a feed any more, and let a hub that was asked be told; gives whether that is new.

    The feed is polled as any other, with ``floor`` as the pause of one that has none of its own.
    """
    row = _of_feed(session, feed_id)
    if row is None or row.state == SubscriptionState.ENDED:
        return False
    _fall_back(session, row, floor=floor, now=now)
    _end(row, reason=reason, now=now)
    session.flush()
    return True


def end_retired(session: Session, *, now: datetime) -> tuple[str, ...]:
    """End the subscriptions of feeds that are polled no more; gives the names of these feeds."""
    retired = (
        select(Subscription, col(Feed.name))
        .join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
        .where(col(Feed.retired_at).is_not(None), col(Subscription.state) != SubscriptionState.ENDED)
    )
    names = []
    for row, name in session.execute(retired):
        _end(row, reason="the feed is polled no more", now=now)
        names.append(name)
    session.flush()
    return tuple(names)


def end_all(session: Session, *, reason: str, floor: timedelta, now: datetime) -> int:
    """End every subscription, and let its feed be polled as any other; gives how many there were."""
    rows = session.scalars(select(Subscription).where(col(Subscription.state) != SubscriptionState.ENDED)).all()
    for row in rows:
        _fall_back(session, row, floor=floor, now=now)
        _end(row, reason=reason, now=now)
    session.flush()
    return len(rows)


def lapse(session: Session, *, floor: timedelta, now: datetime) -> tuple[str, ...]:
    """Give up the leases that ended without being renewed; gives the names of their feeds.

    The feeds are polled as any other again; ``floor`` is the pause between ordinary polls of a
    feed that has none of its own.
    """
    over = select(Subscription).where(
        col(Subscription.state) == SubscriptionState.ACTIVE, col(Subscription.lease_expires_at) <= now
    )
    names = []
    for row in session.scalars(over):
        names.append(_fall_back(session, row, floor=floor, now=now).name)
        row.state, row.reason = SubscriptionState.FAILED, "the lease ended before it was renewed"
    session.flush()
    return tuple(names)


def hold(session: Session, token: str) -> None:
    """Keep other transactions from changing the subscription of a callback, or its feed, until this one ends.

    The feed is held first, as a poll holds it, so that the two never wait for each other.
    """
    of_token = select(col(Feed.id)).join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
    session.execute(of_token.where(col(Subscription.token) == token).with_for_update(of=Feed, key_share=True))


def callback_of(session: Session, token: str) -> Callback | None:
    """The subscription that a callback's token belongs to; None when there is none (any more)."""
    found = session.execute(
        select(Subscription, Feed)
        .join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
        .where(col(Subscription.token) == token)
    ).first()
    if found is None:
        return None
    row, feed = found
    return Callback(
        subscription_id=row_id(row.id),
        kind=PushKind(row.kind),
        hub=row.hub,
        topic=row.topic,
        secret=row.secret,
        wish=None if feed.retired_at and row.state != SubscriptionState.ENDED else _wish(row),
        feed_url=feed.url,
        origin=origin_of(feed),
    )


def keep_confirmed(session: Session, subscription_id: int, terms: Terms) -> None:
    """The hub gave the subscription on these terms, after it verified that we want it."""
    row = _held(session, subscription_id)
    row.state, row.reason, row.attempts = SubscriptionState.ACTIVE, "", 0
    row.next_attempt_at, row.lease_expires_at = terms.renew_at, terms.ends_at
    session.flush()


def keep_farewell(session: Session, subscription_id: int) -> None:
    """The hub verified that we want the subscription no more."""
    row = _held(session, subscription_id)
    row.next_attempt_at = row.lease_expires_at = None
    session.flush()


def keep_denied(
    session: Session, subscription_id: int, *, reason: str, pause: timedelta, floor: timedelta, now: datetime
) -> None:
    """The hub will not have the subscription until ``pause`` is over; the feed is polled as any other."""
    row = _held(session, subscription_id)
    _fall_back(session, row, floor=floor, now=now)
    row.state, row.reason, row.attempts = SubscriptionState.DENIED, reason, 0
    row.next_attempt_at, row.lease_expires_at = now + pause, None
    session.flush()


def keep_received(session: Session, subscription_id: int, *, now: datetime) -> None:
    """A delivery came that is to be acknowledged before it is stored."""
    row = _held(session, subscription_id)
    row.received_at, row.unstored = now, row.unstored + 1
    session.flush()


def keep_stored(session: Session, subscription_id: int) -> None:
    """What was acknowledged is stored."""
    row = _held(session, subscription_id)
    row.unstored = max(row.unstored - 1, 0)
    session.flush()


def recover(session: Session, *, received_before: datetime, floor: timedelta, now: datetime) -> tuple[str, ...]:
    """Poll soon the feeds of which a delivery was acknowledged and never stored; gives their names.

    Whoever acknowledged it stopped half-way. ``floor`` is the least pause after the last poll.
    """
    lost = select(Subscription, col(Feed.name)).join_from(Subscription, Feed, col(Feed.id) == col(Subscription.feed_id))
    names = []
    for row, name in session.execute(
        lost.where(col(Subscription.unstored) > 0, col(Subscription.received_at) <= received_before)
    ):
        poll_soon(session, row.feed_id, floor=floor, now=now)
        row.unstored = 0
        names.append(name)
    session.flush()
    return tuple(names)


def keep_ordinary_poll(session: Session, feed_id: int, *, at: datetime) -> None:
    """Remember when a feed that is pushed would be polled otherwise, for when it is pushed no more."""
    session.execute(update(Subscription).where(col(Subscription.feed_id) == feed_id).values(ordinary_poll_at=at))


def poll_soon(session: Session, feed_id: int, *, floor: timedelta, now: datetime) -> datetime | None:
    """Poll a feed because it is said to have news, ``floor`` after its last poll at the earliest.

    Gives when it is polled now; None when the feed is polled no more.
    """
    feed = session.get_one(Feed, feed_id)
    if feed.retired_at is not None:
        return None
    earliest = (now, feed.last_poll_at and feed.last_poll_at + floor, feed.quiet_until)
    _pull_in(session, feed, at=max(instant for instant in earliest if instant is not None))
    return feed.next_poll_at


def _pull_in(session: Session, feed: Feed, *, at: datetime) -> None:
    feed.next_poll_at = min(feed.next_poll_at, at)
    set_ready(session, {feed.host})


def _fall_back(session: Session, row: Subscription, *, floor: timedelta, now: datetime) -> Feed:
    """Poll a feed that was pushed as any other; one that fails keeps the pause it was given."""
    feed = session.get_one(Feed, row.feed_id)
    if row.state != SubscriptionState.ACTIVE or not feed.last_poll_at or feed.failures or feed.retired_at:
        return feed
    every = floor if feed.every_seconds is None else timedelta(seconds=feed.every_seconds)
    _pull_in(session, feed, at=max(now, row.ordinary_poll_at or feed.last_poll_at + every))
    row.ordinary_poll_at = None
    return feed


def _of_feed(session: Session, feed_id: int) -> Subscription | None:
    of_feed = select(Subscription).where(col(Subscription.feed_id) == feed_id).with_for_update()
    return session.scalars(of_feed).one_or_none()


def _held(session: Session, subscription_id: int) -> Subscription:
    """The row, for this transaction alone: a hub's answer and its verification come at the same time."""
    return session.get_one(Subscription, subscription_id, with_for_update=True)


def _wish(row: Subscription) -> Mode | None:
    if row.state == SubscriptionState.ENDED:
        return Mode.UNSUBSCRIBE if row.kind == PushKind.WEBSUB else None
    return Mode.SUBSCRIBE if row.state in _ASKED else None


def _end(row: Subscription, *, reason: str, now: datetime) -> None:
    """A hub that was asked is told; a cloud forgets by itself within a day."""
    told = row.kind == PushKind.WEBSUB and row.state in _ASKED
    row.state, row.reason, row.attempts = SubscriptionState.ENDED, reason, 0
    row.next_attempt_at = now if told else None
