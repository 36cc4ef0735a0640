"""Finds the article or story that a person names."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlmodel import Session, col

from aggregator.store.tables import Article, Story

_LARGEST = 2**63 - 1


def find_article(session: Session, name: str) -> int | None:
    """Returns the article with this id or URL, or the canonical copy of the story with this key.

    None if there is none.
    """
    if name.isdecimal() and int(name) <= _LARGEST:
        return session.scalar(select(col(Article.id)).where(col(Article.id) == int(name)))
    has_name = or_(col(Article.url) == name, col(Article.key) == name)
    found = session.scalar(select(col(Article.id)).where(has_name).order_by(col(Article.id)).limit(1))
    if found is None and (story_id := find_story(session, name)) is not None:
        return session.get_one(Story, story_id).lead_article_id
    return found


def find_story(session: Session, key: str) -> int | None:
    """Returns the story with this key, or the one it was merged into.

    None if there is none, or if it was withdrawn.
    """
    story = session.scalar(select(Story).where(col(Story.key) == key))
    if story is not None and story.survivor_id is not None:
        story = session.get(Story, story.survivor_id)
    return None if story is None or story.withdrawn_at is not None else story.id
