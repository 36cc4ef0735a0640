"""Parses the hints in a feed document about how often to poll it.

It reads ``ttl``, ``skipHours`` and ``skipDays`` (RSS 2.0), and ``sy:updatePeriod`` with ``sy:updateFrequency`` (RSS 1.0
syndication module), from the text of the document. Invalid values are ignored. The poll schedule decides
how to use the hints.
"""

from __future__ import annotations

import re
from datetime import timedelta

from aggregator.model.parsing import PollHints


def _element(name: str, value: str) -> str:
    return rf"<{name}(?:\s[^<>]{{0,200}})?>\s*(?:<!\[CDATA\[\s*)?({value})\s*(?:\]\]>\s*)?</{name}>"


_FIRST_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_TTL = re.compile(_element("ttl", r"\d{1,7}"), re.ASCII)
# The usual prefix of the module is sy:, but publishers may choose another.
_PERIOD = re.compile(_element(r"(?:[\w-]{1,20}:)?updatePeriod", r"\w{1,20}"), re.IGNORECASE)
_FREQUENCY = re.compile(
    _element(r"(?:[\w-]{1,20}:)?updateFrequency", r"\d{1,6}(?:\.\d{1,6})?"), re.IGNORECASE | re.ASCII
)
_SKIP_HOURS = re.compile(r"<skipHours>([^!]{0,4000}?)</skipHours>", re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE | re.ASCII)
_SKIP_DAYS = re.compile(r"<skipDays>([^!]{0,4000}?)</skipDays>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*([A-Za-z]{6,9})\s*</day>", re.IGNORECASE)

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "dayly": timedelta(days=1),  # a frequent misspelling
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def parse_hints(text: str) -> PollHints:
    """Returns the hints of an RSS document; hours are in GMT (0 to 23), days in English, both in calendar order."""
    header = _without_entries(text)
    return PollHints(
        ttl=_ttl(header), update_period=_update_period(header), skip_hours=_hours(header), skip_days=_days(header)
    )


def _without_entries(text: str) -> str:
    """Returns the text before the first and after the last entry: text inside an entry is no hint."""
    first = _FIRST_ENTRY.search(text)
    if first is None:
        return text
    last = max(text.rfind("</item>"), text.rfind("</entry>"))
    return text[: first.start()] + text[max(last, first.start()) :]


def _ttl(header: str) -> timedelta | None:
    match = _TTL.search(header)
    minutes = int(match[1]) if match else 0
    return timedelta(minutes=minutes) if minutes else None


def _update_period(header: str) -> timedelta | None:
    """Returns the period divided by the frequency; the module's defaults are daily and 1."""
    period, frequency = _PERIOD.search(header), _FREQUENCY.search(header)
    if period is None and frequency is None:
        return None
    period_length = _PERIODS.get(period[1].lower()) if period else _PERIODS["daily"]
    frequency_value = float(frequency[1]) if frequency else 1
    return period_length / frequency_value if period_length and frequency_value else None


def _hours(header: str) -> tuple[int, ...]:
    """Returns the hours to skip; RSS 0.91 counts from 1 to 24 and RSS 2.0 from 0 to 23, so 24 is midnight."""
    match = _SKIP_HOURS.search(header)
    hours = {int(hour) for hour in _HOUR.findall(match[1])} if match else set()
    return tuple(sorted({hour % 24 for hour in hours if hour <= 24}))


def _days(header: str) -> tuple[str, ...]:
    match = _SKIP_DAYS.search(header)
    days = {day.capitalize() for day in _DAY.findall(match[1])} if match else set()
    return tuple(day for day in _DAYS if day in days)
