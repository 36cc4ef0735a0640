"""What a person may write in YAML, as validated values. Reading the files is ``configuration``'s.

Durations are written ``90s``, ``30m``, ``2h``, ``1d`` (or a number of seconds), sizes ``500kB``,
``10MB`` (or a number of bytes). A key that is not listed here is a mistake, never ignored.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    SecretStr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from aggregator.credentials import has_userinfo, without_userinfo
from aggregator.header_fields import check_name, check_value, hold_secrets
from aggregator.matching import LONGEST as LONGEST_EXPRESSION
from aggregator.matching import Pattern
from aggregator.model import Content
from aggregator.selectors import LONGEST, check_selector
from aggregator.timetables import Timetable

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(B|kB|KB|MB|GB)\s*")
_BYTES = {"B": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def parse_duration(value: Any) -> timedelta:
    """``"30m"``, ``90`` or a timedelta as a timedelta; raises ValueError in words for people."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return timedelta(seconds=value)
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
    raise ValueError(f"{value!r} is not a duration; write for example 90s, 30m, 2h or 1d")


def parse_size(value: Any) -> int:
    """``"10MB"`` or ``10000000`` as bytes; raises ValueError in words for people."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        return int(float(match[1]) * _BYTES[match[2]])
    raise ValueError(f"{value!r} is not a size; write for example 500kB or 10MB")


_DURATION_SCHEMAS = (
    {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*$"},
    {"type": "number", "minimum": 0},
)
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {
            "anyOf": [
                *_DURATION_SCHEMAS,
            ]
        }
    ),
]
FOREVER: Final = "forever"
ALL: Final = "all"
KeptFor = Annotated[
    timedelta | Literal["forever"],
    BeforeValidator(lambda v: v if v == FOREVER else parse_duration(v)),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": FOREVER},
                *_DURATION_SCHEMAS,
            ]
        }
    ),
]


def _kept_count(value: Any) -> Any:
    if value == ALL or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError(f"{value!r} is not a number of entries; write for example 500, or {ALL}")


KeptCount = Annotated[
    int | Literal["all"],
    BeforeValidator(_kept_count),
    WithJsonSchema({"anyOf": [{"const": ALL}, {"type": "integer", "minimum": 1}]}),
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(B|kB|KB|MB|GB)\s*$"},
                {"type": "integer", "minimum": 1},
            ]
        }
    ),
]
Network = Annotated[
    IPv4Network | IPv6Network,
    WithJsonSchema({"type": "string", "description": "an address or a network, for example 192.168.0.0/16"}),
]


def _http_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{without_userinfo(value)!r} is not an http or https URL")
    _ = parts.port  # a port outside 0-65535 raises ValueError here
    return value.strip()


HttpUrl = Annotated[str, BeforeValidator(lambda v: _http_url(v) if isinstance(v, str) else v)]


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a name; use small letters, digits, '.', '-' and '_'")
    return value


Name = Annotated[str, BeforeValidator(lambda v: _name(v) if isinstance(v, str) else v)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


Expression = Annotated[
    Pattern,
    InstanceOf(),
    BeforeValidator(lambda v: Pattern(v) if isinstance(v, str) else v),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "regex", "maxLength": LONGEST_EXPRESSION}),
]


def _phrases(value: Any) -> Any:
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, list | tuple) and any(isinstance(phrase, str) and not phrase.strip() for phrase in value):
        raise ValueError("a word or phrase is empty")
    return value


Phrases = Annotated[
    tuple[str, ...],
    BeforeValidator(_phrases),
    Field(max_length=200),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Words or phrases; one of them may stand without a list."""


class FullText(StrEnum):
    """Where an article's text is taken from."""

    AUTO = "auto"
    FEED = "feed"
    PAGE = "page"


class EntryRule(_Strict):
    """What an entry must match: one key, for example ``{title: "(?i)climate"}`` or ``{tag: sport}``."""

    words: Phrases | None = None
    """One of these words or phrases stands in the title, the summary or the content, as whole words, in any case."""
    title: Expression | None = None
    """A regular expression found in the title."""
    text: Expression | None = None
    """A regular expression found in the title, the summary or the content."""
    tag: str | None = None
    """One of the entry's categories, in any case."""
    author: Expression | None = None
    """A regular expression found in the name of one of the authors."""
    url: Expression | None = None
    """A regular expression found in the address of the entry."""

    @model_validator(mode="after")
    def _one_key(self) -> EntryRule:
        if len(self.model_fields_set) != 1:
            raise ValueError("a rule has exactly one of the keys words, title, text, tag, author and url")
        return self

    def __str__(self) -> str:
        key = next(iter(self.model_fields_set))
        value = getattr(self, key)
        return f"{key}: {', '.join(value) if isinstance(value, tuple) else value}"


Selector = Annotated[
    str,
    BeforeValidator(lambda v: check_selector(v) if isinstance(v, str) else v),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST}),
]
Selectors = Annotated[tuple[Selector, ...], Field(max_length=50)]


HeaderName = Annotated[str, AfterValidator(check_name)]
HeaderValue = Annotated[str, AfterValidator(check_value)]
SecretValue = Annotated[SecretStr, AfterValidator(lambda v: SecretStr(check_value(v.get_secret_value())))]
"""A value that no error, no log and no ``repr`` shows."""


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if has_userinfo(value) or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("this is more than an origin; write for example https://www.example.org")
    return value


Origin = Annotated[HttpUrl, AfterValidator(_origin)]


class PageSettings(_Strict):
    """Where the article stands on the pages of a feed: CSS, or XPath, which begins with ``/``, ``./`` or ``(``."""

    take: Selectors = ()
    """Elements that are the article's body; where a page has none of them, the body is found as on other pages."""
    drop: Selectors = ()
    """Elements that are not the article, wherever they stand."""


class FeedRetention(_Strict):
    """How long the entries of a feed are kept; what is left out is as ``retention`` says."""

    age: KeptFor | None = None
    """An entry that did not change for so long may go; ``forever`` keeps it."""
    entries: KeptCount | None = None
    """So many of the newest entries are kept; ``all`` keeps them all."""


class FeedSettings(_Strict):
    """One feed to poll; ``url`` is the only key it needs."""

    url: HttpUrl
    """Address of the feed, http or https."""
    name: Name | None = None
    """Stable key of the feed; derived from the URL when left out."""
    title: str | None = None
    """Shown instead of the title the feed gives itself."""
    outlet: str | None = None
    """Who publishes the feed; its registrable domain when left out."""
    tags: tuple[str, ...] = ()
    """Words to choose feeds by, in digests."""
    every: Duration | None = None
    """Never polled more often than this; ``polling.every`` when left out."""
    at_most: Duration | None = None
    """No wish of the publisher and no failure delays a poll longer; ``polling.at_most`` when left out."""
    private: bool | None = None
    """Whether the feed is for you alone; when left out, what its password, its headers or its Cache-Control say."""
    priority: int = Field(default=0, ge=-1000, le=1000)
    """The copy of the feed with the higher priority leads its story."""
    keep: tuple[EntryRule, ...] = ()
    """When given, only entries that match one of these are used."""
    drop: tuple[EntryRule, ...] = ()
    """Entries that match one of these are not used."""
    full_text: FullText = FullText.AUTO
    """auto: page or feed, whichever gives more; page: the page if it gives anything; feed: never fetch the page."""
    retention: FeedRetention = FeedRetention()
    """How long its entries are kept, where that differs from ``retention`` in aggregator.yaml."""
    page: PageSettings = PageSettings()
    """What of its pages is the article, for pages on which that is not found well."""
    user_agent: HeaderValue | None = None
    """The User-Agent of requests for the feed, its pages and their robots.txt."""
    headers: dict[HeaderName, SecretValue] = {}
    """Further header fields of requests for the feed and its pages, sent to the feed's own origin only."""
    headers_to: tuple[Origin, ...] = ()
    """Other origins that ``headers`` are sent to, for example ``https://www.example.org``, where the pages are."""

    @field_validator("headers")
    @classmethod
    def _each_once(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        names = [name.lower() for name in value]
        if twice := next((name for name in value if names.count(name.lower()) > 1), None):
            raise ValueError(f"{twice} stands there twice")
        return value

    @model_validator(mode="after")
    def _one_password(self) -> FeedSettings:
        if has_userinfo(self.url) and "authorization" in {name.lower() for name in self.headers}:
            raise ValueError("the URL carries a password and headers an Authorization; give one of them")
        return self

    @property
    def has_credentials(self) -> bool:
        """Whether what is asked for is shown to somebody who is known: by a password or a header field."""
        return has_userinfo(self.url) or hold_secrets(self.headers)


class Selection(_Strict):
    """Which stories a digest publishes; every key that is given must hold."""

    tags: tuple[str, ...] = ()
    """Some copy comes from a feed with one of these tags."""
    feeds: tuple[str, ...] = ()
    """Some copy comes from one of these feeds, by name."""
    outlets: tuple[str, ...] = ()
    """Some copy comes from one of these outlets."""
    language: str | None = None
    """The canonical copy is in this language (``en`` takes ``en-GB`` too)."""
    words: Phrases = ()
    """One of these words or phrases stands in the canonical copy's title or text, as whole words, in any case."""
    title: Expression | None = None
    """A regular expression found in the canonical copy's title."""
    text: Expression | None = None
    """A regular expression found in the canonical copy's title or text."""
    credit: Phrases = ()
    """Some copy credits one of these agencies, by any of its names (``AP``, ``Associated Press``)."""
    age: Annotated[Duration, Field(gt=timedelta(0))] | None = None
    """The story was published here within this time, to the hour."""
    min_copies: int = Field(default=1, ge=1)
    """At least so many outlets carried the story."""


Edition = Annotated[
    Timetable,
    InstanceOf(),
    BeforeValidator(lambda v: Timetable(v) if isinstance(v, str) else v),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["07:00 Europe/Berlin", "0 7 * * mon-fri Europe/Berlin"]}),
]


def _token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9._~-]{16,200}", value.get_secret_value()):
        raise ValueError(
            "a token has 16 to 200 letters, digits, '.', '-', '_' or '~'; for example from: openssl rand -hex 16"
        )
    return value


Token = Annotated[SecretStr, AfterValidator(_token)]


class Grouping(StrEnum):
    """How the stories on a page of a digest are put together."""

    NONE = "none"
    RELATED = "related"


class Order(StrEnum):
    """Which story of a digest comes first."""

    TIME = "time"
    COVERAGE = "coverage"


class DigestSettings(_Strict):
    """One published feed of stories."""

    name: Name
    """The digest is served at /digests/NAME.atom, .rss and .json; the one named ``digest`` at /digest.* too."""
    title: str | None = None
    """Title of the digest feed."""
    where: Selection = Selection()
    """Which stories are published; all of them when left out."""
    sort: Order = Order.TIME
    """time: the newest story first; coverage: the one that most outlets carried."""
    limit: int = Field(default=200, ge=1, le=10_000)
    """Stories on one page; older ones are on the following pages."""
    content: Content = Content.FULL
    """full: the whole text; summary: its beginning; link: no text, only who carried it."""
    edition: Edition | None = None
    """When an issue is made of the stories since the last, for example ``"07:00 Europe/Berlin"``; cron works too."""
    token: Token | None = None
    """A secret that its address must hold (``?token=…``); the digest may then hold private feeds."""
    group: Grouping = Grouping.NONE
    """related: stories that may tell of the same event follow the newest of them, on each page."""


class FeedsFile(_Strict):
    """feeds.yaml: what is polled and what is published."""

    feeds: tuple[FeedSettings, ...] = ()
    """The feeds to poll."""
    digests: tuple[DigestSettings, ...] = (DigestSettings(name="digest"),)
    """The digests to publish."""
    keep: tuple[EntryRule, ...] = ()
    """When given, only entries that match one of these are used, whatever their feed."""
    drop: tuple[EntryRule, ...] = ()
    """Entries that match one of these are not used, whatever their feed."""


class PollingSettings(_Strict):
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


class FetchingSettings(_Strict):
    """How requests are made."""

    allow_networks: tuple[Network, ...] = ()
    """Private networks that may be asked; without it only public addresses are."""
    spacing: Duration = timedelta(seconds=1)
    """Pause between two requests to one host."""
    crawl_delay: Duration = timedelta(minutes=1)
    """Longest pause between requests that a robots.txt is granted."""
    own_hosts: tuple[str, ...] = ()
    """Domains whose subdomains are hosts of their own, because they belong to different people."""
    shared_hosts: dict[Name, tuple[str, ...]] = {}
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


class PushSettings(_Strict):
    """How news is taken from those who push it: WebSub hubs and rssCloud servers."""

    enabled: bool = True
    """Whether feeds that advertise a hub are subscribed to; needs ``publishing.public_url``."""
    every: Duration = timedelta(hours=24)
    """How often a feed that is pushed is polled all the same, as a safety net."""
    lease: Duration = timedelta(days=10)
    """How long a subscription is asked for; it is renewed before it ends."""


class ExtractionSettings(_Strict):
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


class DedupSettings(_Strict):
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


class PublishingSettings(_Strict):
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


class WebSettings(_Strict):
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


class LoggingSettings(_Strict):
    """What is logged, to standard error."""

    level: LogLevel = LogLevel.INFO
    """debug, info, warning or error."""
    format: LogFormat = LogFormat.TEXT
    """text for people, json for machines."""


class RetentionSettings(_Strict):
    """What is kept, and how long."""

    age: KeptFor = FOREVER
    """An entry that did not change for so long may go, for example ``365d``; not sooner than ``dedup.window``."""
    entries: KeptCount = ALL
    """So many of the newest entries of each feed are kept, and those seen within ``dedup.window``."""
    polls: int = Field(default=100, ge=10, le=100_000)
    """Polls remembered per feed."""


class Settings(_Strict):
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


class Configuration(_Strict):
    """Both files together."""

    feeds: tuple[FeedSettings, ...] = ()
    keep: tuple[EntryRule, ...] = ()
    drop: tuple[EntryRule, ...] = ()
    digests: tuple[DigestSettings, ...] = (DigestSettings(name="digest"),)
    settings: Settings = Settings()
