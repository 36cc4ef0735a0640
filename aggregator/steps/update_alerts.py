"""Updates the alerts; each new one is reported once in the log and in the operator feed."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import structlog

from aggregator.alert_rules import alerts_for
from aggregator.health_checks import CheckResult, check_disk
from aggregator.steps.service import Service
from aggregator.store import alerts

log = structlog.get_logger()


async def update_alerts(service: Service) -> None:
    """Checks every feed and the disk, and stores alerts that began or ended."""
    now = service.clock()
    # The check is slow on a large database, so it reads outside of the write transaction.
    conditions = await service.database.read(alerts.feed_conditions, now=now)
    disk = await asyncio.to_thread(_disk_of, service.database.path)
    seen = alerts_for(conditions, rejected=service.rejected, disk=disk, now=now)
    for changed in await service.database.write(alerts.store_alerts, seen, now=now):
        alert = changed.alert
        if changed.ended_at is None:
            log.warning("alert.began", kind=alert.kind.value, subject=alert.subject, text=alert.text)
        else:
            log.info("alert.ended", kind=alert.kind.value, subject=alert.subject)


def _disk_of(file: Path | None) -> CheckResult | None:
    """Returns the free space on the disk of a SQLite file; the disk of a database server is not checked."""
    return None if file is None else check_disk(str(file.parent), free=shutil.disk_usage(file.parent).free)
