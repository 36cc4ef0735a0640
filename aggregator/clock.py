"""What time is it? The only place that asks; everything else is given ``now``.

A pure function takes ``now`` as a parameter; a step of the pipeline takes a ``Clock``, so that
tests run hours of polling in an instant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
