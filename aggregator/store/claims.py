"""Who may ask which host next, and what for?

It is the host that is claimed: whoever holds it may make the next request to it, nobody else may,
and giving it back says when the one after is allowed. So politeness holds with one process or
with many. A claim that is not given back ends by itself at ``claimed_until``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlmodel import Session, col

from aggregator.model import Hints, Validators
from aggregator.store.database import add_missing
from aggregator.store.tables import Article, ArticleState, Feed, Host, row_id


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedVisit:
    """A claim to poll one feed."""

    feed_id: int
    name: str
    url: str
    host: str
    outlet: str
    priority: int
    full_text: str
    every: timedelta | None
    validators: Validators | None
    body_digest: str | None
    hints: Hints
    failures: int
    gone_count: int
    private: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PageVisit:
    """A claim to fetch the page of one article; ``attempts`` were made before."""

    article_id: int
    url: str
    host: str
    attempts: int


Visit = FeedVisit | PageVisit


def ensure_hosts(session: Session, keys: Collection[str], *, now: datetime) -> None:
    """Make a row for every host that has none yet; it may be asked at once."""
    add_missing(session, Host, [{"key": key, "next_request_at": now} for key in sorted(keys)])


def forget_claims(session: Session) -> None:
    """Give back every claim: for a database that nobody else uses, after a crash."""
    session.execute(
        update(Host).where(col(Host.claimed_until).is_not(None)).values(claimed_until=None, claimed_by=None)
    )
    session.execute(update(Article).where(col(Article.claimed_until).is_not(None)).values(claimed_until=None))


def give_back(session: Session, *, by: str) -> None:
    """Give back every host one worker claims, because it stops."""
    session.execute(update(Host).where(col(Host.claimed_by) == by).values(claimed_until=None, claimed_by=None))


def claim_visits(
    session: Session, *, now: datetime, feeds_due_before: datetime, until: datetime, by: str, limit: int
) -> tuple[Visit, ...]:
    """Claim up to ``limit`` hosts that have something due and may be asked; one visit for each.

    A host's feeds go before its pages, and what has been due longest before the rest.
    """
    claimed = _claim(session, _hosts_with_feeds(now, feeds_due_before, limit), now=now, until=until, by=by)
    visits: list[Visit] = [_feed_visit(session, host, feeds_due_before) for host in claimed]
    if len(visits) < limit:
        claimed = _claim(session, _hosts_with_pages(now, limit - len(visits)), now=now, until=until, by=by)
        visits.extend(_page_visit(session, host, now) for host in claimed)
    return tuple(visits)


def release_host(session: Session, host: str, *, by: str, next_request_at: datetime) -> None:
    """Give a host back; nobody asks it before ``next_request_at``.

    A claim that ended meanwhile and went to somebody else stays theirs; the later instant holds.
    """
    row = session.get_one(Host, host)
    row.next_request_at = max(row.next_request_at, next_request_at)
    if row.claimed_by == by:
        row.claimed_until = row.claimed_by = None


def next_visit_at(session: Session, *, now: datetime, feeds_due_before: datetime) -> datetime | None:
    """When the next host may be asked for something that is due already; None when nothing is.

    Counts what other workers are at, for the time until their claims end.
    """
    free_at = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    earliest = free_at(Host.next_request_at, func.coalesce(Host.claimed_until, Host.next_request_at))
    feeds = select(func.min(free_at(earliest, Feed.next_poll_at))).join_from(Host, Feed, col(Feed.host) == Host.key)
    pages = select(func.min(free_at(earliest, Article.next_attempt_at))).join_from(
        Host, Article, col(Article.host) == Host.key
    )
    found = (
        session.scalar(feeds.where(_feed_due(feeds_due_before))),
        session.scalar(pages.where(_page_due(now))),
    )
    return max(now, min(at for at in found if at)) if any(found) else None


def _feed_due(now: datetime) -> ColumnElement[bool]:
    return and_(col(Feed.retired_at).is_(None), col(Feed.next_poll_at) <= now)


def _page_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(Article.state) == ArticleState.WAITING, col(Article.wants_page), col(Article.next_attempt_at) <= now
    )


def _free(now: datetime) -> ColumnElement[bool]:
    unclaimed = or_(col(Host.claimed_until).is_(None), col(Host.claimed_until) <= now)
    return and_(col(Host.next_request_at) <= now, unclaimed)


def _hosts_with_feeds(now: datetime, due_before: datetime, limit: int) -> Select[str]:
    return (
        select(col(Host.key))
        .join_from(Feed, Host, col(Feed.host) == Host.key)
        .where(_feed_due(due_before), _free(now))
        .group_by(col(Host.key))
        .order_by(func.min(col(Feed.next_poll_at)), col(Host.key))
        .limit(limit)
    )


def _hosts_with_pages(now: datetime, limit: int) -> Select[str]:
    return (
        select(col(Host.key))
        .join_from(Article, Host, col(Article.host) == Host.key)
        .where(_page_due(now), _free(now))
        .group_by(col(Host.key))
        .order_by(func.min(col(Article.next_attempt_at)), col(Host.key))
        .limit(limit)
    )


def _claim(session: Session, hosts: Select[str], *, now: datetime, until: datetime, by: str) -> tuple[str, ...]:
    """Claim those of the hosts that nobody else claims at this moment, in the order given."""
    wanted = list(session.scalars(hosts))
    if not wanted:
        return ()
    still_free = select(col(Host.key)).where(col(Host.key).in_(wanted), _free(now)).with_for_update(skip_locked=True)
    free = set(session.scalars(still_free))
    session.execute(update(Host).where(col(Host.key).in_(free)).values(claimed_until=until, claimed_by=by))
    return tuple(host for host in wanted if host in free)


def _feed_visit(session: Session, host: str, due_before: datetime) -> FeedVisit:
    due = (
        select(Feed).where(col(Feed.host) == host, _feed_due(due_before)).order_by(col(Feed.next_poll_at), col(Feed.id))
    )
    row = session.scalars(due.limit(1)).one()
    validators = None
    if row.validators_url is not None and (row.etag or row.last_modified):
        validators = Validators(url=row.validators_url, etag=row.etag, last_modified=row.last_modified)
    return FeedVisit(
        feed_id=row_id(row.id),
        name=row.name,
        url=row.url,
        host=host,
        outlet=row.outlet,
        priority=row.priority,
        full_text=row.full_text,
        every=None if row.every_seconds is None else timedelta(seconds=row.every_seconds),
        validators=validators,
        body_digest=row.body_digest,
        hints=hints_from_json(row.hints),
        failures=row.failures,
        gone_count=row.gone_count,
        private=row.private,
    )


def _page_visit(session: Session, host: str, now: datetime) -> PageVisit:
    due = select(Article).where(col(Article.host) == host, _page_due(now))
    row = session.scalars(due.order_by(col(Article.next_attempt_at), col(Article.id)).limit(1)).one()
    if row.url is None:
        raise AssertionError(f"article {row.id} wants a page but has no URL")
    return PageVisit(article_id=row_id(row.id), url=row.url, host=host, attempts=row.attempts)


def hints_as_json(hints: Hints) -> dict[str, Any]:
    """Polling hints of a document as the database keeps them, durations in seconds."""
    return {
        "ttl": hints.ttl and hints.ttl.total_seconds(),
        "update_period": hints.update_period and hints.update_period.total_seconds(),
        "skip_hours": list(hints.skip_hours),
        "skip_days": list(hints.skip_days),
    }


def hints_from_json(kept: Mapping[str, Any]) -> Hints:
    """Polling hints as they were kept."""

    def duration(key: str) -> timedelta | None:
        return None if kept.get(key) is None else timedelta(seconds=kept[key])

    return Hints(
        ttl=duration("ttl"),
        update_period=duration("update_period"),
        skip_hours=tuple(kept.get("skip_hours", ())),
        skip_days=tuple(kept.get("skip_days", ())),
    )
