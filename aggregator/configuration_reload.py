"""Reloads an edited configuration in the running service.

The files are read every second. An edit is loaded when two checks in a row find the same content, so that an editor
may write in two steps. The content is compared, not the dates, so every way to replace a file works (an editor, a
swapped link). A configuration with an error is rejected: the current one stays in force, and the log and the operator
feed report the error.
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
from aggregator.steps.update_alerts import update_alerts

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
"""Settings that are read only when the service starts: an edit of them waits for the next start."""


class ConfigurationReloader:
    """Keeps a service up to date with the configuration in ``folder``.

    ``read`` reads the files there and raises ``ConfigurationError``.
    """

    def __init__(self, service: Service, folder: Path, read: Callable[[], Configuration]) -> None:
        self._service = service
        self._folder = folder
        self._read = read
        self._seen = self._loaded = self._fingerprint()
        self._requested = False

    async def reload_if_changed(self) -> None:
        """Reloads the files after a complete edit or after ``request_reload``."""
        found = await asyncio.to_thread(self._fingerprint)
        is_complete, self._seen = found == self._seen, found
        if self._requested or (is_complete and found != self._loaded):
            self._requested = False
            await self._reload()

    def request_reload(self) -> None:
        """Makes the next check reload the files, changed or not."""
        self._requested = True

    async def _reload(self) -> None:
        """Reads the files and applies them; on an error keeps the current configuration and reports it."""
        found = await asyncio.to_thread(self._fingerprint)
        try:
            wanted = await asyncio.to_thread(self._read)
        except ConfigurationError as error:
            log.error("configuration.rejected", mistakes=error.mistakes)  # noqa: TRY400 - an error in the user's files
            self._service.rejected = error.mistakes
        else:
            await self._apply(wanted)
            self._service.rejected = ()
        self._loaded = found  # after any other exception the next check tries again
        await update_alerts(self._service)

    async def _apply(self, wanted: Configuration) -> None:
        settings, waiting = _with_settings_of_start(wanted.settings, self._service.settings)
        configuration = wanted.model_copy(update={"settings": settings})
        await reconcile_feeds(self._service.database, configuration, self._service.hosts, now=self._service.clock())
        self._service.configuration = configuration
        log.info("configuration.reloaded", feeds=len(configuration.feeds), digests=len(configuration.digests))
        if waiting:
            log.warning("configuration.waits_for_restart", settings=waiting)

    def _fingerprint(self) -> str:
        """Returns the fingerprint of the files; an unreadable file counts as a missing one."""
        return sha256(b"".join(self._contents())).hexdigest()

    def _contents(self) -> Iterator[bytes]:
        for name in (FEEDS_FILE, SETTINGS_FILE):
            try:
                yield sha256((self._folder / name).read_bytes()).digest()
            except OSError:
                yield b"none"


def _with_settings_of_start(wanted: Settings, running: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Returns the wanted settings without the edits that wait for a start, and the names of those settings."""
    waiting = []
    for section, *rest in _AT_START:
        new, old = getattr(wanted, section), getattr(running, section)
        kept = old if not rest else new.model_copy(update={rest[0]: getattr(old, rest[0])})
        if kept != new:
            waiting.append(".".join((section, *rest)))
            wanted = wanted.model_copy(update={section: kept})
    return wanted, tuple(waiting)
