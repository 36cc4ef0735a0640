"""Stores manual decisions about pairs of articles, and reads those that concern an article or story.

A newer decision on a pair replaces the older one. ``dedup.ruling_effects`` applies decisions to a placement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col

from aggregator.model.dedup import ArticleRulings, RulingKind
from aggregator.store.database import in_batches
from aggregator.store.tables import Article, Copy, ManualRuling, sql_table


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRuling:
    """One decision as a person sees it: two articles by id and URL, the decision, and its time."""

    article_id: int
    other_id: int
    url: str | None
    other_url: str | None
    said: RulingKind
    at: datetime


def store_rulings(session: Session, article_id: int, others: Iterable[int], said: RulingKind, *, now: datetime) -> int:
    """Stores a decision about an article and each of some others.

    Returns how many of the pairs had the other decision before.
    """
    replaced = 0
    for other_id in others:
        first, second = sorted((article_id, other_id))
        known = session.get(ManualRuling, (first, second))
        replaced += known is not None and known.said != said
        session.merge(ManualRuling(article_id=first, other_id=second, said=said, at=now))
    session.flush()
    return replaced


def delete_ruling(session: Session, article_id: int, other_id: int) -> bool:
    """Deletes the decision about two articles; returns True if there was one."""
    known = session.get(ManualRuling, tuple(sorted((article_id, other_id))))
    if known is not None:
        session.delete(known)
        session.flush()
    return known is not None


def delete_rulings_between(
    session: Session, article_ids: Collection[int], other_ids: Collection[int], said: RulingKind
) -> int:
    """Deletes this decision between the articles of two groups; returns how many pairs had it."""
    count = 0
    for first_ids in in_batches(article_ids):
        for second_ids in in_batches(other_ids):
            one, other = col(ManualRuling.article_id), col(ManualRuling.other_id)
            between = or_(one.in_(first_ids) & other.in_(second_ids), one.in_(second_ids) & other.in_(first_ids))
            deleted = session.execute(
                delete(ManualRuling).where(between, col(ManualRuling.said) == said).returning(one)
            )
            count += len(deleted.all())
    return count


def rulings_of(session: Session, article_id: int) -> ArticleRulings:
    """Returns the decisions about an article, and the stories that it must not join; leaves ``divided`` empty."""
    of_article = or_(col(ManualRuling.article_id) == article_id, col(ManualRuling.other_id) == article_id)
    decisions = {
        row.other_id if row.article_id == article_id else row.article_id: RulingKind(row.said)
        for row in session.scalars(select(ManualRuling).where(of_article))
    }
    apart = [other for other, decision in decisions.items() if decision is RulingKind.APART]
    stories = select(col(Copy.story_id)).where(col(Copy.article_id).in_(apart))
    return ArticleRulings(said=decisions, apart=frozenset(map(str, session.scalars(stories))) if apart else ())


def rulings_among(session: Session, article_ids: Collection[int]) -> Mapping[frozenset[int], RulingKind]:
    """Returns the decisions about pairs of these articles, by pair."""
    both = col(ManualRuling.article_id).in_(article_ids) & col(ManualRuling.other_id).in_(article_ids)
    rows = session.scalars(select(ManualRuling).where(both))
    return {frozenset((row.article_id, row.other_id)): RulingKind(row.said) for row in rows}


def divided_stories(session: Session, story_ids: Collection[int]) -> frozenset[frozenset[str]]:
    """Returns the pairs of these stories with articles that must stay apart."""
    if len(story_ids) < 2:
        return frozenset()
    one, other = sql_table(Copy).alias("one").c, sql_table(Copy).alias("other").c
    pairs = (
        select(one.story_id, other.story_id)
        .where(one.article_id == col(ManualRuling.article_id), other.article_id == col(ManualRuling.other_id))
        .where(col(ManualRuling.said) == RulingKind.APART, one.story_id.in_(story_ids), other.story_id.in_(story_ids))
        .distinct()
    )
    return frozenset(frozenset((str(first), str(second))) for first, second in session.execute(pairs))


def all_rulings(session: Session) -> tuple[StoredRuling, ...]:
    """Returns every decision, the newest first."""
    one, other = sql_table(Article).alias("one").c, sql_table(Article).alias("other").c
    rows = session.execute(
        select(ManualRuling, one.url, other.url)
        .where(one.id == col(ManualRuling.article_id), other.id == col(ManualRuling.other_id))
        .order_by(col(ManualRuling.at).desc(), col(ManualRuling.article_id), col(ManualRuling.other_id))
    )
    return tuple(
        StoredRuling(
            article_id=row.article_id,
            other_id=row.other_id,
            url=url,
            other_url=other_url,
            said=RulingKind(row.said),
            at=row.at,
        )
        for row, url, other_url in rows
    )
