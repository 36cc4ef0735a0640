"""What does each hub know of each feed that we publish, and when is one that did not listen told again?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from aggregator.store.tables import Announcement

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The fingerprint of what a hub was told of last ("" for nothing), and when it may be told again."""

    fingerprint: str = ""
    again_at: datetime | None = None


def known(session: Session, hub: str, topic: str) -> Known:
    """What a hub knows of a feed."""
    row = session.get(Announcement, (hub, topic))
    return Known() if row is None else Known(fingerprint=row.fingerprint, again_at=row.again_at)


def told(session: Session, hub: str, topic: str, fingerprint: str) -> None:
    """A hub took that a feed is what it is."""
    session.merge(Announcement(hub=hub, topic=topic, fingerprint=fingerprint))


def failed(session: Session, hub: str, topic: str, *, now: datetime) -> datetime:
    """A hub did not take it; gives when it is told again: each time after twice the pause, six hours at most."""
    row = session.get(Announcement, (hub, topic)) or Announcement(hub=hub, topic=topic)
    row.failures += 1
    row.again_at = now + min(_FIRST_PAUSE * 2 ** min(row.failures - 1, 16), _LONGEST_PAUSE)
    session.add(row)
    return row.again_at
