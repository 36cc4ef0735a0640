"""Deletes expired entries in small batches, with their articles and stories.

An entry is past if nothing changed in it since ``feed.expires_before``. An article is deleted with the last of
its entries, a story with the last of its copies, so that a story always names all outlets that carried it. A pass
goes through the entries by id in slices, each a short transaction. Tombstones stay for the deleted entries, and
the keys of deleted stories that were published.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregator.store import key_value
from aggregator.store.database import in_batches, insert_missing, lock_merging
from aggregator.store.tables import (
    Article,
    ArticleAlias,
    ArticleSketch,
    Copy,
    Entry,
    ExpiredStory,
    Feed,
    IssueMember,
    JudgedPair,
    ManualRuling,
    PageLines,
    Revision,
    Story,
    StoryChange,
    Table,
    TextMatch,
    row_id,
    sql_table,
)
from aggregator.store.tombstones import add_tombstones

_KEYS_KEPT_FOR = timedelta(days=365)
"""How long the page of a deleted story says that it was deleted."""
_SWEPT, _SWEPT_BY = "swept at", "swept by"
_touched_at = func.coalesce(col(Entry.changed_at), col(Entry.seen_at))
_OF_STORY: tuple[tuple[type[Table], str], ...] = (
    (StoryChange, "story_id"),
    (IssueMember, "story_id"),
    (Copy, "story_id"),
)
"""Tables that refer to a story, and the column that does."""
_OF_ARTICLE: tuple[tuple[type[Table], str], ...] = (
    (JudgedPair, "article_id"),
    (JudgedPair, "other_id"),
    (ManualRuling, "article_id"),
    (ManualRuling, "other_id"),
    (TextMatch, "article_id"),
    (Revision, "article_id"),
    (PageLines, "article_id"),
    (ArticleSketch, "article_id"),
    (ArticleAlias, "article_id"),
    (Article, "id"),
)
"""Tables that refer to an article, in foreign-key order, and the column that does."""
_is_past = _touched_at < col(Feed.expires_before)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpiredSlice:
    """The result of one slice; ``up_to_id`` is the id of its last entry, None after the last slice."""

    up_to_id: int | None
    entries: int = 0
    stories: int = 0


def last_pass_ended_at(session: Session) -> datetime | None:
    """Returns when the last complete pass ended."""
    return key_value.stored_instant(session, _SWEPT)


def last_pass_counted_from(session: Session) -> datetime | None:
    """Returns the instant from which that pass counted ages."""
    return key_value.stored_instant(session, _SWEPT_BY)


def record_pass(session: Session, *, by: datetime, now: datetime) -> None:
    """Stores that a pass is complete, with the instant from which it counted ages.

    Deletes the keys of stories that were deleted long ago.
    """
    key_value.store_instant(session, _SWEPT, now)
    key_value.store_instant(session, _SWEPT_BY, by)
    session.execute(delete(sql_table(ExpiredStory)).where(col(ExpiredStory.expired_at) < now - _KEYS_KEPT_FOR))


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedHorizon:
    """The instant before which the entries of a feed are past, as it is stored; None keeps all."""

    feed_id: int
    name: str
    expires_before: datetime | None


def stored_horizons(session: Session) -> tuple[FeedHorizon, ...]:
    """Returns the horizon of every feed."""
    rows = session.execute(select(col(Feed.id), col(Feed.name), col(Feed.expires_before))).all()
    return tuple(FeedHorizon(feed_id=feed_id, name=name, expires_before=before) for feed_id, name, before in rows)


def oldest_counted(session: Session, feed_id: int, entries: int) -> datetime | None:
    """Returns when the last of a feed's newest ``entries`` entries last changed; None if it has not so many."""
    newest = select(_touched_at).where(col(Entry.feed_id) == feed_id).order_by(_touched_at.desc())
    return session.scalar(newest.offset(entries - 1).limit(1))


def store_horizons(session: Session, horizons: Mapping[int, datetime | None]) -> None:
    """Stores the instants before which the entries of these feeds are past."""
    feeds = sql_table(Feed)
    for feed_id, horizon in horizons.items():
        session.execute(update(feeds).where(feeds.c.id == feed_id).values(expires_before=horizon))


def any_feed_expires(session: Session) -> bool:
    """Returns True if the entries of any feed may be deleted."""
    return session.scalar(select(col(Feed.id)).where(col(Feed.expires_before).is_not(None)).limit(1)) is not None


def delete_expired(session: Session, *, after: int, limit: int, now: datetime) -> ExpiredSlice:
    """Deletes what is past among the ``limit`` entries that follow the id ``after``.

    Other transactions that merge wait for it, so that nothing joins a story that is deleted.
    """
    slice_ = select(col(Entry.id)).where(col(Entry.id) > after).order_by(col(Entry.id)).limit(limit)
    ids = session.scalars(slice_).all()
    if not ids:
        return ExpiredSlice(up_to_id=None)
    of_slice = and_(col(Entry.id) >= ids[0], col(Entry.id) <= ids[-1])
    past = select(Entry).join(Feed, col(Feed.id) == col(Entry.feed_id)).where(of_slice, _is_past)
    entries = session.scalars(past).all()
    if not entries:
        return ExpiredSlice(up_to_id=ids[-1])
    lock_merging(session)
    stories, articles = _all_past(session, {entry.article_id for entry in entries if entry.article_id}, now=now)
    expired = [entry for entry in entries if entry.article_id is None]
    for some in in_batches(articles):
        expired.extend(session.scalars(select(Entry).where(col(Entry.article_id).in_(some))))
    _delete(session, expired, articles, stories, now=now)
    return ExpiredSlice(up_to_id=ids[-1], entries=len(expired), stories=len(stories))


def _all_past(session: Session, articles: set[int], *, now: datetime) -> tuple[set[int], set[int]]:
    """The stories of which everything is past, and the articles to delete: theirs, and those in no story."""
    story_of = {
        article_id: story_id
        for some in in_batches(articles)
        for article_id, story_id in session.execute(
            select(col(Copy.article_id), col(Copy.story_id)).where(col(Copy.article_id).in_(some))
        )
    }
    members = set(articles)
    for some in in_batches(set(story_of.values())):
        for article_id, story_id in session.execute(
            select(col(Copy.article_id), col(Copy.story_id)).where(col(Copy.story_id).in_(some))
        ):
            members.add(article_id)
            story_of[article_id] = story_id
    needed = _still_needed(session, members, now=now)
    needed_stories = {story_of[article_id] for article_id in needed if article_id in story_of}
    deletable = {article for article in members - needed if story_of.get(article) not in needed_stories}
    return {story_of[article] for article in deletable if article in story_of}, deletable


def _still_needed(session: Session, articles: Collection[int], *, now: datetime) -> set[int]:
    """Those of these articles that have an entry that is not past, or that a worker has claimed."""
    needed: set[int] = set()
    for some in in_batches(articles):
        entries = select(col(Entry.article_id)).join(Feed, col(Feed.id) == col(Entry.feed_id))
        is_not_past = or_(col(Feed.expires_before).is_(None), ~_is_past)
        needed.update(session.scalars(entries.where(col(Entry.article_id).in_(some), is_not_past)).all())  # type: ignore[arg-type]
        claimed = and_(col(Article.id).in_(some), col(Article.claimed_until) > now)
        needed.update(session.scalars(select(col(Article.id)).where(claimed)).all())  # type: ignore[arg-type]
    return needed


def _delete(
    session: Session, entries: Collection[Entry], articles: set[int], stories: set[int], *, now: datetime
) -> None:
    add_tombstones(session, entries, now=now)
    _delete_where(session, Entry, "id", [row_id(entry.id) for entry in entries])
    stories = stories | _withdrawn_without_survivor(session, articles) | _merged_into(session, stories)
    _repoint_lead(session, articles, stories)
    _add_expired_stories(session, stories, now=now)
    for table, column in _OF_STORY:
        _delete_where(session, table, column, stories)
    _set_null(session, Story, "survivor_id", stories)  # so that they can be deleted in any order
    _delete_where(session, Story, "id", stories)
    _set_null(session, Copy, "against_id", articles)
    _set_null(session, StoryChange, "article_id", articles)
    for table, column in _OF_ARTICLE:
        _delete_where(session, table, column, articles)


def _withdrawn_without_survivor(session: Session, articles: Collection[int]) -> set[int]:
    """The withdrawn stories that one of these articles led and that were merged into no other story."""
    found: set[int] = set()
    for some in in_batches(articles):
        led = and_(col(Story.lead_article_id).in_(some), col(Story.withdrawn_at).is_not(None))
        found.update(session.scalars(select(col(Story.id)).where(led, col(Story.survivor_id).is_(None))).all())  # type: ignore[arg-type]
    return found


def _merged_into(session: Session, stories: Collection[int]) -> set[int]:
    """The stories that were merged into one of these, directly or not."""
    found: set[int] = set()
    newest = set(stories)
    while newest:
        into: set[int] = set()
        for some in in_batches(newest):
            into.update(session.scalars(select(col(Story.id)).where(col(Story.survivor_id).in_(some))).all())  # type: ignore[arg-type]
        newest = into - found - set(stories)
        found |= newest
    return found


def _repoint_lead(session: Session, articles: Collection[int], deleted: Collection[int]) -> None:
    """Points merged stories that stay as redirects to the canonical copy of their survivor."""
    survivor = aliased(Story)
    for some in in_batches(articles):
        led = select(Story, survivor).join(survivor, col(Story.survivor_id) == survivor.id)
        for withdrawn, into in session.execute(led.where(col(Story.lead_article_id).in_(some))):
            if withdrawn.id not in deleted:
                withdrawn.lead_article_id = into.lead_article_id
    session.flush()


def _add_expired_stories(session: Session, stories: Collection[int], *, now: datetime) -> None:
    rows = [
        {"key": key, "expired_at": now}
        for some in in_batches(stories)
        for key in session.scalars(select(col(Story.key)).where(col(Story.id).in_(some), col(Story.uri).is_not(None)))
    ]
    insert_missing(session, ExpiredStory, rows)


def _delete_where(session: Session, table: type[Table], column: str, values: Collection[int]) -> None:
    bare = sql_table(table)
    for some in in_batches(values):
        session.execute(delete(bare).where(bare.c[column].in_(some)))


def _set_null(session: Session, table: type[Table], column: str, values: Collection[int]) -> None:
    bare = sql_table(table)
    for some in in_batches(values):
        session.execute(update(bare).where(bare.c[column].in_(some)).values({column: None}))
