"""Converts dates of the Persian calendar and of Japanese and Taiwanese eras to the Gregorian calendar.

The Persian calendar is computed by a cycle of 33 years with eight leap years. This agrees with the astronomical
rule for all years that a feed may contain. The Islamic calendar is not supported: its months begin when
a new moon is seen.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

PERSIAN_YEARS = range(1370, 1411)
"""Persian years of 1991 to 2031; the Islamic years of that time begin where these end."""

PERSIAN_MONTHS = ["فرو", "ارد", "خرد", "تیر", "مرد", "شهر", "مهر", "آبا", "آذر", "دی", "بهم", "اسف"]
"""The first letters of the month names, from the first month on."""

_FIRST_DAY = date(1991, 3, 21)
"""The first day of the first year of ``PERSIAN_YEARS``."""

_CYCLE = 33
_LEAP_YEARS_OF_CYCLE = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_LONG_MONTHS, _DAYS_OF_LONG_MONTH, _DAYS_OF_SHORT_MONTH = 6, 31, 30
_YEAR_BEFORE_ERA = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA_YEAR = re.compile(f"(?:中華)?({'|'.join(_YEAR_BEFORE_ERA)})" + r"\s*(\d{1,3}|元)(?=\s*年)")


def persian_to_gregorian(year: int, month: int, day: int) -> date:
    """Returns the Gregorian date; raises ValueError for an impossible day or a year outside ``PERSIAN_YEARS``."""
    if year not in PERSIAN_YEARS or not 1 <= day <= _days_of_month(year, month):
        raise ValueError(f"{year}-{month}-{day} is not a day of the Persian calendar")
    years = sum(365 + _is_leap(earlier) for earlier in range(PERSIAN_YEARS.start, year))
    months = sum(_days_of_month(year, earlier) for earlier in range(1, month))
    return _FIRST_DAY + timedelta(days=years + months + day - 1)


def _is_leap(year: int) -> bool:
    return year % _CYCLE in _LEAP_YEARS_OF_CYCLE


def _days_of_month(year: int, month: int) -> int:
    if not 1 <= month <= len(PERSIAN_MONTHS):
        return 0
    if month == len(PERSIAN_MONTHS):
        return _DAYS_OF_SHORT_MONTH - 1 + _is_leap(year)
    return _DAYS_OF_LONG_MONTH if month <= _LONG_MONTHS else _DAYS_OF_SHORT_MONTH


def replace_era_years(text: str) -> str:
    """Replaces the year of an era by the Gregorian year: ``令和8年`` becomes ``2026年``; 元 means year 1 of an era."""
    return _ERA_YEAR.sub(lambda year: str(_YEAR_BEFORE_ERA[year[1]] + (1 if year[2] == "元" else int(year[2]))), text)
