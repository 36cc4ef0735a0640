"""Stores which version of each published feed a hub was notified of, and when a failed notification is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from aggregator.store.tables import HubNotification

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationState:
    """The state of notifications of one hub about one feed.

    ``fingerprint`` is that of the last notification ("" for none), ``again_at`` when a failed one may be
    repeated.
    """

    fingerprint: str = ""
    again_at: datetime | None = None


def notification_state(session: Session, hub: str, topic: str) -> NotificationState:
    """Returns the state of notifications of a hub about a feed."""
    row = session.get(HubNotification, (hub, topic))
    return NotificationState() if row is None else NotificationState(fingerprint=row.fingerprint, again_at=row.again_at)


def record_notified(session: Session, hub: str, topic: str, fingerprint: str) -> None:
    """Stores that a hub accepted a notification about a feed."""
    session.merge(HubNotification(hub=hub, topic=topic, fingerprint=fingerprint))


def record_notification_failure(session: Session, hub: str, topic: str, *, now: datetime) -> datetime:
    """Stores that a notification failed, and returns when it is repeated.

    The pause doubles with each failure, up to six hours.
    """
    row = session.get(HubNotification, (hub, topic)) or HubNotification(hub=hub, topic=topic)
    row.failures += 1
    row.again_at = now + min(_FIRST_PAUSE * 2 ** min(row.failures - 1, 16), _LONGEST_PAUSE)
    session.add(row)
    return row.again_at
