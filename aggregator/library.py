"""What can readers ask for? Digests, stories and health, as frozen values, read from the store.

The web pages and the command line both read through here; neither knows the tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from hmac import compare_digest

from aggregator.clock import Clock
from aggregator.model import DigestPage, FeedHealth, ServiceHealth, StoryDetail, StoryMoved
from aggregator.polling.privacy import why_private
from aggregator.publishing.audience import Audience, audience_of
from aggregator.publishing.grouping import grouped
from aggregator.settings import Configuration, DigestSettings, FeedSettings, Grouping
from aggregator.store import feeds, shelves
from aggregator.store.database import Database
from aggregator.store.related import related_stories
from aggregator.store.shelf_version import shelf_version

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a digest that has no story yet was last changed."""

_MOST_ARCHIVED = 100_000
"""Stories of one day."""

_TITLES = {"digest": "Digest"}


class StoredLibrary:
    """The published stories of one database, under the digests of the current configuration."""

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
        """Another value whenever a digest may be another one: stories, the configuration, or the hour changed."""
        configuration = self._configuration()
        if configuration is not self._seen:
            self._seen, self._changes = configuration, self._changes + 1
        now = self._clock()
        with self._database.reading() as session:
            return shelf_version(session), self._changes, now.date(), now.hour

    def digest_names(self) -> tuple[str, ...]:
        """The digests that need no token, in the order of the configuration."""
        return tuple(digest.name for digest in self._configuration().digests if digest.token is None)

    def may_read(self, name: str, token: str | None) -> bool:
        """Whether somebody who gives this token, or none, may read a digest that is there."""
        digest = self._settings_of(name)
        if digest is None or digest.token is None:
            return digest is not None
        return compare_digest((token or "").encode(), digest.token.get_secret_value().encode())

    def digest(
        self, name: str, page: int, *, limit: int | None = None, archive: date | None = None
    ) -> DigestPage | None:
        """One page (from 1) of a digest, or the archive of a day that is over (UTC); None when there is none.

        ``limit`` takes the place of the configured number of stories on a page. Whoever asks may read it.
        """
        digest = self._settings_of(name)
        if digest is None or page < 1:
            return None
        now = self._clock()
        today = datetime.combine(now.date(), time(), UTC)
        if archive is not None and (archive >= today.date() or digest.where.age is not None):
            return None
        audience = self.audience() if digest.token is None else Audience.OWNER
        size = limit or (digest.limit if archive is None else _MOST_ARCHIVED)
        with self._database.reading() as session:
            shelf = shelves.shelf(
                session,
                digest.where,
                audience=audience,
                now=now,
                sort=digest.sort,
                offset=(page - 1) * size,
                limit=size,
                day=archive,
            )
            earlier = None
            if page == 1 and digest.where.age is None:
                before = today if archive is None else datetime.combine(archive, time(), UTC)
                earlier = shelves.last_day_before(session, digest.where, audience=audience, now=now, before=before)
        pages = max(1, math.ceil(shelf.total / size))
        if page > pages or (archive is not None and not shelf.stories):
            return None
        shown = grouped(shelf.stories) if digest.group is Grouping.RELATED else shelf.stories
        return DigestPage(
            name=name,
            title=digest.title or _TITLES.get(name, name.replace("-", " ").replace("_", " ").capitalize()),
            uri=f"tag:{self._authority}:digest/{name}",
            home_url=f"{self._base_url}/",
            base_url=self._base_url,
            stories=shown,
            updated_at=shelf.updated_at or _BEGINNING,
            page=page,
            pages=pages,
            content=digest.content,
            archive=archive,
            earlier=earlier,
            token=None if digest.token is None else digest.token.get_secret_value(),
            hubs=self._hubs(digest),
        )

    def story(self, key: str) -> StoryDetail | StoryMoved | None:
        """One published story by its key."""
        with self._database.reading() as session:
            found = shelves.story_detail(session, key, audience=self.audience())
            if not isinstance(found, StoryDetail):
                return found
            return replace(found, related=related_stories(session, key, audience=self.audience()))

    def feeds(self) -> tuple[FeedHealth, ...]:
        """How every feed is doing, and why it is private if it is."""
        with self._database.reading() as session:
            found = feeds.feed_health(session)
        configured = {feed.name: feed for feed in self._configuration().feeds}
        return tuple(_with_reason(feed, configured.get(feed.name)) for feed in found)

    def audience(self) -> Audience:
        """Who reads what is published, by the current configuration."""
        return audience_of(self._configuration().settings)

    def health(self) -> ServiceHealth:
        """What is stored and what waits."""
        with self._database.reading() as session:
            return shelves.service_health(session, now=self._clock())

    def _hubs(self, digest: DigestSettings) -> tuple[str, ...]:
        """The hubs that push a digest; a digest with a token is no hub's business."""
        publishing = self._configuration().settings.publishing
        return publishing.hubs if publishing.public_url and digest.token is None else ()

    def _settings_of(self, name: str) -> DigestSettings | None:
        return next((digest for digest in self._configuration().digests if digest.name == name), None)


def _with_reason(feed: FeedHealth, configured: FeedSettings | None) -> FeedHealth:
    if not feed.private:
        return feed
    if configured is None:
        return replace(feed, private_because="it was private when it was removed")
    return replace(
        feed, private_because=why_private(configured=configured.private, credentials=configured.has_credentials)
    )
