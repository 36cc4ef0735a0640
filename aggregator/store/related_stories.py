"""Reads the beginnings of the stories that were published at about the time of another.

``dedup.related_reports`` decides which of them may be about the same event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregator.model.dedup import StoryBeginning
from aggregator.model.publishing import Audience
from aggregator.store.digest_queries import is_visible_to
from aggregator.store.tables import Article, Story

_MOST_COMPARED = 300
_BEGINNING = 600  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryOpening:
    """The headline and the beginning of a story, and the outlet of its canonical copy."""

    telling: StoryBeginning
    outlet: str


def stories_near(session: Session, key: str, *, within: timedelta, audience: Audience) -> tuple[StoryOpening, ...]:
    """Returns the stories that were first published within a duration before or after a story.

    The story itself is included. At most 300, the newest. A story whose canonical copy the audience may not see
    is left out.
    """
    story = session.scalars(select(Story).where(col(Story.key) == key)).one()
    near = (
        select(col(Story.key), col(Article.title), func.substr(col(Article.text), 1, _BEGINNING), col(Article.outlet))
        .join(Article, col(Article.id) == col(Story.lead_article_id))
        .where(
            col(Story.visible_at).is_not(None),
            col(Story.withdrawn_at).is_(None),
            col(Story.published_at).between(story.published_at - within, story.published_at + within),
            is_visible_to(col(Article.id), audience),
        )
        .order_by(col(Story.visible_at).desc(), col(Story.id).desc())
        .limit(_MOST_COMPARED)
    )
    return tuple(
        StoryOpening(telling=StoryBeginning(key=story_key, title=title, text=beginning), outlet=outlet)
        for story_key, title, beginning, outlet in session.execute(near)
    )
