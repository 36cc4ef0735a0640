"""From which instant on back is an entry of a feed kept no longer?

Pure. What goes with an entry, and that nothing goes in pieces, is ``store.expiry``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.settings.feeds_file import FeedRetention
from aggregator.settings.settings_file import RetentionSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long the entries of a feed are kept; None where there is no limit."""

    age: timedelta | None
    entries: int | None


MOST_AT_ONCE = timedelta(days=7)
"""How far the instant of one pass lies after that of the pass before, whatever the clock says."""


def instant_of_pass(now: datetime, *, last: datetime | None) -> datetime:
    """The instant by which a pass counts ages.

    A clock that leaps ahead by years would have everything past at once. So a pass goes only a week beyond the one
    before; a service that was away for long catches up with its next passes.
    """
    return now if last is None else min(now, last + MOST_AT_ONCE)


def limits_of(general: RetentionSettings, own: FeedRetention | None = None) -> Limits:
    """The limits of a feed: its own, and the general ones where it says nothing."""
    age = own.age if own and own.age is not None else general.age
    entries = own.entries if own and own.entries is not None else general.entries
    return Limits(
        age=age if isinstance(age, timedelta) else None, entries=entries if isinstance(entries, int) else None
    )


def expires_before(
    limits: Limits, *, oldest_counted: datetime | None, window: timedelta, now: datetime
) -> datetime | None:
    """Entries in which nothing changed since this instant need not be kept; None keeps all.

    ``oldest_counted`` is when the last of the newest ``limits.entries`` entries last changed, None when
    there are not so many. What was seen within ``window`` is kept whatever the limits say: a copy of it may
    still come, and would found the story anew.
    """
    horizons = [now - limits.age] if limits.age is not None else []
    if oldest_counted is not None:
        horizons.append(oldest_counted)
    return min(max(horizons), now - window) if horizons else None
