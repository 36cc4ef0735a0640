"""Stores alerts, and reads the feed conditions that raise them.

``alert_rules`` decides which conditions are alerts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from aggregator.model.extraction import TextSource
from aggregator.model.operations import Alert, AlertKind, FeedCondition, RecordedAlert
from aggregator.model.polling import FeedState
from aggregator.settings.feeds_file import FullText
from aggregator.store.tables import Article, Entry, Feed, Poll, StoredAlert, row_id
from aggregator.url_credentials import without_userinfo

_WEEK = timedelta(days=7)


def feed_conditions(session: Session, *, now: datetime) -> tuple[FeedCondition, ...]:
    """Returns the condition of every feed."""
    rows = session.scalars(select(Feed).order_by(col(Feed.id))).all()
    names = {row.id: row.name for row in rows}
    failing = _failing_since(session)
    counts = _text_counts(session, now - _WEEK)
    return tuple(
        FeedCondition(
            name=row.name,
            state=FeedState(row.state),
            reason=(row.retired_reason or row.reason or row.last_outcome).rstrip("."),
            url=without_userinfo(row.url),
            configured_url=without_userinfo(row.configured_url or row.url),
            failing_since=failing.get(row_id(row.id)),
            merged_into=names.get(row.merged_into_id),
            read=counts.get(row_id(row.id), (0, 0))[0],
            textless=counts.get(row_id(row.id), (0, 0))[1],
        )
        for row in rows
    )


def _failing_since(session: Session) -> dict[int, datetime]:
    """The time of the first of the failures that continue, for each failing feed."""
    place = func.row_number().over(partition_by=col(Poll.feed_id), order_by=(col(Poll.at).desc(), col(Poll.id).desc()))
    failing = col(Feed.state) == FeedState.FAILING
    ranked = (
        select(col(Poll.feed_id), col(Poll.at), col(Feed.failures), place.label("place"))
        .join(Feed, col(Feed.id) == col(Poll.feed_id))
        .where(failing)
        .subquery()
    )
    first = select(ranked.c.feed_id, func.min(ranked.c.at)).where(ranked.c.place <= ranked.c.failures)
    return {feed_id: at for feed_id, at in session.execute(first.group_by(ranked.c.feed_id))}  # noqa: C416


def _text_counts(session: Session, since: datetime) -> dict[int, tuple[int, int]]:
    """For each feed whose pages are read: the articles read since an instant, and those without a text."""
    textless = func.sum(case((col(Article.text_source) == TextSource.TITLE, 1), else_=0))
    rows = (
        select(col(Entry.feed_id), func.count(), textless)
        .join(Article, col(Article.id) == col(Entry.article_id))
        .join(Feed, col(Feed.id) == col(Entry.feed_id))
        .where(col(Article.text_at) >= since, col(Feed.full_text) != FullText.FEED, col(Entry.dropped_by).is_(None))
        .group_by(col(Entry.feed_id))
    )
    return {feed_id: (read, int(without)) for feed_id, read, without in session.execute(rows)}


def store_alerts(session: Session, seen: Sequence[Alert], *, now: datetime) -> tuple[RecordedAlert, ...]:
    """Stores new alerts, ends those that are over, and returns what changed.

    An alert keeps its first text while it lasts, so that a reader does not show it again for another error
    message.
    """
    open_rows = session.scalars(select(StoredAlert).where(col(StoredAlert.ended_at).is_(None))).all()
    known = {(row.kind, row.subject): row for row in open_rows}
    wanted = {(alert.kind.value, alert.subject): alert for alert in seen}
    changed = []
    for key, row in known.items():
        if key not in wanted:
            row.ended_at = now
            changed.append(row)
    for key, alert in wanted.items():
        if key not in known:
            kind, subject = key
            row = StoredAlert(kind=kind, subject=subject, title=alert.title, told=alert.text, began_at=now)
            session.add(row)
            changed.append(row)
    session.flush()
    return tuple(_known(row) for row in changed)


def newest_alerts(session: Session, *, limit: int) -> tuple[RecordedAlert, ...]:
    """Returns the newest alerts, those that changed last first."""
    changed_at = func.coalesce(col(StoredAlert.ended_at), col(StoredAlert.began_at))
    rows = select(StoredAlert).order_by(changed_at.desc(), col(StoredAlert.id).desc()).limit(limit)
    return tuple(_known(row) for row in session.scalars(rows))


def _known(row: StoredAlert) -> RecordedAlert:
    alert = Alert(kind=AlertKind(row.kind), subject=row.subject, title=row.title, text=row.told)
    return RecordedAlert(number=row_id(row.id), alert=alert, began_at=row.began_at, ended_at=row.ended_at)
