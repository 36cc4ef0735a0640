"""Selects the stories of a digest, and loads them as readers see them.

Loads complete stories as frozen views, in a fixed number of queries for any number of stories; ``publishing``
renders them.

Everyone sees less than the owner: a copy is visible to everyone only if a public feed carries it. A copy that
rules drop from every feed that carries it is visible to no one. A story without a visible copy is not in the
digest. If its canonical copy is not visible, the best of the visible ones takes that place; it is chosen at each
query, so that the same rows always give the same story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from aggregator.agencies import is_same_organisation
from aggregator.model.dedup import CanonicalCopy, CopyCandidate, Verdict
from aggregator.model.extraction import TextSource
from aggregator.model.operations import ServiceHealth
from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import Audience, CopyDetail, CopyView, StoryDetail, StoryExpired, StoryMoved, StoryView
from aggregator.settings.feeds_file import StoryOrder, StorySelection
from aggregator.store.articles import removed_lines
from aggregator.store.feeds import feed_is_due, latest_poll_at
from aggregator.store.link_origins import is_link_post, link_origin
from aggregator.store.merge_queries import canonical_candidate, verdict_from_json
from aggregator.store.tables import (
    Article,
    ArticleState,
    Copy,
    Entry,
    ExpiredStory,
    Feed,
    Host,
    Story,
    TextMatch,
    is_in_state,
    row_id,
)
from aggregator.stored_keys import text_rule_key
from aggregator.url_credentials import without_userinfo

LeadChoice = Callable[[Sequence[CopyCandidate]], CanonicalCopy]
"""Chooses the canonical copy; ``dedup.canonical.choose_canonical_copy`` in the service."""

FIRST_COPY = "first"
"""The relation of the first copy of a story, as digests name it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectedStories:
    """One page of the stories of a digest, newest first, and the number of all its stories."""

    stories: tuple[StoryView, ...]
    total: int
    updated_at: datetime | None


def select_stories(
    session: Session,
    where: StorySelection,
    *,
    audience: Audience,
    now: datetime,
    choose_lead: LeadChoice,
    offset: int,
    limit: int,
    sort: StoryOrder = StoryOrder.TIME,
    between: tuple[datetime, datetime] | None = None,
) -> SelectedStories:
    """Returns the published stories that a selection contains, in order, as the audience may see them.

    StoryOrder.TIME sorts by the time of publication here, so that a story that was found late, or has an old date, is
    where readers look; stories published at one instant are sorted by the time of their first copy.
    StoryOrder.COVERAGE sorts by the number of outlets, then by time. ``between`` selects the stories that were
    published here after its first instant and not after its second.
    """
    rules = _conditions(session, where, audience, now)
    if between is not None:
        after, until = between
        rules = (*rules, col(Story.visible_at) > after, col(Story.visible_at) <= until)
    published = select(func.count(), func.max(col(Story.updated_at)), func.max(col(Story.visible_at))).where(*rules)
    total, updated_at, visible_at = session.execute(published).one()
    newest_first = (col(Story.visible_at).desc(), col(Story.published_at).desc(), col(Story.id).desc())
    first = (_outlet_count(audience).desc(),) if sort is StoryOrder.COVERAGE else ()
    ordered = select(col(Story.id)).where(*rules).order_by(*first, *newest_first)
    ids = session.scalars(ordered.offset(offset).limit(limit)).all()
    return SelectedStories(
        stories=_views(session, [row_id(story_id) for story_id in ids], audience, choose_lead),
        total=total,
        updated_at=max((at for at in (updated_at, visible_at) if at is not None), default=None),
    )


def latest_day_before(
    session: Session, where: StorySelection, *, audience: Audience, now: datetime, before: datetime
) -> date | None:
    """Returns the newest day (UTC) before an instant on which a story of a selection was published here."""
    rules = _conditions(session, where, audience, now)
    newest = session.scalar(select(func.max(col(Story.visible_at))).where(*rules, col(Story.visible_at) < before))
    return None if newest is None else newest.date()


def story_detail(
    session: Session, key: str, *, audience: Audience, choose_lead: LeadChoice
) -> StoryDetail | StoryMoved | StoryExpired | None:
    """Returns one published story with the texts of its copies and the verdicts that joined them.

    A story that was merged into another gives ``StoryMoved`` with that one's key. None for a story that was
    withdrawn otherwise, was never published, or is not visible to this audience.
    """
    story = session.scalars(select(Story).where(col(Story.key) == key)).one_or_none()
    if story is None:
        return None if session.get(ExpiredStory, key) is None else StoryExpired(key=key)
    if story.visible_at is None:
        return None
    shown = story if story.survivor_id is None else session.get_one(Story, story.survivor_id)
    loaded = _load(session, [row_id(shown.id)], audience, choose_lead)
    if shown.withdrawn_at is not None or not loaded.copies_of(shown):
        return None
    if shown is not story:
        return StoryMoved(key=shown.key)
    details = tuple(_detail(loaded, copy) for copy in loaded.copies_of(story))
    return StoryDetail(story=_view(loaded, story), copies=details)


def count_stories(session: Session, where: StorySelection, *, audience: Audience, now: datetime) -> int:
    """Counts the published stories of a selection that the audience may see."""
    return (
        session.scalar(select(func.count()).select_from(Story).where(*_conditions(session, where, audience, now))) or 0
    )


def service_health(session: Session, *, now: datetime) -> ServiceHealth:
    """Counts what is stored, and what waits for each step."""

    def count(table: type[Feed | Entry | Article | Story | Copy], *rules: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*rules)) or 0

    def total(column: Any) -> int:
        return int(session.scalar(select(func.sum(column))) or 0)

    stories = count(Story, col(Story.withdrawn_at).is_(None))
    return ServiceHealth(
        feeds=count(Feed, col(Feed.retired_at).is_(None)),
        entries=count(Entry),
        articles=count(Article),
        stories=stories,
        copies_merged=count(Copy) - stories,
        due_feeds=count(Feed, feed_is_due(now)),
        pages_waiting=count(Article, is_in_state(ArticleState.WAITING)),
        articles_waiting=count(Article, is_in_state(ArticleState.READY)),
        last_poll_at=latest_poll_at(session),
        requests=total(Host.requests),
        unchanged=total(Host.unchanged),
        wire_bytes=total(Host.wire_bytes),
        saved_bytes=total(Host.saved_bytes),
    )


def _conditions(
    session: Session, where: StorySelection, audience: Audience, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """The selection as conditions on the story, for which only visible copies count."""
    rules: list[ColumnElement[bool]] = [col(Story.visible_at).is_not(None), col(Story.withdrawn_at).is_(None)]
    if audience is Audience.EVERYONE or _has_dropped_articles(session):
        rules.append(exists(_visible_copies(audience)))
    if where.tags or where.feeds or where.outlets:
        rules.extend(_carried_by(feed_ids) for feed_ids in _selected_feeds(session, where, audience))
    if where.language is not None:
        rules.append(_lead_matches(_in_language(where.language.lower()), audience))
    if (rule := text_rule_key(where)) is not None:
        matching = select(col(TextMatch.article_id)).where(col(TextMatch.rule) == rule)
        rules.append(_lead_matches(col(Article.id).in_(matching), audience))
    if where.credit:
        rules.append(exists(_visible_copies(audience).where(col(Article.credit).in_(_credits(session, where.credit)))))
    if where.age is not None:
        rules.append(col(Story.visible_at) >= _whole_hour(now) - where.age)
    if where.min_copies > 1:
        rules.append(_outlet_count(audience) >= where.min_copies)
    return tuple(rules)


def _outlet_count(audience: Audience) -> ScalarSelect[int]:
    """The number of outlets that carried the story."""
    counted = _visible_copies(audience).with_only_columns(func.count(func.distinct(col(Article.outlet))))
    return counted.scalar_subquery()


def _credits(session: Session, wanted: Sequence[str]) -> tuple[str, ...]:
    """The stored credits that name one of these agencies."""
    known = session.scalars(select(col(Article.credit)).where(col(Article.credit).is_not(None)).distinct())
    return tuple(credit for credit in known if credit and any(is_same_organisation(name, credit) for name in wanted))


def _whole_hour(now: datetime) -> datetime:
    """The start of the current hour, so that the documents of one hour are the same bytes."""
    return now.replace(minute=0, second=0, microsecond=0)


def _has_dropped_articles(session: Session) -> bool:
    """True if rules dropped an entry with an article; only then may the owner see no copy of a story."""
    dropped = select(col(Entry.id)).where(col(Entry.dropped_by).is_not(None), col(Entry.article_id).is_not(None))
    return session.scalar(select(exists(dropped))) or False


def _visible_copies(audience: Audience) -> Select[int | None]:
    """The articles that are copies of the story and visible to the audience."""
    copies = (
        select(col(Article.id))
        .join(Copy, col(Copy.article_id) == col(Article.id))
        .where(col(Copy.story_id) == col(Story.id))
        .correlate(Story)
    )
    return copies.where(is_visible_to(col(Article.id), audience))


def is_visible_to(article_id: Mapped[int | None], audience: Audience) -> ColumnElement[bool]:
    """Returns the condition that the audience may see an article.

    A feed that does not drop the entry carries it, for everyone a public one.
    """
    carried = select(col(Entry.id)).where(col(Entry.article_id) == article_id, col(Entry.dropped_by).is_(None))
    if audience is Audience.EVERYONE:
        carried = carried.join(Feed, col(Feed.id) == col(Entry.feed_id)).where(col(Feed.private).is_(False))
    return exists(carried)


def _in_language(wanted: str) -> ColumnElement[bool]:
    language = func.lower(col(Article.language))
    return or_(language == wanted, language.startswith(f"{wanted}-", autoescape=True))


def _lead_matches(matches: ColumnElement[bool], audience: Audience) -> ColumnElement[bool]:
    """The condition that the canonical copy matches; if the audience may not see it, that another copy does."""
    is_lead = col(Article.id) == col(Story.lead_article_id)
    lead_matches = exists(_visible_copies(audience).where(is_lead, matches))
    lead_is_visible = exists(_visible_copies(audience).where(is_lead))
    return or_(lead_matches, and_(not_(lead_is_visible), exists(_visible_copies(audience).where(matches))))


def _selected_feeds(session: Session, where: StorySelection, audience: Audience) -> tuple[frozenset[int], ...]:
    """For each key of the selection that names feeds, the feeds that it means."""
    feeds = [feed for feed in session.scalars(select(Feed)) if audience is Audience.OWNER or not feed.private]
    selected = []
    if where.tags:
        selected.append(_with_merged(feed for feed in feeds if set(feed.tags) & set(where.tags)))
    if where.feeds:
        selected.append(_with_merged(feed for feed in feeds if feed.name in where.feeds))
    if where.outlets:
        selected.append(_with_merged(feed for feed in feeds if feed.outlet in where.outlets))
    return tuple(selected)


def _with_merged(feeds: Iterable[Feed]) -> frozenset[int]:
    """The feeds, and those into which they were merged."""
    chosen = list(feeds)
    targets = {feed.merged_into_id for feed in chosen if feed.merged_into_id is not None}
    return frozenset(row_id(feed.id) for feed in chosen) | targets


def _carried_by(feed_ids: Collection[int]) -> ColumnElement[bool]:
    return exists(
        select(col(Entry.id))
        .join(Copy, col(Copy.article_id) == col(Entry.article_id))
        .where(col(Copy.story_id) == col(Story.id), col(Entry.feed_id).in_(feed_ids), col(Entry.dropped_by).is_(None))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    """The rows of some stories.

    ``entries`` holds the first visible entry of each visible article, ``enclosures`` those of all its visible entries.
    """

    stories: Sequence[Story]
    copies: Mapping[int, Sequence[Copy]]
    articles: Mapping[int, Article]
    entries: Mapping[int, Entry]
    enclosures: Mapping[int, Sequence[Enclosure]]
    feeds: Mapping[int, Feed]
    choose_lead: LeadChoice

    def copies_of(self, story: Story) -> tuple[Copy, ...]:
        """The visible copies of a story: the canonical copy, then by the time of their publication."""
        copies = self._visible(story)
        if not copies:
            return ()
        lead_id = self.lead_of(story).article_id

        def order(copy: Copy) -> tuple[bool, datetime, int]:
            article = self.articles[copy.article_id]
            return copy.article_id != lead_id, article.published_at, copy.article_id

        return tuple(sorted(copies, key=order))

    def lead_of(self, story: Story) -> CanonicalCopy:
        """The canonical copy; if it is not visible, the best of those that are."""
        if story.lead_article_id in self.entries:
            return CanonicalCopy(article_id=story.lead_article_id, rule=story.lead_rule)
        return self.choose_lead([self._candidate(copy.article_id) for copy in self._visible(story)])

    def _candidate(self, article_id: int) -> CopyCandidate:
        article, entry = self.articles[article_id], self.entries[article_id]
        return canonical_candidate(article, origin=link_origin([(article, entry, self.feeds[entry.feed_id])]))

    def _visible(self, story: Story) -> list[Copy]:
        return [copy for copy in self.copies.get(row_id(story.id), ()) if copy.article_id in self.entries]


def _load(session: Session, story_ids: Sequence[int], audience: Audience, choose_lead: LeadChoice) -> _Loaded:
    stories = {row_id(row.id): row for row in session.scalars(select(Story).where(col(Story.id).in_(story_ids)))}
    copies: dict[int, list[Copy]] = defaultdict(list)
    for copy in session.scalars(select(Copy).where(col(Copy.story_id).in_(story_ids))):
        copies[copy.story_id].append(copy)
    # A sub-query, because thousands of stories have more copies than a statement may have parameters.
    members = select(col(Copy.article_id)).where(col(Copy.story_id).in_(story_ids))
    articles = session.scalars(select(Article).where(col(Article.id).in_(members)))
    entries: dict[int, Entry] = {}
    enclosures: dict[int, list[Enclosure]] = defaultdict(list)
    used = col(Entry.dropped_by).is_(None)
    carried = select(Entry).where(col(Entry.article_id).in_(members), used).order_by(col(Entry.id))
    if audience is Audience.EVERYONE:
        carried = carried.join(Feed, col(Feed.id) == col(Entry.feed_id)).where(col(Feed.private).is_(False))
    for entry in session.scalars(carried):
        entries.setdefault(row_id(entry.article_id), entry)
        enclosures[row_id(entry.article_id)].extend(Enclosure(**enclosure) for enclosure in entry.enclosures)
    feed_ids = {entry.feed_id for entry in entries.values()}
    feeds = session.scalars(select(Feed).where(col(Feed.id).in_(feed_ids)))
    return _Loaded(
        stories=[stories[story_id] for story_id in story_ids],
        copies=copies,
        articles={row_id(row.id): row for row in articles},
        entries=entries,
        enclosures=enclosures,
        feeds={row_id(row.id): row for row in feeds},
        choose_lead=choose_lead,
    )


def _views(
    session: Session, story_ids: Sequence[int], audience: Audience, choose_lead: LeadChoice
) -> tuple[StoryView, ...]:
    loaded = _load(session, story_ids, audience, choose_lead)
    return tuple(_view(loaded, story) for story in loaded.stories)


def _view(loaded: _Loaded, story: Story) -> StoryView:
    chosen = loaded.lead_of(story)
    lead, entry = loaded.articles[chosen.article_id], loaded.entries[chosen.article_id]
    visible_at = story.visible_at or story.settle_at
    return StoryView(
        key=story.key,
        uri=story.uri or "",
        title=lead.title or entry.title,
        text=lead.text,
        html=lead.html,
        lead_rule=chosen.rule,
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
        enclosures=tuple(
            enclosure for copy in loaded.copies_of(story) for enclosure in loaded.enclosures[copy.article_id]
        ),
        comments_url=entry.comments_url,
        # The update note of a copy that is not visible is not shown either.
        update_note=(story.update_note or "") if chosen.article_id == story.lead_article_id else "",
    )


def _detail(loaded: _Loaded, copy: Copy) -> CopyDetail:
    article = loaded.articles[copy.article_id]
    return CopyDetail(
        article_id=copy.article_id,
        view=_copy_view(loaded, copy),
        text=article.text,
        text_source=TextSource(article.text_source),
        text_reason=article.text_reason,
        verdict=_verdict(loaded, copy),
        revisions=article.revisions,
        modified_at=article.modified_at,
        section=article.section,
        paywalled=article.paywalled,
        live=article.live,
        cuts=removed_lines(article),
    )


def _verdict(loaded: _Loaded, copy: Copy) -> Verdict | None:
    """The verdict that let a copy join; without quotations if the copy it was compared with is not visible."""
    verdict = verdict_from_json(copy.relation, copy.rule, copy.evidence)
    if verdict is None or copy.against_id is None or copy.against_id in loaded.entries:
        return verdict
    return replace(verdict, evidence=replace(verdict.evidence, passage="", conflicts=()))


def _credit(loaded: _Loaded, story: Story) -> str | None:
    """The agency that the canonical copy names, else the first one that any copy names."""
    named = (loaded.articles[copy.article_id].credit for copy in loaded.copies_of(story))
    return next((credit for credit in named if credit), None)


def _copy_view(loaded: _Loaded, copy: Copy) -> CopyView:
    article, entry = loaded.articles[copy.article_id], loaded.entries[copy.article_id]
    feed = loaded.feeds[entry.feed_id]
    discussed = is_link_post(entry, feed, page_host=article.host)
    return CopyView(
        url=article.url or feed.site_url or without_userinfo(feed.url),
        outlet=article.outlet,
        feed=feed.shown_title,
        feed_url=without_userinfo(feed.url),
        feed_name=feed.name,
        title=article.title or entry.title,
        published_at=article.published_at,
        relation=copy.relation or FIRST_COPY,
        similarity=round(float((copy.evidence or {}).get("shorter", 1.0)), 3) if copy.relation else 1.0,
        discussion_url=entry.comments_url if discussed else None,
        remark=entry.content if discussed and (entry.summary or not _has_any_words(loaded, copy.story_id)) else "",
    )


def _has_any_words(loaded: _Loaded, story_id: int) -> bool:
    """True if a copy of a story has words; if none has, what a link post shows is all there is."""
    return any(_has_words(loaded, copy.article_id) for copy in loaded.copies[story_id])


def _has_words(loaded: _Loaded, article_id: int) -> bool:
    """True if an article has a text, or a visible entry of it a summary: for a link post the remark."""
    entry = loaded.entries.get(article_id)
    return bool(loaded.articles[article_id].text or (entry and entry.summary))
