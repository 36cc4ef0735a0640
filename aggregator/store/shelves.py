"""What do readers see: which stories does a digest hold, and what belongs to each?

Reads whole stories as frozen views, in a fixed number of queries for any number of stories.
Rendering them is ``publishing``'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlmodel import Session, col

from aggregator.model import (
    CopyDetail,
    CopyView,
    Enclosure,
    ServiceHealth,
    StoryDetail,
    StoryMoved,
    StoryView,
    TextSource,
)
from aggregator.settings import Selection
from aggregator.store.copies import verdict_from_json
from aggregator.store.tables import Article, ArticleState, Copy, Entry, Feed, Story, is_in, row_id

FOUNDER = "first"
"""What a digest calls the relation of the copy that founded its story."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """One page of the stories of a digest, newest first, and how many there are in all."""

    stories: tuple[StoryView, ...]
    total: int
    updated_at: datetime | None


def shelf(session: Session, where: Selection, *, offset: int, limit: int) -> Shelf:
    """The published stories a selection takes, newest first.

    The order is that of publication here, so that a story that was seen late or is dated long
    ago stands where readers look; stories published in one moment go by the time of their first copy.
    """
    rules = _rules(session, where)
    published = select(func.count(), func.max(col(Story.updated_at)), func.max(col(Story.visible_at))).where(*rules)
    total, updated_at, visible_at = session.execute(published).one()
    newest_first = (col(Story.visible_at).desc(), col(Story.published_at).desc(), col(Story.id).desc())
    ids = session.scalars(select(col(Story.id)).where(*rules).order_by(*newest_first).offset(offset).limit(limit)).all()
    return Shelf(
        stories=_views(session, [row_id(story_id) for story_id in ids]),
        total=total,
        updated_at=max((at for at in (updated_at, visible_at) if at is not None), default=None),
    )


def story_detail(session: Session, key: str) -> StoryDetail | StoryMoved | None:
    """One published story with the texts of its copies and the verdicts that joined them.

    A story that was united with another gives the key of the survivor; one that was withdrawn
    otherwise, or never published, gives None.
    """
    story = session.scalars(select(Story).where(col(Story.key) == key)).one_or_none()
    if story is None or story.visible_at is None:
        return None
    if story.survivor_id is not None:
        return StoryMoved(key=session.get_one(Story, story.survivor_id).key)
    if story.withdrawn_at is not None:
        return None
    loaded = _load(session, [row_id(story.id)])
    details = tuple(
        CopyDetail(
            view=_copy_view(loaded, copy),
            text=loaded.articles[copy.article_id].text,
            text_source=TextSource(loaded.articles[copy.article_id].text_source),
            text_reason=loaded.articles[copy.article_id].text_reason,
            verdict=verdict_from_json(copy.relation, copy.rule, copy.evidence),
            revisions=loaded.articles[copy.article_id].revisions,
        )
        for copy in loaded.copies_of(story)
    )
    return StoryDetail(story=_view(loaded, story), copies=details)


def service_health(session: Session, *, now: datetime) -> ServiceHealth:
    """How much is stored, and how much of it waits for a step."""

    def count(table: type[Feed | Entry | Article | Story | Copy], *rules: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*rules)) or 0

    stories = count(Story, col(Story.withdrawn_at).is_(None))
    active = col(Feed.retired_at).is_(None)
    return ServiceHealth(
        feeds=count(Feed, active),
        entries=count(Entry),
        articles=count(Article),
        stories=stories,
        copies_merged=count(Copy) - stories,
        due_feeds=count(Feed, active, col(Feed.next_poll_at) <= now),
        pages_waiting=count(Article, is_in(ArticleState.WAITING)),
        articles_waiting=count(Article, is_in(ArticleState.READY)),
        last_poll_at=session.scalar(select(func.max(col(Feed.last_poll_at)))),
    )


def _rules(session: Session, where: Selection) -> tuple[ColumnElement[bool], ...]:
    """The selection as conditions on the story."""
    rules: list[ColumnElement[bool]] = [col(Story.visible_at).is_not(None), col(Story.withdrawn_at).is_(None)]
    if where.tags or where.feeds or where.outlets:
        rules.extend(_carried_by(feed_ids) for feed_ids in _feeds_wanted(session, where))
    if where.language is not None:
        lead_language = select(col(Article.language)).where(col(Article.id) == col(Story.lead_article_id))
        language = func.lower(lead_language.scalar_subquery())
        wanted = where.language.lower()
        rules.append(or_(language == wanted, language.startswith(f"{wanted}-", autoescape=True)))
    if where.min_copies > 1:
        outlets = (
            select(func.count(func.distinct(col(Article.outlet))))
            .join(Copy, col(Copy.article_id) == col(Article.id))
            .where(col(Copy.story_id) == col(Story.id))
        )
        rules.append(outlets.scalar_subquery() >= where.min_copies)
    return tuple(rules)


def _feeds_wanted(session: Session, where: Selection) -> tuple[frozenset[int], ...]:
    """For each key of the selection that speaks of feeds, the feeds it speaks of."""
    feeds = session.scalars(select(Feed)).all()
    wanted = []
    if where.tags:
        wanted.append(frozenset(row_id(feed.id) for feed in feeds if set(feed.tags) & set(where.tags)))
    if where.feeds:
        wanted.append(frozenset(row_id(feed.id) for feed in feeds if feed.name in where.feeds))
    if where.outlets:
        wanted.append(frozenset(row_id(feed.id) for feed in feeds if feed.outlet in where.outlets))
    return tuple(wanted)


def _carried_by(feed_ids: Collection[int]) -> ColumnElement[bool]:
    return exists(
        select(col(Entry.id))
        .join(Copy, col(Copy.article_id) == col(Entry.article_id))
        .where(col(Copy.story_id) == col(Story.id), col(Entry.feed_id).in_(feed_ids))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    """The rows behind some stories; ``entries`` holds the first entry of each article."""

    stories: Sequence[Story]
    copies: Mapping[int, Sequence[Copy]]
    articles: Mapping[int, Article]
    entries: Mapping[int, Entry]
    feeds: Mapping[int, Feed]

    def copies_of(self, story: Story) -> tuple[Copy, ...]:
        """The copies of a story: the canonical one, then by the time they were published."""
        copies = self.copies[row_id(story.id)]

        def order(copy: Copy) -> tuple[bool, datetime, int]:
            article = self.articles[copy.article_id]
            return copy.article_id != story.lead_article_id, article.published_at, copy.article_id

        return tuple(sorted(copies, key=order))


def _load(session: Session, story_ids: Sequence[int]) -> _Loaded:
    stories = {row_id(row.id): row for row in session.scalars(select(Story).where(col(Story.id).in_(story_ids)))}
    copies: dict[int, list[Copy]] = defaultdict(list)
    for copy in session.scalars(select(Copy).where(col(Copy.story_id).in_(story_ids))):
        copies[copy.story_id].append(copy)
    # A sub-query, because thousands of stories have more copies than a statement may have parameters.
    members = select(col(Copy.article_id)).where(col(Copy.story_id).in_(story_ids))
    articles = session.scalars(select(Article).where(col(Article.id).in_(members)))
    entries: dict[int, Entry] = {}
    for entry in session.scalars(select(Entry).where(col(Entry.article_id).in_(members)).order_by(col(Entry.id))):
        entries.setdefault(row_id(entry.article_id), entry)
    feed_ids = {entry.feed_id for entry in entries.values()}
    feeds = session.scalars(select(Feed).where(col(Feed.id).in_(feed_ids)))
    return _Loaded(
        stories=[stories[story_id] for story_id in story_ids],
        copies=copies,
        articles={row_id(row.id): row for row in articles},
        entries=entries,
        feeds={row_id(row.id): row for row in feeds},
    )


def _views(session: Session, story_ids: Sequence[int]) -> tuple[StoryView, ...]:
    loaded = _load(session, story_ids)
    return tuple(_view(loaded, story) for story in loaded.stories)


def _view(loaded: _Loaded, story: Story) -> StoryView:
    lead = loaded.articles[story.lead_article_id]
    entry = loaded.entries[story.lead_article_id]
    visible_at = story.visible_at or story.settle_at
    return StoryView(
        key=story.key,
        uri=story.uri or "",
        title=lead.title or entry.title,
        text=lead.text,
        html=lead.html,
        lead_rule=story.lead_rule,
        published_at=story.published_at,
        updated_at=story.updated_at or story.published_at,
        visible_at=visible_at,
        first_seen_at=story.first_seen_at,
        copies=tuple(_copy_view(loaded, copy) for copy in loaded.copies_of(story)),
        authors=tuple(lead.authors or entry.authors),
        credit=_credit(loaded, story),
        language=lead.language or entry.language,
        image=lead.image or entry.image,
        categories=tuple(entry.categories),
        enclosures=tuple(Enclosure(**enclosure) for enclosure in entry.enclosures),
    )


def _credit(loaded: _Loaded, story: Story) -> str | None:
    """The agency the canonical copy names, else the first that any copy names."""
    named = (loaded.articles[copy.article_id].credit for copy in loaded.copies_of(story))
    return next((credit for credit in named if credit), None)


def _copy_view(loaded: _Loaded, copy: Copy) -> CopyView:
    article, entry = loaded.articles[copy.article_id], loaded.entries[copy.article_id]
    feed = loaded.feeds[entry.feed_id]
    return CopyView(
        url=article.url or feed.site_url or feed.url,
        outlet=article.outlet,
        feed=feed.shown_title,
        feed_url=feed.url,
        title=article.title or entry.title,
        published_at=article.published_at,
        relation=copy.relation or FOUNDER,
        similarity=round(float((copy.evidence or {}).get("shorter", 1.0)), 3) if copy.relation else 1.0,
    )
