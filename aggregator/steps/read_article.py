"""Reads one article: fetches its page, extracts and chooses the text, sketches it and stores it.

The robots.txt comes first, and the pause between requests to one host is kept. A page or robots.txt that fails for
a temporary reason is requested again later. If a page fails permanently, the text of the feed remains. An article
on several pages takes one claim for each page. ``revisit_page`` handles a page that was read before.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import ArticleText, PartialArticle
from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    HttpError,
    NotModified,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.connectivity import pause_after_local_failure
from aggregator.polling.fetch import FetchKind
from aggregator.polling.host_backoff import is_temporary_failure
from aggregator.polling.request_identity import identity_of_feed
from aggregator.polling.robots_txt import RobotsAccess, RobotsTxt, is_first_outage, parse_robots, robots_lifetime
from aggregator.steps.article_text import PageResult, text_from_feed, text_from_page, text_without_page
from aggregator.steps.host_request import HostRequest, host_request_of, put_off, release_claim, send_request
from aggregator.steps.remove_boilerplate import clean_other_texts
from aggregator.steps.revisit_page import end_revisits, leave_text, plan_next_revisit, revisits, store_part, update_text
from aggregator.steps.service import Service
from aggregator.steps.store_text import store_text
from aggregator.store import articles
from aggregator.store.articles import ArticleSource, StoredRobots
from aggregator.store.page_claims import PageClaim

log = structlog.get_logger()

_FIRST_RETRY = timedelta(minutes=1)
_RETRY_FACTOR = 5
_LONGEST_ROBOTS_PAUSE = timedelta(seconds=50)
"""A single run waits this long for a host at most; after a longer pause it would never reach the page."""

_NO_ROBOTS = "its robots.txt is not available now"


async def read_article(service: Service, claim: PageClaim) -> None:
    """Fetches the page of one claimed article, or the robots.txt before it, and releases the host.

    A claim is one request: after a robots.txt another claim fetches the page, when the host had its pause.
    """
    source = await service.database.read(articles.article_source, claim.article_id)
    if claim.known and not revisits(service, source):
        await end_revisits(service, HostRequest(claim=claim), "pages of this feed are not revisited any more")
        return
    if claim.reading and service.hosts.key(claim.url) != claim.host:
        await _do_without(service, HostRequest(claim=claim), source, "it is on another host")
        return
    if not service.settings.extraction.robots:
        await _read_page(service, claim, source, RobotsTxt(verdict=RobotsAccess.EVERYTHING))
        return
    parts = urlsplit(claim.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    stored = await service.database.read(articles.stored_robots, origin, now=service.clock())
    if stored is None:
        await _read_robots(service, claim, source, origin=origin)
        return
    robots = RobotsTxt(verdict=RobotsAccess(stored.access), text=stored.text)
    if robots.verdict is RobotsAccess.NOTHING:
        await _wait_for_robots(service, HostRequest(claim=claim), source, until=stored.expires_at)
        return
    await _read_page(service, claim, source, robots)


async def _read_robots(service: Service, claim: PageClaim, source: ArticleSource, *, origin: str) -> None:
    """Fetches and stores the robots.txt of an origin; the page stays due unless the robots.txt is not available."""
    identity = identity_of_feed(service.settings_of(source.feed)).without_headers
    fetching = service.fetcher.get(f"{origin}/robots.txt", kind=FetchKind.ROBOTS, identity=identity)
    request = await _send(service, claim, fetching)
    if request is None or request.outcome is None:
        return
    robots, now = parse_robots(request.outcome), service.clock()
    expires_at = now + robots_lifetime(request.outcome, now=now, host_failures=request.host_failures or 1)
    stored = StoredRobots(origin=origin, access=robots.verdict, text=robots.text, expires_at=expires_at)
    await service.database.write(articles.store_robots, stored)
    if robots.verdict is RobotsAccess.NOTHING:
        await _wait_for_robots(service, request, source, until=expires_at)
        return
    delay = robots.crawl_delay_within(min(service.settings.fetching.crawl_delay, _LONGEST_ROBOTS_PAUSE))
    await service.database.write(release_claim, service, replace(request, crawl_delay=delay))


async def _wait_for_robots(
    service: Service, request: HostRequest[PageClaim], source: ArticleSource, *, until: datetime
) -> None:
    """Plans the page of an origin without robots.txt; a short outage of the host takes no attempt from the page."""
    claim = request.claim
    failures = claim.host_failures if request.host_failures is None else request.host_failures
    if claim.known or not is_first_outage(failures):
        await _postpone(service, request, source, _NO_ROBOTS, not_before=until)
        return
    at = max(until, request.quiet_until or until)
    await _put_off_page(service, request, at)
    log.info("page.postponed", article=claim.article_id, url=claim.url, until=at.isoformat(), reason=_NO_ROBOTS)


async def _read_page(service: Service, claim: PageClaim, source: ArticleSource, robots: RobotsTxt) -> None:
    """Fetches the page, if its robots.txt allows it, and stores the text."""
    request = await _request_page(service, claim, source, robots)
    if request is None or request.outcome is None:
        return
    crawl_delay = robots.crawl_delay_within(service.settings.fetching.crawl_delay)
    outcome, request = request.outcome, replace(request, crawl_delay=crawl_delay)
    if claim.known:
        await update_text(service, request, source, outcome)
        return
    match outcome:
        case SuccessResponse():
            await _store(
                service, request, source, await text_from_page(service, source, outcome, reading=claim.reading)
            )
        case HttpError(status=status) if is_temporary_failure(outcome):
            await _postpone(service, request, source, f"the page answered {status}")
        case DeferredRedirect():
            await _postpone(service, request, source, "the page redirects with a Retry-After")
        case Unreachable(reason=reason):
            await _postpone(service, request, source, reason)
        case HttpError(status=status):
            await _do_without(service, request, source, f"the page answered {status}")
        case NotModified():
            await _do_without(service, request, source, "the page answered 304 to an unconditional request")
        case Refused(reason=reason):
            await _do_without(service, request, source, reason)


async def _request_page(
    service: Service, claim: PageClaim, source: ArticleSource, robots: RobotsTxt
) -> HostRequest[PageClaim] | None:
    if refusal := _forbidden(claim.url, robots):
        return host_request_of(service, claim, refusal)
    fetching = service.fetcher.get(
        claim.url,
        kind=FetchKind.PAGE,
        identity=identity_of_feed(service.settings_of(source.feed)),
        visit=lambda url: _forbidden(url, robots),
        validators=claim.known.seen.validators if claim.known and not claim.reading else None,
    )
    return await _send(service, claim, fetching)


async def _send(service: Service, claim: PageClaim, fetching: Awaitable[FetchOutcome]) -> HostRequest[PageClaim] | None:
    """Sends the request of a claim; returns None if it failed because of this machine: the page is then due soon."""
    request = await send_request(service, claim, fetching)
    if not request.is_offline:
        return request
    await _put_off_page(service, request, service.clock() + pause_after_local_failure(request.outcome))
    return None


async def _put_off_page(service: Service, request: HostRequest[PageClaim], at: datetime) -> None:
    """Plans the same page again at ``at``; it loses no attempt."""
    article_id = request.claim.article_id
    await put_off(service, request, lambda session: articles.reschedule_page(session, article_id, next_attempt_at=at))


def _forbidden(url: str, robots: RobotsTxt) -> Refused | None:
    """Returns the refusal of a URL that its robots.txt forbids, else None."""
    if robots.allows(url):
        return None
    return Refused(url=url, rule=RefusalRule.ROBOTS, reason="robots.txt forbids the page")


async def read_without_page(service: Service, article_id: int) -> None:
    """Stores the text of a claimed article from its feed alone."""
    source = await service.database.read(articles.article_source, article_id)
    await _store_text(service, source, await text_from_feed(service, source))


async def fail_page(service: Service, claim: PageClaim, reason: str) -> None:
    """Continues without a page after an internal error."""
    source = await service.database.read(articles.article_source, claim.article_id)
    await _do_without(service, HostRequest(claim=claim), source, reason)


async def _do_without(service: Service, request: HostRequest[PageClaim], source: ArticleSource, reason: str) -> None:
    """Continues without a page: with another page of the article, else with the text that is there."""
    claim = request.claim
    if claim.known:
        await leave_text(service, request, source, reason)
        return
    result = await text_without_page(service, source, reason, url=claim.url, reading=claim.reading)
    await _store(service, request, source, result)


async def _store(service: Service, request: HostRequest[PageClaim], source: ArticleSource, result: PageResult) -> None:
    """Stores the text of an article, or the part read so far: another claim then fetches the next page."""
    if not isinstance(result, PartialArticle):
        await _store_text(service, source, result, request=request)
        return
    await store_part(service, request, result)


async def _postpone(
    service: Service,
    request: HostRequest[PageClaim],
    source: ArticleSource,
    reason: str,
    *,
    not_before: datetime | None = None,
) -> None:
    """Plans another attempt for a page that failed for a temporary reason; after the last one, does without it."""
    claim = request.claim
    if claim.known or claim.attempts + 1 >= service.settings.extraction.attempts:
        await _do_without(service, request, source, reason)
        return
    pause = _FIRST_RETRY * _RETRY_FACTOR**claim.attempts
    again = max(at for at in (service.clock() + pause, request.quiet_until, not_before) if at)
    await service.database.write(_commit_postponed, service, request, reason=reason, again=again)
    log.info("page.postponed", article=claim.article_id, url=claim.url, until=again.isoformat(), reason=reason)


def _commit_postponed(
    session: Session, service: Service, request: HostRequest[PageClaim], *, reason: str, again: datetime
) -> None:
    articles.postpone_page(session, request.claim.article_id, reason=reason, next_attempt_at=again)
    release_claim(session, service, request)


async def _store_text(
    service: Service,
    source: ArticleSource,
    text: tuple[ArticleText, Sketch],
    *,
    request: HostRequest[PageClaim] | None = None,
) -> None:
    """Commits the text, and releases the host if it was claimed."""
    await service.database.write(_commit, service, source, text, request=request)
    service.metrics.count_text(str(text[0].source))
    log.info(
        "article.read", article=source.article_id, url=source.url, source=str(text[0].source), reason=text[0].reason
    )
    if text[0].marks:
        await clean_other_texts(service, source.article_id)


def _commit(
    session: Session,
    service: Service,
    source: ArticleSource,
    text: tuple[ArticleText, Sketch],
    *,
    request: HostRequest[PageClaim] | None,
) -> None:
    became_public = source.private and not articles.article_source(session, source.article_id).private
    if became_public or articles.shares_link(session, source.article_id) != source.shares_link:
        # Since the claim a public feed has carried the article, whose readers must not get this private text; or
        # another entry with its link was found, so that the page is not the article's.
        articles.reschedule_page(session, source.article_id, next_attempt_at=service.clock())
    else:
        store_text(session, source.article_id, *text, now=service.clock())
        if request is not None:
            plan_next_revisit(session, service, request, source)
    if request is not None:
        release_claim(session, service, request)
