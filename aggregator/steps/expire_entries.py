"""What is kept no longer goes, a little at a time, so that nothing else waits for it.

One pass goes through all entries in slices and then rests for hours; whether anything goes at all is said
by ``retention``. Afterwards the database gives the room back, a little at a time too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from aggregator.retention import Limits, expires_before, instant_of_pass, limits_of
from aggregator.steps.service import Service
from aggregator.store import expiry

log = structlog.get_logger()

_REST = timedelta(hours=6)
"""From the end of one pass to the beginning of the next."""
_SLICE = 500
"""Entries of one transaction."""


def changed_horizons(
    session: Session, limits: Mapping[str, Limits], *, others: Limits, window: timedelta, now: datetime
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


class Sweeper:
    """Goes through the entries of a service, one slice at a time, and remembers where it is."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._at: int | None = None
        self._entries = self._stories = 0
        self._swept_at: datetime | None = None
        self._by: datetime | None = None
        self._gives_back = True

    async def expire(self) -> bool:
        """Let go of what is past in the next slice, if a pass is under way or due; gives whether more is to do."""
        service = self._service
        if self._at is None and not await self._begins():
            self._gives_back = self._gives_back and await service.database.tend()
            return self._gives_back
        swept = await service.database.write(expiry.sweep, after=self._at or 0, limit=_SLICE, now=service.clock())
        self._at = swept.upto
        self._entries += swept.entries
        self._stories += swept.stories
        if self._at is None:
            await self._ends()
        return True

    async def expire_all(self, is_stopped: Callable[[], bool]) -> None:
        """Do the whole of a pass that is due, slice by slice, unless the service stops."""
        while not is_stopped() and await self.expire():
            pass

    async def _begins(self) -> bool:
        """Begin a pass if one is due and there is anything that may go."""
        service, now = self._service, self._service.clock()
        if self._rests(now):
            return False
        self._swept_at = await service.database.read(expiry.swept_at)
        if self._rests(now):
            return False
        general = service.settings.retention
        limits = {feed.name: limits_of(general, feed.retention) for feed in service.configuration.feeds if feed.name}
        window, others = service.settings.dedup.window, limits_of(general)
        self._by = instant_of_pass(now, last=await service.database.read(expiry.swept_by))
        changed = await service.database.read(changed_horizons, limits, others=others, window=window, now=self._by)
        if changed:
            await service.database.write(expiry.set_horizons, changed)
        self._entries = self._stories = 0
        if not await service.database.read(expiry.any_is_past):
            await self._ends()
            return False
        return True

    def _rests(self, now: datetime) -> bool:
        """Whether the last pass that is known of, by whatever process, ended so short ago that none is due."""
        return self._swept_at is not None and self._swept_at <= now < self._swept_at + _REST

    async def _ends(self) -> None:
        service, self._swept_at, self._gives_back = self._service, self._service.clock(), True
        await service.database.take_stock()
        await service.database.write(expiry.note_swept, by=self._by or self._swept_at, now=self._swept_at)
        if self._entries:
            log.info("retention.swept", entries=self._entries, stories=self._stories)
