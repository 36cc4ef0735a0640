"""One request of a visit to a page: what came of it, what that means for its host, and giving the host back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from aggregator.model.polling import Answer, FetchOutcome, NotModified, Refused, Rule, Validators
from aggregator.polling.fetch import Kind, Visit
from aggregator.polling.host_backoff import failures_after, quiet_for, requests_made
from aggregator.polling.request_identity import Introduction
from aggregator.polling.robots_txt import Robots
from aggregator.steps.service import Service
from aggregator.store import articles, hosts
from aggregator.store.page_claims import PageVisit

_NETWORK_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What came of the one request that a visit made, if it made one, and what that means for its host.

    ``quiet_until`` is meant by the host that answered, ``crawl_delay`` by the one that is claimed.
    """

    visit: PageVisit
    outcome: FetchOutcome | None = None
    host_failures: int | None = None
    quiet_until: datetime | None = None
    crawl_delay: timedelta = timedelta()


async def ask(
    service: Service,
    visit: PageVisit,
    url: str,
    *,
    kind: Kind,
    introduction: Introduction,
    allowed: Visit | None = None,
    validators: Validators | None = None,
) -> FetchOutcome | None:
    """What came of asking for ``url``; None without a network of our own, and then the page waits for it."""
    began_at = service.clock()
    outcome = await service.fetcher.get(url, kind=kind, visit=allowed, introduction=introduction, validators=validators)
    now = service.clock()
    service.network.note(outcome, host=visit.host, at=now)
    if not service.network.is_ours(outcome, host=visit.host, began_at=began_at):
        return outcome
    await service.database.write(_commit_waiting, service, visit, outcome, again=now + _NETWORK_PAUSE)
    return None


def of_outcome(service: Service, visit: PageVisit, outcome: FetchOutcome) -> Asked:
    """What an outcome means for the host that was asked."""
    now, cap = service.clock(), service.settings.polling.at_most
    is_claimed = service.hosts.key(outcome.url) == visit.host  # the failures of another host are not counted
    failures = failures_after(outcome, before=visit.host_failures if is_claimed else 0)
    quiet = quiet_for(outcome, host_failures=failures, now=now, cap=cap)
    return Asked(
        visit=visit,
        outcome=outcome,
        host_failures=failures if is_claimed else None,
        quiet_until=None if quiet is None else now + quiet,
    )


def unasked(visit: PageVisit) -> Asked:
    """A visit that made no request."""
    return Asked(visit=visit)


def crawl_delay(robots: Robots, service: Service) -> timedelta:
    """The pause between requests that a robots.txt asks for, as far as it is granted."""
    return min(robots.crawl_delay or timedelta(), service.settings.fetching.crawl_delay)


def forbidden(url: str, robots: Robots) -> Refused | None:
    """Why a URL is not asked for, if its robots.txt forbids it."""
    if robots.allows(url):
        return None
    return Refused(url=url, rule=Rule.ROBOTS, reason="robots.txt forbids the page")


def _commit_waiting(
    session: Session, service: Service, visit: PageVisit, outcome: FetchOutcome, *, again: datetime
) -> None:
    """Without a network of our own nothing is held against the page or its host."""
    articles.wait_for_page(session, visit.article_id, next_attempt_at=again)
    pauses = service.pauses(visit.host, outcome)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=hosts.Tally(requests=0))


def release(session: Session, service: Service, asked: Asked) -> None:
    """Give the host back, with what the visit cost it and the pauses that follow."""
    visit, outcome = asked.visit, asked.outcome
    pauses = service.pauses(visit.host, outcome, quiet_until=asked.quiet_until)
    pauses[visit.host] = max(pauses[visit.host], service.clock() + asked.crawl_delay)
    wire_bytes = outcome.wire_bytes if isinstance(outcome, Answer) else 0
    tally = hosts.Tally(
        requests=0 if outcome is None else requests_made(outcome),
        unchanged=1 if isinstance(outcome, NotModified) else 0,
        wire_bytes=wire_bytes,
    )
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=tally, failures=asked.host_failures)
