"""Subscribes to hubs: stores push offers, sends subscription requests, renews leases, ends subscriptions.

``polling.push_discovery`` chooses the hub, ``polling.subscription_leases`` the time of the next request.
``push_delivery`` handles what hubs send.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.model.parsing import ParsedFeed, PushLinks
from aggregator.model.polling import FetchOutcome, HubRejection, NotModified, PushKind, PushOffer, SuccessResponse
from aggregator.polling import rsscloud
from aggregator.polling.push_discovery import choose_push_offer, discover_push
from aggregator.polling.subscription_leases import classify_hub_rejection, confirmation_timeout
from aggregator.polling.websub import accepts_secret, subscription_form
from aggregator.steps.service import Service
from aggregator.store import hosts, hub_request_queue, subscriptions
from aggregator.store.host_claims import FeedClaim
from aggregator.store.hub_request_queue import HubRequest

log = structlog.get_logger()

_PATH = "push"
_NO_HUB = "the feed no longer names a hub"


def has_public_url(service: Service) -> bool:
    """Returns True if hubs can reach this service: a public URL is configured."""
    return service.settings.publishing.public_url is not None


def is_push_enabled(service: Service) -> bool:
    """Returns True if the service subscribes to feeds that offer a push."""
    return service.settings.push.enabled and has_public_url(service)


def store_push_offer(
    session: Session,
    service: Service,
    claim: FeedClaim,
    outcome: FetchOutcome,
    parsed: ParsedFeed | None,
    *,
    now: datetime,
) -> None:
    """Stores the push offer in the response to a poll; ends the subscription if the feed offers none any more.

    ``parsed`` is the document of the response, None if none was read; only a document can show that there is no
    offer.
    """
    if not is_push_enabled(service) or not isinstance(outcome, SuccessResponse | NotModified):
        return
    push = discover_push(outcome.headers, url=outcome.url, embedded=parsed.push if parsed else PushLinks())
    offer = choose_push_offer(push, url=outcome.url)
    if offer is not None:
        _store_offer(session, service, claim, offer, now)
    elif parsed is not None:
        floor = service.settings.polling.every
        if subscriptions.end_subscription(session, claim.feed_id, reason=_NO_HUB, floor=floor, now=now):
            log.info("push.ended", feed=claim.name, reason=_NO_HUB)


def _store_offer(session: Session, service: Service, claim: FeedClaim, offer: PushOffer, now: datetime) -> None:
    secret = _random(service) if offer.kind is PushKind.WEBSUB and accepts_secret(offer.hub) else None
    is_new = subscriptions.ensure_subscription(
        session,
        claim.feed_id,
        offer,
        host=service.hosts.key(offer.hub),
        token=_random(service),
        secret=secret,
        floor=service.settings.polling.every,
        now=now,
    )
    if is_new:
        log.info("push.wanted", feed=claim.name, kind=str(offer.kind), hub=offer.hub, topic=offer.topic)


def _random(service: Service) -> str:
    """Returns a secret of 160 random bits."""
    return service.new_key() + service.new_key()


async def maintain_subscriptions(service: Service) -> None:
    """Ends subscriptions whose lease expired or whose feed is retired, or all of them if push is turned off.

    A delivery that was received but not stored, because the service stopped, is replaced by an early poll.
    """
    now, floor = service.clock(), service.settings.polling.every
    refresh = service.settings.polling.refresh
    for name in await service.database.write(
        subscriptions.poll_lost_deliveries, received_before=now - service.lease, floor=refresh, now=now
    ):
        log.warning("push.unstored", feed=name, action="the feed is polled early")
    if not is_push_enabled(service):
        reason = "push is turned off"
        if ended := await service.database.write(
            subscriptions.end_all_subscriptions, reason=reason, floor=floor, now=now
        ):
            log.info("push.off", subscriptions=ended)
        return
    for name in await service.database.write(subscriptions.end_expired_leases, floor=floor, now=now):
        log.warning("push.lapsed", feed=name)
    for name in await service.database.write(subscriptions.end_retired_subscriptions, now=now):
        log.info("push.ended", feed=name, reason="the feed is no longer polled")


async def request_subscription(service: Service, hub_request: HubRequest) -> None:
    """Sends one claimed request to a hub and releases its host."""
    outcome = await service.fetcher.post(hub_request.hub, _form(service, hub_request))
    rejection = await service.database.write(_commit, service, hub_request, outcome, now=service.clock())
    log.info(
        "push.requested",
        feed=hub_request.feed_name,
        hub=hub_request.hub,
        mode=str(hub_request.mode),
        attempt=hub_request.attempts,
        refused=rejection.reason if rejection else None,
    )


def _form(service: Service, hub_request: HubRequest) -> dict[str, str]:
    callback = callback_url(service, hub_request.token)
    if hub_request.kind is PushKind.RSSCLOUD:
        return rsscloud.registration_form(callback=callback, topic=hub_request.topic)
    return subscription_form(
        mode=hub_request.mode,
        callback=callback,
        topic=hub_request.topic,
        lease=service.settings.push.lease,
        secret=hub_request.secret,
    )


def callback_url(service: Service, token: str) -> str:
    """Returns the callback URL of one subscription; ``publishing.public_url`` must be set."""
    base = service.settings.publishing.public_url
    if base is None:
        raise AssertionError("a callback needs publishing.public_url")
    return f"{base.rstrip('/')}/{_PATH}/{token}"


def _commit(
    session: Session, service: Service, hub_request: HubRequest, outcome: FetchOutcome, *, now: datetime
) -> HubRejection | None:
    rejection = _rebuff(hub_request, outcome, now)
    if rejection is not None:
        hub_request_queue.record_hub_rejection(session, hub_request, rejection, now=now)
    elif hub_request.kind is PushKind.RSSCLOUD:
        hub_request_queue.record_registration(session, hub_request, rsscloud.registration_lease(now=now))
    quiet_until = now + rejection.host_backoff_time if rejection and rejection.host_backoff_time else None
    pauses = service.pauses(hub_request.host, outcome, quiet_until=quiet_until)
    hosts.release_host(session, hub_request.host, by=service.name, pauses=pauses)
    return rejection


def _rebuff(hub_request: HubRequest, outcome: FetchOutcome, now: datetime) -> HubRejection | None:
    """Returns why the hub did not accept the request; None if it did, and will confirm it."""
    if not isinstance(outcome, SuccessResponse):
        return classify_hub_rejection(outcome, attempts=hub_request.attempts, now=now)
    if hub_request.kind is PushKind.RSSCLOUD and (reason := rsscloud.registration_refusal(outcome.body)):
        return HubRejection(reason=reason, pause=confirmation_timeout(hub_request.attempts))
    return None
