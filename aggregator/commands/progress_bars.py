"""Shows progress bars on a terminal; elsewhere the log reports the progress."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track

from aggregator.steps.service import Service
from aggregator.store.hourly_activity import count_pending_work

T = TypeVar("T")

_EVERY = 0.5


def show_progress(things: Sequence[T], what: str) -> Iterable[T]:
    """Yields the items one by one, with a bar that counts them."""
    console = Console(stderr=True)
    return track(things, description=what, console=console, transient=True, disable=not console.is_terminal)


@asynccontextmanager
async def show_service_progress(service: Service) -> AsyncIterator[None]:
    """Shows during the block how many of the due feeds are polled and of the waiting articles are merged."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        follower = asyncio.create_task(_follow(service, bars))
        try:
            yield
        finally:
            follower.cancel()
            await asyncio.gather(follower, return_exceptions=True)


async def _follow(service: Service, bars: Progress) -> None:
    polled, placed = bars.add_task("Feeds polled", total=None), bars.add_task("Articles merged", total=None)
    while True:
        left = await service.database.read(count_pending_work, now=service.clock())
        for bar, metric, labels, waiting in (
            (polled, "aggregator_poll_lateness_seconds_count", {}, left.feeds),
            (placed, "aggregator_step_seconds_count", {"step": "merge"}, left.articles),
        ):
            done = service.metrics.value(metric, **labels)
            bars.update(bar, completed=done, total=done + waiting)
        await asyncio.sleep(_EVERY)
