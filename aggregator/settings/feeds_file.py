"""Defines feeds.yaml: feeds, digests and entry rules."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    InstanceOf,
    PlainSerializer,
    SecretStr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from aggregator.edition_schedule import Timetable
from aggregator.model.publishing import Content
from aggregator.settings.custom_headers import hold_secrets
from aggregator.settings.setting_types import (
    Duration,
    Expression,
    HeaderName,
    HeaderValue,
    HttpUrl,
    KeptCount,
    KeptFor,
    Name,
    Origin,
    Phrases,
    SecretValue,
    Selectors,
    StrictModel,
    Token,
)
from aggregator.url_credentials import has_userinfo


class FullText(StrEnum):
    """Where an article's text is taken from."""

    AUTO = "auto"
    FEED = "feed"
    PAGE = "page"


class EntryRule(StrictModel):
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


class PageSettings(StrictModel):
    """Where the article stands on the pages of a feed: CSS, or XPath, which begins with ``/``, ``./`` or ``(``."""

    take: Selectors = ()
    """Elements that are the article's body; where a page has none of them, the body is found as on other pages."""
    drop: Selectors = ()
    """Elements that are not the article, wherever they stand."""


class FeedRetention(StrictModel):
    """How long the entries of a feed are kept; what is left out is as ``retention`` says."""

    age: KeptFor | None = None
    """An entry that did not change for so long may go; ``forever`` keeps it."""
    entries: KeptCount | None = None
    """So many of the newest entries are kept; ``all`` keeps them all."""


class FeedSettings(StrictModel):
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
    headers: dict[HeaderName, SecretValue] = Field(default={})
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


class Selection(StrictModel):
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


class Grouping(StrEnum):
    """How the stories on a page of a digest are put together."""

    NONE = "none"
    RELATED = "related"


class Order(StrEnum):
    """Which story of a digest comes first."""

    TIME = "time"
    COVERAGE = "coverage"


class DigestSettings(StrictModel):
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


class FeedsFile(StrictModel):
    """feeds.yaml: what is polled and what is published."""

    feeds: tuple[FeedSettings, ...] = ()
    """The feeds to poll."""
    digests: tuple[DigestSettings, ...] = (DigestSettings(name="digest"),)
    """The digests to publish."""
    keep: tuple[EntryRule, ...] = ()
    """When given, only entries that match one of these are used, whatever their feed."""
    drop: tuple[EntryRule, ...] = ()
    """Entries that match one of these are not used, whatever their feed."""
