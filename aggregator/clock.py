"""Reads the current time; no other module does.

A pure function takes ``now`` as a parameter. A step of the pipeline takes a ``Clock``, so that tests run hours of
polling in a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Returns the current time in UTC, as an aware datetime."""
    return datetime.now(UTC)


class IntervalTimer:
    """A timer that is due once in ``every``; after a backward clock change it is due at once."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._last: datetime | None = None

    def is_due_at(self, now: datetime) -> bool:
        """Returns True if the timer is due; it is then due again after ``every``."""
        if self._last is not None and self._last <= now < self._last + self._every:
            return False
        self._last = now
        return True
