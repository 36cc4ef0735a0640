"""What does the web ask of the rest of the program?

A protocol of plain, blocking questions; each is asked in a thread. Who answers them is wired in the
daemon.
"""

from __future__ import annotations

from typing import Protocol

from aggregator.model import DigestPage, FeedHealth, ServiceHealth, StoryDetail, StoryMoved
from aggregator.publishing.audience import Audience


class Library(Protocol):
    """What is published and how the service is doing.

    Every method may raise ``AggregatorError`` when the answer cannot be had just now.
    """

    def digest(self, name: str, page: int) -> DigestPage | None:
        """One page of a digest, counted from 1; None if there is no such digest or page."""

    def digest_names(self) -> tuple[str, ...]:
        """The digests, in the order of the configuration."""

    def story(self, key: str) -> StoryDetail | StoryMoved | None:
        """One story, or where it went; None if nothing published has or had this key."""

    def feeds(self) -> tuple[FeedHealth, ...]:
        """How each feed is doing."""

    def audience(self) -> Audience:
        """Who reads the answers; everyone is shown nothing of private feeds."""

    def health(self) -> ServiceHealth:
        """What the service holds."""
