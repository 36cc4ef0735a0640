"""Runs asyncio tasks in the background and ends them all when the service stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class BackgroundTasks:
    """Running tasks; ended tasks are removed."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """The number of running tasks."""
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Starts a task; ``work`` must handle its own exceptions."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def wait_for_one(self, *, at_most: float) -> None:
        """Waits until one of the running tasks ends, but not longer than ``at_most`` seconds."""
        if self._running:
            await asyncio.wait(self._running, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, *, after: float) -> None:
        """Waits ``after`` seconds for all running tasks, then cancels those that still run."""
        if self._running:
            await asyncio.wait(self._running, timeout=after)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
