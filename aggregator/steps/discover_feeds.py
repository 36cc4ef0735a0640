"""Discovers the feeds of a site for a waiting user, with the usual pauses between requests.

The URL itself is fetched first: it may be a feed. If it is a page, the feeds that it advertises are fetched, because
only a document that parses is a feed. If there are none, the usual feed URLs are tried until a few feeds are found,
then the news sitemaps in robots.txt. Requests are sent one after the other. robots.txt is checked for pages and
guessed URLs, not for advertised feeds, which are meant for programs. A host in backoff gets no further request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.clock import Clock
from aggregator.errors import WorkerError
from aggregator.model.parsing import ParsedFeed
from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    Hop,
    HttpError,
    NotModified,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.parsing.feed_discovery import (
    FeedCandidate,
    common_feed_urls,
    feed_candidates,
    looks_like_feed_url,
    news_sitemaps,
)
from aggregator.parsing.feed_document import parse_feed
from aggregator.polling.fetch import Fetcher, FetchKind
from aggregator.polling.freshness import retry_after
from aggregator.polling.host_identity import host_key
from aggregator.polling.permanent_redirects import copy_credentials
from aggregator.polling.poll_interval import format_duration
from aggregator.polling.robots_txt import RobotsAccess, RobotsTxt, parse_robots
from aggregator.settings.settings_file import Settings
from aggregator.url_credentials import without_userinfo
from aggregator.worker_pool import WorkerPool

_ENOUGH = 2
"""The number of feeds at which guessing stops: further ones are mostly the same feed."""


@dataclass(frozen=True, kw_only=True)
class DiscoveryTools:
    """The tools of a discovery; ``sleep`` waits that many seconds of ``clock``."""

    settings: Settings
    fetcher: Fetcher
    workers: WorkerPool
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscoveredFeed:
    """A feed that was fetched and parsed; ``url`` is the URL to subscribe to, ``reason`` says how it was found."""

    url: str
    title: str
    format: str
    entries: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A URL that was fetched and is no feed; ``outcome`` says what it returned."""

    url: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """The result of a discovery, in search order; ``stopped`` says why it ended early, else None."""

    feeds: tuple[DiscoveredFeed, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    stopped: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadDocument:
    """A document as a worker read it: a feed (title, format, number of entries), or a page with advertised feeds."""

    feed: tuple[str, str, int] | None = None
    reason: str = ""
    candidates: tuple[FeedCandidate, ...] = ()


def read_feed_or_page(body: bytes, *, url: str, content_type: str | None) -> ReadDocument:
    """Parses a document as a feed, else as a page that may advertise feeds; runs in a worker."""
    outcome = parse_feed(body, url=url, content_type=content_type)
    if isinstance(outcome, ParsedFeed):
        return ReadDocument(feed=(outcome.title, outcome.format, len(outcome.entries)))
    return ReadDocument(reason=outcome.reason, candidates=feed_candidates(body, url=url, content_type=content_type))


async def find_feeds(outside: DiscoveryTools, url: str) -> Discovery:
    """Finds the feeds at ``url``, those that its page advertises, or those at the usual feed URLs.

    A user name and password in ``url`` are sent to its own origin only; found feeds of that origin contain them.
    """
    search = _Search(outside=outside, start=url)
    start = FeedCandidate(url=url, reason="the address itself is a feed")
    forbidden = None if looks_like_feed_url(url) else await search.refusal(url)
    if forbidden:
        return Discovery(attempts=(Attempt(url=without_userinfo(url), outcome=forbidden),))
    page = await search.try_url(start)
    if page is None or search.feeds:
        return search.result()
    await search.try_each(page.candidates)
    if not search.feeds:
        await search.try_usual_urls(page.url)
    if not search.feeds:
        await search.try_each(news_sitemaps(search.sitemaps, url=page.url))
    return search.result()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """A page instead of a feed: its URL after redirects, and the feeds that it advertises."""

    url: str
    candidates: tuple[FeedCandidate, ...]


@dataclass(kw_only=True, slots=True)
class _Search:
    """A running search: its results, the hosts that got requests, and their robots.txt."""

    outside: DiscoveryTools
    start: str
    feeds: list[DiscoveredFeed] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    _requested: set[str] = field(default_factory=set)
    _stopped_hosts: dict[str, str] = field(default_factory=dict)
    _robots: dict[str, RobotsTxt] = field(default_factory=dict)

    def result(self) -> Discovery:
        """Returns the result of the search."""
        stopped = "; ".join(self._stopped_hosts.values()) or None
        return Discovery(feeds=tuple(self.feeds), attempts=tuple(self.attempts), stopped=stopped)

    @property
    def sitemaps(self) -> Iterator[str]:
        """The sitemaps in the robots.txt files that were read."""
        return (address for robots in self._robots.values() for address in robots.sitemaps)

    async def try_url(self, candidate: FeedCandidate) -> _Page | None:
        """Fetches one URL; records a feed, returns a page, records anything else as an attempt."""
        outcome = await self._get(candidate.url, FetchKind.FEED)
        if not isinstance(outcome, SuccessResponse):
            self.attempts.append(Attempt(url=without_userinfo(candidate.url), outcome=_in_words(outcome)))
            return None
        read = await self._read(outcome)
        if read.feed is None:
            self.attempts.append(Attempt(url=outcome.url, outcome=read.reason))
            return _Page(url=outcome.url, candidates=read.candidates)
        title, form, entries = read.feed
        url = self._with_credentials(_subscription_url(candidate.url, outcome.hops))
        if url not in {feed.url for feed in self.feeds}:
            found = DiscoveredFeed(url=url, title=title, format=form, entries=entries, reason=candidate.reason)
            self.feeds.append(found)
        return None

    async def try_each(self, candidates: Iterable[FeedCandidate]) -> None:
        """Fetches the feeds that a page advertises, one after the other."""
        for candidate in candidates:
            if host_key(candidate.url) not in self._stopped_hosts:
                await self.try_url(FeedCandidate(url=self._with_credentials(candidate.url), reason=candidate.reason))

    async def try_usual_urls(self, page_url: str) -> None:
        """Fetches the usual feed URLs that robots.txt allows, until enough are feeds."""
        for candidate in common_feed_urls(page_url):
            if host_key(page_url) in self._stopped_hosts or len(self.feeds) >= _ENOUGH:
                return
            if await self.refusal(candidate.url):
                continue
            await self.try_url(FeedCandidate(url=self._with_credentials(candidate.url), reason=candidate.reason))

    async def refusal(self, url: str) -> str | None:
        """Returns why robots.txt forbids a request to ``url``; None if it allows it."""
        robots = await self._robots_of(url)
        if robots.verdict is RobotsAccess.NOTHING:
            return self._stopped_hosts.setdefault(host_key(url), f"the robots.txt of {_host(url)} is not available now")
        return None if robots.allows(without_userinfo(url)) else "robots.txt forbids programs to fetch it"

    async def _robots_of(self, url: str) -> RobotsTxt:
        if not self.outside.settings.extraction.robots:
            return RobotsTxt(verdict=RobotsAccess.EVERYTHING)
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = parse_robots(await self._get(f"{origin}/robots.txt", FetchKind.ROBOTS))
        return self._robots[origin]

    async def _get(self, url: str, kind: FetchKind) -> FetchOutcome:
        """Sends one request, after the pause if its host got one before."""
        host = host_key(url)
        if host in self._requested:
            await self.outside.sleep(self._spacing(url).total_seconds())
        outcome = await self.outside.fetcher.get(url, kind=kind)
        self._requested.update((host, host_key(outcome.url)))
        if (reason := self._reason_to_stop(outcome)) is not None:
            self._stopped_hosts.setdefault(host_key(outcome.url), reason)
        return outcome

    def _spacing(self, url: str) -> timedelta:
        fetching = self.outside.settings.fetching
        parts = urlsplit(url)
        robots = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        delay = robots.crawl_delay_within(fetching.crawl_delay) if robots else timedelta()
        return max(fetching.spacing, delay)

    def _reason_to_stop(self, outcome: FetchOutcome) -> str | None:
        """Returns why the host gets no further request: it is in backoff or unreachable; else None."""
        host = _host(outcome.url)
        match outcome:
            case HttpError(status=status, headers=headers) if status in (429, 503) or "retry-after" in headers:
                pause = retry_after(headers, now=self.outside.clock())
                duration = f" for {format_duration(pause)}" if pause else ""
                return f"{host} answered {status} and wants no requests{duration}"
            case DeferredRedirect(headers=headers):
                pause = retry_after(headers, now=self.outside.clock()) or timedelta()
                return f"{host} redirects with a Retry-After of {format_duration(pause)}"
            case Unreachable(reason=reason):
                return f"{host} cannot be reached: {reason}"
            case _:
                return None

    async def _read(self, answer: SuccessResponse) -> ReadDocument:
        content_type = answer.headers.get("content-type")
        try:
            return await self.outside.workers.run(
                read_feed_or_page, answer.body, url=answer.url, content_type=content_type
            )
        except WorkerError as error:
            return ReadDocument(reason=str(error))

    def _with_credentials(self, url: str) -> str:
        """Returns ``url`` with the user name and password of the start URL, if both are of one origin."""
        return copy_credentials(self.start, url)


def _subscription_url(url: str, hops: tuple[Hop, ...]) -> str:
    """Returns the URL to subscribe to: the requested one, or the target of its permanent redirects."""
    for hop in hops:
        if hop.status not in (301, 308):
            break
        url = hop.location
    return url


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _in_words(outcome: FetchOutcome) -> str:
    match outcome:
        case SuccessResponse(status=status) | HttpError(status=status):
            return f"answered {status}"
        case NotModified():
            return "answered 304 to an unconditional request"
        case DeferredRedirect():
            return "redirects with a Retry-After"
        case Unreachable(reason=reason) | Refused(reason=reason):
            return reason
