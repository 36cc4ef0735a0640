"""Moves planned times back after the clock was set back.

A time that was planned while the clock was ahead is too late by as much as the clock was wrong. The times of past
events stay, because nobody knows how wrong the clock was then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlmodel import Session, col

from aggregator.store import hosts
from aggregator.store.tables import Article, ArticleState, Feed, Host, Story, Subscription, Table, sql_table


@dataclass(frozen=True, kw_only=True, slots=True)
class _PlannedColumns:
    """The columns of a table that say when something is to be done."""

    table: type[Table]
    columns: tuple[str, ...]
    key: str = "id"
    where: tuple[ColumnElement[bool], ...] = ()


_PLANS = (
    _PlannedColumns(table=Feed, columns=("next_poll_at", "resume_poll_at", "quiet_until")),
    _PlannedColumns(table=Host, columns=("next_request_at", "claimed_until"), key="key"),
    _PlannedColumns(
        table=Article,
        columns=("next_attempt_at", "claimed_until"),
        where=(col(Article.state) == ArticleState.WAITING,),
    ),
    _PlannedColumns(table=Story, columns=("settle_at",), where=(col(Story.visible_at).is_(None),)),
    _PlannedColumns(table=Subscription, columns=("next_attempt_at", "lease_expires_at", "ordinary_poll_at")),
)


def shift_planned_times(session: Session, *, by: timedelta, now: datetime) -> int:
    """Moves every planned time after ``now`` back ``by`` a duration; returns the number of changed rows."""
    changed = sum(_put_back(session, plan, by=by, now=now) for plan in _PLANS)
    ahead = col(Feed.last_poll_at) > now
    session.execute(update(sql_table(Feed)).where(ahead).values(last_poll_at=now))
    hosts.update_all_ready_at(session)
    return changed


def _put_back(session: Session, plan: _PlannedColumns, *, by: timedelta, now: datetime) -> int:
    table = sql_table(plan.table)
    times = [table.c[name] for name in plan.columns]
    key = table.c[plan.key]
    rows = session.execute(select(key, *times).where(or_(*(time > now for time in times)), *plan.where)).all()
    if rows:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in plan.columns}
        session.connection().execute(
            update(table).where(key == bindparam("row")).values(values),
            [{"row": row[0], **_earlier(plan.columns, row[1:], by=by, now=now)} for row in rows],
        )
    return len(rows)


def _earlier(
    names: Sequence[str], times: Sequence[datetime | None], *, by: timedelta, now: datetime
) -> dict[str, datetime | None]:
    return {
        f"new_{name}": max(now, time - by) if time is not None and time > now else time
        for name, time in zip(names, times, strict=True)
    }
