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
from aggregator.model.polling import Answer, Deferred, FetchOutcome, Hop, HttpError, NotModified, Refused, Unreachable
from aggregator.parsing.feed_discovery import Candidate, advertised, looks_like_a_feed, news_sitemaps, usual_places
from aggregator.parsing.feed_document import parse
from aggregator.polling.fetch import Fetcher, Kind
from aggregator.polling.freshness import retry_after
from aggregator.polling.host_identity import host_key
from aggregator.polling.permanent_redirects import with_credentials_of
from aggregator.polling.poll_interval import in_words
from aggregator.polling.robots_txt import Robots, RobotsVerdict, parse_robots
from aggregator.settings.settings_file import Settings
from aggregator.url_credentials import without_userinfo
from aggregator.worker_pool import Workers

_ENOUGH = 2
"""The number of feeds at which guessing stops: further ones are mostly the same feed."""


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The tools of a discovery; ``sleep`` waits that many seconds of ``clock``."""

    settings: Settings
    fetcher: Fetcher
    workers: Workers
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFeed:
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

    feeds: tuple[FoundFeed, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    stopped: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A document as a worker read it: a feed (title, format, number of entries), or a page with advertised feeds."""

    feed: tuple[str, str, int] | None = None
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()


def look_at(body: bytes, *, url: str, content_type: str | None) -> Look:
    """Parses a document as a feed, else as a page that may advertise feeds; runs in a worker."""
    outcome = parse(body, url=url, content_type=content_type)
    if isinstance(outcome, ParsedFeed):
        return Look(feed=(outcome.title, outcome.format, len(outcome.entries)))
    return Look(reason=outcome.reason, candidates=advertised(body, url=url, content_type=content_type))


async def discover(outside: Outside, url: str) -> Discovery:
    """Finds the feeds at ``url``, those that its page advertises, or those at the usual feed URLs.

    A user name and password in ``url`` are sent to its own origin only; found feeds of that origin contain them.
    """
    search = _Search(outside=outside, start=url)
    start = Candidate(url=url, reason="the address itself is a feed")
    forbidden = None if looks_like_a_feed(url) else await search.refusal(url)
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
    candidates: tuple[Candidate, ...]


@dataclass(kw_only=True, slots=True)
class _Search:
    """A running search: its results, the hosts that got requests, and their robots.txt."""

    outside: Outside
    start: str
    feeds: list[FoundFeed] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    _requested: set[str] = field(default_factory=set)
    _stopped_hosts: dict[str, str] = field(default_factory=dict)
    _robots: dict[str, Robots] = field(default_factory=dict)

    def result(self) -> Discovery:
        """Returns the result of the search."""
        stopped = "; ".join(self._stopped_hosts.values()) or None
        return Discovery(feeds=tuple(self.feeds), attempts=tuple(self.attempts), stopped=stopped)

    @property
    def sitemaps(self) -> Iterator[str]:
        """The sitemaps in the robots.txt files that were read."""
        return (address for robots in self._robots.values() for address in robots.sitemaps)

    async def try_url(self, candidate: Candidate) -> _Page | None:
        """Fetches one URL; records a feed, returns a page, records anything else as an attempt."""
        outcome = await self._get(candidate.url, Kind.FEED)
        if not isinstance(outcome, Answer):
            self.attempts.append(Attempt(url=without_userinfo(candidate.url), outcome=_in_words(outcome)))
            return None
        read = await self._read(outcome)
        if read.feed is None:
            self.attempts.append(Attempt(url=outcome.url, outcome=read.reason))
            return _Page(url=outcome.url, candidates=read.candidates)
        title, form, entries = read.feed
        url = self._with_credentials(_subscription_url(candidate.url, outcome.hops))
        if url not in {feed.url for feed in self.feeds}:
            found = FoundFeed(url=url, title=title, format=form, entries=entries, reason=candidate.reason)
            self.feeds.append(found)
        return None

    async def try_each(self, candidates: Iterable[Candidate]) -> None:
        """Fetches the feeds that a page advertises, one after the other."""
        for candidate in candidates:
            if host_key(candidate.url) not in self._stopped_hosts:
                await self.try_url(Candidate(url=self._with_credentials(candidate.url), reason=candidate.reason))

    async def try_usual_urls(self, page_url: str) -> None:
        """Fetches the usual feed URLs that robots.txt allows, until enough are feeds."""
        for candidate in usual_places(page_url):
            if host_key(page_url) in self._stopped_hosts or len(self.feeds) >= _ENOUGH:
                return
            if await self.refusal(candidate.url):
                continue
            await self.try_url(Candidate(url=self._with_credentials(candidate.url), reason=candidate.reason))

    async def refusal(self, url: str) -> str | None:
        """Returns why robots.txt forbids a request to ``url``; None if it allows it."""
        robots = await self._robots_of(url)
        if robots.verdict is RobotsVerdict.NOTHING:
            return self._stopped_hosts.setdefault(host_key(url), f"the robots.txt of {_host(url)} is not available now")
        return None if robots.allows(without_userinfo(url)) else "robots.txt forbids programs to fetch it"

    async def _robots_of(self, url: str) -> Robots:
        if not self.outside.settings.extraction.robots:
            return Robots(verdict=RobotsVerdict.EVERYTHING)
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = parse_robots(await self._get(f"{origin}/robots.txt", Kind.ROBOTS))
        return self._robots[origin]

    async def _get(self, url: str, kind: Kind) -> FetchOutcome:
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
        delay = robots.crawl_delay if robots else None
        return max(fetching.spacing, min(delay or timedelta(), fetching.crawl_delay))

    def _reason_to_stop(self, outcome: FetchOutcome) -> str | None:
        """Returns why the host gets no further request: it is in backoff or unreachable; else None."""
        host = _host(outcome.url)
        match outcome:
            case HttpError(status=status, headers=headers) if status in (429, 503) or "retry-after" in headers:
                pause = retry_after(headers, now=self.outside.clock())
                duration = f" for {in_words(pause)}" if pause else ""
                return f"{host} answered {status} and wants no requests{duration}"
            case Deferred(headers=headers):
                pause = retry_after(headers, now=self.outside.clock()) or timedelta()
                return f"{host} redirects with a Retry-After of {in_words(pause)}"
            case Unreachable(reason=reason):
                return f"{host} cannot be reached: {reason}"
            case _:
                return None

    async def _read(self, answer: Answer) -> Look:
        content_type = answer.headers.get("content-type")
        try:
            return await self.outside.workers.run(look_at, answer.body, url=answer.url, content_type=content_type)
        except WorkerError as error:
            return Look(reason=str(error))

    def _with_credentials(self, url: str) -> str:
        """Returns ``url`` with the user name and password of the start URL, if both are of one origin."""
        return with_credentials_of(self.start, url)


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
        case Answer(status=status) | HttpError(status=status):
            return f"answered {status}"
        case NotModified():
            return "answered 304 to an unconditional request"
        case Deferred():
            return "redirects with a Retry-After"
        case Unreachable(reason=reason) | Refused(reason=reason):
            return reason
