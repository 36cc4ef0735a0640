"""Parses dates of feeds into instants, and chooses the date of an entry.

``parse_date`` reads what publishers write: RFC 3339 and ISO 8601, RFC 822, RFC 850, asctime, epoch numbers, month names
in many languages (``month_names``), Chinese, Japanese and Korean dates, digits of every script, Buddhist and Persian
years and those of eras (``calendars``). It does not guess: in a date such as 2/3/2024, day and month are
distinguished only if one of them is above twelve.

``first_plausible_date`` is the one rule for dates that cannot be true: a date before 1990 or later than the moment at
which we first saw the entry is treated as missing. No function here reads the clock.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from aggregator.parsing.calendars import PERSIAN_YEARS, persian_to_gregorian, replace_era_years
from aggregator.parsing.month_names import month_number, persian_month_number

EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
"""The earliest plausible date: no entry is older than the web, and earlier dates are unset fields (1970, 0001)."""

# RFC 822 section 5.1 defines the American zones; servers also write the others. In hours east of Greenwich.
_ZONES: dict[str, float] = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "azot": -1, "azost": 0, "est": -5, "edt": -4, "cst": -6,
    "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "ast": -4,
    "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3, "uyt": -3, "clst": -3, "clt": -4, "bot": -4,
    "vet": -4, "cot": -5, "pet": -5, "bst": 1, "wat": 1, "cat": 2, "eat": 3, "mez": 1, "mesz": 2, "west": 1,
    "cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "trt": 3, "gst": 4,
    "pkt": 5, "ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7, "wita": 8, "wit": 9, "pht": 8, "jst": 9, "kst": 9,
    "hkt": 8, "sgt": 8, "awst": 8, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip

# Zones that name no offset: it is that of the place at this date (daylight saving time or not).
_PLACES = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
    "akt": "America/Anchorage", "uk": "Europe/London",
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "alaska": "America/Anchorage",
}  # fmt: skip
_NAMED_ZONES = {"eastern": "e", "central": "c", "mountain": "m", "pacific": "p"}

_TIME = (
    r"(?P<hour>\d{1,2})[:.hH](?P<minute>\d{2})(?:[:.](?P<second>\d{1,2})(?:[.,](?P<fraction>\d*))?)?"
    r"\s*(?P<half>[ap]\.?m\.?(?![A-Za-z]))?"
)
_OFFSET = r"(?:(?:UTC|GMT|UT)\s?)?(?P<offset>[+-]\d{1,2}:\d{1,2}(?::\d{2})?|[+-]\d{4}|[+-]\d{1,2})"
_PLACE = r"(?P<place>[A-Za-z][A-Za-z_]{1,20}/[A-Za-z_]{2,30}(?:/[A-Za-z_]{2,30})?(?:[+-]\d{1,2})?)"
_NAMED_ZONE = r"(?P<named>Eastern|Central|Mountain|Pacific|Alaska)(?:\s(?P<saving>Standard|Daylight))?\sTime"
_ZONE = (
    rf"(?:\s*\(?{_OFFSET}\)?|\s*\(?{_PLACE}\)?|\s*\(?{_NAMED_ZONE}\)?"
    r"|\s*\(?(?P<zone>[A-Za-z]{1,5})(?:\d[A-Za-z]{3})?\b\)?)?"
)
# A comment, or a second notation of the zone: "+0530 IST", "+01:00[Europe/Berlin]".
_COMMENT = r"(?:\s*\([^)]*\)|\s*\[[^\]]*\]|\s+[A-Za-z]{2,5}|\s*น\.)?"
_BEFORE_TIME = r"(?:[\s,-]+(?:(?:at|à|um|kl\.?|ore|в|เวลา|ساعت|u)\s+)?"
_OPTIONAL_TIME = _BEFORE_TIME + _TIME + _ZONE + ")?" + _COMMENT
_WEEKDAY = r"(?:(?:(?:یک|دو|سه|چهار|پنج)\s)?(?P<weekday>[^\s\d,،]{2,20})[,،]?\s*)?"
_MONTH_NAME = r"(?P<name>[^\s\d.,:/()+-]{2,20}|[ก-๛]{1,3}\.[ก-๛])\.?"
_YEAR = r"(?:พ\.ศ\.\s*)?(?P<year>\d{4}|\d{2})(?:\s*г\.?|\.(?=\s|$))?"

_ISO = re.compile(
    r"(?P<year>\d{4})(?:[-/.]?(?P<month>\d{2})(?:[-/.]?(?P<day>\d{2})(?:(?:[Tt\s,]+"
    + _TIME
    + ")?"
    + _ZONE
    + "))?)?"
    + _COMMENT,
    re.IGNORECASE | re.ASCII,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})" + _ZONE,
    re.IGNORECASE | re.ASCII,
)
_BASIC_TIME = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})T(?P<hour>\d{2})(?:(?P<minute>\d{2})(?P<second>\d{2})?)?"
    + _ZONE,
    re.IGNORECASE | re.ASCII,
)
# ISO 8601 section 5.2.2 and 5.2.3: a day of the year, a day of a week.
_ORDINAL_OR_WEEK = re.compile(
    r"(?P<year>\d{4})-?(?:W(?P<week>\d{2})-?(?P<weekday>[1-7])|(?<=-)(?P<ordinal>\d{3}))(?:[T\s]"
    + _TIME
    + _ZONE
    + ")?",
    re.IGNORECASE | re.ASCII,
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<separator>[-/.])\s*(?P<month>\d{1,2})(?P=separator)\s*(?P<day>\d{1,2})\.?" + _OPTIONAL_TIME,
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    _WEEKDAY
    + r"(?P<day>\d{1,2})(?:st|nd|rd|th|er)?[\s.-]+(?:de\s+)?"
    + _MONTH_NAME
    + r"[\s,-]+(?:del?\s+)?"
    + _YEAR
    + _OPTIONAL_TIME,
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\s\d,]{2,20},\s*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?"
    + _MONTH_NAME
    + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
    + _OPTIONAL_TIME,
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    r"[A-Za-z]{3}\s+" + _MONTH_NAME + r"\s+(?P<day>\d{1,2})\s+" + _TIME + _ZONE + r"\s+(?P<year>\d{4})",
    re.IGNORECASE | re.ASCII,
)
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})" + _OPTIONAL_TIME, re.IGNORECASE)
_SLASHED = re.compile(
    r"(?P<first_figure>\d{1,2})/(?P<second_figure>\d{1,2})/(?P<year>\d{4})" + _OPTIONAL_TIME, re.IGNORECASE
)
_CJK = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일](?:\s*" + _TIME + _ZONE + ")?",
    re.IGNORECASE,
)
_FORMS = (
    _ISO,
    _COMPACT,
    _BASIC_TIME,
    _ORDINAL_OR_WEEK,
    _DAY_FIRST,
    _MONTH_FIRST,
    _ASCTIME,
    _YEAR_FIRST,
    _DOTTED,
    _SLASHED,
    _CJK,
)
# The forms of nearly every feed; they are read in a fifth of the time, with the same result.
_USUAL_ISO = re.compile(r"(?:19|20)\d{2}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3,9})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
_USUAL_RFC_822 = re.compile(
    r"[A-Za-z]{3}, (\d{2}) ([A-Za-z]{3}) ((?:19|20)\d{2}) (\d{2}):(\d{2}):([0-5]\d) (?:GMT|([+-])(\d{2})(\d{2}))",
    re.ASCII,
)
_DECEMBER = 12
_BUDDHIST = 543
_BUDDHIST_YEARS = range(2400, 2700)
_THAI = re.compile("[ก-๛]")
_EPOCH = re.compile(r"(?P<seconds>\d{9,10})(?P<part>\d{3}|\d{6}|\.\d{1,9})?", re.ASCII)
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2013": "-"})
"""Signs that are written for the hyphen-minus of an offset."""


def parse_date(text: str) -> datetime | None:
    """Returns the instant of a date in UTC, or None if it is not certain.

    A date without a zone is in UTC, a zone such as ET or Europe/Berlin means the time of the place at that date, a date
    without a time is midnight, a two-digit year from 70 on
    is 19xx. The name of the weekday is not checked against the date: it is often wrong.
    """
    text = text.strip()[:100]
    if not text:
        return None
    try:
        if _USUAL_ISO.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        if usual := _USUAL_RFC_822.fullmatch(text):
            return _parse_usual_rfc_822(usual)
    except (ValueError, OverflowError):
        pass  # a leap second, or no date: the forms below decide
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC)
    text = replace_era_years(text.translate(_MINUS))
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _to_instant(match.groupdict())
    return None


def first_plausible_date(*dates: datetime | None, seen_at: datetime) -> datetime | None:
    """Returns the publisher's first date that is neither before 1990 nor later than ``seen_at``, or None."""
    return next((at for at in dates if at is not None and EARLIEST_DATE <= at <= seen_at), None)


def entry_sort_date(*dates: datetime | None, seen_at: datetime) -> datetime:
    """Returns the date that an entry is sorted by: its first plausible date, else ``seen_at``.

    ``seen_at`` is the moment at which we first saw the entry. So a wrong date can neither keep an entry at the top
    nor move it to the end.
    """
    return first_plausible_date(*dates, seen_at=seen_at) or seen_at


def _parse_usual_rfc_822(found: re.Match[str]) -> datetime:
    month = month_number(found[2], weekday=found[0]) or 0
    local = datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6]), tzinfo=UTC)
    if found[7] is None:
        return local
    offset = timezone(timedelta(hours=int(found[8]), minutes=int(found[9]))).utcoffset(None)
    return local - offset if found[7] == "+" else local + offset


def _to_instant(found: dict[str, str | None]) -> datetime | None:
    second = min(int(found.get("second") or 0), 59)  # RFC 3339 section 5.7: a leap second is :60
    microsecond = int((found.get("fraction") or "0")[:6].ljust(6, "0"))
    try:
        minutes = _minutes(found)
        start = datetime.combine(_day(found), time(0, 0, second, microsecond), tzinfo=_time_zone(found))
        return (start + timedelta(minutes=minutes)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(found: dict[str, str | None]) -> date:
    """Returns the day; raises ``ValueError`` if there is no such day or the date is ambiguous."""
    if persian := _persian_day(found):
        return persian
    year = _year(found["year"] or "", is_thai=bool(_THAI.match(found.get("name") or "")))
    if week := found.get("week"):
        return date.fromisocalendar(year, int(week), int(found["weekday"] or 1))
    if ordinal := found.get("ordinal"):
        return _day_of_year(year, int(ordinal))
    day, month = int(found.get("day") or 1), int(found.get("month") or 1)
    if name := found.get("name"):
        month = month_number(name, weekday=found.get("weekday") or "") or 0
    elif first := found.get("first_figure"):
        day, month = _day_and_month(int(first), int(found["second_figure"] or 0))
    return date(year, month, day)


def _day_of_year(year: int, ordinal: int) -> date:
    day = date(year, 1, 1) + timedelta(days=ordinal - 1)
    if day.year != year:
        raise ValueError(ordinal)
    return day


def _day_and_month(first: int, second: int) -> tuple[int, int]:
    """Returns day and month of two figures between slashes; (0, 0) if the date is possible in both orders."""
    if first > _DECEMBER or first == second:
        return first, second
    return (second, first) if second > _DECEMBER else (0, 0)


def _persian_day(found: dict[str, str | None]) -> date | None:
    """Returns the Gregorian day if the year is Persian; a month name must be Persian then."""
    year, name = int(found["year"] or 0), found.get("name")
    if year not in PERSIAN_YEARS:
        return None
    month = persian_month_number(name) if name else int(found.get("month") or 0)
    return persian_to_gregorian(year, month or 0, int(found.get("day") or 1))


def _year(digits: str, *, is_thai: bool = False) -> int:
    year = int(digits)
    if len(digits) == 2 and is_thai:
        return year + _BUDDHIST_YEARS.start + 100 - _BUDDHIST
    if len(digits) == 2:
        return year + (1900 if year >= 70 else 2000)
    return year - _BUDDHIST if year in _BUDDHIST_YEARS else year


def _minutes(found: dict[str, str | None]) -> int:
    """Returns the minutes since midnight; 24:00 is the end of the day (ISO 8601 section 5.3.2)."""
    hour, minute = _hour(found), int(found.get("minute") or 0)
    minutes = hour * 60 + minute
    if minute > 59 or minutes > 24 * 60:
        raise ValueError(minutes)
    return minutes


def _hour(found: dict[str, str | None]) -> int:
    hour = int(found.get("hour") or 0)
    half = (found.get("half") or "").lower()
    if not half:
        return hour
    return hour % 12 + (12 if half.startswith("p") else 0)


def _time_zone(found: dict[str, str | None]) -> tzinfo:
    """Returns the stated time zone; an unknown one counts as UTC, which is wrong by hours, not by days."""
    if offset := found.get("offset"):
        return _zone_of_offset(offset)
    if place := found.get("place"):
        return _zone_of_place(place)
    name = (found.get("zone") or "").lower()
    if named := (found.get("named") or "").lower():
        saving = (found.get("saving") or "")[:1].lower()
        name = f"{_NAMED_ZONES.get(named, 'ak')}{saving}t" if saving else named
    if name in _PLACES:
        return _zone_of_place(_PLACES[name])
    return timezone(timedelta(hours=_ZONES.get(name, 0)))


def _zone_of_offset(offset: str) -> timezone:
    """Returns the zone of ``+0530``, ``+05:30``, ``+5``, ``+05:30:00`` or a cut ``+05:3``."""
    parts = offset[1:].split(":") if ":" in offset or len(offset) < 5 else [offset[1:3], offset[3:]]
    hours, minutes, *_ = *map(int, parts), 0
    return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _zone_of_place(place: str) -> tzinfo:
    """Returns the zone of a place of the time zone database; UTC if it has no such place."""
    try:
        return ZoneInfo(place)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder
        return UTC
