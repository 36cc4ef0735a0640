"""Defines aggregator.yaml and the whole configuration."""

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
    KeptCount,
    KeptFor,
    Name,
    Network,
    Size,
    StrictModel,
    Token,
)


class PollingSettings(StrictModel):
    """How often feeds are polled."""

    every: Duration = timedelta(hours=1)
    """The floor: no feed is polled more often, unless its own ``every`` says so."""
    every_unvalidated: Duration = timedelta(hours=24)
    """The floor for a feed that offers no validators and does not say when to come back; its own ``every`` wins."""
    at_most: Duration = timedelta(hours=24)
    """The cap: no wish of a publisher and no failure delays a poll longer."""
    refresh: Duration = timedelta(minutes=10)
    """The floor for polls that a person or a push asks for."""
    whole_every: Duration = timedelta(days=7)
    """A feed that said "not modified" for so long is asked for its whole document once."""
    moves_after: int = Field(default=3, ge=1, le=100)
    """So many identical permanent redirects, a day apart, rewrite a feed's address."""
    gone_after: int = Field(default=7, ge=1, le=100)
    """So many answers 410 in a row, a day apart, retire a feed."""
    delta: bool = False
    """Whether feeds are asked for their new entries alone (RFC 3229, ``A-IM: feed``)."""
    backfill: int = Field(default=0, ge=0, le=1000)
    """Older documents (RFC 5005) read of a feed that is new, one per poll."""
    jitter: float = Field(default=0.1, ge=0, le=1)
    """Share of the interval that chance may add, so that polls spread."""
    concurrency: int = Field(default=16, ge=1, le=500)
    """Hosts that are asked at the same time; one host is never asked twice at once."""


class FetchingSettings(StrictModel):
    """How requests are made."""

    allow_networks: tuple[Network, ...] = ()
    """Private networks that may be asked; without it only public addresses are."""
    spacing: Duration = timedelta(seconds=1)
    """Pause between two requests to one host."""
    crawl_delay: Duration = timedelta(minutes=1)
    """Longest pause between requests that a robots.txt is granted."""
    own_hosts: tuple[str, ...] = ()
    """Domains whose subdomains are hosts of their own, because they belong to different people."""
    shared_hosts: dict[Name, tuple[str, ...]] = Field(default={})
    """Domains that are one host, because one server answers for all of them, by a name for it."""
    timeout: Duration = timedelta(seconds=30)
    """Deadline for one request, redirects and body included."""
    max_redirects: int = Field(default=10, ge=0, le=10)
    """Redirects followed for one request."""
    max_feed: Size = 20_000_000
    """Largest feed document, decoded."""
    max_page: Size = 5_000_000
    """Largest article page, decoded."""
    contact: str | None = None
    """URL or e-mail address that publishers find in the User-Agent; `publishing.public_url` when left out."""


class PushSettings(StrictModel):
    """How news is taken from those who push it: WebSub hubs and rssCloud servers."""

    enabled: bool = True
    """Whether feeds that advertise a hub are subscribed to; needs ``publishing.public_url``."""
    every: Duration = timedelta(hours=24)
    """How often a feed that is pushed is polled all the same, as a safety net."""
    lease: Duration = timedelta(days=10)
    """How long a subscription is asked for; it is renewed before it ends."""


class ExtractionSettings(StrictModel):
    """How article text is taken from pages."""

    workers: int = Field(default=2, ge=1, le=64)
    """Worker processes for parsing, extraction and sketching."""
    deadline: Duration = timedelta(seconds=10)
    """A page or feed that takes longer is given up and its worker replaced."""
    memory: Size = 2_000_000_000
    """Address space one worker may use."""
    robots: bool = True
    """Whether robots.txt is asked before article pages are."""
    attempts: int = Field(default=4, ge=1, le=20)
    """How often a page that fails for a passing reason is tried before the feed's own text is used."""
    revisit: Annotated[tuple[Duration, ...], Field(max_length=20)] = ()
    """Ages at which the page of an article is asked for again, for example `[1h, 3h, 12h, 1d, 3d, 7d]`."""

    @field_validator("revisit")
    @classmethod
    def _seldom(cls, value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        if any(not timedelta(minutes=10) <= age <= timedelta(days=30) for age in value):
            raise ValueError("an age at which a page is asked for again is 10m at least and 30d at most")
        return value


class DedupSettings(StrictModel):
    """How copies are recognised."""

    window: Duration = timedelta(days=30)
    """Copies are looked for among articles seen within this time."""
    most_articles: int = Field(default=1_000_000, ge=1000)
    """Articles whose fingerprints are held in memory, about 330 bytes each; beyond that the oldest go first."""
    across: float = Field(default=0.60, gt=0, le=1)
    """Share of the shorter text that copies in different outlets have in common."""
    within: float = Field(default=0.75, gt=0, le=1)
    """The same for two articles of one outlet, where templates and instalments abound."""


class LeadPolicy(StrEnum):
    """What may change the canonical copy of a story that was published."""

    KEEP = "keep"
    BEST = "best"


class PublishingSettings(StrictModel):
    """How digests are published."""

    settle: Duration = timedelta(minutes=10)
    """A story is held this long after its first copy, so that copies gather and the best one leads."""
    lead: LeadPolicy = LeadPolicy.KEEP
    """keep: the canonical copy stays after publication; best: a better copy takes its place."""
    output: Path | None = None
    """A folder the digests are written into as files too; relative to the folder above the configuration."""
    hubs: tuple[HttpUrl, ...] = ()
    """WebSub hubs that are told when a digest changes, and that subscribers are sent to; needs ``public_url``."""
    public_url: HttpUrl | None = None
    """Where readers reach this service, when that is not the address it listens on."""


class WebSettings(StrictModel):
    """Where the service listens."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for every interface."""
    port: int = Field(default=8642, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    token: Token | None = None
    """A secret that opens what is the operator's alone, such as ``/operator.atom?token=…``, where others can read."""


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important events that are still logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LoggingSettings(StrictModel):
    """What is logged, to standard error."""

    level: LogLevel = LogLevel.INFO
    """debug, info, warning or error."""
    format: LogFormat = LogFormat.TEXT
    """text for people, json for machines."""


class RetentionSettings(StrictModel):
    """What is kept, and how long."""

    age: KeptFor = FOREVER
    """An entry that did not change for so long may go, for example ``365d``; not sooner than ``dedup.window``."""
    entries: KeptCount = ALL
    """So many of the newest entries of each feed are kept, and those seen within ``dedup.window``."""
    polls: int = Field(default=100, ge=10, le=100_000)
    """Polls remembered per feed."""


class Settings(StrictModel):
    """aggregator.yaml: everything has a default."""

    database: str = "sqlite:///data/aggregator.db"
    """SQLAlchemy URL; SQLite paths are relative to the folder above the configuration."""
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
            raise ValueError(f"database is a sqlite: or postgresql: URL, not {scheme!r}")
        return value


class Configuration(StrictModel):
    """Both files together."""

    feeds: tuple[FeedSettings, ...] = ()
    keep: tuple[EntryRule, ...] = ()
    drop: tuple[EntryRule, ...] = ()
    digests: tuple[DigestSettings, ...] = (DigestSettings(name="digest"),)
    settings: Settings = Settings()
