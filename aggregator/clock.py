"""What time is it? The only place that asks; everything else is given ``now``.

A pure function takes ``now`` as a parameter; a step of the pipeline takes a ``Clock``, so that
tests run hours of polling in an instant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


class Interval:
    """Says once in so long that it is time; a clock that was put back makes nothing wait longer."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._last: datetime | None = None

    def has_come(self, now: datetime) -> bool:
        """Whether it is time; the next time is ``every`` after a yes."""
        if self._last is not None and self._last <= now < self._last + self._every:
            return False
        self._last = now
        return True
