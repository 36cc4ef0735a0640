"""What needs a person is noticed, and told once: in the log, and in the feed of the operator."""

from __future__ import annotations

import structlog
from sqlmodel import Session

from aggregator.model import KnownSituation
from aggregator.steps.service import Service
from aggregator.store import situations
from aggregator.watching import situations_of

log = structlog.get_logger()


async def watch(service: Service) -> None:
    """Look at every feed; what began to need a person, and what does no more, is kept."""
    for changed in await service.database.write(_watch, service):
        what = changed.situation
        if changed.ended_at is None:
            log.warning("situation.began", kind=what.kind.value, subject=what.subject, told=what.told)
        else:
            log.info("situation.ended", kind=what.kind.value, subject=what.subject)


def _watch(session: Session, service: Service) -> tuple[KnownSituation, ...]:
    now = service.clock()
    seen = situations_of(situations.feed_conditions(session, now=now), now=now)
    return situations.keep_situations(session, seen, now=now)
