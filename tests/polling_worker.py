"""One worker of many, in a process of its own: polls what is due at a given instant, and ends.

python -m tests.polling_worker DATABASE NAME INSTANT URL...
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta

from aggregator.bootstrap import open_service
from aggregator.pipeline import Pipeline
from aggregator.settings.feeds_file import FeedSettings
from aggregator.store.host_claims import ClaimScope
from tests.running import TestClock, configuration


async def work(database: str, name: str, now: datetime, urls: list[str]) -> None:
    """Poll what is due at ``now``; publishers find the worker's name in the User-Agent."""
    feeds = [FeedSettings(url=url, name=f"feed-{number}") for number, url in enumerate(urls)]
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": 0, "timeout": 60, "contact": name}
    polling = {"jitter": 0, "concurrency": 2}
    clock = TestClock(now)
    wanted = configuration(database, *feeds, fetching=fetching, polling=polling)
    async with open_service(wanted, clock=clock, chance=lambda: 0.0, sleep=clock.sleep) as service:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        await Pipeline(service).run_due_claims(ClaimScope(feeds_due_before=now + timedelta(minutes=1), pages=False))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]), sys.argv[4:]))
