"""The text of one article: fetch its page, extract, choose, sketch, store.

robots.txt is asked first, and the pause between requests to one host is kept. A page that fails
for a passing reason is tried again later; one that fails for good leaves the feed's own text.
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
from aggregator.polling.fetch import Kind
from aggregator.polling.freshness import retry_after
from aggregator.polling.robots import Robots, RobotsVerdict, holds_for, parse_robots
from aggregator.polling.schedule import host_pause
from aggregator.settings import FullText
from aggregator.steps.service import Service
from aggregator.store import articles, hosts
from aggregator.store.articles import ArticleSource, KeptRobots
from aggregator.store.claims import PageVisit

log = structlog.get_logger()

_FIRST_RETRY = timedelta(minutes=1)
_RETRY_GROWS_BY = 5
_NETWORK_PAUSE = timedelta(minutes=1)
_BUSY = timedelta(minutes=5)  # a host that says 429 or 503 without saying for how long


def read_page(body: bytes, *, source: ArticleSource, url: str, content_type: str | None) -> tuple[ArticleText, Sketch]:
    """The text of an article whose page was got, and its sketch; runs in a worker."""
    return read_feed(source, extract(body, url=url, content_type=content_type, feed_title=source.title))


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
    """A page that was asked for, or was not, and until when its host is left alone for it."""

    visit: PageVisit
    outcome: FetchOutcome | None = None
    quiet_until: datetime | None = None

    @property
    def host_failures(self) -> int:
        """How often the host failed to answer in a row by now."""
        if self.outcome is None:
            return self.visit.host_failures
        return self.visit.host_failures + 1 if isinstance(self.outcome, Unreachable) else 0


async def read(service: Service, visit: PageVisit) -> None:
    """Fetch the page of one claimed article, store the text, and give the host back."""
    source = await service.database.read(articles.source_of, visit.article_id)
    robots = await _robots(service, visit.url)
    if robots.verdict is RobotsVerdict.NOTHING:
        await _postpone(service, _Asked(visit=visit), source, "its robots.txt cannot be had for now")
        return
    began_at = service.clock()
    outcome = _forbidden(visit.url, robots) or await service.fetcher.get(
        visit.url, kind=Kind.PAGE, visit=lambda url: _forbidden(url, robots)
    )
    service.network.note(outcome, host=visit.host, at=service.clock())
    if service.network.is_ours(outcome, host=visit.host, began_at=began_at):
        again = service.clock() + _NETWORK_PAUSE
        await service.database.write(_commit_waiting, service, visit, again=again)
        return
    asked = _Asked(visit=visit, outcome=outcome, quiet_until=_quiet_until(visit, outcome, robots, service))
    match outcome:
        case Answer():
            text = await _from_page(service, source, outcome)
        case HttpError(status=status) if status == 429 or status >= 500:
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


async def read_without_page(service: Service, article_id: int) -> None:
    """Store the text of a claimed article whose page is not wanted."""
    source = await service.database.read(articles.source_of, article_id)
    await _keep(service, source, await _from_feed(service, source, None))


async def give_up(service: Service, visit: PageVisit, reason: str) -> None:
    """Store what the feed gave of an article whose page could not be read at all."""
    source = await service.database.read(articles.source_of, visit.article_id)
    await _keep(service, source, await _from_feed(service, source, NoArticle(reason=reason)), asked=_Asked(visit=visit))


async def _robots(service: Service, url: str) -> Robots:
    """What the origin of a page allows: as kept, else as asked now, with a pause before the page."""
    if not service.settings.extraction.robots:
        return Robots(verdict=RobotsVerdict.EVERYTHING)
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    kept = await service.database.read(articles.robots_of, origin, now=service.clock())
    if kept is not None:
        return Robots(verdict=RobotsVerdict(kept.access), text=kept.text)
    outcome = await service.fetcher.get(f"{origin}/robots.txt", kind=Kind.ROBOTS)
    robots, now = parse_robots(outcome), service.clock()
    expires_at = now + holds_for(outcome, now=now)
    read = KeptRobots(origin=origin, access=robots.verdict, text=robots.text, expires_at=expires_at)
    await service.database.write(articles.keep_robots, read)
    await service.sleep(max(service.settings.fetching.spacing, _crawl_delay(robots, service)).total_seconds())
    return robots


def _crawl_delay(robots: Robots, service: Service) -> timedelta:
    """The pause between requests that a robots.txt asks for, as far as it is granted."""
    return min(robots.crawl_delay or timedelta(), service.settings.fetching.crawl_delay)


def _forbidden(url: str, robots: Robots) -> Refused | None:
    if robots.allows(url):
        return None
    return Refused(url=url, rule=Rule.ROBOTS, reason="robots.txt forbids the page")


def _quiet_until(visit: PageVisit, outcome: FetchOutcome, robots: Robots, service: Service) -> datetime | None:
    """Until when the host wants to be left alone, by its answer, its silence or its robots.txt."""
    now = service.clock()
    asked: list[timedelta | None] = [_crawl_delay(robots, service)]
    match outcome:
        case HttpError(status=429 | 503, headers=headers):
            asked.append(retry_after(headers, now=now) or _BUSY)
        case Deferred(headers=headers):
            asked.append(retry_after(headers, now=now))
        case Unreachable():
            asked.append(host_pause(visit.host_failures + 1))
        case _:
            pass
    pauses = [min(pause, service.settings.polling.at_most) for pause in asked if pause]
    return now + max(pauses) if pauses else None


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


async def _postpone(service: Service, asked: _Asked, source: ArticleSource, reason: str) -> None:
    """Ask again later for a page that failed for a passing reason; the last time, do without it."""
    visit = asked.visit
    if visit.attempts + 1 >= service.settings.extraction.attempts:
        text = await _from_feed(service, source, NoArticle(reason=reason))
        await _keep(service, source, text, asked=asked)
        return
    pause = _FIRST_RETRY * _RETRY_GROWS_BY**visit.attempts
    again = max(service.clock() + pause, asked.quiet_until or service.clock())
    await service.database.write(_commit_postponed, service, asked, reason=reason, again=again)
    log.info("page.postponed", article=visit.article_id, url=visit.url, until=again.isoformat(), reason=reason)


def _commit_postponed(session: Session, service: Service, asked: _Asked, *, reason: str, again: datetime) -> None:
    articles.try_page_again(session, asked.visit.article_id, reason=reason, next_attempt_at=again)
    _release(session, service, asked)


def _commit_waiting(session: Session, service: Service, visit: PageVisit, *, again: datetime) -> None:
    """Without a network of our own nothing is held against the page or its host."""
    articles.wait_for_page(session, visit.article_id, next_attempt_at=again)
    hosts.release_host(session, visit.host, by=service.name, pauses={})


async def _keep(
    service: Service, source: ArticleSource, text: tuple[ArticleText, Sketch], *, asked: _Asked | None = None
) -> None:
    """Commit the text, and give the host back when it was claimed."""
    await service.database.write(_commit, service, source.article_id, text, asked=asked)
    log.info(
        "article.read", article=source.article_id, url=source.url, source=str(text[0].source), reason=text[0].reason
    )


def _commit(
    session: Session, service: Service, article_id: int, text: tuple[ArticleText, Sketch], *, asked: _Asked | None
) -> None:
    articles.keep_text(session, article_id, *text, now=service.clock())
    if asked is not None:
        _release(session, service, asked)


def _release(session: Session, service: Service, asked: _Asked) -> None:
    visit, outcome = asked.visit, asked.outcome
    pauses = service.pauses(visit.host, outcome, quiet_until=asked.quiet_until)
    wire_bytes = outcome.wire_bytes if isinstance(outcome, Answer) else 0
    tally = hosts.Tally(requests=0 if outcome is None else len(outcome.hops) + 1, wire_bytes=wire_bytes)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=tally, failures=asked.host_failures)
