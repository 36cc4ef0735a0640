"""Which feeds does this site have? Asked on behalf of a person who waits, and politely all the same.

The address itself is asked for first: it may be a feed. A page is searched for the feeds it names, and
each is asked for, because only a document that parses is a feed. Where the page led to none, the usual
places are tried until a few are found, and then the sitemaps of news that the robots.txt names. One
request follows the other, with the pause between requests to one host; robots.txt is asked before pages
and guesses, not before feeds that a site advertises, which are an invitation. A host that asks for
quiet is asked for nothing more.
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
"""Feeds found by guessing after which no more is guessed: the others are most often the same one."""


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What it takes to look around outside; ``sleep`` lets so many seconds of ``clock`` pass."""

    settings: Settings
    fetcher: Fetcher
    workers: Workers
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFeed:
    """A feed that was asked for and read; ``url`` is the one to subscribe to, ``reason`` how it was found."""

    url: str
    title: str
    format: str
    entries: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An address that was asked for and is no feed; ``outcome`` says what came instead."""

    url: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """What was found, in the order in which it was; ``stopped`` says why the search ended early, if it did."""

    feeds: tuple[FoundFeed, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    stopped: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One document as a worker read it: a feed with its title, format and number of entries, or a page."""

    feed: tuple[str, str, int] | None = None
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()


def look_at(body: bytes, *, url: str, content_type: str | None) -> Look:
    """Read a document as a feed, else as a page that may name feeds; runs in a worker."""
    outcome = parse(body, url=url, content_type=content_type)
    if isinstance(outcome, ParsedFeed):
        return Look(feed=(outcome.title, outcome.format, len(outcome.entries)))
    return Look(reason=outcome.reason, candidates=advertised(body, url=url, content_type=content_type))


async def discover(outside: Outside, url: str) -> Discovery:
    """The feeds that are at ``url``, that its page names, or that are where feeds usually are.

    A user name and password in ``url`` are sent to its own origin only, and found feeds of that
    origin carry them.
    """
    search = _Search(outside=outside, start=url)
    start = Candidate(url=url, reason="the address itself is a feed")
    forbidden = None if looks_like_a_feed(url) else await search.forbids(url)
    if forbidden:
        return Discovery(attempts=(Attempt(url=without_userinfo(url), outcome=forbidden),))
    page = await search.ask(start)
    if page is None or search.feeds:
        return search.ended()
    await search.ask_each(page.candidates)
    if not search.feeds:
        await search.guess(page.url)
    if not search.feeds:
        await search.ask_each(news_sitemaps(search.sitemaps, url=page.url))
    return search.ended()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """A page that came instead of a feed: where it came from in the end, and what it names."""

    url: str
    candidates: tuple[Candidate, ...]


@dataclass(kw_only=True, slots=True)
class _Search:
    """One search under way: what was found, which hosts were asked, and what their robots.txt say."""

    outside: Outside
    start: str
    feeds: list[FoundFeed] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _silent: dict[str, str] = field(default_factory=dict)
    _robots: dict[str, Robots] = field(default_factory=dict)

    def ended(self) -> Discovery:
        """What the search came to."""
        stopped = "; ".join(self._silent.values()) or None
        return Discovery(feeds=tuple(self.feeds), attempts=tuple(self.attempts), stopped=stopped)

    @property
    def sitemaps(self) -> Iterator[str]:
        """Those that the robots.txt name which were read on the way."""
        return (address for robots in self._robots.values() for address in robots.sitemaps)

    async def ask(self, candidate: Candidate) -> _Page | None:
        """Ask for one address; a feed is noted, a page is given back, anything else is noted as an attempt."""
        outcome = await self._get(candidate.url, Kind.FEED)
        if not isinstance(outcome, Answer):
            self.attempts.append(Attempt(url=without_userinfo(candidate.url), outcome=_in_words(outcome)))
            return None
        look = await self._look(outcome)
        if look.feed is None:
            self.attempts.append(Attempt(url=outcome.url, outcome=look.reason))
            return _Page(url=outcome.url, candidates=look.candidates)
        title, form, entries = look.feed
        url = self._known(_settled(candidate.url, outcome.hops))
        if url not in {feed.url for feed in self.feeds}:
            found = FoundFeed(url=url, title=title, format=form, entries=entries, reason=candidate.reason)
            self.feeds.append(found)
        return None

    async def ask_each(self, candidates: Iterable[Candidate]) -> None:
        """Ask for what a page names, one after the other."""
        for candidate in candidates:
            if host_key(candidate.url) not in self._silent:
                await self.ask(Candidate(url=self._known(candidate.url), reason=candidate.reason))

    async def guess(self, page_url: str) -> None:
        """Try the usual places until enough are feeds; where robots.txt forbids it, not that one."""
        for candidate in usual_places(page_url):
            if host_key(page_url) in self._silent or len(self.feeds) >= _ENOUGH:
                return
            if await self.forbids(candidate.url):
                continue
            await self.ask(Candidate(url=self._known(candidate.url), reason=candidate.reason))

    async def forbids(self, url: str) -> str | None:
        """Why the robots.txt of the origin of ``url`` keeps us from asking for it; None when it does not."""
        robots = await self._robots_of(url)
        if robots.verdict is RobotsVerdict.NOTHING:
            return self._silent.setdefault(host_key(url), f"the robots.txt of {_host(url)} cannot be had for now")
        return None if robots.allows(without_userinfo(url)) else "robots.txt forbids programs to ask for it"

    async def _robots_of(self, url: str) -> Robots:
        if not self.outside.settings.extraction.robots:
            return Robots(verdict=RobotsVerdict.EVERYTHING)
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = parse_robots(await self._get(f"{origin}/robots.txt", Kind.ROBOTS))
        return self._robots[origin]

    async def _get(self, url: str, kind: Kind) -> FetchOutcome:
        """One request, with the pause before it when its host was asked before."""
        host = host_key(url)
        if host in self._asked:
            await self.outside.sleep(self._spacing(url).total_seconds())
        outcome = await self.outside.fetcher.get(url, kind=kind)
        self._asked.update((host, host_key(outcome.url)))
        if (reason := self._silenced(outcome)) is not None:
            self._silent.setdefault(host_key(outcome.url), reason)
        return outcome

    def _spacing(self, url: str) -> timedelta:
        fetching = self.outside.settings.fetching
        parts = urlsplit(url)
        robots = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        wanted = robots.crawl_delay if robots else None
        return max(fetching.spacing, min(wanted or timedelta(), fetching.crawl_delay))

    def _silenced(self, outcome: FetchOutcome) -> str | None:
        """Why nothing more is asked after this outcome, or None: the host wants quiet, or is not there."""
        host = _host(outcome.url)
        match outcome:
            case HttpError(status=status, headers=headers) if status in (429, 503) or "retry-after" in headers:
                pause = retry_after(headers, now=self.outside.clock())
                wish = f" for {in_words(pause)}" if pause else ""
                return f"{host} answered {status} and wants to be left alone{wish}"
            case Deferred(headers=headers):
                pause = retry_after(headers, now=self.outside.clock()) or timedelta()
                return f"{host} redirects and asks to be followed in {in_words(pause)}"
            case Unreachable(reason=reason):
                return f"{host} cannot be reached: {reason}"
            case _:
                return None

    async def _look(self, answer: Answer) -> Look:
        content_type = answer.headers.get("content-type")
        try:
            return await self.outside.workers.run(look_at, answer.body, url=answer.url, content_type=content_type)
        except WorkerError as error:
            return Look(reason=str(error))

    def _known(self, url: str) -> str:
        """``url`` with the user name and password that were given for its origin, if they were."""
        return with_credentials_of(self.start, url)


def _settled(asked: str, hops: tuple[Hop, ...]) -> str:
    """The address to subscribe to: the one that was asked for, or where it moved for good."""
    for hop in hops:
        if hop.status not in (301, 308):
            break
        asked = hop.location
    return asked


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _in_words(outcome: FetchOutcome) -> str:
    match outcome:
        case Answer(status=status) | HttpError(status=status):
            return f"answered {status}"
        case NotModified():
            return "answered 304, unasked"
        case Deferred():
            return "redirects and asks to be followed later"
        case Unreachable(reason=reason) | Refused(reason=reason):
            return reason
