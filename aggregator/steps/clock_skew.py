"""Does the clock show less than when a feed was last polled? Then it was ahead, and the plans it made are late."""

from __future__ import annotations

from datetime import timedelta

import structlog

from aggregator.steps.service import Service
from aggregator.store import clock_correction, feeds

log = structlog.get_logger()

_SLACK = timedelta(minutes=1)
"""Clocks of several machines differ by so much, and NTP puts one right by so much, without anything being late."""


async def straighten(service: Service) -> None:
    """Bring forward what a clock that was ahead had planned, if it was put back."""
    newest, now = await service.database.read(feeds.newest_poll), service.clock()
    if newest is None or newest - now <= _SLACK:
        return
    rows = await service.database.write(clock_correction.put_back, by=newest - now, now=now)
    log.warning("clock.put_back", by_seconds=round((newest - now).total_seconds()), rescheduled=rows)
