"""Stories that settled are shown: from then on they have their place and their id in the digest.

A story is held for ``publishing.settle`` after its first copy, so that copies gather and the best
one leads. Rendering is ``publishing``'s; this step only says from when on a story is there.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from aggregator.steps.service import Service
from aggregator.store import stories

log = structlog.get_logger()

_FOR_EVER = timedelta(days=36_500)


async def publish(service: Service, *, hold: bool = True) -> int:
    """Show every story that settled; gives how many.

    With ``hold`` off the pause is taken as over: no copy can arrive before the next run, so
    waiting would gain nothing.
    """
    now = service.clock()
    before = now if hold else now + _FOR_EVER
    keys = await service.database.write(stories.publish_settled, before=before, authority=service.authority, now=now)
    for key in keys:
        log.info("story.published", story=key)
    return len(keys)
