"""Values of polling: request outcomes, feed states, poll states, push subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.parsing import PollHints


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """The validators of a document: ETag and Last-Modified exactly as sent, and the URL that sent them."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One followed redirect: from ``url``, with ``status``, to ``location`` (absolute)."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SuccessResponse:
    """A successful response with its complete, decoded body.

    The status is 2xx: 226 only after a request for a delta (RFC 3229), 204 and 205 only after a form was posted.
    Header names are lower-case. ``wire_bytes`` is the size of the body before decoding.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()
    wire_bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NotModified:
    """A 304 response. Its headers may update validators and freshness (RFC 9111 section 4.3.4)."""

    url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpError:
    """A response with any other status: 4xx, 5xx, or a redirect without a usable target."""

    url: str
    status: int
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DeferredRedirect:
    """A redirect with a Retry-After, to be followed later (RFC 9110 section 10.2.3).

    ``url`` sent it; the last of ``hops`` is the redirect itself, which was not followed yet.
    """

    url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...]


class FailureKind(StrEnum):
    """The cause of a request without a usable response.

    NETWORK means that this machine seems to be offline: it has no route, or no resolver answers. Broken name servers
    of one host look the same; ``polling.connectivity`` distinguishes the two. OVERLOAD means that this process had no
    CPU time while the server waited for it.
    """

    NETWORK = "network"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    OVERLOAD = "overload"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """A request that failed in the network or at the server before the complete response arrived.

    ``refused`` is True if the host rejected the connection (ECONNREFUSED).
    """

    url: str
    trouble: FailureKind
    reason: str
    hops: tuple[Hop, ...] = ()
    refused: bool = False


class RefusalRule(StrEnum):
    """The rule of this program that refused a request or a response."""

    SCHEME = "scheme"
    ADDRESS = "address"
    REDIRECTS = "redirects"
    SIZE = "size"
    ENCODING = "encoding"
    ROBOTS = "robots"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A request that was not sent, or a response that was not read to its end, because of a rule of this program."""

    url: str
    rule: RefusalRule
    reason: str
    hops: tuple[Hop, ...] = ()


FetchOutcome = SuccessResponse | NotModified | HttpError | DeferredRedirect | Unreachable | Refused


class FeedState(StrEnum):
    """The state of a feed: not polled yet, successful, in backoff, failing, gone for good, removed or merged."""

    NEW = "new"
    ACTIVE = "active"
    QUIET = "quiet"
    FAILING = "failing"
    GONE = "gone"
    REMOVED = "removed"
    MERGED = "merged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backfill:
    """The progress of a backfill: the next older document, and how many were read."""

    older_url: str | None = None
    read: int = 0

    def is_wanted(self, most: int) -> bool:
        """Returns True if there is a next document and fewer than ``most`` were read."""
        return self.older_url is not None and self.read < most


REDIRECT_CONFIRM_INTERVAL = timedelta(hours=23)
"""The interval at which the old address is requested again; one hour less than a day, to suit daily polls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingRedirect:
    """A permanent redirect that is not confirmed yet: its target, how often it was seen, and when last."""

    target: str
    count: int
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PollAddress:
    """The address of a feed.

    ``url`` is the stored URL, ``move`` an unconfirmed permanent redirect, ``resume`` the redirects of a deferred one:
    the next request continues after them.
    """

    url: str
    move: PendingRedirect | None = None
    resume: tuple[Hop, ...] = ()

    def request_url(self, *, now: datetime) -> str:
        """Returns the URL that the next request starts with."""
        if self.resume:
            return self.resume[-1].location
        return self.move.target if self._uses_move(now) and self.move else self.url

    def requests_own_url(self, *, now: datetime) -> bool:
        """Returns True if the next request starts at the feed's own URL, or resumes redirects from there."""
        return bool(self.resume) or not self._uses_move(now)

    def _uses_move(self, now: datetime) -> bool:
        return self.move is not None and now - self.move.seen_at < REDIRECT_CONFIRM_INTERVAL


@dataclass(frozen=True, kw_only=True, slots=True)
class LastDocument:
    """The part of a feed's last readable document that later polls use.

    ``hints`` concern the poll interval; after a 304 they stay in force. ``published`` are
    the publication times of its newest entries, newest first. ``body_digest`` is the SHA-256 of the body in
    hexadecimal, ``wire_bytes`` the size of the body as it was sent. ``entry_states`` holds one signed 64-bit hash
    per entry (``parsing.document_reader.entry_state``).
    """

    hints: PollHints = field(default_factory=PollHints)
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

    address: PollAddress
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
class LeaseTerms:
    """The lease of a subscription: its end and the time to renew it."""

    ends_at: datetime
    renew_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class HubRejection:
    """A hub request without success: its reason, the pause before the next attempt, and the pause of the host."""

    reason: str
    pause: timedelta
    host_backoff_time: timedelta | None = None


class PushKind(StrEnum):
    """The protocol that pushes new entries."""

    WEBSUB = "websub"
    RSSCLOUD = "rsscloud"


@dataclass(frozen=True, kw_only=True, slots=True)
class PushOffer:
    """An offer to push a feed: the URL of a hub, or of an rssCloud registration, and the topic to subscribe to."""

    kind: PushKind
    hub: str
    topic: str


class HubMode(StrEnum):
    """The mode of a hub request (``hub.mode``, WebSub section 5.1)."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
