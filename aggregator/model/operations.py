"""Values of operations: the health of feeds and of the service, and alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.polling import FeedState


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedHealth:
    """How one feed is doing; ``outcomes`` are those of its last polls, newest first.

    ``url`` is where it is asked now, ``configured_url`` what the configuration says, ``moving_to``
    where its publisher says it moved, as long as that is not believed. ``private_because`` says why
    one is private that is. No address carries a password.
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


class SituationKind(StrEnum):
    """What needs a person: a feed is gone, moved, another one, fails, gives no text; a mistake, a full disk."""

    GONE = "gone"
    MOVED = "moved"
    MERGED = "merged"
    FAILING = "failing"
    TEXTLESS = "textless"
    REJECTED = "rejected"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Something that needs a person: which feed, what is the matter, and what to do."""

    kind: SituationKind
    subject: str
    title: str
    told: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSituation:
    """A situation, its number, when it was noticed and when it ended (None: it lasts)."""

    number: int
    situation: Situation
    began_at: datetime
    ended_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        """When there was news of it."""
        return self.ended_at or self.began_at


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceHealth:
    """What the service holds and what it is doing.

    ``requests``, ``wire_bytes`` and ``saved_bytes`` are all that hosts were ever asked, sent, and
    spared by conditional requests.
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
class Hour:
    """What a service did in the hour that ``begins_at``.

    ``polls`` are counted by what came of them; ``wire_bytes`` are those of feeds, ``articles`` the new ones,
    and ``merged`` copies joined a story.
    """

    begins_at: datetime
    polls: Mapping[str, int]
    wire_bytes: int
    articles: int
    merged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """What a service holds, in more detail than its health.

    ``digest_sizes`` are the stories of each digest, or its issues; ``database_bytes`` what the database takes
    on its disk.
    """

    health: ServiceHealth
    feeds_by_state: Mapping[str, int]
    digest_sizes: Mapping[str, int]
    database_bytes: int
