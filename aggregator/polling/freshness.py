"""What does a publisher ask of when to come back?

Reads wishes out of headers and feed hints; which of them is granted, and how far, is
``schedule``'s. Headers are believed only where they can be understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator.model.parsing import Hints

_LONGEST = timedelta(days=3650)
_DIRECTIVE = re.compile(r'([a-z-]+)(?:\s*=\s*("[^"]*"|[^,\s]*))?', re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def fresh_for(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How much longer an answer that came at ``now`` is fresh; None when it does not say.

    The order of RFC 9111 section 4.2.1: ``s-maxage``, else ``max-age``, each less Age, else
    Expires less Date. We read ``s-maxage`` as a shared cache does: a poll before it ends is
    answered by the publisher's cache with what we have. ``no-store`` and ``no-cache`` make it
    zero. Of several ages of one kind the shortest counts.
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
    return _within_reason(expires - (parse_http_date(headers.get("date", "")) or now))


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How long Retry-After asks to wait, in seconds or until a date (RFC 9110 section 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if (pause := _seconds(value)) is not None:
        return pause
    until = parse_http_date(value)
    return None if until is None else _within_reason(until - now)


def next_open(instant: datetime, hints: Hints) -> datetime:
    """``instant``, or the first one after it outside the feed's skipHours and skipDays.

    Hours and days are in GMT (RSS 2.0); 24 is the hour 0, as in RSS 0.92. A feed that skips all
    of them asks for nothing sensible and ``instant`` is given back.
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
    """An HTTP-date in any of its three forms (RFC 9110 section 5.6.7) in UTC; None for others."""
    try:
        parsed = parsedate_to_datetime(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _seconds(value: str) -> timedelta | None:
    if not (value.isascii() and value.isdigit()):
        return None
    return _LONGEST if len(value) > 9 else _within_reason(timedelta(seconds=int(value)))


def _within_reason(duration: timedelta) -> timedelta:
    return min(max(duration, timedelta()), _LONGEST)


def _floor_to(step: timedelta, instant: datetime) -> datetime:
    midnight = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (instant - midnight) // step * step
