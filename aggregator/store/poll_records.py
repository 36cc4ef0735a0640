"""Stores the result of a poll: on its feed, and in the history of polls.

``polling.schedule`` decides the result and the next poll; ``feeds`` stores the feeds themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Update, bindparam, delete, insert, select, update
from sqlmodel import Session, col

from aggregator.model.polling import Backfill, PollState
from aggregator.store.poll_state_columns import columns_of, document_columns_of
from aggregator.store.tables import Feed, Poll, sql_table

OFFLINE = "offline"
"""The outcome of a poll that was not made because our own network was down."""

_EMPTY_RESULT = {"wire_bytes": 0, "new_entries": 0, "changed_entries": 0}


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRecord:
    """The values of a parsed document that are stored with its feed, besides its entries."""

    title: str
    site_url: str | None
    language: str | None
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PollRecord:
    """One poll: a line of history, and the feed's poll state after it.

    ``host`` is the host that the next poll claims. ``read`` is None if no document was read; the last document in
    ``poll_state`` is then the stored one and is not written again.
    """

    feed_id: int
    at: datetime
    outcome: str
    status: int | None
    wire_bytes: int
    poll_state: PollState
    host: str
    new_entries: int = 0
    changed_entries: int = 0
    read: DocumentRecord | None = None


def record_poll(session: Session, record: PollRecord, *, keep: int) -> None:
    """Stores the result of a poll with its feed, and adds one row of history, of which the newest ``keep`` stay."""
    connection, columns = session.connection(), _feed_columns(record)
    connection.execute(_update_statement(frozenset(columns)), {"b_feed_id": record.feed_id, **columns})
    line = {
        "feed_id": record.feed_id,
        "at": record.at,
        "outcome": record.outcome,
        "status": record.status,
        "reason": record.poll_state.reason,
        "wire_bytes": record.wire_bytes,
        "new_entries": record.new_entries,
        "changed_entries": record.changed_entries,
    }
    connection.execute(_ADD_POLL, line)
    connection.execute(_DELETE_OLD_POLLS, {"b_feed_id": record.feed_id, "b_keep": keep})


@cache
def _update_statement(names: frozenset[str]) -> Update:
    """The statement that sets these columns of a feed; cached, because building it costs more than running it."""
    table = sql_table(Feed)
    values = {name: bindparam(name, type_=table.c[name].type) for name in sorted(names)}
    return update(table).where(table.c.id == bindparam("b_feed_id")).values(values)


_POLLS = sql_table(Poll).c
_OF_FEED = bindparam("b_feed_id", type_=_POLLS.feed_id.type)
_NEWEST_DELETED = (
    select(_POLLS.id)
    .where(_POLLS.feed_id == _OF_FEED)
    .order_by(_POLLS.at.desc(), _POLLS.id.desc())
    .offset(bindparam("b_keep", type_=BigInteger))
    .limit(1)
    .scalar_subquery()
)
_ADD_POLL = insert(sql_table(Poll))
_DELETE_OLD_POLLS = delete(sql_table(Poll)).where(_POLLS.feed_id == _OF_FEED, _POLLS.id <= _NEWEST_DELETED)


def _feed_columns(record: PollRecord) -> dict[str, Any]:
    """The columns of a feed that a poll sets."""
    poll_state, read = record.poll_state, record.read
    columns: dict[str, Any] = {
        "last_poll_at": record.at,
        "last_outcome": record.outcome,
        "resume_poll_at": None,
        "host": record.host,
        **columns_of(poll_state),
    }
    if poll_state.is_retired:
        columns |= {"retired_at": record.at, "retired_reason": poll_state.reason}
    if read is not None:
        columns |= {
            "title": read.title,
            "site_url": read.site_url,
            "language": read.language,
            "problems": list(read.problems),
            **document_columns_of(poll_state.document),
        }
    return columns


def begin_backfill(
    session: Session, feed_id: int, backfill: Backfill, *, due_at: datetime, resume_poll_at: datetime
) -> None:
    """Makes the next request for a feed one for its older document, due when the last poll was due."""
    _set_backfill(session, feed_id, backfill, next_poll_at=due_at, resume_poll_at=resume_poll_at)


def record_backfill(session: Session, feed_id: int, backfill: Backfill, *, next_poll_at: datetime) -> None:
    """Stores the state after an older document was read; the feed itself is polled next."""
    _set_backfill(session, feed_id, backfill, next_poll_at=next_poll_at, resume_poll_at=None)


def _set_backfill(session: Session, feed_id: int, backfill: Backfill, **instants: datetime | None) -> None:
    columns = {"older_url": backfill.older_url, "backfilled": backfill.read, **instants}
    session.execute(update(sql_table(Feed)).where(col(Feed.id) == feed_id).values(**columns))


def record_offline_poll(
    session: Session, feed_id: int, *, at: datetime, next_poll_at: datetime, reason: str, keep: int
) -> None:
    """Stores that a poll was not made because our own network was down; nothing else of the feed changes."""
    session.execute(update(Feed).where(col(Feed.id) == feed_id).values(next_poll_at=next_poll_at, reason=reason))
    session.execute(insert(Poll).values(feed_id=feed_id, at=at, outcome=OFFLINE, reason=reason, **_EMPTY_RESULT))
    session.execute(_DELETE_OLD_POLLS, {"b_feed_id": feed_id, "b_keep": keep})
