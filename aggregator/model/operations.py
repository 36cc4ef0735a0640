"""Values of operations: the health of feeds and of the service, and alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.model.polling import FeedState


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedHealth:
    """The health of one feed; ``outcomes`` are those of its last polls, the newest first.

    ``url`` is polled now, ``configured_url`` is in the configuration, ``moving_to`` is the target of permanent
    redirects that is not stored yet. ``private_because`` is the reason why a private feed is private. No URL has a
    password. ``taken_for_one`` counts the entries of its last document that were taken for another one, by reason.
    """

    name: str
    title: str
    url: str
    configured_url: str
    moving_to: str | None
    outlet: str
    tags: tuple[str, ...]
    entries: int
    state: FeedState
    failures: int
    last_poll_at: datetime | None
    next_poll_at: datetime | None
    last_outcome: str
    outcomes: tuple[str, ...]
    reason: str
    problems: tuple[str, ...]
    retired: bool
    private: bool = False
    private_because: str = ""
    taken_for_one: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedCondition:
    """The condition of one feed, as far as the alert rules need it.

    ``failing_since`` is the first of the failures that still continue, ``merged_into`` the name of the feed at
    whose address it is polled. ``read`` counts the articles that were read within a week, ``textless`` those of
    them for which neither page nor feed gave a text.
    """

    name: str
    state: FeedState
    reason: str
    url: str
    configured_url: str
    failing_since: datetime | None = None
    merged_into: str | None = None
    read: int = 0
    textless: int = 0


class AlertKind(StrEnum):
    """The kinds of alerts: feed gone, moved, merged, failing or without text; configuration rejected; disk full."""

    GONE = "gone"
    MOVED = "moved"
    MERGED = "merged"
    FAILING = "failing"
    TEXTLESS = "textless"
    REJECTED = "rejected"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """An alert: its subject (a feed's name, or the configuration or the disk), a title, and what to do."""

    kind: AlertKind
    subject: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedAlert:
    """A stored alert: its number, when it began, and when it ended (None while it continues)."""

    number: int
    alert: Alert
    began_at: datetime
    ended_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        """The time of the last change: the end, or else the beginning."""
        return self.ended_at or self.began_at


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceHealth:
    """Counts of the stored rows and of the waiting work.

    ``requests``, ``wire_bytes`` and ``saved_bytes`` are totals over all time: requests to hosts, bytes received, and
    bytes that conditional requests saved.
    """

    feeds: int
    entries: int
    articles: int
    stories: int
    copies_merged: int
    due_feeds: int
    pages_waiting: int
    articles_waiting: int
    last_poll_at: datetime | None
    requests: int
    unchanged: int
    wire_bytes: int
    saved_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HourlyActivity:
    """The activity of the service in the hour from ``begins_at``.

    ``polls`` are counted by outcome. ``wire_bytes`` were received from feeds, ``articles`` are new, and ``merged``
    counts the copies that joined a story.
    """

    begins_at: datetime
    polls: Mapping[str, int]
    wire_bytes: int
    articles: int
    merged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredQuantities:
    """The stored quantities, in more detail than ``ServiceHealth``.

    ``digest_sizes`` counts the stories of each digest, or the issues of an edition. ``database_bytes`` is the size
    of the database on disk.
    """

    health: ServiceHealth
    feeds_by_state: Mapping[str, int]
    digest_sizes: Mapping[str, int]
    database_bytes: int
