"""Handles WebSub deliveries and rssCloud pings, and answers verifications of intent.

A delivery is stored like a polled document, by the same rules. It is not a poll: validators, the digest of the body
and the time of the next poll do not change. Entries that it does not contain stay unchanged, because a hub may send the
new ones only. A ping without content brings the next poll forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.change_detection import Intake
from aggregator.model.parsing import Unreadable
from aggregator.model.polling import Mode, PushKind
from aggregator.parsing.document_reader import Document
from aggregator.polling import rsscloud
from aggregator.polling.subscription_leases import DENIED_PAUSE, lease_terms
from aggregator.polling.websub import Agreed, Delivery, Denied, Disagreed, judge_intent
from aggregator.steps.ingest import read_in_worker, store_document
from aggregator.steps.service import Service
from aggregator.store import hosts, subscriptions
from aggregator.store.subscriptions import Callback
from aggregator.url_credentials import without_userinfo

log = structlog.get_logger()


def confirm(session: Session, service: Service, token: str, query: Mapping[str, str], *, now: datetime) -> str | None:
    """Returns the answer to a hub that verifies our intent: the challenge, "" for a denial, None to reject it."""
    subscriptions.hold(session, token)
    callback = subscriptions.callback_of(session, token)
    if callback is None:
        return None
    if callback.kind is PushKind.RSSCLOUD:
        return rsscloud.challenge_of(query, topic=callback.topic) if callback.listens else None
    judgement = judge_intent(query, wish=callback.wish, topic=callback.topic, asked_lease=service.settings.push.lease)
    feed = callback.origin.feed_name
    match judgement:
        case Disagreed(reason=reason):
            log.warning("push.disagreed", feed=feed, hub=callback.hub, reason=reason)
            return None
        case Denied(reason=reason) if callback.listens:
            floor = service.settings.polling.every
            subscriptions.keep_denied(
                session, callback.subscription_id, reason=reason, pause=DENIED_PAUSE, floor=floor, now=now
            )
            log.warning("push.denied", feed=feed, hub=callback.hub, reason=reason)
            return ""
        case Denied():
            return ""
        case Agreed(mode=Mode.SUBSCRIBE, challenge=challenge, lease=lease):
            terms = lease_terms(lease, now=now)
            subscriptions.keep_confirmed(session, callback.subscription_id, terms)
            log.info("push.confirmed", feed=feed, hub=callback.hub, until=terms.ends_at.isoformat(timespec="seconds"))
            return challenge
        case Agreed(challenge=challenge):
            subscriptions.keep_farewell(session, callback.subscription_id)
            return challenge


async def poll_soon(service: Service, callback: Callback, *, reason: str) -> None:
    """Brings the next poll of a feed forward; ``polling.refresh`` stays the shortest interval between two polls."""
    at = await service.database.write(
        subscriptions.poll_soon,
        callback.origin.feed_id,
        floor=service.settings.polling.refresh,
        now=service.clock(),
    )
    log.info(
        "push.pinged",
        feed=callback.origin.feed_name,
        reason=reason,
        poll=at.isoformat(timespec="seconds") if at else None,
    )


async def deliver(service: Service, callback: Callback, delivery: Delivery) -> None:
    """Stores a delivery; if it cannot be read, the feed itself is polled early."""
    document = await read_in_worker(
        service, delivery.body, url=without_userinfo(callback.feed_url), content_type=delivery.content_type
    )
    if isinstance(document.outcome, Unreadable):
        await poll_soon(service, callback, reason=f"the delivery cannot be read: {document.outcome.reason}")
        await service.database.write(subscriptions.keep_stored, callback.subscription_id)
        return
    intake = await service.database.write(_commit, service, callback, document, now=service.clock())
    log.info(
        "push.delivered",
        feed=callback.origin.feed_name,
        hub=callback.hub,
        new=len(intake.new),
        changed=len(intake.changed),
    )


def _commit(session: Session, service: Service, callback: Callback, document: Document, *, now: datetime) -> Intake:
    intake, changed = store_document(session, service, callback.origin, document, now=now)
    hosts.set_ready(session, changed)
    subscriptions.keep_stored(session, callback.subscription_id)
    return intake
