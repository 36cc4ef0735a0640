"""Stores which version of each published feed a hub was notified of, and when a failed notification is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from aggregator.store.tables import Announcement

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The state of notifications of one hub about one feed.

    ``fingerprint`` is that of the last notification ("" for none), ``again_at`` when a failed one may be
    repeated.
    """

    fingerprint: str = ""
    again_at: datetime | None = None


def known(session: Session, hub: str, topic: str) -> Known:
    """Returns the state of notifications of a hub about a feed."""
    row = session.get(Announcement, (hub, topic))
    return Known() if row is None else Known(fingerprint=row.fingerprint, again_at=row.again_at)


def told(session: Session, hub: str, topic: str, fingerprint: str) -> None:
    """Stores that a hub accepted a notification about a feed."""
    session.merge(Announcement(hub=hub, topic=topic, fingerprint=fingerprint))


def failed(session: Session, hub: str, topic: str, *, now: datetime) -> datetime:
    """Stores that a notification failed, and returns when it is repeated.

    The pause doubles with each failure, up to six hours.
    """
    row = session.get(Announcement, (hub, topic)) or Announcement(hub=hub, topic=topic)
    row.failures += 1
    row.again_at = now + min(_FIRST_PAUSE * 2 ** min(row.failures - 1, 16), _LONGEST_PAUSE)
    session.add(row)
    return row.again_at
