"""Computes the time before which the entries of a feed expire.

Pure. ``store.expiry`` deletes the entries and the rows that belong to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.settings.feeds_file import FeedRetention
from aggregator.settings.settings_file import RetentionSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionLimits:
    """The retention limits of a feed: greatest age and number of entries; None means no limit."""

    age: timedelta | None
    entries: int | None


LONGEST_STEP = timedelta(days=7)
"""The longest step of the reference time from one expiry pass to the next, whatever the clock shows."""


def expiry_reference_time(now: datetime, *, last: datetime | None) -> datetime:
    """Returns the reference time from which an expiry pass counts ages; ``last`` is that of the pass before.

    If the clock jumped forward by years, all entries would expire at once. So a pass advances by at most a week; a
    service that was stopped for long catches up in the passes that follow.
    """
    return now if last is None else min(now, last + LONGEST_STEP)


def retention_limits_of(general: RetentionSettings, own: FeedRetention | None = None) -> RetentionLimits:
    """Returns the limits of a feed: its own, or else the general ones."""
    age = own.age if own and own.age is not None else general.age
    entries = own.entries if own and own.entries is not None else general.entries
    return RetentionLimits(
        age=age if isinstance(age, timedelta) else None, entries=entries if isinstance(entries, int) else None
    )


def expires_before(
    limits: RetentionLimits, *, oldest_counted: datetime | None, window: timedelta, now: datetime
) -> datetime | None:
    """Returns the time such that entries which did not change since then expire; None keeps all entries.

    ``oldest_counted`` is the time of the last change of the oldest of the newest ``limits.entries`` entries, None
    if the feed has fewer. An entry seen within ``window`` never expires: a copy may still arrive, and would create
    the same story a second time.
    """
    horizons = [now - limits.age] if limits.age is not None else []
    if oldest_counted is not None:
        horizons.append(oldest_counted)
    return min(max(horizons), now - window) if horizons else None
