"""Publishes stories whose hold is over; from then on a story has its position and its id in the digest.

A story is held for ``publishing.settle`` after its first copy, so that more copies arrive and the best one becomes the
canonical copy. This step only stores the time of publication; the package ``publishing`` renders.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from aggregator.steps.service import Service
from aggregator.store import stories

log = structlog.get_logger()

_FOR_EVER = timedelta(days=36_500)


async def publish_stories(service: Service, *, hold: bool = True) -> int:
    """Publishes every story whose hold is over; returns the number of stories.

    Without ``hold`` every story is published: in a single run no copy can arrive before the next run.
    """
    now = service.clock()
    before = now if hold else now + _FOR_EVER
    keys = await service.database.write(stories.publish_settled, before=before, authority=service.authority, now=now)
    for key in keys:
        log.info("story.published", story=key)
    return len(keys)
