"""Notifies WebSub hubs when a digest changed (WebSub section 7: publishers).

The last notification of each feed is stored, so a restart repeats nothing and forgets nothing. If a hub does not
accept a notification, it is sent again after longer and longer pauses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator
from hashlib import sha256

import structlog

from aggregator.model.polling import SuccessResponse
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.read_model import ReadModel
from aggregator.steps.service import Service
from aggregator.store import hub_notifications

log = structlog.get_logger()


class HubPublisher:
    """Notifies the configured hubs of changed digests."""

    def __init__(self, service: Service, library: ReadModel) -> None:
        self._service = service
        self._library = library
        self._notified: Hashable = None
        self._known: tuple[Hashable, dict[str, str]] = (None, {})

    async def notify_hubs(self) -> None:
        """Notifies every hub of every feed that changed since its last notification, if it is due."""
        publishing = self._service.settings.publishing
        if not publishing.hubs or publishing.public_url is None:
            return
        version = await asyncio.to_thread(self._library.version)
        if version == self._notified:
            return
        if self._known[0] != version:
            self._known = version, await asyncio.to_thread(lambda: dict(self._feeds()))
        feeds = self._known[1]
        results = [await self._notify(hub, topic, feeds[topic]) for hub in publishing.hubs for topic in feeds]
        if all(results):
            self._notified = version

    def _feeds(self) -> Iterator[tuple[str, str]]:
        """Yields the URL of each feed that hubs push, and a hash of its content."""
        for name in self._library.digest_names():
            page = self._library.digest(name, 1)
            if page is None or not page.hubs:
                continue
            feed = digest_document(page)
            for feed_format in FeedFormat:
                yield feed.address.own(feed_format), sha256(render_feed(feed, feed_format)).hexdigest()

    async def _notify(self, hub: str, topic: str, fingerprint: str) -> bool:
        """Notifies one hub of one feed if needed; returns True if the hub is up to date."""
        database, now = self._service.database, self._service.clock()
        known = await database.read(hub_notifications.notification_state, hub, topic)
        if known.fingerprint == fingerprint:
            return True
        if known.again_at is not None and now < known.again_at:
            return False
        form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        outcome = await self._service.fetcher.post(hub, form)
        if isinstance(outcome, SuccessResponse):
            await database.write(hub_notifications.record_notified, hub, topic, fingerprint)
            log.info("digest.hub_notified", topic=topic, hub=hub)
            return True
        again_at = await database.write(
            hub_notifications.record_notification_failure, hub, topic, now=self._service.clock()
        )
        log.warning("digest.hub_not_notified", topic=topic, hub=hub, reason=str(outcome), again_at=again_at)
        return False
