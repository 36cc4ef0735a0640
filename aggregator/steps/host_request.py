"""Sends the one request of a claim and releases the claimed host.

Polls (``poll_feed``), pages with their robots.txt (``read_article``) and older feed documents (``backfill``) use
this step. A hub request (``push_subscriptions``) does not: the hub's own retry rules apply to it, and it is planned
again before it is sent.

    send_request       fetches, records what the network showed, derives the pauses of the host
    put_off            after a failure that is not counted: postpones the work and releases the host, in one transaction
    release_claim      releases the host with counts, pauses and failures, in the transaction that stores the result
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlmodel import Session

from aggregator.model.polling import FetchOutcome, NotModified, SuccessResponse
from aggregator.polling.host_backoff import host_backoff_time, host_failures_after, requests_made
from aggregator.steps.service import Service
from aggregator.store import hosts
from aggregator.store.host_claims import FeedClaim
from aggregator.store.page_claims import PageClaim

ClaimT = TypeVar("ClaimT", FeedClaim, PageClaim)


@dataclass(frozen=True, kw_only=True, slots=True)
class HostRequest(Generic[ClaimT]):
    """The request of a claim after it ended, and what it means for the hosts on its way.

    ``outcome`` is None if no request was needed. ``is_offline`` is True if this machine had no network or was too busy:
    then neither the request nor its failure counts. ``host_failures`` is the new count of failures in a row of the
    claimed host; None leaves the count. Until ``quiet_until`` no request goes to the host that answered;
    ``crawl_delay`` is the pause of the claimed host. ``resumed_hops`` counts redirects of the outcome that an earlier
    request followed.
    ``saved_bytes`` is the size of the document that a 304 saved.
    """

    claim: ClaimT
    outcome: FetchOutcome | None = None
    is_offline: bool = False
    host_failures: int | None = None
    quiet_until: datetime | None = None
    crawl_delay: timedelta = timedelta()
    resumed_hops: int = 0
    saved_bytes: int = 0


async def send_request(
    service: Service, claim: ClaimT, fetching: Awaitable[FetchOutcome], *, host: str | None = None
) -> HostRequest[ClaimT]:
    """Awaits ``fetching`` and returns its outcome with the consequences for the host.

    ``host`` is the key of the host that the request goes to first, if it is not the claimed one.
    """
    began_at, host = service.clock(), host or claim.host
    outcome = await fetching
    service.network.note(outcome, host=host, at=service.clock())
    if service.network.is_offline(outcome, host=host, began_at=began_at):
        return HostRequest(claim=claim, outcome=outcome, is_offline=True)
    return host_request_of(service, claim, outcome)


def host_request_of(service: Service, claim: ClaimT, outcome: FetchOutcome) -> HostRequest[ClaimT]:
    """Returns the consequences of an outcome for its hosts.

    After a redirect to another host, that host's failure does not change the count of the claimed one.
    """
    now, cap = service.clock(), service.settings.polling.at_most
    is_claimed = service.hosts.key(outcome.url) == claim.host
    failures = host_failures_after(outcome, before=claim.host_failures if is_claimed else 0)
    quiet = host_backoff_time(outcome, host_failures=failures, now=now, cap=cap)
    return HostRequest(
        claim=claim,
        outcome=outcome,
        host_failures=failures if is_claimed else None,
        quiet_until=None if quiet is None else now + quiet,
    )


async def put_off(service: Service, request: HostRequest[ClaimT], postpone: Callable[[Session], object]) -> None:
    """Calls ``postpone`` and releases the host in one transaction; no attempt is counted."""
    await service.database.write(_commit_put_off, service, request, postpone)


def _commit_put_off(
    session: Session, service: Service, request: HostRequest[ClaimT], postpone: Callable[[Session], object]
) -> None:
    postpone(session)
    release_claim(session, service, request)


def release_claim(
    session: Session, service: Service, request: HostRequest[ClaimT], *, changed: Collection[str] = ()
) -> None:
    """Releases the claimed host; ``changed`` are the keys of hosts for which other work is due now."""
    claim = request.claim
    pauses = service.pauses(claim.host, request.outcome, quiet_until=request.quiet_until)
    pauses[claim.host] = max(pauses[claim.host], service.clock() + request.crawl_delay)
    hosts.release_host(
        session,
        claim.host,
        by=service.name,
        pauses=pauses,
        tally=_tally(request),
        failures=request.host_failures,
        changed=changed,
    )


def _tally(request: HostRequest[ClaimT]) -> hosts.RequestCounts:
    """Returns what the request cost the publisher, and what a conditional request saved."""
    outcome = request.outcome
    if outcome is None or request.is_offline:
        return hosts.RequestCounts(requests=0)
    requests = requests_made(outcome) - request.resumed_hops
    match outcome:
        case SuccessResponse(wire_bytes=wire_bytes):
            return hosts.RequestCounts(requests=requests, wire_bytes=wire_bytes)
        case NotModified():
            return hosts.RequestCounts(requests=requests, unchanged=1, saved_bytes=request.saved_bytes)
        case _:
            return hosts.RequestCounts(requests=requests)
