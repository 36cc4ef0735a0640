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

from aggregator.change_detection import DetectedChanges
from aggregator.model.parsing import Unreadable
from aggregator.model.polling import HubMode, PushKind
from aggregator.parsing.document_reader import ParsedDocument
from aggregator.polling import rsscloud
from aggregator.polling.subscription_leases import PAUSE_AFTER_DENIAL, plan_lease
from aggregator.polling.websub import Delivery, IntentConfirmed, IntentRejected, SubscriptionDenied, verify_intent
from aggregator.steps.ingest import read_in_worker, store_document
from aggregator.steps.service import Service
from aggregator.store import hosts, subscriptions
from aggregator.store.subscriptions import CallbackSubscription
from aggregator.url_credentials import without_userinfo

log = structlog.get_logger()


def answer_verification(
    session: Session, service: Service, token: str, query: Mapping[str, str], *, now: datetime
) -> str | None:
    """Returns the answer to a hub that verifies our intent: the challenge, "" for a denial, None to reject it."""
    subscriptions.lock_subscription(session, token)
    callback = subscriptions.subscription_of_callback(session, token)
    if callback is None:
        return None
    if callback.kind is PushKind.RSSCLOUD:
        return rsscloud.challenge_to_echo(query, topic=callback.topic) if callback.listens else None
    judgement = verify_intent(
        query, requested_mode=callback.requested_mode, topic=callback.topic, requested_lease=service.settings.push.lease
    )
    feed = callback.origin.feed_name
    match judgement:
        case IntentRejected(reason=reason):
            log.warning("push.disagreed", feed=feed, hub=callback.hub, reason=reason)
            return None
        case SubscriptionDenied(reason=reason) if callback.listens:
            floor = service.settings.polling.every
            subscriptions.record_denied(
                session, callback.subscription_id, reason=reason, pause=PAUSE_AFTER_DENIAL, floor=floor, now=now
            )
            log.warning("push.denied", feed=feed, hub=callback.hub, reason=reason)
            return ""
        case SubscriptionDenied():
            return ""
        case IntentConfirmed(mode=HubMode.SUBSCRIBE, challenge=challenge, lease=lease):
            terms = plan_lease(lease, now=now)
            subscriptions.record_confirmed(session, callback.subscription_id, terms)
            log.info("push.confirmed", feed=feed, hub=callback.hub, until=terms.ends_at.isoformat(timespec="seconds"))
            return challenge
        case IntentConfirmed(challenge=challenge):
            subscriptions.record_unsubscribed(session, callback.subscription_id)
            return challenge


async def poll_early(service: Service, callback: CallbackSubscription, *, reason: str) -> None:
    """Brings the next poll of a feed forward; ``polling.refresh`` stays the shortest interval between two polls."""
    at = await service.database.write(
        subscriptions.advance_poll,
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


async def store_delivery(service: Service, callback: CallbackSubscription, delivery: Delivery) -> None:
    """Stores a delivery; if it cannot be read, the feed itself is polled early."""
    document = await read_in_worker(
        service, delivery.body, url=without_userinfo(callback.feed_url), content_type=delivery.content_type
    )
    if isinstance(document.outcome, Unreadable):
        await poll_early(service, callback, reason=f"the delivery cannot be read: {document.outcome.reason}")
        await service.database.write(subscriptions.record_delivery_stored, callback.subscription_id)
        return
    intake = await service.database.write(_commit, service, callback, document, now=service.clock())
    log.info(
        "push.delivered",
        feed=callback.origin.feed_name,
        hub=callback.hub,
        new=len(intake.new),
        changed=len(intake.changed),
    )


def _commit(
    session: Session, service: Service, callback: CallbackSubscription, document: ParsedDocument, *, now: datetime
) -> DetectedChanges:
    intake, changed = store_document(session, service, callback.origin, document, now=now)
    hosts.update_ready_at(session, changed)
    subscriptions.record_delivery_stored(session, callback.subscription_id)
    return intake
