"""What does this installation know about itself?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from aggregator.store.database import add_missing
from aggregator.store.tables import Note, table_of

_AUTHORITY = "tag authority"
_ROOM = "room"
_ROOM_TAKEN = 4 * 2**20
"""Bytes that make sure that whatever one poll brings can be stored."""


def instant(session: Session, name: str) -> datetime | None:
    """An instant that was noted under a name."""
    note = session.get(Note, name)
    return None if note is None else datetime.fromisoformat(note.value)


def set_instant(session: Session, name: str, at: datetime) -> None:
    """Note an instant under a name."""
    session.merge(Note(name=name, value=at.isoformat()))


def take_room(session: Session) -> None:
    """Store so much that a database without room for news says so."""
    session.merge(Note(name=_ROOM, value="." * _ROOM_TAKEN))


def give_room(session: Session) -> None:
    """Take it away again; a database file keeps the room for what comes."""
    session.execute(delete(table_of(Note)).where(col(Note.name) == _ROOM))


def tag_authority(session: Session, *, candidate: str, now: datetime) -> str:
    """The ``authority,date`` with which every tag URI of this installation begins (RFC 4151 section 2.1).

    It is made once, of ``candidate`` (a random word) and the day, and stays: entry ids must
    never change, whatever address the service is reached at. The name lies under ``.invalid``,
    so it can never be anybody else's (RFC 2606).
    """
    made = f"{candidate}.aggregator.invalid,{now:%Y-%m-%d}"
    add_missing(session, Note, [{"name": _AUTHORITY, "value": made}])
    return session.get_one(Note, _AUTHORITY).value
