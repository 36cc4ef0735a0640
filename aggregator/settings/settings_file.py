"""Defines the settings in aggregator.yaml, and the configuration as a whole."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import (
    Field,
    field_validator,
)

from aggregator.settings.feeds_file import DigestSettings, EntryRule, FeedSettings
from aggregator.settings.setting_types import (
    ALL,
    FOREVER,
    Duration,
    HttpUrl,
    Name,
    Network,
    RetentionAge,
    RetentionCount,
    Size,
    StrictModel,
    Token,
)


class PollingSettings(StrictModel):
    """Settings of polling."""

    every: Duration = timedelta(hours=1)
    """The shortest poll interval; a feed's own ``every`` overrides it."""
    every_unvalidated: Duration = timedelta(hours=24)
    """The shortest poll interval of a feed without validators and freshness hints; its own ``every`` overrides it."""
    at_most: Duration = timedelta(hours=24)
    """The longest poll interval, whatever the publisher sends and however often polls fail."""
    refresh: Duration = timedelta(minutes=10)
    """The shortest interval between polls that a user or a push triggers."""
    whole_every: Duration = timedelta(days=7)
    """After "not modified" for this long, the next request for a feed is unconditional."""
    moves_after: int = Field(default=3, ge=1, le=100)
    """Number of identical permanent redirects, a day apart, after which a feed's new address is stored."""
    gone_after: int = Field(default=7, ge=1, le=100)
    """Number of consecutive 410 responses, a day apart, after which a feed is no longer polled."""
    delta: bool = False
    """true: request only new entries (RFC 3229, ``A-IM: feed``)."""
    backfill: int = Field(default=0, ge=0, le=1000)
    """Number of older documents (RFC 5005) to read of a new feed, one per poll."""
    jitter: float = Field(default=0.1, ge=0, le=1)
    """Largest random extension of a poll interval, as a share of it; it spreads the polls."""
    concurrency: int = Field(default=16, ge=1, le=500)
    """Number of hosts that receive requests at the same time; one host never receives two at once."""


class FetchingSettings(StrictModel):
    """Settings of requests."""

    allow_networks: tuple[Network, ...] = ()
    """Private networks that requests may reach; without it, only public addresses."""
    spacing: Duration = timedelta(seconds=1)
    """Shortest pause between two requests to one host."""
    crawl_delay: Duration = timedelta(minutes=1)
    """Longest Crawl-delay of a robots.txt that is obeyed; a longer one is shortened to it."""
    own_hosts: tuple[str, ...] = ()
    """Domains whose subdomains are separate hosts, because they belong to different publishers."""
    shared_hosts: dict[Name, tuple[str, ...]] = Field(default={})
    """Names of hosts, each with the domains that one server serves, which are treated as one host."""
    timeout: Duration = timedelta(seconds=30)
    """Deadline of one request, including its redirects and its body."""
    max_redirects: int = Field(default=10, ge=0, le=10)
    """Most redirects that one request follows."""
    max_feed: Size = 20_000_000
    """Largest feed document after decompression."""
    max_page: Size = 5_000_000
    """Largest article page after decompression."""
    contact: str | None = None
    """Contact URL or e-mail address in the User-Agent; default: `publishing.public_url`."""


class PushSettings(StrictModel):
    """Settings of push: WebSub hubs and rssCloud servers."""

    enabled: bool = True
    """true: subscribe to feeds that advertise a hub; needs ``publishing.public_url``."""
    every: Duration = timedelta(hours=24)
    """Poll interval of a feed with a push subscription, in case a push is lost."""
    lease: Duration = timedelta(days=10)
    """Requested lease of a subscription; it is renewed before it ends."""


class ExtractionSettings(StrictModel):
    """Settings of article text extraction."""

    workers: int = Field(default=2, ge=1, le=64)
    """Number of worker processes for parsing, extraction and sketching."""
    deadline: Duration = timedelta(seconds=10)
    """Longest time in a worker for one page or feed; after that it fails, and the worker is replaced."""
    memory: Size = 2_000_000_000
    """Largest address space of one worker."""
    robots: bool = True
    """true: request article pages only if robots.txt allows it."""
    attempts: int = Field(default=4, ge=1, le=20)
    """Number of attempts for a page that fails temporarily, before the text in the feed is used."""
    revisit: Annotated[tuple[Duration, ...], Field(max_length=20)] = ()
    """Ages of an article at which its page is fetched again, for example `[1h, 3h, 12h, 1d, 3d, 7d]`."""

    @field_validator("revisit")
    @classmethod
    def _seldom(cls, value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        if any(not timedelta(minutes=10) <= age <= timedelta(days=30) for age in value):
            raise ValueError("an age at which a page is fetched again is between 10m and 30d")
        return value


class DedupSettings(StrictModel):
    """Settings of merging."""

    window: Duration = timedelta(days=30)
    """Copies are searched among the articles seen within this time."""
    most_articles: int = Field(default=1_000_000, ge=1000)
    """Most articles with fingerprints in memory, about 330 bytes each; the oldest are removed first."""
    across: float = Field(default=0.60, gt=0, le=1)
    """Share of the shorter text that copies from different outlets must have in common."""
    within: float = Field(default=0.75, gt=0, le=1)
    """The same for two articles of one outlet, where templates and series are common."""


class LeadPolicy(StrEnum):
    """The rule for changing the canonical copy of a published story."""

    KEEP = "keep"
    BEST = "best"


class PublishingSettings(StrictModel):
    """Settings of publication."""

    settle: Duration = timedelta(minutes=10)
    """Time from the first copy of a story to its publication, in which further copies can arrive."""
    lead: LeadPolicy = LeadPolicy.KEEP
    """keep: the canonical copy stays after publication; best: a better copy replaces it."""
    output: Path | None = None
    """Folder into which the digests are also written as files; relative to the parent of the configuration folder."""
    hubs: tuple[HttpUrl, ...] = ()
    """WebSub hubs that the digests advertise and that are notified when a digest changes; needs ``public_url``."""
    public_url: HttpUrl | None = None
    """URL at which readers reach the service, if it differs from the address on which it listens."""


class WebSettings(StrictModel):
    """Settings of the web server."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for all interfaces."""
    port: int = Field(default=8642, ge=0, le=65535)
    """Port to listen on; 0 chooses a free port."""
    token: Token | None = None
    """Secret for the pages of the operator, such as ``/operator.atom?token=…``, if others can reach the service."""


class LogFormat(StrEnum):
    """The format of log lines."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The lowest level of events that are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LoggingSettings(StrictModel):
    """Settings of the log on standard error."""

    level: LogLevel = LogLevel.INFO
    """debug, info, warning or error."""
    format: LogFormat = LogFormat.TEXT
    """text: for people; json: for programs."""


class RetentionSettings(StrictModel):
    """Settings of retention."""

    age: RetentionAge = FOREVER
    """Entries unchanged for this long are deleted, for example ``365d``; but none seen within ``dedup.window``."""
    entries: RetentionCount = ALL
    """Number of newest entries of each feed that are kept, besides those seen within ``dedup.window``."""
    polls: int = Field(default=100, ge=10, le=100_000)
    """Number of polls that are stored for each feed."""


class Settings(StrictModel):
    """The settings in aggregator.yaml; all have defaults."""

    database: str = "sqlite:///data/aggregator.db"
    """SQLAlchemy URL; SQLite paths are relative to the parent of the configuration folder."""
    polling: PollingSettings = PollingSettings()
    fetching: FetchingSettings = FetchingSettings()
    push: PushSettings = PushSettings()
    extraction: ExtractionSettings = ExtractionSettings()
    dedup: DedupSettings = DedupSettings()
    publishing: PublishingSettings = PublishingSettings()
    web: WebSettings = WebSettings()
    retention: RetentionSettings = RetentionSettings()
    logging: LoggingSettings = LoggingSettings()

    @field_validator("database")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.split(":", 1)[0]
        if scheme.split("+")[0] not in ("sqlite", "postgresql", "postgres"):
            raise ValueError(f"{scheme!r} is not a supported database; write a sqlite: or postgresql: URL")
        return value


class Configuration(StrictModel):
    """The configuration: the contents of both files."""

    feeds: tuple[FeedSettings, ...] = ()
    keep: tuple[EntryRule, ...] = ()
    drop: tuple[EntryRule, ...] = ()
    digests: tuple[DigestSettings, ...] = (DigestSettings(name="digest"),)
    settings: Settings = Settings()
