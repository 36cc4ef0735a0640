"""Subscribing: note who would push a feed's news, ask them, renew, and let go.

Whom to ask is decided in ``polling.push_discovery``, when to ask again in ``polling.subscription_leases``. What hubs
send is ``deliver``'s.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.model.parsing import ParsedFeed, Push
from aggregator.model.polling import Answer, FetchOutcome, NotModified, Offer, PushKind, Rebuff
from aggregator.polling import rsscloud
from aggregator.polling.push_discovery import advertised, best_offer
from aggregator.polling.subscription_leases import judge_rebuff, unheard_pause
from aggregator.polling.websub import request_form, takes_secret
from aggregator.steps.service import Service
from aggregator.store import hosts, hub_request_queue, subscriptions
from aggregator.store.host_claims import FeedVisit
from aggregator.store.hub_request_queue import Errand

log = structlog.get_logger()

_PATH = "push"
_NAMED_NO_MORE = "the feed names no hub any more"


def is_reachable(service: Service) -> bool:
    """Whether anybody outside can call back."""
    return service.settings.publishing.public_url is not None


def wants_pushes(service: Service) -> bool:
    """Whether feeds are subscribed to where somebody offers it."""
    return service.settings.push.enabled and is_reachable(service)


def note_advertised(
    session: Session,
    service: Service,
    visit: FeedVisit,
    outcome: FetchOutcome,
    parsed: ParsedFeed | None,
    *,
    now: datetime,
) -> None:
    """Wish for what the answer to a poll offers, and for nothing that is offered no more.

    ``parsed`` is the document that came, None when none was read; only a document can say that
    nobody offers anything.
    """
    if not wants_pushes(service) or not isinstance(outcome, Answer | NotModified):
        return
    push = advertised(outcome.headers, url=outcome.url, embedded=parsed.push if parsed else Push())
    offer = best_offer(push, url=outcome.url)
    if offer is not None:
        _want(session, service, visit, offer, now)
    elif parsed is not None:
        floor = service.settings.polling.every
        if subscriptions.end(session, visit.feed_id, reason=_NAMED_NO_MORE, floor=floor, now=now):
            log.info("push.ended", feed=visit.name, reason=_NAMED_NO_MORE)


def _want(session: Session, service: Service, visit: FeedVisit, offer: Offer, now: datetime) -> None:
    secret = _random(service) if offer.kind is PushKind.WEBSUB and takes_secret(offer.hub) else None
    is_new = subscriptions.want(
        session,
        visit.feed_id,
        offer,
        host=service.hosts.key(offer.hub),
        token=_random(service),
        secret=secret,
        floor=service.settings.polling.every,
        now=now,
    )
    if is_new:
        log.info("push.wanted", feed=visit.name, kind=str(offer.kind), hub=offer.hub, topic=offer.topic)


def _random(service: Service) -> str:
    """A word nobody guesses: 160 random bits."""
    return service.new_key() + service.new_key()


async def tidy(service: Service) -> None:
    """Let go of what ended: leases, retired feeds, all of it once pushes are unwanted. Make up for what was lost."""
    now, floor = service.clock(), service.settings.polling.every
    refresh = service.settings.polling.refresh
    for name in await service.database.write(
        subscriptions.recover, received_before=now - service.lease, floor=refresh, now=now
    ):
        log.warning("push.unstored", feed=name, action="the feed is polled soon")
    if not wants_pushes(service):
        reason = "pushes are turned off"
        if ended := await service.database.write(subscriptions.end_all, reason=reason, floor=floor, now=now):
            log.info("push.off", subscriptions=ended)
        return
    for name in await service.database.write(subscriptions.lapse, floor=floor, now=now):
        log.warning("push.lapsed", feed=name)
    for name in await service.database.write(subscriptions.end_retired, now=now):
        log.info("push.ended", feed=name, reason="the feed is polled no more")


async def ask(service: Service, errand: Errand) -> None:
    """Ask one claimed hub one thing, and give its host back."""
    outcome = await service.fetcher.post(errand.hub, _form(service, errand))
    rebuff = await service.database.write(_commit, service, errand, outcome, now=service.clock())
    log.info(
        "push.asked",
        feed=errand.feed_name,
        hub=errand.hub,
        mode=str(errand.mode),
        attempt=errand.attempts,
        refused=rebuff.reason if rebuff else None,
    )


def _form(service: Service, errand: Errand) -> dict[str, str]:
    callback = callback_url(service, errand.token)
    if errand.kind is PushKind.RSSCLOUD:
        return rsscloud.registration_form(callback=callback, topic=errand.topic)
    return request_form(
        mode=errand.mode,
        callback=callback,
        topic=errand.topic,
        lease=service.settings.push.lease,
        secret=errand.secret,
    )


def callback_url(service: Service, token: str) -> str:
    """Where hubs reach us for one subscription; only with ``publishing.public_url``."""
    base = service.settings.publishing.public_url
    if base is None:
        raise AssertionError("without a public URL nobody is asked to call back")
    return f"{base.rstrip('/')}/{_PATH}/{token}"


def _commit(
    session: Session, service: Service, errand: Errand, outcome: FetchOutcome, *, now: datetime
) -> Rebuff | None:
    rebuff = _rebuff(errand, outcome, now)
    if rebuff is not None:
        hub_request_queue.keep_rebuff(session, errand, rebuff, now=now)
    elif errand.kind is PushKind.RSSCLOUD:
        hub_request_queue.keep_registration(session, errand, rsscloud.registration_terms(now=now))
    quiet_until = now + rebuff.quiet_for if rebuff and rebuff.quiet_for else None
    pauses = service.pauses(errand.host, outcome, quiet_until=quiet_until)
    hosts.release_host(session, errand.host, by=service.name, pauses=pauses)
    return rebuff


def _rebuff(errand: Errand, outcome: FetchOutcome, now: datetime) -> Rebuff | None:
    """Why the hub did not take what it was asked; None when it did, and will confirm it."""
    if not isinstance(outcome, Answer):
        return judge_rebuff(outcome, attempts=errand.attempts, now=now)
    if errand.kind is PushKind.RSSCLOUD and (reason := rsscloud.refusal(outcome.body)):
        return Rebuff(reason=reason, pause=unheard_pause(errand.attempts))
    return None
