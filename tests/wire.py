"""A scripted publisher and the real service that polls it, over virtual time: what the wire tests ask.

    wire.publisher.script("/feed", feed(etag='"1"'), reply(304))
    await wire.poll()
    assert await wire.asked_around(HOUR) == [0, 1]
    assert wire.sent("If-None-Match") == [None, '"1"']

Everything is real but the clock and the workers: requests are bytes on loopback, and the database is a file. The service starts with the first poll; ``start`` says how, and starts it
again. Names below ``.localhost`` are hosts of their own that lead to the same publisher.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from aggregator.model.operations import FeedHealth
from aggregator.pipeline import Pipeline
from aggregator.polling.name_resolution import Resolver
from aggregator.settings.feeds_file import FeedSettings
from aggregator.worker_pool import WorkerPool
from tests.network import Tls
from tests.publisher import Publisher, Received, Reply, reply
from tests.running import Running, TestClock, configuration, running

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
CLOSING = {"Connection": "close"}
"""The request after this answer has a connection, and a look-up of its host, of its own."""


def item(guid: str, *, link: str = "", more: str = "") -> str:
    """An RSS item; its title is its guid."""
    address = f"<link>{link}</link>" if link else ""
    return f"<item><title>{guid}</title>{address}<guid isPermaLink='false'>{guid}</guid>{more}</item>"


def document(*items: str, channel: str = "") -> bytes:
    """An RSS document of these items, with more elements in its channel."""
    declared = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:atom='http://www.w3.org/2005/Atom'"
    return (
        f"<rss version='2.0' {declared}><channel><title>One</title>{channel}{''.join(items)}</channel></rss>".encode()
    )


def feed(*items: str, channel: str = "", etag: str | None = '"1"', headers: Mapping[str, str] | None = None) -> Reply:
    """An answer with a feed; it has an ETag unless told otherwise."""
    validators = {} if etag is None else {"ETag": etag}
    return reply(200, {**RSS, **validators, **(headers or {})}, document(*items, channel=channel))


def http_date(instant: datetime) -> str:
    """An instant in UTC as headers write it."""
    return format_datetime(instant, usegmt=True)


class Wire:
    """A publisher, and a service that is subscribed to its ``/feed`` unless told otherwise."""

    def __init__(self, publisher: Publisher, database: str) -> None:
        self.publisher = publisher
        self.clock = TestClock()
        self._database = database
        self._running: Running | None = None
        self._open = AsyncExitStack()

    def subscription(self, path: str = "/feed", *, host: str = "127.0.0.1", **others: Any) -> FeedSettings:
        """A feed of the publisher, named after its path; pages are not fetched unless told otherwise."""
        values = {"url": self.publisher.url(path, host=host), "name": path.strip("/"), "full_text": "feed", **others}
        return FeedSettings.model_validate(values)

    async def start(
        self,
        *feeds: FeedSettings,
        chance: float = 0.0,
        names: Resolver | None = None,
        trusting: ssl.SSLContext | None = None,
        workers: WorkerPool | None = None,
        **sections: Any,
    ) -> None:
        """Start the service, again if it runs, with these feeds and sections of the settings.

        ``names`` is its DNS, when not the system's, ``trusting`` says whose certificates it takes, and
        ``workers`` are real ones, where a test needs processes.
        """
        await self.stop()
        wanted = configuration(self._database, *(feeds or (self.subscription(),)), **sections)
        parts = {"workers": workers, "resolver": names, "ssl_context": trusting}
        self._running = await self._open.enter_async_context(running(wanted, self.clock, chance=chance, **parts))

    async def stop(self) -> None:
        """Stop the service, if it runs."""
        await self._open.aclose()
        self._running = None

    @property
    def service(self) -> Running:
        """The service that runs."""
        assert self._running is not None, "the service is started by start() or poll()"
        return self._running

    async def poll(self, *, after: timedelta = timedelta(0)) -> int:
        """Let time pass, do everything that is due; gives how many requests that made."""
        if self._running is None:
            await self.start()
        before = len(self.requests)
        await self.service.once(after=after)
        return len(self.requests) - before

    async def asked_after(self, *pauses: timedelta) -> list[int]:
        """Let time pass in steps; gives how many requests each of them made.

        No request after one step is proof for the whole of it: what falls due meanwhile is done at its end.
        """
        return [await self.poll(after=pause) for pause in pauses]

    async def asked_around(self, pause: timedelta) -> list[int]:
        """How many requests come before the last second of a pause, and in it: [0, 1] when it is kept exactly."""
        return await self.asked_after(pause - SECOND, SECOND)

    @property
    def requests(self) -> list[Received]:
        """What the publisher was asked, in order."""
        return self.publisher.requests

    @property
    def targets(self) -> list[str]:
        """The targets of the requests, in order."""
        return [request.target for request in self.requests]

    def sent(self, header: str, *, target: str = "/feed") -> list[str | None]:
        """A header of every request for one target, in order."""
        return [request.header(header) for request in self.requests if request.target == target]

    async def refresh(self, name: str = "feed", *, after: timedelta = timedelta(0)) -> int:
        """Let time pass, then ask for a feed as a person does; gives how many requests that made."""
        before = len(self.requests)
        self.clock.advance(after)
        await Pipeline(self.service.service).refresh([name])
        return len(self.requests) - before

    def health(self, name: str = "feed") -> FeedHealth:
        """How a feed is doing, as the service tells it."""
        return next(found for found in self.service.library.feeds() if found.name == name)

    @property
    def titles(self) -> set[str]:
        """The titles of the published stories."""
        return {story.title for story in self.service.stories}


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """TLS under the name ``secure.example``."""
    return Tls.of("secure.example", tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def wire(sqlite_url: str) -> AsyncIterator[Wire]:
    """A publisher and a service on SQLite."""
    async with Publisher() as publisher:
        wire = Wire(publisher, sqlite_url)
        yield wire
        await wire.stop()


@pytest.fixture
async def any_wire(database_url: str) -> AsyncIterator[Wire]:
    """A publisher and a service, on SQLite and on PostgreSQL: for what has to be stored."""
    async with Publisher() as publisher:
        wire = Wire(publisher, database_url)
        yield wire
        await wire.stop()
