"""Creates, changes, merges and publishes stories.

Each change is stored with its reason in ``story_change``. ``dedup`` decides which articles belong together and
which copy is canonical, ``publishing.settle`` when a story is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from aggregator.model.dedup import CanonicalCopy, Verdict
from aggregator.store.merge_queries import evidence_to_json
from aggregator.store.tables import Article, Copy, Revision, Story, StoryChange, row_id


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryLead:
    """The present canonical copy of a story, and whether the story is published; a change of it depends on both."""

    story_id: int
    lead_id: int
    published: bool


def create_story(
    session: Session, article_id: int, *, key: str, settle_at: datetime, now: datetime, reason: str
) -> int:
    """Creates a story with one article, and returns its id."""
    article = session.get_one(Article, article_id)
    story = Story(
        key=key,
        founded_at=now,
        settle_at=settle_at,
        first_seen_at=article.seen_at,
        published_at=article.published_at,
        lead_article_id=article_id,
        lead_rule="only copy",
    )
    session.add(story)
    session.flush()
    story_id = row_id(story.id)
    session.add(Copy(article_id=article_id, story_id=story_id, joined_at=now))
    _add_change(session, story_id, article_id, now=now, what="founded", reason=reason)
    return story_id


def add_copy(
    session: Session, article_id: int, story_id: int, *, verdict: Verdict, against_id: int, now: datetime
) -> None:
    """Makes an article a copy of a story, with the verdict that let it join.

    An article that is already in the story keeps its ``joined_at`` and gets the newer verdict.
    """
    known = session.get(Copy, article_id)
    session.merge(
        Copy(
            article_id=article_id,
            story_id=story_id,
            joined_at=known.joined_at if known and known.story_id == story_id else now,
            against_id=against_id,
            relation=verdict.relation,
            rule=verdict.rule,
            evidence=evidence_to_json(verdict.evidence),
        )
    )
    session.flush()
    if known is None:
        _add_change(
            session, story_id, article_id, now=now, what="joined", reason=f"{verdict.relation} by {verdict.rule}"
        )
    _update_first_times(session, story_id)


def remove_copy(session: Session, article_id: int, story_id: int, *, now: datetime, reason: str) -> bool:
    """Removes an article from a story; returns True if a copy is left.

    A story without copies is withdrawn.
    """
    copy = session.get_one(Copy, article_id)
    session.delete(copy)
    session.flush()
    _add_change(session, story_id, article_id, now=now, what="left", reason=reason)
    remaining = session.scalar(select(func.count()).select_from(Copy).where(col(Copy.story_id) == story_id)) or 0
    if remaining:
        session.execute(
            update(Copy)
            .where(col(Copy.story_id) == story_id, col(Copy.against_id) == article_id)
            .values(against_id=None)
        )
        _update_first_times(session, story_id)
        return True
    session.get_one(Story, story_id).withdrawn_at = now
    _add_change(session, story_id, None, now=now, what="withdrawn", reason="its last copy left")
    return False


def merge_two_stories(session: Session, first_id: int, second_id: int, *, now: datetime, reason: str) -> int:
    """Merges two stories, and returns the id of the one that stays.

    A published story stays rather than an unpublished one, an older rather than a younger one. The other is
    withdrawn and points to it.
    """
    stories = [session.get_one(Story, story_id) for story_id in (first_id, second_id)]
    survivor, younger = sorted(stories, key=lambda s: (s.visible_at is None, s.visible_at or s.founded_at, s.id))
    survivor_id, younger_id = row_id(survivor.id), row_id(younger.id)
    session.execute(update(Copy).where(col(Copy.story_id) == younger_id).values(story_id=survivor_id))
    session.execute(update(Story).where(col(Story.survivor_id) == younger_id).values(survivor_id=survivor_id))
    younger.withdrawn_at, younger.survivor_id = now, survivor_id
    session.flush()
    _add_change(session, survivor_id, None, now=now, what="united", reason=f"with {younger.key}: {reason}")
    _add_change(session, younger_id, None, now=now, what="withdrawn", reason=f"united with {survivor.key}: {reason}")
    _update_first_times(session, survivor_id)
    return survivor_id


def story_key(session: Session, story_id: int) -> str:
    """Returns the public key of a story."""
    return session.get_one(Story, story_id).key


def story_lead(session: Session, story_id: int) -> StoryLead:
    """Returns the canonical copy of a story, and whether the story is published."""
    story = session.get_one(Story, story_id)
    return StoryLead(story_id=story_id, lead_id=story.lead_article_id, published=story.visible_at is not None)


def set_lead(session: Session, story_id: int, lead: CanonicalCopy, *, now: datetime) -> None:
    """Sets the canonical copy of a story, with the rule that chose it.

    A published story is updated by that, because readers get another text.
    """
    story = session.get_one(Story, story_id)
    if story.lead_article_id != lead.article_id:
        _add_change(session, story_id, lead.article_id, now=now, what="lead", reason=lead.rule)
        if story.visible_at is not None:
            outlet = session.get_one(Article, lead.article_id).outlet
            story.updated_at, story.update_note = now, f"now in the words of {outlet}"
    story.lead_article_id, story.lead_rule = lead.article_id, lead.rule


@dataclass(frozen=True, kw_only=True, slots=True)
class TextChange:
    """Title and text of a canonical copy, as readers last got them and as they are now."""

    before: tuple[str, str]
    after: tuple[str, str]


def published_text_change(session: Session, story_id: int, article_id: int) -> TextChange | None:
    """Returns what readers of a published story last got and get now; None if this copy is not canonical."""
    story = session.get_one(Story, story_id)
    if story.visible_at is None or story.lead_article_id != article_id:
        return None
    last_shown_at = max(story.visible_at, story.updated_at or story.visible_at)
    replaced = select(Revision).where(col(Revision.article_id) == article_id, col(Revision.replaced_at) > last_shown_at)
    known = session.scalars(replaced.order_by(col(Revision.number)).limit(1)).one_or_none()
    article = session.get_one(Article, article_id)
    now = (article.title, article.text)
    return TextChange(before=now if known is None else (known.title, known.text), after=now)


def record_text_change(session: Session, story_id: int, article_id: int, *, now: datetime, note: str) -> None:
    """Stores that the text of a copy changed.

    ``note`` is the update note for readers, if this copy is canonical; empty if the change is not worth one.
    """
    _add_change(session, story_id, article_id, now=now, what="revised", reason=note or "its text changed")
    story = session.get_one(Story, story_id)
    if note and story.visible_at is not None and story.lead_article_id == article_id:
        story.updated_at, story.update_note = now, note


def publish_settled(session: Session, *, before: datetime, authority: str, now: datetime) -> tuple[str, ...]:
    """Publishes every story whose hold ended ``before`` an instant, and returns their keys in order.

    The tag URI (RFC 4151) that a story gets here is its id in every digest and never changes. A story that should
    have been published earlier gets that time (``article.visible_from``), so that it has its place among older ones.
    """
    settled = (
        select(Story)
        .where(col(Story.visible_at).is_(None), col(Story.withdrawn_at).is_(None), col(Story.settle_at) <= before)
        .order_by(col(Story.published_at), col(Story.id))
    )
    keys = []
    for story in session.scalars(settled).all():
        visible_from = session.get_one(Article, story.lead_article_id).visible_from
        story.visible_at = min(now, visible_from or now)
        story.updated_at = story.published_at
        story.uri = story.uri or f"tag:{authority}:story/{story.key}"
        _add_change(session, row_id(story.id), story.lead_article_id, now=now, what="published", reason=story.lead_rule)
        keys.append(story.key)
    return tuple(keys)


def _update_first_times(session: Session, story_id: int) -> None:
    """Sets the first times of a story to those of its earliest copy; after publication its date stays."""
    story = session.get_one(Story, story_id)
    first = (
        select(func.min(col(Article.seen_at)), func.min(col(Article.published_at)))
        .join(Copy, col(Copy.article_id) == col(Article.id))
        .where(col(Copy.story_id) == story_id)
    )
    seen_at, published_at = session.execute(first).one()
    story.first_seen_at = seen_at
    if story.visible_at is None:
        story.published_at = published_at


def _add_change(
    session: Session, story_id: int, article_id: int | None, *, now: datetime, what: str, reason: str
) -> None:
    session.add(StoryChange(story_id=story_id, article_id=article_id, at=now, what=what, reason=reason))
