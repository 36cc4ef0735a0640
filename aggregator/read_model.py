"""Reads digests, stories and health from the store as frozen values.

The web server and the command line both read through this module; neither knows the tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hmac import compare_digest

from pydantic import SecretStr
from sqlmodel import Session

from aggregator.clock import Clock
from aggregator.dedup.canonical import choose_canonical_copy
from aggregator.dedup.related_reports import RELATED_WITHIN, RelatedWindow
from aggregator.model.operations import FeedHealth, HourlyActivity, ServiceHealth, StoredQuantities
from aggregator.model.publishing import (
    Audience,
    DigestPage,
    Issue,
    RelatedStory,
    StoryDetail,
    StoryExpired,
    StoryMoved,
    StoryView,
)
from aggregator.polling.private_feeds import privacy_reason
from aggregator.publishing.audience import audience_of, audience_of_digest
from aggregator.publishing.date_formats import EMPTY_FEED_DATE
from aggregator.publishing.entry_content import digest_title
from aggregator.publishing.operator_feed import operator_feed
from aggregator.publishing.opml_writer import render_opml
from aggregator.publishing.published_entries import PublishedFeed
from aggregator.publishing.related_grouping import group_related
from aggregator.settings.feeds_file import DigestSettings, FeedSettings, Grouping, StorySelection
from aggregator.settings.settings_file import Configuration
from aggregator.store import alerts, digest_queries, feeds, stored_issues
from aggregator.store.database import Database
from aggregator.store.digest_queries import SelectedStories
from aggregator.store.hourly_activity import count_by_hour
from aggregator.store.related_stories import stories_near

_MOST_ARCHIVED = 100_000
"""Most stories in the archive of one day."""

_ISSUES_ON_A_PAGE = 30
_MOST_SITUATIONS = 200
_MOST_RELATED = 5
_HOURS_SHOWN = 48
_INSTANT = timedelta(microseconds=1)
"""The smallest difference of two instants."""


class ReadModel:
    """The queries of readers to one database, for the digests of the current configuration."""

    def __init__(
        self,
        database: Database,
        *,
        configuration: Callable[[], Configuration],
        authority: str,
        base_url: str,
        clock: Clock,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._authority = authority
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._seen: Configuration | None = None
        self._changes = 0

    def version(self) -> Hashable:
        """Returns a value that changes whenever a digest can change: with stories, the configuration, or the hour."""
        configuration = self._configuration()
        if configuration is not self._seen:
            self._seen, self._changes = configuration, self._changes + 1
        now = self._clock()
        return self._database.content_version(), self._changes, now.date(), now.hour

    def digest_names(self) -> tuple[str, ...]:
        """Returns the digests without access token, in the order of the configuration."""
        return tuple(digest.name for digest in self._configuration().digests if digest.token is None)

    def may_read(self, name: str, token: str | None) -> bool:
        """Returns True if the digest exists and this token, or none, may read it."""
        digest = self._settings_of(name)
        return digest is not None and (digest.token is None or _opens(token, digest.token))

    def digest(
        self, name: str, page: int, *, limit: int | None = None, archive: date | None = None
    ) -> DigestPage | None:
        """Returns one page (from 1) of a digest, or the archive of a past day (UTC); None if there is none.

        ``limit`` replaces the configured number of stories on a page. The caller has checked the access token.
        """
        digest = self._settings_of(name)
        if digest is None or page < 1:
            return None
        audience = self._audience_of(digest)
        with self._database.reading() as session:
            if digest.edition is not None:
                return None if archive else self._issues_page(session, digest, audience, page)
            if archive is not None:
                return self._archive(session, digest, audience, archive) if page == 1 else None
            return self._stories_page(session, digest, audience, page, limit or digest.limit)

    def newest(self, limit: int) -> tuple[StoryView, ...]:
        """Returns the newest stories, independent of the digests."""
        with self._database.reading() as session:
            shelf = digest_queries.select_stories(
                session,
                StorySelection(),
                audience=self.audience(),
                now=self._clock(),
                choose_lead=choose_canonical_copy,
                offset=0,
                limit=limit,
            )
        return shelf.stories

    def issue(self, name: str, key: str) -> Issue | None:
        """Returns one issue of an edition."""
        digest = self._settings_of(name)
        if digest is None:
            return None
        audience, title = self._audience_of(digest), digest_title(digest.name, digest.title)
        with self._database.reading() as session:
            return next(iter(stored_issues.load_issues(session, name, title=title, audience=audience, key=key)), None)

    def _stories_page(
        self, session: Session, digest: DigestSettings, audience: Audience, page: int, size: int
    ) -> DigestPage | None:
        now = self._clock()
        shelf = digest_queries.select_stories(
            session,
            digest.where,
            audience=audience,
            now=now,
            choose_lead=choose_canonical_copy,
            sort=digest.sort,
            offset=(page - 1) * size,
            limit=size,
        )
        pages = max(1, math.ceil(shelf.total / size))
        if page > pages:
            return None
        earlier = self._earlier(session, digest, audience, _midnight(now.date())) if page == 1 else None
        return replace(self._page_of(digest, shelf), page=page, pages=pages, earlier=earlier)

    def _archive(self, session: Session, digest: DigestSettings, audience: Audience, day: date) -> DigestPage | None:
        now = self._clock()
        if day >= now.date() or digest.where.age is not None:
            return None
        begins = _midnight(day)
        shelf = digest_queries.select_stories(
            session,
            digest.where,
            audience=audience,
            now=now,
            choose_lead=choose_canonical_copy,
            sort=digest.sort,
            offset=0,
            limit=_MOST_ARCHIVED,
            between=(begins - _INSTANT, begins + timedelta(days=1) - _INSTANT),
        )
        if not shelf.stories:
            return None
        earlier = self._earlier(session, digest, audience, begins)
        return replace(self._page_of(digest, shelf), archive=day, earlier=earlier)

    def _earlier(self, session: Session, digest: DigestSettings, audience: Audience, before: datetime) -> date | None:
        """Returns the newest day with an archive; a digest with an age has no archives."""
        if digest.where.age is not None:
            return None
        return digest_queries.latest_day_before(
            session, digest.where, audience=audience, now=self._clock(), before=before
        )

    def _issues_page(
        self, session: Session, digest: DigestSettings, audience: Audience, page: int
    ) -> DigestPage | None:
        pages = max(
            1, math.ceil(stored_issues.count_issues(session, digest.name, audience=audience) / _ISSUES_ON_A_PAGE)
        )
        if page > pages:
            return None
        shown = stored_issues.load_issues(
            session,
            digest.name,
            title=digest_title(digest.name, digest.title),
            audience=audience,
            offset=(page - 1) * _ISSUES_ON_A_PAGE,
            limit=_ISSUES_ON_A_PAGE,
        )
        updated_at = max((issue.due_at for issue in shown), default=None)
        empty = SelectedStories(stories=(), total=0, updated_at=updated_at)
        return replace(self._page_of(digest, empty), page=page, pages=pages, issues=shown)

    def _page_of(self, digest: DigestSettings, shelf: SelectedStories) -> DigestPage:
        return DigestPage(
            name=digest.name,
            title=digest_title(digest.name, digest.title),
            uri=f"tag:{self._authority}:digest/{digest.name}",
            home_url=f"{self._base_url}/",
            base_url=self._base_url,
            stories=group_related(shelf.stories) if digest.group is Grouping.RELATED else shelf.stories,
            updated_at=shelf.updated_at or EMPTY_FEED_DATE,
            content=digest.content,
            token=None if digest.token is None else digest.token.get_secret_value(),
            hubs=self._hubs(digest),
        )

    def _audience_of(self, digest: DigestSettings) -> Audience:
        return audience_of_digest(digest, self._configuration().settings)

    def may_operate(self, token: str | None) -> bool:
        """Returns True if this token, or none, may read the state of the service.

        With ``web.token`` the token is needed; without it, only the owner may.
        """
        secret = self._configuration().settings.web.token
        return self.audience() is not Audience.EVERYONE if secret is None else _opens(token, secret)

    def operator_feed(self, token: str | None) -> PublishedFeed | None:
        """Returns the alerts; None without permission, see ``may_operate``."""
        if not self.may_operate(token):
            return None
        known = self._configuration().settings.web.token is not None
        with self._database.reading() as session:
            found = alerts.newest_alerts(session, limit=_MOST_SITUATIONS)
        return operator_feed(found, authority=self._authority, base_url=self._base_url, token=token if known else None)

    def story(self, key: str) -> StoryDetail | StoryMoved | StoryExpired | None:
        """Returns one published story by its key."""
        with self._database.reading() as session:
            found = digest_queries.story_detail(
                session, key, audience=self.audience(), choose_lead=choose_canonical_copy
            )
            if not isinstance(found, StoryDetail):
                return found
            return replace(found, related=related_stories(session, key, audience=self.audience()))

    def feeds(self) -> tuple[FeedHealth, ...]:
        """Returns the health of every feed, and why a private feed is private."""
        with self._database.reading() as session:
            found = feeds.feed_health(session)
        configured = {feed.name: feed for feed in self._configuration().feeds}
        return tuple(_with_reason(feed, configured.get(feed.name)) for feed in found)

    def subscriptions(self) -> bytes:
        """Returns the feeds as OPML: all with their settings for the owner, only the URLs of public ones for others."""
        health = {feed.name: feed for feed in self.feeds()}
        is_owner = self.audience() is Audience.OWNER
        shown = [
            feed
            for feed in self._configuration().feeds
            if is_owner or ((known := health.get(feed.name or "")) is not None and not known.private)
        ]
        titles = {name: feed.title for name, feed in health.items()}
        return render_opml(shown, title="Feeds", titles=titles, settings=is_owner)

    def audience(self) -> Audience:
        """Returns the audience of the service, by the current configuration."""
        return audience_of(self._configuration().settings)

    def trouble(self) -> str | None:
        """Returns why the database is unavailable; None if it is available."""
        return self._database.trouble

    def last_poll_at(self) -> datetime | None:
        """Returns the time of the last poll of any feed."""
        with self._database.reading() as session:
            return feeds.latest_poll_at(session)

    def health(self) -> ServiceHealth:
        """Returns the counts of what is stored and what waits."""
        with self._database.reading() as session:
            return digest_queries.service_health(session, now=self._clock())

    def stock(self) -> StoredQuantities:
        """Returns the counts of what is stored and what waits, for monitoring."""
        now, settings = self._clock(), self._configuration()
        with self._database.reading() as session:
            return StoredQuantities(
                health=digest_queries.service_health(session, now=now),
                feeds_by_state=feeds.count_feeds_by_state(session),
                digest_sizes={digest.name: self._size_of(session, digest, now) for digest in settings.digests},
                database_bytes=self._database.size(session),
            )

    def activity(self) -> tuple[HourlyActivity, ...]:
        """Returns what the service did in the last two days, by hour."""
        with self._database.reading() as session:
            return count_by_hour(session, hours=_HOURS_SHOWN, now=self._clock())

    def _size_of(self, session: Session, digest: DigestSettings, now: datetime) -> int:
        audience = self._audience_of(digest)
        if digest.edition is not None:
            return stored_issues.count_issues(session, digest.name, audience=audience)
        return digest_queries.count_stories(session, digest.where, audience=audience, now=now)

    def _hubs(self, digest: DigestSettings) -> tuple[str, ...]:
        """Returns the hubs that push a digest; a digest with an access token has none."""
        publishing = self._configuration().settings.publishing
        return publishing.hubs if publishing.public_url and digest.token is None else ()

    def _settings_of(self, name: str) -> DigestSettings | None:
        return next((digest for digest in self._configuration().digests if digest.name == name), None)


def related_stories(session: Session, key: str, *, audience: Audience) -> tuple[RelatedStory, ...]:
    """Returns up to five published stories that may be about the same event as a story, the likeliest first."""
    found = {each.telling.key: each for each in stories_near(session, key, within=RELATED_WITHIN, audience=audience)}
    if key not in found:
        return ()
    keys = RelatedWindow.of(each.telling for each in found.values()).related(key, most=_MOST_RELATED)
    return tuple(RelatedStory(key=each, title=found[each].telling.title, outlet=found[each].outlet) for each in keys)


def _opens(token: str | None, secret: SecretStr) -> bool:
    return compare_digest((token or "").encode(), secret.get_secret_value().encode())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _with_reason(feed: FeedHealth, configured: FeedSettings | None) -> FeedHealth:
    if not feed.private:
        return feed
    if configured is None:
        return replace(feed, private_because="it was private when it was removed")
    return replace(
        feed, private_because=privacy_reason(configured=configured.private, credentials=configured.has_credentials)
    )
