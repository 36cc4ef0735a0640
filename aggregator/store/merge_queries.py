"""Reads what the merge step needs: ready articles, their candidates, and the members of stories.

``dedup`` decides what the results mean; ``stories`` changes stories.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from aggregator.model.dedup import (
    NEWEST_MEMBERS,
    CopyCandidate,
    Evidence,
    JudgedText,
    LinkOrigin,
    ReclusterArticle,
    Relation,
    Verdict,
)
from aggregator.store.database import in_batches
from aggregator.store.link_origins import link_origins
from aggregator.store.sketches import SketchIndex, stored_fingerprints
from aggregator.store.tables import Article, ArticleState, Copy, JudgedPair, Story, is_in_state, row_id, sql_table

MAX_CANDIDATES = 20
CONTAINS_ALL = 0.9
"""The share of a shorter article from which on another article counts as containing all of it."""
_LISTS = ("conflicts", "passage_at")  # fields of evidence that are lists in JSON


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyArticle:
    """An article with a text, and the story that it was placed in before, if any."""

    article_id: int
    exact: int
    tokens: int
    fingerprints: tuple[int, ...]
    story_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryMembers:
    """A story as the merge step needs it: its canonical copy and its newest other copies, newest first.

    ``shown`` says that the story is published.
    """

    story_id: int
    lead_id: int
    newest: tuple[int, ...]
    shown: bool = False


def next_ready_article(session: Session) -> ReadyArticle | None:
    """Returns the article that has waited longest to be placed."""
    ready = select(Article).where(is_in_state(ArticleState.READY)).order_by(col(Article.id)).limit(1)
    article = session.scalars(ready).one_or_none()
    if article is None:
        return None
    return ReadyArticle(
        article_id=row_id(article.id),
        exact=article.exact or 0,
        tokens=article.tokens,
        fingerprints=stored_fingerprints(session, row_id(article.id)),
        story_id=story_id_of(session, row_id(article.id)),
    )


def story_id_of(session: Session, article_id: int) -> int | None:
    """Returns the story that an article is a copy of; None if it is in no story."""
    return session.scalar(select(col(Copy.story_id)).where(col(Copy.article_id) == article_id))


def find_candidates(
    session: Session, article: ReadyArticle, index: SketchIndex, *, since: datetime, sharing: Collection[int] = ()
) -> tuple[int, ...]:
    """Returns placed articles that may be copies of an article, the likeliest first.

    Those with the same normalised text, then those in ``sharing``, which share an alias URL, then those that
    share most fingerprints, all seen after ``since``.
    """
    found = [*_same_text(session, article, since), *_placed(session, sharing, since)]
    alike = index.candidates(article.fingerprints, since=since.timestamp(), most=MAX_CANDIDATES + 1)
    still_placed = set(_placed(session, alike, since)) - {article.article_id}
    found.extend([other for other in alike if other in still_placed][:MAX_CANDIDATES])
    return tuple(dict.fromkeys(found))


def _same_text(session: Session, article: ReadyArticle, since: datetime) -> Sequence[int]:
    if article.tokens == 0:
        return ()
    same = (
        select(col(Copy.article_id))
        .join(Article, col(Article.id) == col(Copy.article_id))
        .where(
            col(Article.exact) == article.exact,
            col(Article.id) != article.article_id,
            col(Article.seen_at) > since,
            col(Article.tokens) > 0,
        )
    )
    return session.scalars(same.order_by(col(Article.id)).limit(MAX_CANDIDATES)).all()


def _placed(session: Session, article_ids: Collection[int], since: datetime) -> Sequence[int]:
    if not article_ids:
        return ()
    placed = (
        select(col(Copy.article_id))
        .join(Article, col(Article.id) == col(Copy.article_id))
        .where(col(Copy.article_id).in_(article_ids), col(Article.seen_at) > since)
    )
    return session.scalars(placed.order_by(col(Copy.article_id))).all()


def load_documents(session: Session, article_ids: Collection[int]) -> Mapping[int, JudgedText]:
    """Returns what the judge needs of these articles, by id."""
    rows = session.scalars(select(Article).where(col(Article.id).in_(article_ids)))
    return {
        row_id(row.id): JudgedText(
            article_id=row_id(row.id),
            outlet=row.outlet,
            url=row.url or "",
            title=row.title,
            text=row.text,
            published_at=row.published_at,
            credit=row.credit,
        )
        for row in rows
    }


def stories_of_articles(session: Session, article_ids: Collection[int]) -> Mapping[int, StoryMembers]:
    """Returns the stories of these articles, by article id."""
    story_by_article = dict(
        session.execute(
            select(col(Copy.article_id), col(Copy.story_id)).where(col(Copy.article_id).in_(article_ids))
        ).all()
    )
    stories = {story_id: _membership(session, story_id) for story_id in set(story_by_article.values())}
    return {article_id: stories[story_id] for article_id, story_id in story_by_article.items()}


def _membership(session: Session, story_id: int) -> StoryMembers:
    story = session.get_one(Story, story_id)
    lead_id = story.lead_article_id
    newest = (
        select(col(Copy.article_id))
        .where(col(Copy.story_id) == story_id, col(Copy.article_id) != lead_id)
        .order_by(col(Copy.joined_at).desc(), col(Copy.article_id).desc())
        .limit(NEWEST_MEMBERS)
    )
    return StoryMembers(
        story_id=story_id, lead_id=lead_id, newest=tuple(session.scalars(newest)), shown=story.visible_at is not None
    )


def story_article_ids(session: Session, story_id: int) -> set[int]:
    """Returns the articles that are copies of a story."""
    return set(session.scalars(select(col(Copy.article_id)).where(col(Copy.story_id) == story_id)))


def first_members(session: Session, story_id: int) -> tuple[int, ...]:
    """Returns the first copies of a story, which joined without a verdict; several if stories were merged."""
    first = select(col(Copy.article_id)).where(col(Copy.story_id) == story_id, col(Copy.relation).is_(None))
    return tuple(session.scalars(first.order_by(col(Copy.joined_at), col(Copy.article_id))))


def unpublished_members(session: Session, story_ids: Collection[int], *, most: int) -> Mapping[int, int]:
    """Returns the copies of those of these stories that are not published, with their stories.

    Empty if there are more than ``most``, or if one joined its story because of its URL and not its text.
    """
    found = session.execute(
        select(col(Copy.article_id), col(Copy.story_id), col(Copy.relation))
        .join(Story, col(Story.id) == col(Copy.story_id))
        .where(col(Story.id).in_(story_ids), col(Story.visible_at).is_(None))
        .limit(most + 1)
    ).all()
    if len(found) > most or any(relation == Relation.SAME_URL for _, _, relation in found):
        return {}
    return {article_id: story_id for article_id, story_id, _ in found}


def recluster_ranks(session: Session, article_ids: Collection[int]) -> tuple[ReclusterArticle, ...]:
    """Returns what decides the order in which these articles are reclustered."""
    rows = session.scalars(select(Article).where(col(Article.id).in_(article_ids)))
    roundups = _roundups(session, article_ids)
    return tuple(
        ReclusterArticle(
            is_roundup=row.id in roundups,
            article_id=row_id(row.id),
            priority=row.priority,
            tokens=row.tokens,
            published_at=_appeared_at(row),
            name=(row.outlet, row.key),
        )
        for row in rows
    )


def canonical_candidates(session: Session, story_id: int) -> tuple[CopyCandidate, ...]:
    """Returns the copies of a story as candidates for the canonical copy."""
    rows = session.scalars(
        select(Article).join(Copy, col(Copy.article_id) == col(Article.id)).where(col(Copy.story_id) == story_id)
    ).all()
    ids = [row_id(row.id) for row in rows]
    roundups = _roundups(session, ids)
    origins = link_origins(session, ids) if len(ids) > 1 else {}
    return tuple(
        canonical_candidate(row, is_roundup=row.id in roundups, origin=origins.get(row_id(row.id))) for row in rows
    )


def _roundups(session: Session, article_ids: Collection[int]) -> set[int]:
    """Those of these articles that contain nearly all of a shorter article of another story."""
    if len(article_ids) < 2:
        return set()
    one, other = sql_table(Copy).alias("one").c, sql_table(Copy).alias("other").c
    first, second = sql_table(Article).alias("first").c, sql_table(Article).alias("second").c
    found: set[int] = set()
    for batch in in_batches(article_ids):
        of_batch = or_(col(JudgedPair.article_id).in_(batch), col(JudgedPair.other_id).in_(batch))
        pairs = (
            select(first.id, second.id, first.tokens, second.tokens, col(JudgedPair.evidence))
            .where(of_batch, col(JudgedPair.relation) == Relation.EXCERPT)
            .where(one.article_id == col(JudgedPair.article_id), other.article_id == col(JudgedPair.other_id))
            .where(one.story_id != other.story_id, first.id == one.article_id, second.id == other.article_id)
        )
        for article_id, other_id, tokens, other_tokens, evidence in session.execute(pairs):
            if evidence.get("shorter", 0) >= CONTAINS_ALL:
                found.add(article_id if tokens > other_tokens else other_id)
    return found & set(article_ids)


def canonical_candidate(row: Article, *, is_roundup: bool = False, origin: LinkOrigin | None = None) -> CopyCandidate:
    """Returns one copy as a candidate for the canonical copy."""
    return CopyCandidate(
        is_roundup=is_roundup,
        origin=origin,
        article_id=row_id(row.id),
        priority=row.priority,
        outlet=row.outlet,
        credit=row.credit,
        tokens=row.tokens,
        published_at=_appeared_at(row),
    )


def _appeared_at(row: Article) -> datetime:
    """The publication time, but not before the feed had the article, because a page can state any date."""
    return row.published_at if row.not_before is None else max(row.published_at, row.not_before)


def store_verdict(session: Session, article_id: int, other_id: int, verdict: Verdict, *, now: datetime) -> None:
    """Stores a verdict that did not merge; it replaces the older verdict of the same pair."""
    session.merge(
        JudgedPair(
            article_id=max(article_id, other_id),
            other_id=min(article_id, other_id),
            judged_at=now,
            relation=verdict.relation,
            rule=verdict.rule,
            evidence=evidence_to_json(verdict.evidence),
        )
    )


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Returns evidence as the database stores it."""
    return {**asdict(evidence), **{name: list(getattr(evidence, name)) for name in _LISTS}}


def verdict_from_json(relation: str | None, rule: str | None, evidence: Mapping[str, Any] | None) -> Verdict | None:
    """Returns a stored verdict; None for the first copy of a story."""
    if relation is None:
        return None
    values = dict(evidence or {})
    return Verdict(
        relation=Relation(relation),
        rule=rule or "",
        evidence=Evidence(**{**values, **{name: tuple(values[name]) for name in _LISTS if name in values}}),
    )
