"""Formats instants for feeds and people, in whole seconds and UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


EMPTY_FEED_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""The last change of a feed without entries."""


def rfc3339(at: datetime) -> str:
    """Formats as ``2026-11-03T08:05:00Z``, for Atom (RFC 4287 section 3.3), JSON Feed and ``<time>``."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def rfc5322(at: datetime) -> str:
    """Formats as ``Tue, 03 Nov 2026 08:05:00 GMT``, for RSS 2.0 and HTTP (RFC 9110 section 5.6.7)."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def day_and_time(local: datetime) -> str:
    """Formats as ``3 November 2026, 07:00``, in the time zone of the instant."""
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def readable_time(at: datetime) -> str:
    """Formats as ``3 November 2026, 08:05 UTC``, for people."""
    return f"{day_and_time(at.astimezone(UTC))} UTC"
