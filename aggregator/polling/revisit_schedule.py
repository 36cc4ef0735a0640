"""When is an article's page asked for again, to see whether its text changed?

At the ages that the configuration lists and never after the last of them: what is new changes often, what
is old hardly ever. Whether it changed is found out by asking conditionally; that is ``steps.revisit_page``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

_LEAST_PAUSE = 0.25
"""Share of an age that must have passed since the page was asked for last: one seen late is not asked twice at once."""


def next_revisit_at(published_at: datetime, ages: Iterable[timedelta], *, now: datetime) -> datetime | None:
    """When the page of an article, which was asked for at ``now``, is due again; None: never more."""
    instants = (published_at + age for age in sorted(ages) if published_at + age - now >= _LEAST_PAUSE * age)
    return next((instant for instant in instants if instant > now), None)
