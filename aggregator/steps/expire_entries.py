"""Deletes expired entries in small batches, so that no other step waits for them.

One pass reads all entries in batches; the next pass starts hours later. ``retention`` decides what expires. After a
pass the database frees the disk space, also in small parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from aggregator.retention import RetentionLimits, expires_before, expiry_reference_time, retention_limits_of
from aggregator.steps.service import Service
from aggregator.store import expiry

log = structlog.get_logger()

_PASS_INTERVAL = timedelta(hours=6)
"""The time from the end of one pass to the start of the next."""
_BATCH = 500
"""Entries per transaction."""


def changed_horizons(
    session: Session,
    limits: Mapping[str, RetentionLimits],
    *,
    others: RetentionLimits,
    window: timedelta,
    now: datetime,
) -> Mapping[int, datetime | None]:
    """Returns the instant before which a feed's entries are past, for each feed whose stored one differs.

    ``limits`` is by feed name, ``others`` for feeds not named there. Counting takes long in a large database and
    changes nothing, so it runs in a transaction that only reads.
    """
    changed = {}
    for feed in expiry.stored_horizons(session):
        own = limits.get(feed.name, others)
        counted = expiry.oldest_counted(session, feed.feed_id, own.entries) if own.entries else None
        horizon = expires_before(own, oldest_counted=counted, window=window, now=now)
        if horizon != feed.expires_before:
            changed[feed.feed_id] = horizon
    return changed


class EntryExpiry:
    """The expiry of a service's entries, one batch at a time, with the position of the current pass."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._position: int | None = None
        self._entries = self._stories = 0
        self._last_pass_at: datetime | None = None
        self._expires_by: datetime | None = None
        self._frees_space = True

    async def expire(self) -> bool:
        """Deletes the expired entries of the next batch if a pass is running or due; returns True if work is left."""
        service = self._service
        if self._position is None and not await self._start_pass():
            self._frees_space = self._frees_space and await service.database.free_unused_space()
            return self._frees_space
        swept = await service.database.write(
            expiry.delete_expired, after=self._position or 0, limit=_BATCH, now=service.clock()
        )
        self._position = swept.up_to_id
        self._entries += swept.entries
        self._stories += swept.stories
        if self._position is None:
            await self._end_pass()
        return True

    async def expire_all(self, is_stopped: Callable[[], bool]) -> None:
        """Runs a due pass to its end, unless the service stops."""
        while not is_stopped() and await self.expire():
            pass

    async def _start_pass(self) -> bool:
        """Starts a pass if one is due and any entry has expired; returns True if it started."""
        service, now = self._service, self._service.clock()
        if self._is_too_early(now):
            return False
        self._last_pass_at = await service.database.read(expiry.last_pass_ended_at)
        if self._is_too_early(now):
            return False
        general = service.settings.retention
        limits = {
            feed.name: retention_limits_of(general, feed.retention) for feed in service.configuration.feeds if feed.name
        }
        window, others = service.settings.dedup.window, retention_limits_of(general)
        self._expires_by = expiry_reference_time(now, last=await service.database.read(expiry.last_pass_counted_from))
        changed = await service.database.read(
            changed_horizons, limits, others=others, window=window, now=self._expires_by
        )
        if changed:
            await service.database.write(expiry.store_horizons, changed)
        self._entries = self._stories = 0
        if not await service.database.read(expiry.any_feed_expires):
            await self._end_pass()
            return False
        return True

    def _is_too_early(self, now: datetime) -> bool:
        """Returns True if the last known pass, of any process, ended too recently for another one."""
        return self._last_pass_at is not None and self._last_pass_at <= now < self._last_pass_at + _PASS_INTERVAL

    async def _end_pass(self) -> None:
        service, self._last_pass_at, self._frees_space = self._service, self._service.clock(), True
        await service.database.update_statistics()
        await service.database.write(
            expiry.record_pass, by=self._expires_by or self._last_pass_at, now=self._last_pass_at
        )
        if self._entries:
            log.info("entries.expired", entries=self._entries, stories=self._stories)
