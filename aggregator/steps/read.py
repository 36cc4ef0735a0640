"""The text of one article: fetch its page, extract, choose, sketch, store.

robots.txt is asked first, and the pause between requests to one host is kept. A page that fails
for a passing reason, or whose robots.txt does, is tried again later; one that fails for good
leaves the feed's own text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session

from aggregator.dedup.credit import credit_of
from aggregator.dedup.sketch import sketch
from aggregator.errors import WorkerError
from aggregator.extraction.choose import choose_text
from aggregator.extraction.page import extract
from aggregator.extraction.text_of_html import text_of_html
from aggregator.model import (
    Answer,
    ArticleText,
    Deferred,
    FetchOutcome,
    HttpError,
    NoArticle,
    NotModified,
    PageOutcome,
    Refused,
    Rule,
    Sketch,
    Unreachable,
)
from aggregator.polling.fetch import Kind, Visit
from aggregator.polling.quiet import failures_after, passes, quiet_for, requests_made
from aggregator.polling.robots import Robots, RobotsVerdict, holds_for, parse_robots
from aggregator.settings import FullText
from aggregator.steps.service import Service
from aggregator.store import articles, hosts
from aggregator.store.articles import ArticleSource, KeptRobots
from aggregator.store.claims import PageVisit

log = structlog.get_logger()

_FIRST_RETRY = timedelta(minutes=1)
_RETRY_GROWS_BY = 5
_NETWORK_PAUSE = timedelta(minutes=1)
_LONGEST_ROBOTS_PAUSE = timedelta(seconds=50)
"""A single run waits so long for a host, and no longer: it would never get past the robots.txt to the page."""

_NO_ROBOTS = "its robots.txt cannot be had for now"


def read_page(body: bytes, *, source: ArticleSource, url: str, content_type: str | None) -> tuple[ArticleText, Sketch]:
    """The text of an article whose page was got, and its sketch; runs in a worker."""
    page = extract(
        body, url=url, content_type=content_type, feed_title=source.title, feed_text=text_of_html(source.content)
    )
    return read_feed(source, page)


def read_feed(source: ArticleSource, page: PageOutcome | None) -> tuple[ArticleText, Sketch]:
    """The text of an article from what its page, if any, and its feed gave; runs in a worker."""
    text = choose_text(
        title=source.title,
        content=source.content,
        summary=source.summary,
        page=page,
        policy=FullText(source.full_text),
        entry_url=source.url,
    )
    text = replace(
        text,
        authors=source.authors or text.authors,
        language=text.language or source.language,
        image=source.image or text.image,
        credit=credit_of(text.text, authors=source.authors or text.authors),
    )
    return text, sketch(text.text)


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
    outcome = await _ask(service, visit, f"{origin}/robots.txt", kind=Kind.ROBOTS)
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
        service, visit, visit.url, kind=Kind.PAGE, allowed=lambda url: _forbidden(url, robots)
    )
    if outcome is None:
        return
    asked = replace(_asked(service, visit, outcome), crawl_delay=_crawl_delay(robots, service))
    match outcome:
        case Answer():
            text = await _from_page(service, source, outcome)
        case HttpError(status=status) if passes(outcome):
            await _postpone(service, asked, source, f"the page answered {status}")
            return
        case Deferred():
            await _postpone(service, asked, source, "the page redirects and asks to be followed later")
            return
        case Unreachable(reason=reason):
            await _postpone(service, asked, source, reason)
            return
        case HttpError(status=status):
            text = await _from_feed(service, source, NoArticle(reason=f"the page answered {status}"))
        case NotModified():
            text = await _from_feed(service, source, NoArticle(reason="the page answered 304, unasked"))
        case Refused(reason=reason):
            text = await _from_feed(service, source, NoArticle(reason=reason))
    await _keep(service, source, text, asked=asked)


async def _ask(
    service: Service, visit: PageVisit, url: str, *, kind: Kind, allowed: Visit | None = None
) -> FetchOutcome | None:
    """What came of asking for ``url``; None without a network of our own, and then the page waits for it."""
    began_at = service.clock()
    outcome = await service.fetcher.get(url, kind=kind, visit=allowed)
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
    await _keep(service, source, await _from_feed(service, source, None))


async def give_up(service: Service, visit: PageVisit, reason: str) -> None:
    """Store what the feed gave of an article whose page could not be read at all."""
    source = await service.database.read(articles.source_of, visit.article_id)
    text = await _from_feed(service, source, NoArticle(reason=reason))
    await _keep(service, source, text, asked=_unasked(visit))


def _crawl_delay(robots: Robots, service: Service) -> timedelta:
    """The pause between requests that a robots.txt asks for, as far as it is granted."""
    return min(robots.crawl_delay or timedelta(), service.settings.fetching.crawl_delay)


def _forbidden(url: str, robots: Robots) -> Refused | None:
    if robots.allows(url):
        return None
    return Refused(url=url, rule=Rule.ROBOTS, reason="robots.txt forbids the page")


async def _from_page(service: Service, source: ArticleSource, answer: Answer) -> tuple[ArticleText, Sketch]:
    """Extract in a worker; a page that hangs or crashes it costs that page, not its article."""
    content_type = answer.headers.get("content-type")
    try:
        return await service.workers.run(
            read_page, answer.body, source=source, url=answer.url, content_type=content_type
        )
    except WorkerError as error:
        return await _from_feed(service, source, NoArticle(reason=str(error)))


async def _from_feed(service: Service, source: ArticleSource, page: NoArticle | None) -> tuple[ArticleText, Sketch]:
    """The feed's own text; when even that breaks a worker, the title alone."""
    try:
        return await service.workers.run(read_feed, source, page)
    except WorkerError as error:
        return read_feed(replace(source, content="", summary=""), NoArticle(reason=str(error)))


async def _postpone(
    service: Service, asked: _Asked, source: ArticleSource, reason: str, *, not_before: datetime | None = None
) -> None:
    """Ask again later for a page that failed for a passing reason; the last time, do without it."""
    visit = asked.visit
    if visit.attempts + 1 >= service.settings.extraction.attempts:
        text = await _from_feed(service, source, NoArticle(reason=reason))
        await _keep(service, source, text, asked=asked)
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
