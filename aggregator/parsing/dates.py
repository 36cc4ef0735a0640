"""Which instant does a feed's date name, and is it to be believed?

``parse_date`` reads what publishers write: RFC 3339 and its relatives, RFC 822 and its relatives,
dotted and Chinese, Japanese and Korean dates, epoch numbers. What it cannot read it does not guess at.
``believable`` is the one policy for dates that cannot be true; neither function reads the clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No feed entry is older than the web; an earlier date is an unset field (1970, 0001)."""

# Longer beginnings first: French "juin" and "juil." share three letters.
_MONTHS = {
    "juin": 6, "juil": 7,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "gen": 1, "fev": 2, "fév": 2, "mär": 3, "mrt": 3, "abr": 4, "avr": 4, "mai": 5, "mag": 5, "mei": 5,
    "giu": 6, "lug": 7, "ago": 8, "aoû": 8, "set": 9, "okt": 10, "ott": 10, "out": 10, "déc": 12, "dez": 12, "dic": 12,
}  # fmt: skip
"""Months by the first letters of their names in English and the commonest other languages that use Latin script."""

# RFC 822 section 5.1 names the American zones; the others are what servers write in practice.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "brt": -3, "art": -3,
    "bst": 1, "west": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "awst": 8, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?\s*(?P<half>[ap]\.?m\.?)?"
)
_ZONE = r"(?:\s*\(?(?:UTC|GMT)?(?P<offset>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2})\)?|\s*\(?(?P<zone>[A-Za-z]{1,5})\b\)?)?"
_REST = r"(?:\s*\([^)]*\))?"

_ISO = re.compile(
    r"(?P<year>\d{4})(?:[-/.]?(?P<month>\d{2})(?:[-/.]?(?P<day>\d{2})(?:[Tt\s,]+" + _TIME + _ZONE + ")?)?)?" + _REST,
    re.IGNORECASE | re.ASCII,
)
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]{2,}\.?,?\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?P<name>[^\W\d]{3,10})\.?[\s,-]+(?P<year>\d{4}|\d{2})"
    r"(?:[\s,-]+(?:at\s+)?" + _TIME + _ZONE + ")?" + _REST,
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]{2,}\.?,\s*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?(?P<name>[^\W\d]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?P<year>\d{4})(?:[\s,-]+(?:at\s+)?" + _TIME + _ZONE + ")?" + _REST,
    re.IGNORECASE,
)
_DOTTED = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?:[\s,]+" + _TIME + _ZONE + ")?", re.IGNORECASE | re.ASCII
)
_CJK = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일](?:\s*" + _TIME + _ZONE + ")?",
    re.IGNORECASE,
)
# What nearly every feed writes; read in a fifth of the time, to the same result.
_USUAL_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_USUAL_RFC_822 = re.compile(
    r"[A-Za-z]{3}, (\d{2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):([0-5]\d) (?:GMT|([+-])(\d{2})(\d{2}))", re.ASCII
)
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}", re.ASCII)


def parse_date(text: str) -> datetime | None:
    """The instant, in UTC, that ``text`` names, or None.

    A date without a zone counts as UTC, a date without a time as midnight, a two-digit year
    from 70 on as 19xx. Week day names are not compared with the date: they are often wrong.
    """
    text = text.strip()[:100]
    if not text:
        return None
    try:
        if _USUAL_ISO.fullmatch(text):
            return datetime.fromisoformat(text)
        if usual := _USUAL_RFC_822.fullmatch(text):
            return _usual(usual)
    except (ValueError, OverflowError):
        pass  # a leap second, or no date at all: the rules below say which
    if _EPOCH.fullmatch(text):
        seconds = int(text) if len(text) < 12 else int(text) // 1000
        return datetime.fromtimestamp(seconds, UTC)
    for form in (_ISO, _DAY_FIRST, _MONTH_FIRST, _DOTTED, _CJK):
        if match := form.fullmatch(text):
            return _instant(match.groupdict())
    return None


def believable(published_at: datetime | None, *, seen_at: datetime) -> datetime:
    """The date an entry is sorted by: the publisher's, unless that is missing, future or before 1990.

    In these three cases it is ``seen_at``, the moment we first saw the entry, so that an absurd
    date can neither pin an entry to the top nor bury it.
    """
    if published_at is None or not EARLIEST <= published_at <= seen_at:
        return seen_at
    return published_at


def _usual(found: re.Match[str]) -> datetime:
    month = _MONTHS.get(found[2].lower(), 0)
    local = datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6]), tzinfo=UTC)
    if found[7] is None:
        return local
    ahead = timezone(timedelta(hours=int(found[8]), minutes=int(found[9]))).utcoffset(None)
    return local - ahead if found[7] == "+" else local + ahead


def _instant(found: dict[str, str | None]) -> datetime | None:
    month = int(found.get("month") or 1)
    if name := found.get("name"):
        month = _MONTHS.get(name[:4].lower()) or _MONTHS.get(name[:3].lower(), 0)
    try:
        local = datetime(
            _year(found["year"] or ""),
            month,
            int(found.get("day") or 1),
            _hour(found),
            int(found["minute"] or 0),
            min(int(found["second"] or 0), 59),  # RFC 3339 section 5.7: a leap second is :60
            int((found["fraction"] or "0")[:6].ljust(6, "0")),
            tzinfo=_zone(found),
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        return year + (1900 if year >= 70 else 2000)
    return year


def _hour(found: dict[str, str | None]) -> int:
    hour = int(found["hour"] or 0)
    half = (found["half"] or "").lower()
    if not half:
        return hour
    return hour % 12 + (12 if half.startswith("p") else 0)


def _zone(found: dict[str, str | None]) -> timezone:
    """The stated zone; one we do not know counts as UTC, which is off by hours, not by days."""
    if offset := found["offset"]:
        digits = offset[1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    return timezone(timedelta(hours=_ZONES.get((found["zone"] or "").lower(), 0)))
