"""Which entries are kept no longer, and what goes with them?

An entry is past when nothing changed in it since ``feed.expires_before``. What goes, goes whole: an
article with the last of its entries, a story with the last of its copies, so that a story says who
carried it for as long as it is there at all. Entries go by their ids in slices, each a short transaction.
Of what went stay tombstones, and the keys of the stories that readers knew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregator.store import key_value
from aggregator.store.database import add_missing, batched, serialise_merging
from aggregator.store.tables import (
    Article,
    Copy,
    Entry,
    ExpiredStory,
    Feed,
    IssueMember,
    JudgedPair,
    KeptSketch,
    PageLines,
    Revision,
    Ruling,
    SecondKey,
    Story,
    StoryChange,
    Table,
    TextMatch,
    row_id,
    table_of,
)
from aggregator.store.tombstones import bury

_REMEMBERED = timedelta(days=365)
"""How long the page of a story that went says so."""
_SWEPT, _SWEPT_BY = "swept at", "swept by"
_touched_at = func.coalesce(col(Entry.changed_at), col(Entry.seen_at))
_OF_STORY: tuple[tuple[type[Table], str], ...] = (
    (StoryChange, "story_id"),
    (IssueMember, "story_id"),
    (Copy, "story_id"),
)
"""What a story takes along, and the column that names it."""
_OF_ARTICLE: tuple[tuple[type[Table], str], ...] = (
    (JudgedPair, "article_id"),
    (JudgedPair, "other_id"),
    (Ruling, "article_id"),
    (Ruling, "other_id"),
    (TextMatch, "article_id"),
    (Revision, "article_id"),
    (PageLines, "article_id"),
    (KeptSketch, "article_id"),
    (SecondKey, "article_id"),
    (Article, "id"),
)
"""What an article takes along, in an order in which nothing points to what is gone."""
_is_past = _touched_at < col(Feed.expires_before)


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What became of a slice of entries; ``upto`` is the id of its last entry, None after the last slice."""

    upto: int | None
    entries: int = 0
    stories: int = 0


def swept_at(session: Session) -> datetime | None:
    """When the entries were last gone through to the end."""
    return key_value.instant(session, _SWEPT)


def swept_by(session: Session) -> datetime | None:
    """The instant by which ages were counted then."""
    return key_value.instant(session, _SWEPT_BY)


def note_swept(session: Session, *, by: datetime, now: datetime) -> None:
    """The entries were gone through to the end, by ages at an instant; forget the stories that went long ago."""
    key_value.set_instant(session, _SWEPT, now)
    key_value.set_instant(session, _SWEPT_BY, by)
    session.execute(delete(table_of(ExpiredStory)).where(col(ExpiredStory.expired_at) < now - _REMEMBERED))


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


def set_horizons(session: Session, horizons: Mapping[int, datetime | None]) -> None:
    """Note the instants before which the entries of these feeds are past."""
    feeds = table_of(Feed)
    for feed_id, horizon in horizons.items():
        session.execute(update(feeds).where(feeds.c.id == feed_id).values(expires_before=horizon))


def any_is_past(session: Session) -> bool:
    """Whether entries of any feed may go."""
    return session.scalar(select(col(Feed.id)).where(col(Feed.expires_before).is_not(None)).limit(1)) is not None


def sweep(session: Session, *, after: int, limit: int, now: datetime) -> Swept:
    """Let go of what is past among the ``limit`` entries that follow the id ``after``.

    Other transactions that merge wait meanwhile: nothing joins a story that goes.
    """
    slice_ = select(col(Entry.id)).where(col(Entry.id) > after).order_by(col(Entry.id)).limit(limit)
    ids = session.scalars(slice_).all()
    if not ids:
        return Swept(upto=None)
    of_slice = and_(col(Entry.id) >= ids[0], col(Entry.id) <= ids[-1])
    past = select(Entry).join(Feed, col(Feed.id) == col(Entry.feed_id)).where(of_slice, _is_past)
    entries = session.scalars(past).all()
    if not entries:
        return Swept(upto=ids[-1])
    serialise_merging(session)
    stories, articles = _whole(session, {entry.article_id for entry in entries if entry.article_id}, now=now)
    gone = [entry for entry in entries if entry.article_id is None]
    for some in batched(articles):
        gone.extend(session.scalars(select(Entry).where(col(Entry.article_id).in_(some))))
    _delete(session, gone, articles, stories, now=now)
    return Swept(upto=ids[-1], entries=len(gone), stories=len(stories))


def _whole(session: Session, articles: set[int], *, now: datetime) -> tuple[set[int], set[int]]:
    """The stories of which all is past, and the articles that go: theirs, and those that are in no story."""
    story_of = {
        article_id: story_id
        for some in batched(articles)
        for article_id, story_id in session.execute(
            select(col(Copy.article_id), col(Copy.story_id)).where(col(Copy.article_id).in_(some))
        )
    }
    members = set(articles)
    for some in batched(set(story_of.values())):
        for article_id, story_id in session.execute(
            select(col(Copy.article_id), col(Copy.story_id)).where(col(Copy.story_id).in_(some))
        ):
            members.add(article_id)
            story_of[article_id] = story_id
    kept = _kept(session, members, now=now)
    staying = {story_of[article_id] for article_id in kept if article_id in story_of}
    going = {article for article in members - kept if story_of.get(article) not in staying}
    return {story_of[article] for article in going if article in story_of}, going


def _kept(session: Session, articles: Collection[int], *, now: datetime) -> set[int]:
    """Those of these articles that have an entry that is not past, or that somebody works on."""
    kept: set[int] = set()
    for some in batched(articles):
        entries = select(col(Entry.article_id)).join(Feed, col(Feed.id) == col(Entry.feed_id))
        is_not_past = or_(col(Feed.expires_before).is_(None), ~_is_past)
        kept.update(session.scalars(entries.where(col(Entry.article_id).in_(some), is_not_past)).all())  # type: ignore[arg-type]
        at_work = and_(col(Article.id).in_(some), col(Article.claimed_until) > now)
        kept.update(session.scalars(select(col(Article.id)).where(at_work)).all())  # type: ignore[arg-type]
    return kept


def _delete(
    session: Session, entries: Collection[Entry], articles: set[int], stories: set[int], *, now: datetime
) -> None:
    bury(session, entries, now=now)
    _delete_where(session, Entry, "id", [row_id(entry.id) for entry in entries])
    stories = stories | _emptied(session, articles) | _withdrawn_into(session, stories)
    _lead_away(session, articles, stories)
    _remember(session, stories, now=now)
    for table, column in _OF_STORY:
        _delete_where(session, table, column, stories)
    _set_null(session, Story, "survivor_id", stories)  # of each other, so that they may go in any order
    _delete_where(session, Story, "id", stories)
    _set_null(session, Copy, "against_id", articles)
    _set_null(session, StoryChange, "article_id", articles)
    for table, column in _OF_ARTICLE:
        _delete_where(session, table, column, articles)


def _emptied(session: Session, articles: Collection[int]) -> set[int]:
    """The withdrawn stories that one of these articles led and that lead on to no other story."""
    found: set[int] = set()
    for some in batched(articles):
        led = and_(col(Story.lead_article_id).in_(some), col(Story.withdrawn_at).is_not(None))
        found.update(session.scalars(select(col(Story.id)).where(led, col(Story.survivor_id).is_(None))).all())  # type: ignore[arg-type]
    return found


def _withdrawn_into(session: Session, stories: Collection[int]) -> set[int]:
    """The stories that were united with one of these, and so on."""
    found: set[int] = set()
    newest = set(stories)
    while newest:
        into: set[int] = set()
        for some in batched(newest):
            into.update(session.scalars(select(col(Story.id)).where(col(Story.survivor_id).in_(some))).all())  # type: ignore[arg-type]
        newest = into - found - set(stories)
        found |= newest
    return found


def _lead_away(session: Session, articles: Collection[int], going: Collection[int]) -> None:
    """Let the stories that stay as the way to another one no longer point to an article that goes."""
    survivor = aliased(Story)
    for some in batched(articles):
        led = select(Story, survivor).join(survivor, col(Story.survivor_id) == survivor.id)
        for withdrawn, into in session.execute(led.where(col(Story.lead_article_id).in_(some))):
            if withdrawn.id not in going:
                withdrawn.lead_article_id = into.lead_article_id
    session.flush()


def _remember(session: Session, stories: Collection[int], *, now: datetime) -> None:
    rows = [
        {"key": key, "expired_at": now}
        for some in batched(stories)
        for key in session.scalars(select(col(Story.key)).where(col(Story.id).in_(some), col(Story.uri).is_not(None)))
    ]
    add_missing(session, ExpiredStory, rows)


def _delete_where(session: Session, table: type[Table], column: str, values: Collection[int]) -> None:
    bare = table_of(table)
    for some in batched(values):
        session.execute(delete(bare).where(bare.c[column].in_(some)))


def _set_null(session: Session, table: type[Table], column: str, values: Collection[int]) -> None:
    bare = table_of(table)
    for some in batched(values):
        session.execute(update(bare).where(bare.c[column].in_(some)).values({column: None}))
