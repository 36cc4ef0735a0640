"""Defines the settings in feeds.yaml: feeds, digests and entry rules."""

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

from aggregator.edition_schedule import EditionTimetable
from aggregator.model.publishing import Content
from aggregator.settings.custom_headers import may_be_secret
from aggregator.settings.setting_types import (
    Duration,
    HeaderName,
    HeaderValue,
    HttpUrl,
    Name,
    Origin,
    Phrases,
    RegularExpression,
    RetentionAge,
    RetentionCount,
    SecretValue,
    Selectors,
    StrictModel,
    Token,
)
from aggregator.url_credentials import has_userinfo


class FullText(StrEnum):
    """The source of an article's text."""

    AUTO = "auto"
    FEED = "feed"
    PAGE = "page"


class EntryIdentity(StrEnum):
    """The values by which an entry of a feed is recognised as the same entry."""

    AUTO = "auto"
    ID = "id"
    LINK = "link"
    TITLE = "title"
    ID_AND_LINK = "id+link"


class EntryRule(StrictModel):
    """A condition on entries: one key, for example ``{title: "(?i)climate"}`` or ``{tag: sport}``."""

    words: Phrases | None = None
    """The title, summary or content contains one of these words or phrases, as whole words, in any case."""
    title: RegularExpression | None = None
    """The title matches this regular expression."""
    text: RegularExpression | None = None
    """The title, summary or content matches this regular expression."""
    tag: str | None = None
    """The entry has this category, in any case."""
    author: RegularExpression | None = None
    """The name of an author matches this regular expression."""
    url: RegularExpression | None = None
    """The URL of the entry matches this regular expression."""

    @model_validator(mode="after")
    def _one_key(self) -> EntryRule:
        if len(self.model_fields_set) != 1:
            raise ValueError("a rule must have exactly one of the keys words, title, text, tag, author and url")
        return self

    def __str__(self) -> str:
        key = next(iter(self.model_fields_set))
        value = getattr(self, key)
        return f"{key}: {', '.join(value) if isinstance(value, tuple) else value}"


class PageSettings(StrictModel):
    """Selectors of the article on the pages of a feed: CSS, or XPath that begins with ``/``, ``./`` or ``(``."""

    take: Selectors = ()
    """Elements that are the article body; on a page with none of them, the body is found automatically."""
    drop: Selectors = ()
    """Elements that are not part of the article, anywhere on the page."""


class FeedRetention(StrictModel):
    """The retention of one feed; an omitted key has the value from ``retention`` in aggregator.yaml."""

    age: RetentionAge | None = None
    """Entries that did not change for this long are deleted; ``forever`` keeps them."""
    entries: RetentionCount | None = None
    """Number of newest entries that are kept; ``all`` keeps all."""


class FeedSettings(StrictModel):
    """The settings of one feed; only ``url`` is required."""

    url: HttpUrl
    """URL of the feed, http or https."""
    name: Name | None = None
    """Permanent name of the feed; default: made from the URL."""
    title: str | None = None
    """Title to show, instead of the title in the feed."""
    outlet: str | None = None
    """Publisher of the feed; default: the registrable domain of the URL."""
    tags: tuple[str, ...] = ()
    """Tags by which digests select feeds."""
    every: Duration | None = None
    """The shortest poll interval; default: ``polling.every``."""
    at_most: Duration | None = None
    """The longest poll interval; default: ``polling.at_most``."""
    private: bool | None = None
    """true: only you may read the feed; default: decided by its password, its headers and its Cache-Control."""
    priority: int = Field(default=0, ge=-1000, le=1000)
    """The copy from the feed with the highest priority becomes the canonical copy."""
    keep: tuple[EntryRule, ...] = ()
    """If given, only entries that match one of these rules are used."""
    drop: tuple[EntryRule, ...] = ()
    """Entries that match one of these rules are not used."""
    full_text: FullText = FullText.AUTO
    """auto: the longer text of page and feed; page: the page if it has text; feed: never fetch the page."""
    identity: EntryIdentity = EntryIdentity.AUTO
    """auto: by the evidence; id, link, title, id+link: entries with the same one are one entry, all others are not."""
    retention: FeedRetention = FeedRetention()
    """Retention of the feed's entries, where it differs from ``retention`` in aggregator.yaml."""
    page: PageSettings = PageSettings()
    """Selectors of the article on the feed's pages, if it is not found automatically."""
    user_agent: HeaderValue | None = None
    """User-Agent of requests for the feed, its pages and their robots.txt."""
    headers: dict[HeaderName, SecretValue] = Field(default={})
    """Additional header fields of requests for the feed and its pages, sent only to the origin of the feed."""
    headers_to: tuple[Origin, ...] = ()
    """Further origins to which ``headers`` are sent, for example ``https://www.example.org`` with the pages."""

    @field_validator("headers")
    @classmethod
    def _each_once(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        names = [name.lower() for name in value]
        if twice := next((name for name in value if names.count(name.lower()) > 1), None):
            raise ValueError(f"the header field {twice} occurs twice")
        return value

    @model_validator(mode="after")
    def _one_password(self) -> FeedSettings:
        if has_userinfo(self.url) and "authorization" in {name.lower() for name in self.headers}:
            raise ValueError("the URL has a password and headers has Authorization; remove one of them")
        return self

    @property
    def has_credentials(self) -> bool:
        """True if requests identify the user, by a password or a secret header field."""
        return has_userinfo(self.url) or may_be_secret(self.headers)


class StorySelection(StrictModel):
    """The condition on the stories of a digest; all given keys must hold."""

    tags: tuple[str, ...] = ()
    """A copy comes from a feed with one of these tags."""
    feeds: tuple[str, ...] = ()
    """A copy comes from one of these feeds, given by name."""
    outlets: tuple[str, ...] = ()
    """A copy comes from one of these outlets."""
    language: str | None = None
    """The canonical copy has this language (``en`` includes ``en-GB``)."""
    words: Phrases = ()
    """The canonical copy's title or text contains one of these words or phrases, as whole words, in any case."""
    title: RegularExpression | None = None
    """The canonical copy's title matches this regular expression."""
    text: RegularExpression | None = None
    """The canonical copy's title or text matches this regular expression."""
    credit: Phrases = ()
    """A copy credits one of these agencies, by any of its names (``AP``, ``Associated Press``)."""
    age: Annotated[Duration, Field(gt=timedelta(0))] | None = None
    """The service published the story within this time; rounded to the hour."""
    min_copies: int = Field(default=1, ge=1)
    """At least this number of outlets published the story."""


Edition = Annotated[
    EditionTimetable,
    InstanceOf(),
    BeforeValidator(lambda v: EditionTimetable(v) if isinstance(v, str) else v),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["07:00 Europe/Berlin", "0 7 * * mon-fri Europe/Berlin"]}),
]


class Grouping(StrEnum):
    """The grouping of the stories on a page of a digest."""

    NONE = "none"
    RELATED = "related"


class StoryOrder(StrEnum):
    """The order of the stories in a digest."""

    TIME = "time"
    COVERAGE = "coverage"


class DigestSettings(StrictModel):
    """The settings of one published feed of stories."""

    name: Name
    """The digest is served at /digests/NAME.atom, .rss and .json; the one named ``digest`` also at /digest.*."""
    title: str | None = None
    """Title of the digest."""
    where: StorySelection = StorySelection()
    """Stories that are published; default: all."""
    sort: StoryOrder = StoryOrder.TIME
    """time: the newest story first; coverage: the story with the most outlets first."""
    limit: int = Field(default=200, ge=1, le=10_000)
    """Number of stories on a page; older stories are on further pages."""
    content: Content = Content.FULL
    """full: the whole text; summary: its beginning; link: no text, only links to the copies."""
    edition: Edition | None = None
    """Times at which the new stories become one issue, for example ``"07:00 Europe/Berlin"``, or a cron expression."""
    token: Token | None = None
    """Secret that its URL must contain (``?token=…``); such a digest may contain private feeds."""
    group: Grouping = Grouping.NONE
    """related: on each page, stories that may be about the same event follow the newest of them."""


class FeedsFile(StrictModel):
    """The settings in feeds.yaml: feeds to poll and digests to publish."""

    feeds: tuple[FeedSettings, ...] = ()
    """The feeds to poll."""
    digests: tuple[DigestSettings, ...] = (DigestSettings(name="digest"),)
    """The digests to publish."""
    keep: tuple[EntryRule, ...] = ()
    """If given, only entries that match one of these rules are used, in all feeds."""
    drop: tuple[EntryRule, ...] = ()
    """Entries that match one of these rules are not used, in all feeds."""
