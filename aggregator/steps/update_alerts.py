"""What needs a person is noticed, and told once: in the log, and in the feed of the operator."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import structlog

from aggregator.alert_rules import situations_of
from aggregator.health_checks import Finding, of_disk
from aggregator.steps.service import Service
from aggregator.store import alerts

log = structlog.get_logger()


async def watch(service: Service) -> None:
    """Look at every feed; what began to need a person, and what does no more, is kept."""
    now = service.clock()
    # Looking takes its time on a large database, and nobody should wait for it with something to write.
    conditions = await service.database.read(alerts.feed_conditions, now=now)
    disk = await asyncio.to_thread(_disk_of, service.database.path)
    seen = situations_of(conditions, rejected=service.rejected, disk=disk, now=now)
    for changed in await service.database.write(alerts.keep_situations, seen, now=now):
        what = changed.situation
        if changed.ended_at is None:
            log.warning("situation.began", kind=what.kind.value, subject=what.subject, told=what.told)
        else:
            log.info("situation.ended", kind=what.kind.value, subject=what.subject)


def _disk_of(file: Path | None) -> Finding | None:
    """How full the disk of a SQLite file is; the disk of a server is its own business."""
    return None if file is None else of_disk(str(file.parent), free=shutil.disk_usage(file.parent).free)
