"""Reads the article pairs that were compared, so that other thresholds can be tried on them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.store.tables import Copy, JudgedPair, ManualRuling, Story, sql_table


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedPair:
    """Two articles, and the keys of the stories that they are copies of."""

    article_id: int
    other_id: int
    story: str
    other_story: str


def compared_pairs(session: Session, *, most: int) -> tuple[ComparedPair, ...]:
    """Returns the newest copies with the canonical copy of their story, and the newest pairs kept apart.

    Up to ``most`` of each. Pairs with a manual decision are left out, because no threshold decides them.
    """
    of_other, of_first = sql_table(Copy).alias("of_other").c, sql_table(Copy).alias("of_first").c
    other_story, first_story = sql_table(Story).alias("other_story").c, sql_table(Story).alias("first_story").c
    ruled = {
        frozenset(pair) for pair in session.execute(select(col(ManualRuling.article_id), col(ManualRuling.other_id)))
    }
    together = (
        select(of_other.article_id, first_story.lead_article_id, first_story.key, first_story.key)
        .where(first_story.id == of_other.story_id, of_other.article_id != first_story.lead_article_id)
        .order_by(of_other.joined_at.desc(), of_other.article_id.desc())
        .limit(most)
    )
    apart = (
        select(of_first.article_id, of_other.article_id, first_story.key, other_story.key)
        .where(
            of_first.article_id == col(JudgedPair.article_id),
            of_other.article_id == col(JudgedPair.other_id),
            of_first.story_id != of_other.story_id,
            first_story.id == of_first.story_id,
            other_story.id == of_other.story_id,
        )
        .order_by(col(JudgedPair.judged_at).desc(), of_first.article_id.desc(), of_other.article_id.desc())
        .limit(most)
    )
    rows = [row for query in (together, apart) for row in session.execute(query)]
    return tuple(
        ComparedPair(article_id=first, other_id=other, story=story, other_story=others)
        for first, other, story, others in rows
        if frozenset((first, other)) not in ruled
    )
