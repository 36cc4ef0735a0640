"""The text of one article: fetch its page, extract, choose, sketch, store.

robots.txt is asked first, and the pause between requests to one host is kept. A page that fails
for a passing reason, or whose robots.txt does, is tried again later; one that fails for good
leaves the feed's own text. An article that stands on several pages takes a visit for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session

from aggregator.extraction.parts import Reading
from aggregator.model import (
    Answer,
    ArticleText,
    Deferred,
    FetchOutcome,
    HttpError,
    NotModified,
    Refused,
    Rule,
    Sketch,
    Unreachable,
)
from aggregator.polling.fetch import Kind, Visit
from aggregator.polling.introducing import Introduction, introduction_of
from aggregator.polling.quiet import failures_after, passes, quiet_for, requests_made
from aggregator.polling.robots import Robots, RobotsVerdict, holds_for, parse_robots
from aggregator.steps.clean import clean_others
from aggregator.steps.service import Service
from aggregator.steps.texts import Read, from_page, without_page, without_pages
from aggregator.store import articles, hosts, readings
from aggregator.store.articles import ArticleSource, KeptRobots
from aggregator.store.claims import PageVisit

log = structlog.get_logger()

_FIRST_RETRY = timedelta(minutes=1)
_RETRY_GROWS_BY = 5
_NETWORK_PAUSE = timedelta(minutes=1)
_LONGEST_ROBOTS_PAUSE = timedelta(seconds=50)
"""A single run waits so long for a host, and no longer: it would never get past the robots.txt to the page."""

_NO_ROBOTS = "its robots.txt cannot be had for now"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What came of the one request that a visit made, if it made one, and what that means for its host.

    ``quiet_until`` is meant by the host that answered, ``crawl_delay`` by the one that is claimed.
    """

    visit: PageVisit
    outcome: FetchOutcome | None = None
    host_failures: int
    quiet_until: datetime | None = None
    crawl_delay: timedelta = timedelta()


async def read(service: Service, visit: PageVisit) -> None:
    """Fetch the page of one claimed article, or the robots.txt that comes before it, and give the host back.

    A claim is one request: the page is for a later one, once the host had its pause.
    """
    source = await service.database.read(articles.source_of, visit.article_id)
    if visit.reading and service.hosts.key(visit.url) != visit.host:
        await _do_without(service, _unasked(visit), source, "it is on another host")
        return
    if not service.settings.extraction.robots:
        await _read_page(service, visit, source, Robots(verdict=RobotsVerdict.EVERYTHING))
        return
    parts = urlsplit(visit.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    kept = await service.database.read(articles.robots_of, origin, now=service.clock())
    if kept is None:
        await _ask_robots(service, visit, source, origin=origin)
        return
    robots = Robots(verdict=RobotsVerdict(kept.access), text=kept.text)
    if robots.verdict is RobotsVerdict.NOTHING:
        await _postpone(service, _unasked(visit), source, _NO_ROBOTS, not_before=kept.expires_at)
        return
    await _read_page(service, visit, source, robots)


async def _ask_robots(service: Service, visit: PageVisit, source: ArticleSource, *, origin: str) -> None:
    """Ask what an origin allows and keep it; the page stays due, unless its robots.txt cannot be had for now."""
    introduction = introduction_of(service.settings_of(source.feed)).without_headers
    outcome = await _ask(service, visit, f"{origin}/robots.txt", kind=Kind.ROBOTS, introduction=introduction)
    if outcome is None:
        return
    robots, now = parse_robots(outcome), service.clock()
    expires_at = now + holds_for(outcome, now=now)
    read = KeptRobots(origin=origin, access=robots.verdict, text=robots.text, expires_at=expires_at)
    await service.database.write(articles.keep_robots, read)
    asked = _asked(service, visit, outcome)
    if robots.verdict is RobotsVerdict.NOTHING:
        await _postpone(service, asked, source, _NO_ROBOTS, not_before=expires_at)
        return
    delay = min(_crawl_delay(robots, service), _LONGEST_ROBOTS_PAUSE)
    await service.database.write(_release, service, replace(asked, crawl_delay=delay))


async def _read_page(service: Service, visit: PageVisit, source: ArticleSource, robots: Robots) -> None:
    """Fetch the page, as far as its robots.txt allows it, and store the text."""
    forbidden = _forbidden(visit.url, robots)
    outcome = forbidden or await _ask(
        service,
        visit,
        visit.url,
        kind=Kind.PAGE,
        introduction=introduction_of(service.settings_of(source.feed)),
        allowed=lambda url: _forbidden(url, robots),
    )
    if outcome is None:
        return
    asked = replace(_asked(service, visit, outcome), crawl_delay=_crawl_delay(robots, service))
    match outcome:
        case Answer():
            await _take(service, asked, source, await from_page(service, source, outcome, reading=visit.reading))
        case HttpError(status=status) if passes(outcome):
            await _postpone(service, asked, source, f"the page answered {status}")
        case Deferred():
            await _postpone(service, asked, source, "the page redirects and asks to be followed later")
        case Unreachable(reason=reason):
            await _postpone(service, asked, source, reason)
        case HttpError(status=status):
            await _do_without(service, asked, source, f"the page answered {status}")
        case NotModified():
            await _do_without(service, asked, source, "the page answered 304, unasked")
        case Refused(reason=reason):
            await _do_without(service, asked, source, reason)


async def _ask(
    service: Service,
    visit: PageVisit,
    url: str,
    *,
    kind: Kind,
    introduction: Introduction,
    allowed: Visit | None = None,
) -> FetchOutcome | None:
    """What came of asking for ``url``; None without a network of our own, and then the page waits for it."""
    began_at = service.clock()
    outcome = await service.fetcher.get(url, kind=kind, visit=allowed, introduction=introduction)
    now = service.clock()
    service.network.note(outcome, host=visit.host, at=now)
    if not service.network.is_ours(outcome, host=visit.host, began_at=began_at):
        return outcome
    await service.database.write(_commit_waiting, service, visit, outcome, again=now + _NETWORK_PAUSE)
    return None


def _asked(service: Service, visit: PageVisit, outcome: FetchOutcome) -> _Asked:
    now, cap = service.clock(), service.settings.polling.at_most
    failures = failures_after(outcome, before=visit.host_failures)
    quiet = quiet_for(outcome, host_failures=failures, now=now, cap=cap)
    return _Asked(
        visit=visit, outcome=outcome, host_failures=failures, quiet_until=None if quiet is None else now + quiet
    )


def _unasked(visit: PageVisit) -> _Asked:
    return _Asked(visit=visit, host_failures=visit.host_failures)


async def read_without_page(service: Service, article_id: int) -> None:
    """Store the text of a claimed article whose page is not wanted."""
    source = await service.database.read(articles.source_of, article_id)
    await _keep(service, source, await without_pages(service, source))


async def give_up(service: Service, visit: PageVisit, reason: str) -> None:
    """Do without a page that could not be read at all."""
    source = await service.database.read(articles.source_of, visit.article_id)
    await _do_without(service, _unasked(visit), source, reason)


def _crawl_delay(robots: Robots, service: Service) -> timedelta:
    """The pause between requests that a robots.txt asks for, as far as it is granted."""
    return min(robots.crawl_delay or timedelta(), service.settings.fetching.crawl_delay)


def _forbidden(url: str, robots: Robots) -> Refused | None:
    if robots.allows(url):
        return None
    return Refused(url=url, rule=Rule.ROBOTS, reason="robots.txt forbids the page")


async def _do_without(service: Service, asked: _Asked, source: ArticleSource, reason: str) -> None:
    """Go on without a page that cannot be had: with the next one that may do, or with what was got before."""
    visit = asked.visit
    read = await without_page(service, source, reason, url=visit.url, reading=visit.reading)
    await _take(service, asked, source, read)


async def _take(service: Service, asked: _Asked, source: ArticleSource, read: Read) -> None:
    """Store the text of an article, or what was read of it so far: its next page is for another claim."""
    if not isinstance(read, Reading):
        await _keep(service, source, read, asked=asked)
        return
    await service.database.write(_commit_reading, service, asked, read)
    log.info("article.read_on", article=source.article_id, url=read.next_url, pages=len(read.pages))


def _commit_reading(session: Session, service: Service, asked: _Asked, reading: Reading) -> None:
    readings.keep_reading(session, asked.visit.article_id, reading, next_attempt_at=service.clock())
    _release(session, service, asked)


async def _postpone(
    service: Service, asked: _Asked, source: ArticleSource, reason: str, *, not_before: datetime | None = None
) -> None:
    """Ask again later for a page that failed for a passing reason; the last time, do without it."""
    visit = asked.visit
    if visit.attempts + 1 >= service.settings.extraction.attempts:
        await _do_without(service, asked, source, reason)
        return
    pause = _FIRST_RETRY * _RETRY_GROWS_BY**visit.attempts
    again = max(at for at in (service.clock() + pause, asked.quiet_until, not_before) if at)
    await service.database.write(_commit_postponed, service, asked, reason=reason, again=again)
    log.info("page.postponed", article=visit.article_id, url=visit.url, until=again.isoformat(), reason=reason)


def _commit_postponed(session: Session, service: Service, asked: _Asked, *, reason: str, again: datetime) -> None:
    articles.try_page_again(session, asked.visit.article_id, reason=reason, next_attempt_at=again)
    _release(session, service, asked)


def _commit_waiting(
    session: Session, service: Service, visit: PageVisit, outcome: FetchOutcome, *, again: datetime
) -> None:
    """Without a network of our own nothing is held against the page or its host."""
    articles.wait_for_page(session, visit.article_id, next_attempt_at=again)
    pauses = service.pauses(visit.host, outcome)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=hosts.Tally(requests=0))


async def _keep(
    service: Service, source: ArticleSource, text: tuple[ArticleText, Sketch], *, asked: _Asked | None = None
) -> None:
    """Commit the text, and give the host back when it was claimed."""
    await service.database.write(_commit, service, source, text, asked=asked)
    log.info(
        "article.read", article=source.article_id, url=source.url, source=str(text[0].source), reason=text[0].reason
    )
    if text[0].marks:
        await clean_others(service, source.article_id)


def _commit(
    session: Session, service: Service, source: ArticleSource, text: tuple[ArticleText, Sketch], *, asked: _Asked | None
) -> None:
    if source.private and not articles.source_of(session, source.article_id).private:
        # A feed that is not private has carried it meanwhile, so this is not the text everyone may read.
        articles.wait_for_page(session, source.article_id, next_attempt_at=service.clock())
    else:
        articles.keep_text(session, source.article_id, *text, now=service.clock())
    if asked is not None:
        _release(session, service, asked)


def _release(session: Session, service: Service, asked: _Asked) -> None:
    visit, outcome = asked.visit, asked.outcome
    pauses = service.pauses(visit.host, outcome, quiet_until=asked.quiet_until)
    pauses[visit.host] = max(pauses[visit.host], service.clock() + asked.crawl_delay)
    wire_bytes = outcome.wire_bytes if isinstance(outcome, Answer) else 0
    tally = hosts.Tally(requests=0 if outcome is None else requests_made(outcome), wire_bytes=wire_bytes)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=tally, failures=asked.host_failures)
