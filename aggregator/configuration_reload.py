"""How does a running service take up an edited configuration, and what of a mistake in it?

The files are read every few seconds, and an edit is taken up when they stayed the same between two looks, so
that an editor may write in two steps. What they hold is compared, not their dates: whatever puts a file in
place (an editor, a link that is swapped) is the same. A configuration with a mistake changes nothing: the one
before goes on, and the mistake is told in the log and in the feed of the operator.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import structlog

from aggregator.bootstrap import reconcile_feeds
from aggregator.configuration.loading import FEEDS_FILE, SETTINGS_FILE
from aggregator.errors import ConfigurationError
from aggregator.settings.settings_file import Configuration, Settings
from aggregator.steps.service import Service
from aggregator.steps.update_alerts import watch

log = structlog.get_logger()

_AT_START = (
    ("database",),
    ("fetching",),
    ("extraction",),
    ("logging",),
    ("web", "host"),
    ("web", "port"),
    ("publishing", "public_url"),
    ("publishing", "output"),
    ("dedup", "most_articles"),
    ("polling", "concurrency"),
)
"""Settings that hold from the start of the service to its end: an edit of them waits for the next one."""


class Reloader:
    """Keeps a service at the configuration in its folder; ``read`` reads it and raises ``ConfigurationError``."""

    def __init__(self, service: Service, folder: Path, read: Callable[[], Configuration]) -> None:
        self._service = service
        self._folder = folder
        self._read = read
        self._seen = self._taken = self._fingerprint()
        self._demanded = False

    async def look(self) -> None:
        """Take up an edit that is complete, or whatever is there when somebody demands it."""
        found = await asyncio.to_thread(self._fingerprint)
        settled, self._seen = found == self._seen, found
        if self._demanded or (settled and found != self._taken):
            self._demanded = False
            await self._reload()

    def demand(self) -> None:
        """Let the next look read the files, changed or not."""
        self._demanded = True

    async def _reload(self) -> None:
        """Read the files and take up what they say, or keep what there is and tell the mistakes."""
        found = await asyncio.to_thread(self._fingerprint)
        try:
            wanted = await asyncio.to_thread(self._read)
        except ConfigurationError as error:
            log.error("configuration.rejected", mistakes=error.mistakes)  # noqa: TRY400 - a person's mistake
            self._service.rejected = error.mistakes
        else:
            await self._take_up(wanted)
            self._service.rejected = ()
        self._taken = found  # what fails for another reason is tried again
        await watch(self._service)

    async def _take_up(self, wanted: Configuration) -> None:
        settings, waiting = _with_settings_of_start(wanted.settings, self._service.settings)
        configuration = wanted.model_copy(update={"settings": settings})
        await reconcile_feeds(self._service.database, configuration, self._service.hosts, now=self._service.clock())
        self._service.configuration = configuration
        log.info("configuration.taken_up", feeds=len(configuration.feeds), digests=len(configuration.digests))
        if waiting:
            log.warning("configuration.waits_for_restart", settings=waiting)

    def _fingerprint(self) -> str:
        """What the files hold; a file that cannot be read just now counts as one that is not there."""
        return sha256(b"".join(self._contents())).hexdigest()

    def _contents(self) -> Iterator[bytes]:
        for name in (FEEDS_FILE, SETTINGS_FILE):
            try:
                yield sha256((self._folder / name).read_bytes()).digest()
            except OSError:
                yield b"none"


def _with_settings_of_start(wanted: Settings, running: Settings) -> tuple[Settings, tuple[str, ...]]:
    """The wanted settings, but for those that hold from the start, and the names of those that differ."""
    waiting = []
    for section, *rest in _AT_START:
        new, old = getattr(wanted, section), getattr(running, section)
        kept = old if not rest else new.model_copy(update={rest[0]: getattr(old, rest[0])})
        if kept != new:
            waiting.append(".".join((section, *rest)))
            wanted = wanted.model_copy(update={section: kept})
    return wanted, tuple(waiting)
