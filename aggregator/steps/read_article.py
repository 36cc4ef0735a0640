"""The text of one article: fetch its page, extract, choose, sketch, store.

robots.txt is asked first, and the pause between requests to one host is kept. A page that fails
for a passing reason, or whose robots.txt does, is tried again later; one that fails for good
leaves the feed's own text. An article that stands on several pages takes a visit for each; a page that is
seen again is ``revisit``'s.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import ArticleText, Reading
from aggregator.model.polling import Answer, Deferred, HttpError, NotModified, Refused, Unreachable
from aggregator.polling.fetch import Kind
from aggregator.polling.host_backoff import passes
from aggregator.polling.request_identity import introduction_of
from aggregator.polling.robots_txt import Robots, RobotsVerdict, holds_for, parse_robots
from aggregator.steps.article_text import Read, from_page, without_page, without_pages
from aggregator.steps.host_request import Asked, ask, crawl_delay, forbidden, of_outcome, release, unasked
from aggregator.steps.remove_boilerplate import clean_others
from aggregator.steps.revisit_page import is_wanted, leave, leave_for_good, plan, read_on, see_again
from aggregator.steps.service import Service
from aggregator.steps.store_text import store_text
from aggregator.store import articles
from aggregator.store.articles import ArticleSource, KeptRobots
from aggregator.store.page_claims import PageVisit

log = structlog.get_logger()

_FIRST_RETRY = timedelta(minutes=1)
_RETRY_GROWS_BY = 5
_LONGEST_ROBOTS_PAUSE = timedelta(seconds=50)
"""A single run waits so long for a host, and no longer: it would never get past the robots.txt to the page."""

_NO_ROBOTS = "its robots.txt cannot be had for now"


async def read(service: Service, visit: PageVisit) -> None:
    """Fetch the page of one claimed article, or the robots.txt that comes before it, and give the host back.

    A claim is one request: the page is for a later one, once the host had its pause.
    """
    source = await service.database.read(articles.source_of, visit.article_id)
    if visit.known and not is_wanted(service, source):
        await leave_for_good(service, unasked(visit), "it is not to be seen again any more")
        return
    if visit.reading and service.hosts.key(visit.url) != visit.host:
        await _do_without(service, unasked(visit), source, "it is on another host")
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
        await _postpone(service, unasked(visit), source, _NO_ROBOTS, not_before=kept.expires_at)
        return
    await _read_page(service, visit, source, robots)


async def _ask_robots(service: Service, visit: PageVisit, source: ArticleSource, *, origin: str) -> None:
    """Ask what an origin allows and keep it; the page stays due, unless its robots.txt cannot be had for now."""
    introduction = introduction_of(service.settings_of(source.feed)).without_headers
    outcome = await ask(service, visit, f"{origin}/robots.txt", kind=Kind.ROBOTS, introduction=introduction)
    if outcome is None:
        return
    robots, now = parse_robots(outcome), service.clock()
    expires_at = now + holds_for(outcome, now=now)
    read = KeptRobots(origin=origin, access=robots.verdict, text=robots.text, expires_at=expires_at)
    await service.database.write(articles.keep_robots, read)
    asked = of_outcome(service, visit, outcome)
    if robots.verdict is RobotsVerdict.NOTHING:
        await _postpone(service, asked, source, _NO_ROBOTS, not_before=expires_at)
        return
    delay = min(crawl_delay(robots, service), _LONGEST_ROBOTS_PAUSE)
    await service.database.write(release, service, replace(asked, crawl_delay=delay))


async def _read_page(service: Service, visit: PageVisit, source: ArticleSource, robots: Robots) -> None:
    """Fetch the page, as far as its robots.txt allows it, and store the text."""
    outcome = forbidden(visit.url, robots) or await ask(
        service,
        visit,
        visit.url,
        kind=Kind.PAGE,
        introduction=introduction_of(service.settings_of(source.feed)),
        allowed=lambda url: forbidden(url, robots),
        validators=visit.known.seen.validators if visit.known and not visit.reading else None,
    )
    if outcome is None:
        return
    asked = replace(of_outcome(service, visit, outcome), crawl_delay=crawl_delay(robots, service))
    if visit.known:
        await see_again(service, asked, source, outcome)
        return
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


async def read_without_page(service: Service, article_id: int) -> None:
    """Store the text of a claimed article whose page is not wanted."""
    source = await service.database.read(articles.source_of, article_id)
    await _keep(service, source, await without_pages(service, source))


async def give_up(service: Service, visit: PageVisit, reason: str) -> None:
    """Do without a page that could not be read at all."""
    source = await service.database.read(articles.source_of, visit.article_id)
    await _do_without(service, unasked(visit), source, reason)


async def _do_without(service: Service, asked: Asked, source: ArticleSource, reason: str) -> None:
    """Go on without a page that cannot be had: with the next one that may do, or with what was got before."""
    visit = asked.visit
    if visit.known:
        await leave(service, asked, source, reason)
        return
    read = await without_page(service, source, reason, url=visit.url, reading=visit.reading)
    await _take(service, asked, source, read)


async def _take(service: Service, asked: Asked, source: ArticleSource, read: Read) -> None:
    """Store the text of an article, or what was read of it so far: its next page is for another claim."""
    if not isinstance(read, Reading):
        await _keep(service, source, read, asked=asked)
        return
    await read_on(service, asked, read)


async def _postpone(
    service: Service, asked: Asked, source: ArticleSource, reason: str, *, not_before: datetime | None = None
) -> None:
    """Ask again later for a page that failed for a passing reason; the last time, do without it."""
    visit = asked.visit
    if visit.known or visit.attempts + 1 >= service.settings.extraction.attempts:
        await _do_without(service, asked, source, reason)
        return
    pause = _FIRST_RETRY * _RETRY_GROWS_BY**visit.attempts
    again = max(at for at in (service.clock() + pause, asked.quiet_until, not_before) if at)
    await service.database.write(_commit_postponed, service, asked, reason=reason, again=again)
    log.info("page.postponed", article=visit.article_id, url=visit.url, until=again.isoformat(), reason=reason)


def _commit_postponed(session: Session, service: Service, asked: Asked, *, reason: str, again: datetime) -> None:
    articles.try_page_again(session, asked.visit.article_id, reason=reason, next_attempt_at=again)
    release(session, service, asked)


async def _keep(
    service: Service, source: ArticleSource, text: tuple[ArticleText, Sketch], *, asked: Asked | None = None
) -> None:
    """Commit the text, and give the host back when it was claimed."""
    await service.database.write(_commit, service, source, text, asked=asked)
    service.metrics.text_kept(str(text[0].source))
    log.info(
        "article.read", article=source.article_id, url=source.url, source=str(text[0].source), reason=text[0].reason
    )
    if text[0].marks:
        await clean_others(service, source.article_id)


def _commit(
    session: Session, service: Service, source: ArticleSource, text: tuple[ArticleText, Sketch], *, asked: Asked | None
) -> None:
    if source.private and not articles.source_of(session, source.article_id).private:
        # A feed that is not private has carried it meanwhile, so this is not the text everyone may read.
        articles.wait_for_page(session, source.article_id, next_attempt_at=service.clock())
    else:
        store_text(session, source.article_id, *text, now=service.clock())
        if asked is not None:
            plan(session, service, asked, source)
    if asked is not None:
        release(session, service, asked)
