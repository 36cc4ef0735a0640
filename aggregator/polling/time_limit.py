"""Limits the time of a request to the time in which this process could work on it.

When a machine is overloaded, the event loop gets no CPU for seconds. A response that arrived meanwhile is still in
the socket when the loop runs again, but a plain timeout ends first. The time of such a stall is added to the limit,
and a failure during a stall says nothing about the server (``connectivity``).
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

_TICK_SECONDS = 0.25
_MIN_STALL_SECONDS = 1.0


class TimeLimit:
    """A limit in seconds for the block of an ``async with``, which ends with TimeoutError.

    The limit grows by the stalls of the event loop, to at most twice its seconds. ``stalled_seconds`` is the sum of
    the stalls of at least a second until now.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)
        self._loop = asyncio.get_running_loop()
        self._tick_timer: asyncio.TimerHandle
        self.stalled_seconds = 0.0

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._started_at = self._loop.time()
        self._plan_tick()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tick_timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    @property
    def was_stalled_throughout(self) -> bool:
        """True if the stalls were longer than the limit could grow, so that the server did not get its time."""
        return self.stalled_seconds > self._seconds

    def _plan_tick(self) -> None:
        self._tick_timer = self._loop.call_later(_TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        """Measures how late the event loop calls this, and adds a stall to the limit."""
        stall = self._loop.time() - self._tick_timer.when()
        if stall >= _MIN_STALL_SECONDS:
            self.stalled_seconds += stall
            if not self._timeout.expired():
                growth = min(self.stalled_seconds, self._seconds)
                self._timeout.reschedule(self._started_at + self._seconds + growth)
        self._plan_tick()
