"""Stores single values of this installation by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from aggregator.store.database import insert_missing
from aggregator.store.tables import KeyValue, sql_table

_AUTHORITY = "tag authority"
_FILLER = "room"
_FILLER_BYTES = 4 * 2**20
"""Bytes; more than the entries of one poll need."""


def stored_instant(session: Session, name: str) -> datetime | None:
    """Returns the instant that is stored under a name; None if there is none."""
    note = session.get(KeyValue, name)
    return None if note is None else datetime.fromisoformat(note.value)


def store_instant(session: Session, name: str, at: datetime) -> None:
    """Stores an instant under a name."""
    session.merge(KeyValue(name=name, value=at.isoformat()))


def write_filler(session: Session) -> None:
    """Stores a large value, so that a database on a full disk fails now.

    Otherwise it would fail while the entries of a poll are stored.
    """
    session.merge(KeyValue(name=_FILLER, value="." * _FILLER_BYTES))


def delete_filler(session: Session) -> None:
    """Deletes that value; a database file keeps the space for new rows."""
    session.execute(delete(sql_table(KeyValue)).where(col(KeyValue.name) == _FILLER))


def tag_authority(session: Session, *, candidate: str, now: datetime) -> str:
    """Returns the ``authority,date`` with which every tag URI of this installation begins (RFC 4151 section 2.1).

    It is made once, from ``candidate`` (a random word) and the date, and stays: entry ids must never change,
    whatever the address of the service. The name is below ``.invalid``, so nobody else can own it (RFC 2606).
    """
    made = f"{candidate}.aggregator.invalid,{now:%Y-%m-%d}"
    insert_missing(session, KeyValue, [{"name": _AUTHORITY, "value": made}])
    return session.get_one(KeyValue, _AUTHORITY).value
