"""When may a host be asked, and what has it been asked so far?

A host row says when it is ready: the earliest instant at which something of it is due and it may be
asked. Whoever changes what is due calls ``set_ready`` in the same transaction. Who asks is decided
by ``claims``.
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
from aggregator.store.database import add_missing, batched
from aggregator.store.tables import Article, ArticleState, Feed, Host, is_in, table_of

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What one visit cost the host and saved it, in requests and bytes on the wire."""

    requests: int = 1
    unchanged: int = 0
    wire_bytes: int = 0
    saved_bytes: int = 0


def ensure_hosts(session: Session, keys: Collection[str], *, now: datetime) -> None:
    """Make a row for every host that has none yet; it may be asked at once."""
    add_missing(session, Host, [{"key": key, "next_request_at": now} for key in sorted(keys)])


def set_ready(session: Session, keys: Collection[str]) -> None:
    """Let these hosts say when they are ready, after what is due of them changed.

    The rows are locked first, in one order, so that workers which touch the same hosts neither
    overlook each other's changes nor wait for each other in a circle.
    """
    session.flush()
    for some in batched(sorted(keys)):
        of_keys = col(Host.key).in_(some)
        session.execute(locking(select(col(Host.key)).where(of_keys)))
        session.execute(update(table_of(Host)).where(of_keys).values(ready_at=_ready_now(session)))


def set_all_ready(session: Session) -> None:
    """Let every host say when it is ready: after a new configuration, or after a crash."""
    session.flush()
    session.execute(locking(select(col(Host.key))))
    session.execute(update(table_of(Host)).values(ready_at=_ready_now(session)))


def _ready_now(session: Session) -> ColumnElement[datetime | None]:
    return _ready_at(is_sqlite(session), asked_at=table_of(Host).c.next_request_at)


def forget_claims(session: Session) -> None:
    """Give back every claim: for a database that nobody else uses, after a crash."""
    session.execute(
        update(Host).where(col(Host.claimed_until).is_not(None)).values(claimed_until=None, claimed_by=None)
    )
    session.execute(update(Article).where(col(Article.claimed_until).is_not(None)).values(claimed_until=None))


def give_back(session: Session, *, by: str, keys: Collection[str] | None = None) -> None:
    """Give back the hosts one worker claims, all or these, because it stops.

    Their pauses stand: claiming a host set the next, in case its request was sent.
    """
    theirs = update(Host).where(col(Host.claimed_by) == by)
    if keys is not None:
        theirs = theirs.where(col(Host.key).in_(keys))
    session.execute(theirs.values(claimed_until=None, claimed_by=None))


def release_host(
    session: Session,
    host: str,
    *,
    by: str,
    pauses: Mapping[str, datetime],
    tally: Tally | None = None,
    failures: int | None = None,
    changed: Collection[str] = (),
) -> None:
    """Give a host back.

    ``pauses`` are the hosts that were asked, this one and others on the way, and when each may be
    asked again at the earliest; ``changed`` are those of which something else is due now.
    ``failures`` is how many attempts in a row failed by now; None leaves the number. A claim that
    ended meanwhile and went to somebody else stays theirs, and of two pauses the longer holds.
    """
    session.flush()
    met = [{"key": key, "next_request_at": pauses[key]} for key in sorted(pauses) if key != host]
    add_missing(session, Host, met)
    counted = tally or Tally()
    nothing = {"b_by": "", "b_requests": 0, "b_unchanged": 0, "b_wire": 0, "b_saved": 0, "b_failures": None}
    mine = {
        "b_by": by,
        "b_requests": counted.requests,
        "b_unchanged": counted.unchanged,
        "b_wire": counted.wire_bytes,
        "b_saved": counted.saved_bytes,
        "b_failures": failures,
    }
    keys = sorted({host, *pauses, *changed})
    if not is_sqlite(session):  # there, whoever writes is alone
        session.execute(locking(select(col(Host.key)).where(col(Host.key).in_(keys))))
    session.connection().execute(
        _releasing(is_sqlite(session)),
        [{"b_key": key, "b_until": pauses.get(key, _LONG_AGO), **(mine if key == host else nothing)} for key in keys],
    )


@cache
def _releasing(on_sqlite: bool) -> Update:
    """The statement that gives one host back; made once, because making it costs more than running it."""
    host = table_of(Host).c
    later = func.max if on_sqlite else func.greatest
    asked_at = later(host.next_request_at, bindparam("b_until", type_=Instant))
    is_mine = host.claimed_by == bindparam("b_by", type_=Text)
    return (
        update(table_of(Host))
        .where(host.key == bindparam("b_key", type_=Text))
        .values(
            next_request_at=asked_at,
            ready_at=_ready_at(on_sqlite, asked_at=asked_at),
            claimed_until=case((is_mine, None), else_=host.claimed_until),
            claimed_by=case((is_mine, None), else_=host.claimed_by),
            failures=func.coalesce(bindparam("b_failures", type_=BigInteger), host.failures),
            requests=host.requests + bindparam("b_requests", type_=BigInteger),
            unchanged=host.unchanged + bindparam("b_unchanged", type_=BigInteger),
            wire_bytes=host.wire_bytes + bindparam("b_wire", type_=BigInteger),
            saved_bytes=host.saved_bytes + bindparam("b_saved", type_=BigInteger),
        )
    )


def locking(rows: Select[Any]) -> Select[Any]:
    """The rows of hosts, held for this transaction in one order; the keys stay free for others to refer to."""
    return rows.order_by(col(Host.key)).with_for_update(key_share=True)


def spaced(session: Session, *, until: datetime) -> dict[str, ColumnElement[datetime]]:
    """The columns of a claim that keep a host from being asked before ``until``, whatever becomes of the claimer."""
    later = func.max if is_sqlite(session) else func.greatest
    spaced_until = literal(until, Instant)
    table = table_of(Host).c
    return {
        "next_request_at": later(table.next_request_at, spaced_until),
        "ready_at": later(table.ready_at, spaced_until),
    }


def is_sqlite(session: Session) -> bool:
    """Whether the database is SQLite, which spells some things its own way."""
    return session.get_bind().dialect.name == "sqlite"


def _ready_at(on_sqlite: bool, *, asked_at: ColumnElement[datetime]) -> ColumnElement[datetime | None]:
    """The later of when the host may be asked and when the first thing of it is due; null when nothing is.

    An expression over the row of a host, for an UPDATE.
    """
    feeds = select(func.min(col(Feed.next_poll_at)).label("at")).where(
        col(Feed.host) == col(Host.key), col(Feed.retired_at).is_(None)
    )
    pages = select(func.min(col(Article.next_attempt_at)).label("at")).where(
        col(Article.host) == col(Host.key), waits_for_page()
    )
    again = select(func.min(col(Article.revisit_at)).label("at")).where(
        col(Article.host) == col(Host.key), col(Article.revisit_at).is_not(None)
    )
    due = union_all(feeds.correlate(Host), pages.correlate(Host), again.correlate(Host)).subquery()
    first = select(func.min(due.c.at)).scalar_subquery()
    later = func.max if on_sqlite else func.greatest
    return case((first.is_not(None), later(first, asked_at)), else_=None)


def waits_for_page() -> ColumnElement[bool]:
    """Whether an article's page is still to be fetched, as a condition on the article."""
    return and_(is_in(ArticleState.WAITING), col(Article.wants_page) == true())
