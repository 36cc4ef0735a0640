"""What does this installation know about itself?"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from aggregator.store.database import add_missing
from aggregator.store.tables import Note

_AUTHORITY = "tag authority"


def instant(session: Session, name: str) -> datetime | None:
    """An instant that was noted under a name."""
    note = session.get(Note, name)
    return None if note is None else datetime.fromisoformat(note.value)


def set_instant(session: Session, name: str, at: datetime) -> None:
    """Note an instant under a name."""
    session.merge(Note(name=name, value=at.isoformat()))


def tag_authority(session: Session, *, candidate: str, now: datetime) -> str:
    """The ``authority,date`` with which every tag URI of this installation begins (RFC 4151 section 2.1).

    It is made once, of ``candidate`` (a random word) and the day, and stays: entry ids must
    never change, whatever address the service is reached at. The name lies under ``.invalid``,
    so it can never be anybody else's (RFC 2606).
    """
    made = f"{candidate}.aggregator.invalid,{now:%Y-%m-%d}"
    add_missing(session, Note, [{"name": _AUTHORITY, "value": made}])
    return session.get_one(Note, _AUTHORITY).value
