"""Values of polling: what a request returned, and the state of a feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.parsing import Hints


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """ETag and Last-Modified exactly as the server sent them, and the URL they belong to."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One redirect that was followed: from ``url``, by ``status``, to ``location`` (absolute)."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A 200 with its whole, decoded body; a 226 when a difference was asked for, any 2xx to a form.

    Header names are lower-case. ``wire_bytes`` is the size of the body as it came, still coded.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()
    wire_bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NotModified:
    """A 304. Its headers may renew validators and freshness (RFC 9111 section 4.3.4)."""

    url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpError:
    """Any other status: 4xx, 5xx, and a redirect that leads nowhere."""

    url: str
    status: int
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """A redirect that asks to be followed later: a 3xx with Retry-After (RFC 9110 section 10.2.3).

    ``url`` gave it; the last of ``hops`` is the redirect itself, which was not followed yet.
    """

    url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...]


class Trouble(StrEnum):
    """Why no usable answer came.

    NETWORK is what it looks like when this machine has no way out: no route, or no resolver that
    answers. One host's broken name servers look the same, so who is to blame is decided later.
    """

    NETWORK = "network"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """The network or the server failed before a whole answer came.

    ``refused`` says that the host is there and nobody listens on the port (ECONNREFUSED).
    """

    url: str
    trouble: Trouble
    reason: str
    hops: tuple[Hop, ...] = ()
    refused: bool = False


class Rule(StrEnum):
    """Which of our own rules refused a request or an answer."""

    SCHEME = "scheme"
    ADDRESS = "address"
    REDIRECTS = "redirects"
    SIZE = "size"
    ENCODING = "encoding"
    ROBOTS = "robots"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """We would not ask, or would not read on: a rule of ours, not a fault of the network."""

    url: str
    rule: Rule
    reason: str
    hops: tuple[Hop, ...] = ()


FetchOutcome = Answer | NotModified | HttpError | Deferred | Unreachable | Refused


class FeedState(StrEnum):
    """How a feed is doing: not polled yet, well, asked to wait, failing, gone for good, or no longer ours."""

    NEW = "new"
    ACTIVE = "active"
    QUIET = "quiet"
    FAILING = "failing"
    GONE = "gone"
    REMOVED = "removed"
    MERGED = "merged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backfill:
    """The older document to read next, and how many were read."""

    older_url: str | None = None
    read: int = 0

    def is_wanted(self, most: int) -> bool:
        """Whether there is one to read while ``most`` may be."""
        return self.older_url is not None and self.read < most


APART = timedelta(hours=23)
"""So long after the last time the old address is asked again; an hour less than a day, for daily polls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A move that is not believed yet: where to, how often it was said, and when last."""

    target: str
    count: int
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a feed is asked: ``url`` is its own address; ``resume`` are redirects to go on from."""

    url: str
    move: Move | None = None
    resume: tuple[Hop, ...] = ()

    def asked(self, *, now: datetime) -> str:
        """The URL that the next request begins with."""
        if self.resume:
            return self.resume[-1].location
        return self.move.target if self._trusts_move(now) and self.move else self.url

    def asks_itself(self, *, now: datetime) -> bool:
        """Whether the next request begins at the feed's own address, or goes on from there."""
        return bool(self.resume) or not self._trusts_move(now)

    def _trusts_move(self, now: datetime) -> bool:
        return self.move is not None and now - self.move.seen_at < APART


@dataclass(frozen=True, kw_only=True, slots=True)
class LastDocument:
    """The part of a feed's last readable document that later polls use.

    ``hints`` are the document's own wishes for the poll interval; a 304 leaves them in force. ``published`` are
    the publication times of its newest entries, newest first. ``body_digest`` is the SHA-256 of the body in
    hexadecimal, ``wire_bytes`` the size of the body as it was sent. ``entry_states`` holds one signed 64-bit hash
    per entry (``parsing.document_reader.state_of``).
    """

    hints: Hints = field(default_factory=Hints)
    published: tuple[datetime, ...] = ()
    body_digest: str | None = None
    wire_bytes: int = 0
    entry_states: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PollState:
    """The state of polling a feed: a claim loads it, a poll replaces it, the poll record stores it.

    ``reason`` explains ``next_poll_at`` to people. ``failures`` and ``gone_count`` count failed polls and 410
    responses in a row. ``validated`` is True if the last complete response carried validators or a pause to wait;
    such a feed needs no longer interval. ``quiet_until`` is the end of a Retry-After; nothing shortens it.
    ``whole_at`` is the time of the last response with status 200 that was read completely.
    """

    address: Address
    next_poll_at: datetime
    feed_state: FeedState = FeedState.NEW
    reason: str = ""
    failures: int = 0
    gone_count: int = 0
    validated: bool = True
    private: bool = False
    quiet_until: datetime | None = None
    validators: Validators | None = None
    whole_at: datetime | None = None
    document: LastDocument = field(default_factory=LastDocument)

    @property
    def is_retired(self) -> bool:
        """True if the publisher removed the feed for good; ``next_poll_at`` then holds only after a refresh."""
        return self.feed_state is FeedState.GONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Until when a subscription was given, and when to ask for more."""

    ends_at: datetime
    renew_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuff:
    """A hub did not take a request: why, when it is asked again, and for how long it wants quiet."""

    reason: str
    pause: timedelta
    quiet_for: timedelta | None = None


class PushKind(StrEnum):
    """How news is pushed."""

    WEBSUB = "websub"
    RSSCLOUD = "rsscloud"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """Whom to ask to be told of what: the URL of a hub, or of an rssCloud's registration, and the topic."""

    kind: PushKind
    hub: str
    topic: str


class Mode(StrEnum):
    """What is asked of a hub."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
