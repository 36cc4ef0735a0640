"""Counts what the service did, hour by hour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from aggregator.model.operations import HourlyActivity
from aggregator.store.feeds import feed_is_due
from aggregator.store.hosts import is_sqlite
from aggregator.store.tables import Article, ArticleState, Copy, Feed, Poll, is_in_state

_HOUR = timedelta(hours=1)


def count_by_hour(session: Session, *, hours: int, now: datetime) -> tuple[HourlyActivity, ...]:
    """Returns the last ``hours`` hours (UTC), the current one last.

    Counts only polls whose history is still stored.
    """
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    begins = [last - number * _HOUR for number in reversed(range(hours))]
    polls: dict[str, dict[str, int]] = defaultdict(dict)
    received: dict[str, int] = defaultdict(int)
    hour = _hour_of(session, col(Poll.at))
    counted = select(hour, col(Poll.outcome), func.count(), func.sum(col(Poll.wire_bytes)))
    counted = counted.where(col(Poll.at) >= begins[0]).group_by(hour, col(Poll.outcome))
    for key, outcome, number, wire_bytes in session.execute(counted):
        polls[key][outcome] = number
        received[key] += int(wire_bytes)
    articles = _count_by_hour(session, col(Article.seen_at), since=begins[0])
    merged = _count_by_hour(session, col(Copy.joined_at), col(Copy.relation).is_not(None), since=begins[0])
    return tuple(
        HourlyActivity(
            begins_at=at,
            polls=polls[key],
            wire_bytes=received[key],
            articles=articles.get(key, 0),
            merged=merged.get(key, 0),
        )
        for at in begins
        for key in (at.strftime("%Y-%m-%d %H"),)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingWork:
    """The number of due feeds, and of articles that are in no story yet."""

    feeds: int
    articles: int


def count_pending_work(session: Session, *, now: datetime) -> PendingWork:
    """Counts what is to be done now."""
    due = select(func.count()).select_from(Feed).where(feed_is_due(now))
    articles = [select(func.count()).where(is_in_state(state)) for state in (ArticleState.WAITING, ArticleState.READY)]
    return PendingWork(
        feeds=session.scalar(due) or 0, articles=sum(session.scalar(waiting) or 0 for waiting in articles)
    )


def _count_by_hour(session: Session, at: Any, *rules: ColumnElement[bool], since: datetime) -> dict[str, int]:
    hour = _hour_of(session, at)
    counted = select(hour, func.count()).where(at >= since, *rules).group_by(hour)
    return dict(session.execute(counted).all())


def _hour_of(session: Session, at: Any) -> ColumnElement[str]:
    """The hour of an instant as ``2026-11-03 07``, UTC."""
    if is_sqlite(session):
        return func.strftime("%Y-%m-%d %H", at)
    return func.to_char(func.timezone("UTC", at), "YYYY-MM-DD HH24")
