"""Defines the queries of the web server to the rest of the program.

A protocol of plain, blocking methods; each is called in a thread. The daemon connects it to ``ReadModel``.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from http import HTTPStatus
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.responses import Response

from aggregator.model.operations import FeedHealth, HourlyActivity, ServiceHealth, StoredQuantities
from aggregator.model.publishing import Audience, DigestPage, Issue, StoryDetail, StoryExpired, StoryMoved
from aggregator.publishing.digest_urls import story_path
from aggregator.publishing.published_entries import PublishedFeed
from aggregator.web.http_caching import redirect_permanently


class WebQueries(Protocol):
    """The published content and the state of the service.

    Every method can raise ``AggregatorError`` if the answer is not available now.
    """

    def version(self) -> Hashable:
        """Returns a value that changes whenever a digest can change; it does not read the stories."""

    def may_read(self, name: str, token: str | None) -> bool:
        """Returns True if the digest exists and this token, or none, may read it."""

    def digest(self, name: str, page: int, *, archive: date | None = None) -> DigestPage | None:
        """Returns one page of a digest (from 1), or the archive of a day; None if there is none."""

    def issue(self, name: str, key: str) -> Issue | None:
        """Returns one issue of an edition."""

    def operator_feed(self, token: str | None) -> PublishedFeed | None:
        """Returns the alerts; None without permission."""

    def digest_names(self) -> tuple[str, ...]:
        """Returns the digests without access token, in the order of the configuration."""

    def story(self, key: str) -> StoryDetail | StoryMoved | StoryExpired | None:
        """Returns one story, or what became of it; None if no published story has or had this key."""

    def feeds(self) -> tuple[FeedHealth, ...]:
        """Returns the health of each feed."""

    def subscriptions(self) -> bytes:
        """Returns the feeds as OPML."""

    def audience(self) -> Audience:
        """Returns the audience; EVERYONE sees nothing of private feeds."""

    def trouble(self) -> str | None:
        """Returns why the database is unavailable, and what to do; None if it is available, as far as known."""

    def last_poll_at(self) -> datetime | None:
        """Returns the time of the last poll of any feed."""

    def health(self) -> ServiceHealth:
        """Returns the counts of the service."""

    def activity(self) -> tuple[HourlyActivity, ...]:
        """Returns what the service did by hour, the current hour last."""

    def may_operate(self, token: str | None) -> bool:
        """Returns True if this token, or none, may read the state of the service."""

    def stock(self) -> StoredQuantities:
        """Returns the counts of the service for monitoring."""


def visible_story(library: WebQueries, key: str, *, below: str) -> StoryDetail | Response:
    """Returns a story, or the redirect to the story it was united with; ``below`` is the path before the story's path.

    Raises ``HTTPException`` for an unknown or expired story.
    """
    match library.story(key):
        case None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such story, or it was withdrawn.")
        case StoryExpired():
            raise HTTPException(HTTPStatus.GONE, "This story was published here and has expired.")
        case StoryMoved(key=survivor):
            return redirect_permanently(below + story_path(survivor))
        case StoryDetail() as detail:
            return detail


def visible_trouble(library: WebQueries) -> str | None:
    """Returns why the database is unavailable, in words for readers; None if it is available, as far as known."""
    trouble = library.trouble()
    return None if trouble is None else visible_reason(library, trouble)


def visible_reason(library: WebQueries, reason: str) -> str:
    """Returns the reason in words for readers: only the owner sees names of servers and files."""
    return reason if library.may_operate(None) else "unavailable; the log says why"


def visible_feeds(library: WebQueries) -> tuple[tuple[FeedHealth, ...], int]:
    """Returns the feeds that readers may see, and the number of hidden private feeds."""
    known, is_owner = library.feeds(), library.audience() is Audience.OWNER
    shown = tuple(feed for feed in known if is_owner or not feed.private)
    return shown, len(known) - len(shown)
