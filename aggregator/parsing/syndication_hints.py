"""How often does the feed itself ask to be polled?

Reads ``ttl``, ``skipHours`` and ``skipDays`` (RSS 2.0) and ``sy:updatePeriod`` with
``sy:updateFrequency`` (RSS 1.0 syndication module) from the text of a document. Values that
mean nothing are ignored. It does not decide when to poll; the schedule does.
"""

from __future__ import annotations

import re
from datetime import timedelta

from aggregator.model.parsing import Hints


def _element(name: str, value: str) -> str:
    return rf"<{name}(?:\s[^<>]{{0,200}})?>\s*(?:<!\[CDATA\[\s*)?({value})\s*(?:\]\]>\s*)?</{name}>"


_FIRST_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_TTL = re.compile(_element("ttl", r"\d{1,7}"), re.ASCII)
# The module is customarily bound to sy:, but the name is the publisher's choice.
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
    "dayly": timedelta(days=1),  # as some write it
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def hints_in(text: str) -> Hints:
    """The hints of an RSS document; hours are in GMT (0 to 23), days in English, both in calendar order."""
    frame = _outside_entries(text)
    return Hints(ttl=_ttl(frame), update_period=_update_period(frame), skip_hours=_hours(frame), skip_days=_days(frame))


def _outside_entries(text: str) -> str:
    """What stands before the first and after the last entry: an entry's own text must not set the pace."""
    first = _FIRST_ENTRY.search(text)
    if first is None:
        return text
    last = max(text.rfind("</item>"), text.rfind("</entry>"))
    return text[: first.start()] + text[max(last, first.start()) :]


def _ttl(frame: str) -> timedelta | None:
    match = _TTL.search(frame)
    minutes = int(match[1]) if match else 0
    return timedelta(minutes=minutes) if minutes else None


def _update_period(frame: str) -> timedelta | None:
    """The period divided by the frequency; the module's defaults are daily and 1."""
    period, frequency = _PERIOD.search(frame), _FREQUENCY.search(frame)
    if period is None and frequency is None:
        return None
    length = _PERIODS.get(period[1].lower()) if period else _PERIODS["daily"]
    times = float(frequency[1]) if frequency else 1
    return length / times if length and times else None


def _hours(frame: str) -> tuple[int, ...]:
    """RSS 0.91 counted hours from 1 to 24, RSS 2.0 from 0 to 23: 24 is midnight."""
    match = _SKIP_HOURS.search(frame)
    hours = {int(hour) for hour in _HOUR.findall(match[1])} if match else set()
    return tuple(sorted({hour % 24 for hour in hours if hour <= 24}))


def _days(frame: str) -> tuple[str, ...]:
    match = _SKIP_DAYS.search(frame)
    named = {day.capitalize() for day in _DAY.findall(match[1])} if match else set()
    return tuple(day for day in _DAYS if day in named)
