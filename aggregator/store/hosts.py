"""Stores when a host may get its next request, and counts its requests.

``host.ready_at`` is the earliest instant at which something on the host is due and a request is allowed. A
function that changes what is due calls ``update_ready_at`` in the same transaction. ``host_claims`` decides which
worker sends the request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    union_all,
    update,
)
from sqlmodel import Session, col

from aggregator.store.column_types import Instant, Text
from aggregator.store.database import in_batches, insert_missing
from aggregator.store.tables import Article, ArticleState, Feed, Host, is_in_state, sql_table

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestCounts:
    """The requests and bytes that one claim cost a host, and those that it saved."""

    requests: int = 1
    unchanged: int = 0
    wire_bytes: int = 0
    saved_bytes: int = 0


def add_missing_hosts(session: Session, keys: Collection[str], *, now: datetime) -> None:
    """Adds a row for every host that has none; it may get a request at once."""
    insert_missing(session, Host, [{"key": key, "next_request_at": now} for key in sorted(keys)])


def update_ready_at(session: Session, keys: Collection[str]) -> None:
    """Updates ``ready_at`` of these hosts after a change of what is due on them.

    The rows are locked first, in one order, so that workers that change the same hosts neither overlook each
    other's changes nor deadlock.
    """
    session.flush()
    for some in in_batches(sorted(keys)):
        of_keys = col(Host.key).in_(some)
        session.execute(with_host_locks(select(col(Host.key)).where(of_keys)))
        session.execute(update(sql_table(Host)).where(of_keys).values(ready_at=_current_ready_at(session)))


def update_all_ready_at(session: Session) -> None:
    """Updates ``ready_at`` of every host, after a new configuration or a crash."""
    session.flush()
    session.execute(with_host_locks(select(col(Host.key))))
    session.execute(update(sql_table(Host)).values(ready_at=_current_ready_at(session)))


def _current_ready_at(session: Session) -> ColumnElement[datetime | None]:
    return _ready_at(is_sqlite(session), allowed_at=sql_table(Host).c.next_request_at)


def release_all_claims(session: Session) -> None:
    """Releases every claim; for a database that no other process uses, after a crash."""
    session.execute(
        update(Host).where(col(Host.claimed_until).is_not(None)).values(claimed_until=None, claimed_by=None)
    )
    session.execute(update(Article).where(col(Article.claimed_until).is_not(None)).values(claimed_until=None))


def release_claimed_hosts(session: Session, *, by: str, keys: Collection[str] | None = None) -> None:
    """Releases the hosts that one worker claims, all or these, without a request.

    Their pauses stay: a claim sets the next one in advance, in case its request was sent.
    """
    claimed = update(Host).where(col(Host.claimed_by) == by)
    if keys is not None:
        claimed = claimed.where(col(Host.key).in_(keys))
    session.execute(claimed.values(claimed_until=None, claimed_by=None))


def release_host(
    session: Session,
    host: str,
    *,
    by: str,
    pauses: Mapping[str, datetime],
    tally: RequestCounts | None = None,
    failures: int | None = None,
    changed: Collection[str] = (),
) -> None:
    """Releases a host after a request.

    ``pauses`` are the hosts that got requests, this one and those of redirects, and when each may get the next
    one at the earliest. ``changed`` are the hosts on which something else is due now. ``failures`` is the number
    of failed attempts in a row; None leaves it unchanged. A claim that ended and went to another worker stays
    with that worker, and of two pauses the longer one counts.
    """
    session.flush()
    redirected = [{"key": key, "next_request_at": pauses[key]} for key in sorted(pauses) if key != host]
    insert_missing(session, Host, redirected)
    counted = tally or RequestCounts()
    no_change = {"b_by": "", "b_requests": 0, "b_unchanged": 0, "b_wire": 0, "b_saved": 0, "b_failures": None}
    change = {
        "b_by": by,
        "b_requests": counted.requests,
        "b_unchanged": counted.unchanged,
        "b_wire": counted.wire_bytes,
        "b_saved": counted.saved_bytes,
        "b_failures": failures,
    }
    keys = sorted({host, *pauses, *changed})
    if not is_sqlite(session):  # SQLite has one writer at a time
        session.execute(with_host_locks(select(col(Host.key)).where(col(Host.key).in_(keys))))
    session.connection().execute(
        _release_statement(is_sqlite(session)),
        [
            {"b_key": key, "b_until": pauses.get(key, _LONG_AGO), **(change if key == host else no_change)}
            for key in keys
        ],
    )


@cache
def _release_statement(on_sqlite: bool) -> Update:
    """The statement that releases one host; cached, because building it costs more than running it."""
    host = sql_table(Host).c
    later = func.max if on_sqlite else func.greatest
    allowed_at = later(host.next_request_at, bindparam("b_until", type_=Instant))
    is_mine = host.claimed_by == bindparam("b_by", type_=Text)
    return (
        update(sql_table(Host))
        .where(host.key == bindparam("b_key", type_=Text))
        .values(
            next_request_at=allowed_at,
            ready_at=_ready_at(on_sqlite, allowed_at=allowed_at),
            claimed_until=case((is_mine, None), else_=host.claimed_until),
            claimed_by=case((is_mine, None), else_=host.claimed_by),
            failures=func.coalesce(bindparam("b_failures", type_=BigInteger), host.failures),
            requests=host.requests + bindparam("b_requests", type_=BigInteger),
            unchanged=host.unchanged + bindparam("b_unchanged", type_=BigInteger),
            wire_bytes=host.wire_bytes + bindparam("b_wire", type_=BigInteger),
            saved_bytes=host.saved_bytes + bindparam("b_saved", type_=BigInteger),
        )
    )


def with_host_locks(rows: Select[Any]) -> Select[Any]:
    """Returns the query with its host rows locked in key order; foreign keys may still refer to them."""
    return rows.order_by(col(Host.key)).with_for_update(key_share=True)


def spacing_columns(session: Session, *, until: datetime) -> dict[str, ColumnElement[datetime]]:
    """Returns the columns of a claim that allow no other request before ``until``, even if the worker dies."""
    later = func.max if is_sqlite(session) else func.greatest
    spaced_until = literal(until, Instant)
    table = sql_table(Host).c
    return {
        "next_request_at": later(table.next_request_at, spaced_until),
        "ready_at": later(table.ready_at, spaced_until),
    }


def is_sqlite(session: Session) -> bool:
    """Returns True if the database is SQLite, whose SQL differs in places."""
    return session.get_bind().dialect.name == "sqlite"


def _ready_at(on_sqlite: bool, *, allowed_at: ColumnElement[datetime]) -> ColumnElement[datetime | None]:
    """The later of when a request is allowed and when the first thing on the host is due; null if nothing is.

    An expression over the row of a host, for an UPDATE.
    """
    feeds = select(func.min(col(Feed.next_poll_at)).label("at")).where(
        col(Feed.host) == col(Host.key), col(Feed.retired_at).is_(None)
    )
    pages = select(func.min(col(Article.next_attempt_at)).label("at")).where(
        col(Article.host) == col(Host.key), page_is_wanted()
    )
    revisits = select(func.min(col(Article.revisit_at)).label("at")).where(
        col(Article.host) == col(Host.key), col(Article.revisit_at).is_not(None)
    )
    due = union_all(feeds.correlate(Host), pages.correlate(Host), revisits.correlate(Host)).subquery()
    first = select(func.min(due.c.at)).scalar_subquery()
    later = func.max if on_sqlite else func.greatest
    return case((first.is_not(None), later(first, allowed_at)), else_=None)


def page_is_wanted() -> ColumnElement[bool]:
    """Returns the condition that an article's page is still to be fetched."""
    return and_(is_in_state(ArticleState.WAITING), col(Article.wants_page) == true())
