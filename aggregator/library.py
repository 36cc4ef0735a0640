"""What can readers ask for? Digests, stories and health, as frozen values, read from the store.

The web pages and the command line both read through here; neither knows the tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.clock import Clock
from aggregator.model import DigestPage, FeedHealth, ServiceHealth, StoryDetail, StoryMoved
from aggregator.polling.privacy import why_private
from aggregator.publishing.audience import Audience, audience_of
from aggregator.publishing.grouping import grouped
from aggregator.settings import Configuration, DigestSettings, FeedSettings, Grouping
from aggregator.store import feeds, shelves
from aggregator.store.database import Database
from aggregator.store.related import related_stories

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a digest that has no story yet was last changed."""

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

    def digest_names(self) -> tuple[str, ...]:
        """The digests there are, as configured."""
        return tuple(digest.name for digest in self._configuration().digests)

    def digest(self, name: str, page: int, *, limit: int | None = None) -> DigestPage | None:
        """One page (from 1) of a digest; None when there is no such digest or page.

        ``limit`` takes the place of the configured number of stories on a page.
        """
        digest = self._settings_of(name)
        if digest is None or page < 1:
            return None
        size = limit or digest.limit
        with self._database.reading() as session:
            shelf = shelves.shelf(
                session,
                digest.where,
                audience=self.audience(),
                now=self._clock(),
                sort=digest.sort,
                offset=(page - 1) * size,
                limit=size,
            )
        pages = max(1, math.ceil(shelf.total / size))
        if page > pages:
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
