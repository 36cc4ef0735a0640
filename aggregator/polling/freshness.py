"""Reads from headers and feed hints how long a publisher wants us to wait.

``poll_interval`` chooses one of these intervals and limits it. A header that cannot be understood is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator.model.parsing import PollHints

_MAX_PAUSE = timedelta(days=3650)
_DIRECTIVE = re.compile(r'([a-z-]+)(?:\s*=\s*("[^"]*"|[^,\s]*))?', re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def remaining_freshness(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Returns how long a response received at ``now`` stays fresh; None if its headers do not state it.

    The order of RFC 9111 section 4.2.1: ``s-maxage``, else ``max-age``, each minus Age, else Expires minus Date.
    ``s-maxage`` counts as in a shared cache: an earlier poll would get from the publisher's cache what we have
    already. ``no-store`` and ``no-cache`` give zero. Of several values of one directive the smallest counts.
    """
    directives = [
        (name.lower(), value.strip('"')) for name, value in _DIRECTIVE.findall(headers.get("cache-control", ""))
    ]
    if any(name in ("no-store", "no-cache") for name, _ in directives):
        return timedelta()
    for kind in ("s-maxage", "max-age"):
        ages = [age for name, value in directives if name == kind and (age := _seconds(value)) is not None]
        if ages:
            return max(min(ages) - (_seconds(headers.get("age", "")) or timedelta()), timedelta())
    if "expires" not in headers:
        return None
    expires = parse_http_date(headers["expires"])
    if expires is None:
        return timedelta()  # RFC 9111 section 5.3: an invalid date means already expired
    return _limited(expires - (parse_http_date(headers.get("date", "")) or now))


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Returns the pause that Retry-After states in seconds or as a date (RFC 9110 section 10.2.3); else None."""
    value = headers.get("retry-after", "").strip()
    if (pause := _seconds(value)) is not None:
        return pause
    until = parse_http_date(value)
    return None if until is None else _limited(until - now)


def next_unskipped_time(instant: datetime, hints: PollHints) -> datetime:
    """Returns ``instant``, or the first time after it outside the feed's skipHours and skipDays.

    Hours and days are in GMT (RSS 2.0); hour 24 is hour 0, as in RSS 0.92. If a feed skips all hours or all days,
    both are ignored.
    """
    hours = {hour % 24 for hour in hints.skip_hours}
    days = {_DAYS.index(day.lower()) for day in hints.skip_days if day.lower() in _DAYS}
    if len(hours) == 24 or len(days) == 7:
        return instant
    candidate = instant.astimezone(UTC)
    while candidate.weekday() in days or candidate.hour in hours:
        step = timedelta(days=1) if candidate.weekday() in days else timedelta(hours=1)
        candidate = _floor_to(step, candidate) + step
    return max(instant, candidate)


def parse_http_date(value: str) -> datetime | None:
    """Returns the UTC time of an HTTP-date in any of its three forms (RFC 9110 section 5.6.7); None for other text."""
    try:
        parsed = parsedate_to_datetime(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _seconds(value: str) -> timedelta | None:
    if not (value.isascii() and value.isdigit()):
        return None
    return _MAX_PAUSE if len(value) > 9 else _limited(timedelta(seconds=int(value)))


def _limited(duration: timedelta) -> timedelta:
    return min(max(duration, timedelta()), _MAX_PAUSE)


def _floor_to(step: timedelta, instant: datetime) -> datetime:
    midnight = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (instant - midnight) // step * step
