"""Which day of ours is a day of another calendar?

The Persian calendar, by a cycle of 33 years with eight leap years, which agrees with the astronomical rule
for all years a feed may name, and the eras in which Japan and Taiwan count years. The Islamic calendar is not here: its
months begin when a moon is seen.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

PERSIAN_YEARS = range(1370, 1411)
"""Persian years of a web feed, 1991 to 2031; the Islamic ones of that time begin where these end."""

PERSIAN_MONTHS = ["فرو", "ارد", "خرد", "تیر", "مرد", "شهر", "مهر", "آبا", "آذر", "دی", "بهم", "اسف"]
"""The beginnings of the months' names, from the first month on."""

_FIRST_DAY = date(1991, 3, 21)
"""The first day of the first of these years."""

_CYCLE = 33
_LEAP_YEARS_OF_CYCLE = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_LONG_MONTHS, _LONG, _SHORT = 6, 31, 30
_BASE_YEARS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA_YEAR = re.compile(f"(?:中華)?({'|'.join(_BASE_YEARS)})" + r"\s*(\d{1,3}|元)(?=\s*年)")


def from_persian(year: int, month: int, day: int) -> date:
    """The day of our calendar; raises ValueError when there is no such day, or not in ``PERSIAN_YEARS``."""
    if year not in PERSIAN_YEARS or not 1 <= day <= _length(year, month):
        raise ValueError(f"{year}-{month}-{day} is no day of the Persian calendar")
    years = sum(365 + _is_leap(earlier) for earlier in range(PERSIAN_YEARS.start, year))
    months = sum(_length(year, earlier) for earlier in range(1, month))
    return _FIRST_DAY + timedelta(days=years + months + day - 1)


def _is_leap(year: int) -> bool:
    return year % _CYCLE in _LEAP_YEARS_OF_CYCLE


def _length(year: int, month: int) -> int:
    if not 1 <= month <= len(PERSIAN_MONTHS):
        return 0
    if month == len(PERSIAN_MONTHS):
        return _SHORT - 1 + _is_leap(year)
    return _LONG if month <= _LONG_MONTHS else _SHORT


def without_eras(text: str) -> str:
    """A date with the year of an era as the year it was, ``令和8年`` as ``2026年``; the first year may be called 元."""
    return _ERA_YEAR.sub(lambda year: str(_BASE_YEARS[year[1]] + (1 if year[2] == "元" else int(year[2]))), text)
