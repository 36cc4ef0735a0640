"""A running service for tests: real network, workers and database; the clock is the test's."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from aggregator.bootstrap import open_service
from aggregator.daemon import read_model_of
from aggregator.model.publishing import DigestPage, StoryView
from aggregator.pipeline import Pipeline
from aggregator.read_model import ReadModel
from aggregator.settings.feeds_file import DigestSettings, FeedSettings
from aggregator.settings.settings_file import Configuration, Settings
from aggregator.steps.service import Service
from tests.in_process_workers import InProcessWorkers
from tests.stored import NOW

BASE_URL = "http://digest.example"

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For services that speak no TLS: reading the system's certificates takes longer than a poll."""


class TestClock:
    """A clock that stands still until it is told to go on."""

    __test__ = False

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, for who waits for it."""
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


class Running:
    """One service, its clock, and what its readers see."""

    def __init__(self, service: Service, clock: TestClock) -> None:
        self.service = service
        self.clock = clock
        self.library = read_model_of(service, BASE_URL)

    async def once(self, *, after: timedelta = timedelta(0)) -> None:
        """Let time pass, then do everything that is due."""
        self.clock.advance(after)
        await Pipeline(self.service).once()

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """The published stories, newest first."""
        page = self.library.digest("digest", 1)
        assert page is not None
        return page.stories

    def configure(self, **changes: Any) -> None:
        """Let the service go on with another configuration."""
        changed = self.service.configuration.model_copy(update=changes)
        self.service.configuration = changed

    def digest(self, page: int = 1, **settings: Any) -> DigestPage:
        """A page of a digest with these settings."""
        digest = DigestSettings.model_validate({"name": "digest", **settings})
        changed = self.service.configuration.model_copy(update={"digests": (digest,)})
        library = ReadModel(
            self.service.database,
            configuration=lambda: changed,
            authority=self.service.authority,
            base_url=BASE_URL,
            clock=self.clock,
        )
        shown = library.digest(digest.name, page)
        assert shown is not None
        return shown


def configuration(database: str, *feeds: FeedSettings, **sections: Any) -> Configuration:
    """A configuration for loopback without pauses."""
    defaults: dict[str, Any] = {
        "fetching": {"allow_networks": ["127.0.0.0/8"], "spacing": 0, "timeout": 60},
        "extraction": {"workers": 1},
        "polling": {"jitter": 0},
    }
    settings = Settings.model_validate({"database": database, **defaults, **sections})
    return Configuration(feeds=feeds, digests=(DigestSettings(name="digest", limit=1000),), settings=settings)


@asynccontextmanager
async def running(
    wanted: Configuration, clock: TestClock | None = None, *, chance: float = 0.0, **parts: Any
) -> AsyncIterator[Running]:
    """The service of a configuration; ``chance`` is every throw of its dice, ``parts`` what it does not make itself.

    It runs steps in this process and trusts no certificate, unless ``parts`` hold workers or a TLS context.
    """
    clock = clock or TestClock()
    parts["workers"] = parts.get("workers") or InProcessWorkers()
    parts["ssl_context"] = parts.get("ssl_context") or TRUSTING_NOBODY
    opened = open_service(wanted, clock=clock, chance=lambda: chance, sleep=clock.sleep, **parts)
    async with opened as service:
        yield Running(service, clock)
