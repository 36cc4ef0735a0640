"""Reschedules work after the clock moved backwards.

If the last poll lies in the future, the clock was ahead, and everything it planned would be late.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from aggregator.steps.service import Service
from aggregator.store import clock_correction, feeds

log = structlog.get_logger()

_SLACK = timedelta(minutes=1)
"""Clocks of several machines differ by this much, and NTP corrects this much, without harm to the schedule."""


async def correct_clock_skew(service: Service) -> None:
    """Brings forward the times that a fast clock had planned, if the clock was set back since."""
    newest, now = await service.database.read(feeds.latest_poll_at), service.clock()
    if newest is None or newest - now <= _SLACK:
        return
    rows = await service.database.write(clock_correction.shift_planned_times, by=newest - now, now=now)
    log.warning("clock.moved_back", by_seconds=round((newest - now).total_seconds()), rescheduled=rows)
