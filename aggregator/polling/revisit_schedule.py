"""Schedules the requests that check an article's page for changes.

They are sent at the ages that the configuration lists, and never after the last of them: new articles change often,
old ones rarely. ``steps.revisit_page`` sends the conditional request.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

_MIN_PAUSE_SHARE = 0.25
"""The share of an age that must have passed since the last request: a late request is not repeated at once."""


def next_revisit_at(published_at: datetime, ages: Iterable[timedelta], *, now: datetime) -> datetime | None:
    """Returns the time of the next request for an article's page that was requested at ``now``; None after the last."""
    instants = (published_at + age for age in sorted(ages) if published_at + age - now >= _MIN_PAUSE_SHARE * age)
    return next((instant for instant in instants if instant > now), None)
