"""What does the web ask of the rest of the program?

A protocol of plain, blocking questions; each is asked in a thread. Who answers them is wired in the
daemon.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from http import HTTPStatus
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.responses import Response

from aggregator.model.operations import FeedHealth, Hour, ServiceHealth, Stock
from aggregator.model.publishing import Audience, DigestPage, Issue, StoryDetail, StoryExpired, StoryMoved
from aggregator.publishing.digest_urls import story_path
from aggregator.publishing.published_entries import PublishedFeed
from aggregator.web.http_caching import moved


class Library(Protocol):
    """What is published and how the service is doing.

    Every method may raise ``AggregatorError`` when the answer cannot be had just now.
    """

    def version(self) -> Hashable:
        """Another value whenever a digest may be another one than before; asked without a look at the stories."""

    def may_read(self, name: str, token: str | None) -> bool:
        """Whether somebody who gives this token, or none, may read a digest that is there."""

    def digest(self, name: str, page: int, *, archive: date | None = None) -> DigestPage | None:
        """One page of a digest, counted from 1, or the archive of a day; None if there is no such digest or page."""

    def issue(self, name: str, key: str) -> Issue | None:
        """One issue of a digest with an edition."""

    def operator_feed(self, token: str | None) -> PublishedFeed | None:
        """What needs a person; None for who may not know."""

    def digest_names(self) -> tuple[str, ...]:
        """The digests that need no token, in the order of the configuration."""

    def story(self, key: str) -> StoryDetail | StoryMoved | StoryExpired | None:
        """One story, or where it went; None if nothing published has or had this key."""

    def feeds(self) -> tuple[FeedHealth, ...]:
        """How each feed is doing."""

    def subscriptions(self) -> bytes:
        """The feeds as OPML."""

    def audience(self) -> Audience:
        """Who reads the answers; everyone is shown nothing of private feeds."""

    def trouble(self) -> str | None:
        """Why nothing can be stored just now, and what to do; None when it can, as far as is known."""

    def last_poll_at(self) -> datetime | None:
        """When a feed was last polled."""

    def health(self) -> ServiceHealth:
        """What the service holds."""

    def activity(self) -> tuple[Hour, ...]:
        """What the service did lately, hour by hour, the hour that runs last."""

    def may_operate(self, token: str | None) -> bool:
        """Whether somebody who gives this token, or none, may know how the service does."""

    def stock(self) -> Stock:
        """What the service holds, in numbers for who watches over it."""


def story_in_view(library: Library, key: str, *, below: str) -> StoryDetail | Response:
    """A story, or the redirect to the one it is now; ``below`` is the path before that of the story.

    Raises ``HTTPException`` for a story that is not there, or not any more.
    """
    match library.story(key):
        case None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such story, or it was withdrawn.")
        case StoryExpired():
            raise HTTPException(HTTPStatus.GONE, "This story was published here, and is kept no longer.")
        case StoryMoved(key=survivor):
            return moved(below + story_path(survivor))
        case StoryDetail() as detail:
            return detail


def trouble_in_view(library: Library) -> str | None:
    """Why nothing can be stored just now, as readers may know it; None when it can, as far as is known."""
    trouble = library.trouble()
    return None if trouble is None else reason_in_view(library, trouble)


def reason_in_view(library: Library, reason: str) -> str:
    """What is the matter with the database, as readers may know it: names of servers and files are the owner's."""
    return reason if library.may_operate(None) else "unavailable; the log says why"


def feeds_in_view(library: Library) -> tuple[tuple[FeedHealth, ...], int]:
    """The feeds that readers may know of, and how many there are besides: everyone is told of no private ones."""
    known, everything = library.feeds(), library.audience() is Audience.OWNER
    shown = tuple(feed for feed in known if everything or not feed.private)
    return shown, len(known) - len(shown)
