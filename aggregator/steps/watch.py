"""What needs a person is noticed, and told once: in the log, and in the feed of the operator."""

from __future__ import annotations

import structlog

from aggregator.steps.service import Service
from aggregator.store import situations
from aggregator.watching import situations_of

log = structlog.get_logger()


async def watch(service: Service) -> None:
    """Look at every feed; what began to need a person, and what does no more, is kept."""
    now = service.clock()
    # Looking takes its time on a large database, and nobody should wait for it with something to write.
    conditions = await service.database.read(situations.feed_conditions, now=now)
    seen = situations_of(conditions, rejected=service.rejected, now=now)
    for changed in await service.database.write(situations.keep_situations, seen, now=now):
        what = changed.situation
        if changed.ended_at is None:
            log.warning("situation.began", kind=what.kind.value, subject=what.subject, told=what.told)
        else:
            log.info("situation.ended", kind=what.kind.value, subject=what.subject)
