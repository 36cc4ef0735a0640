"""Declares the database tables, one class for each.

The tables are the work queue: ``next_poll_at``, ``next_attempt_at`` and ``state`` say what is due, and
``claimed_until`` says how long a worker's claim on a row lasts.

A class may have a plainer name than its table. ``__tablename__`` and the columns keep the names they got in their
migration, because the release before this one uses the same database.

The migrations in ``migrations/`` create these tables; a test compares the two. Values are validated before they
become rows, because a SQLModel table class validates nothing.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
    false,
    literal_column,
    text,
    true,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col

from aggregator.store.column_types import Hashes, Instant, RowId, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _id() -> Any:
    return Field(default=None, sa_column=Column("id", RowId, primary_key=True))


def _text(default: str = "", **options: Any) -> Any:
    return Field(default=default, sa_type=Text, **options)


def _optional_text(**options: Any) -> Any:
    return Field(default=None, sa_type=Text, nullable=True, **options)


def _instant() -> Any:
    return Field(sa_type=Instant)


def _optional_instant() -> Any:
    return Field(default=None, sa_type=Instant, nullable=True)


def _list() -> Any:
    return Field(default_factory=list, sa_type=_JSON, nullable=False)


def _optional_list() -> Any:
    return Field(default=None, sa_type=_JSON, nullable=True)


def _count() -> Any:
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


def _ref(target: str, *, name: str, nullable: bool = False, primary_key: bool = False, index: bool = False) -> Any:
    column = Column(
        name, RowId, ForeignKey(target), nullable=nullable, primary_key=primary_key, index=index, autoincrement=False
    )
    return Field(default=None, sa_column=column)


def row_id(value: int | None) -> int:
    """Returns the id of a stored row, which the type of the column declares as optional."""
    if value is None:
        raise AssertionError("a stored row has no id")
    return value


class Table(SQLModel):
    """The base class of all tables."""

    metadata: ClassVar[MetaData] = metadata


def sql_table(kind: type[Table]) -> SqlTable:
    """Returns the SQLAlchemy table of a class.

    Statements on it skip the object layer, which costs more than the statements.
    """
    found: SqlTable = kind.__table__  # type: ignore[attr-defined]  # SQLModel makes it, and does not declare it
    return found


class KeyValue(Table, table=True):
    """A named value that the service stores about itself, such as the tag authority of this installation."""

    __tablename__ = "note"

    name: str = _text(primary_key=True)
    value: str = _text()


class Host(Table, table=True):
    """A host that requests are spaced for: a registrable domain or an IP address. Workers claim hosts.

    ``ready_at`` is the earliest instant at which something on the host is due and a request is allowed; None if
    nothing is pending. ``failures`` counts the attempts in a row that the network or the server broke off.
    ``unchanged`` counts answers with status 304. ``saved_bytes`` are the bytes that conditional requests saved.
    """

    __tablename__ = "host"

    key: str = _text(primary_key=True)
    next_request_at: datetime = _instant()
    ready_at: datetime | None = Field(default=None, sa_column=Column("ready_at", Instant, nullable=True, index=True))
    claimed_until: datetime | None = _optional_instant()
    claimed_by: str | None = _optional_text()
    failures: int = _count()
    requests: int = _count()
    unchanged: int = _count()
    wire_bytes: int = _count()
    saved_bytes: int = _count()


class RobotsFile(Table, table=True):
    """The robots.txt of one origin, as it was parsed."""

    __tablename__ = "robots"

    origin: str = _text(primary_key=True)
    access: str = _text()
    text: str | None = _optional_text()
    expires_at: datetime = _instant()


class Feed(Table, table=True):
    """A feed of the configuration and the state of polling it.

    ``configured_url`` is the URL in the configuration, ``url`` the current one. While a permanent redirect is not
    yet trusted, ``move_to`` is requested instead of ``url``, and ``move_seen_at`` is when the old URL last
    answered with that redirect. ``resume`` holds redirects to continue from. ``published`` holds the times of the
    newest entries, in seconds since 1970. ``older_url`` is the document before those that were read;
    ``backfilled`` counts the older documents that were read. ``resume_poll_at`` is set while the next request is
    for an older document; it is when the feed itself is polled again. ``quiet_until`` is the end of the pause
    that a Retry-After asked for, which no setting shortens. Entries that did not change since ``expires_before``
    may be deleted. ``taken_for_one`` counts the entries of the last document that were taken for another entry, by
    reason.
    """

    __tablename__ = "feed"
    __table_args__ = (
        Index(
            "ix_feed_due",
            "host",
            "next_poll_at",
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: int | None = _id()
    name: str = _text(unique=True)
    configured_url: str = _text(sa_column_kwargs={"server_default": text("''")})
    url: str = _text()
    host: str = Field(sa_column=Column("host", Text, ForeignKey("host.key"), nullable=False))
    outlet: str = _text()
    configured_title: str | None = _optional_text()
    tags: list[str] = _list()
    priority: int = 0
    full_text: str = _text("auto")
    every_seconds: float | None = None
    at_most_seconds: float | None = None

    title: str = _text()
    site_url: str | None = _optional_text()
    language: str | None = _optional_text()
    etag: str | None = _optional_text()
    last_modified: str | None = _optional_text()
    validators_url: str | None = _optional_text()
    body_digest: str | None = _optional_text()
    next_poll_at: datetime = _instant()
    last_poll_at: datetime | None = _optional_instant()
    last_outcome: str = _text()
    reason: str = _text()
    problems: list[str] = _list()
    hints: dict[str, Any] = Field(default_factory=dict, sa_type=_JSON, nullable=False)
    state: str = _text("new", sa_column_kwargs={"server_default": text("'new'")})
    failures: int = 0
    gone_count: int = 0
    validated: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    private: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    published: list[int] | None = _optional_list()
    document_bytes: int = _count()
    stored: tuple[int, ...] | None = Field(default=None, sa_type=Hashes, nullable=True)
    whole_at: datetime | None = _optional_instant()
    move_to: str | None = _optional_text()
    move_count: int = _count()
    move_seen_at: datetime | None = _optional_instant()
    resume: list[dict[str, Any]] | None = _optional_list()
    older_url: str | None = _optional_text()
    backfilled: int = _count()
    resume_poll_at: datetime | None = _optional_instant()
    retired_at: datetime | None = _optional_instant()
    retired_reason: str | None = _optional_text()
    quiet_until: datetime | None = _optional_instant()
    merged_into_id: int | None = Field(default=None, sa_type=RowId, nullable=True)
    rules_key: str | None = _optional_text()
    expires_before: datetime | None = _optional_instant()
    taken_for_one: dict[str, Any] | None = Field(default=None, sa_type=_JSON, nullable=True)

    @property
    def shown_title(self) -> str:
        """The title for people: the configured one, else the feed's own, else its name."""
        return self.configured_title or self.title or self.name


class Poll(Table, table=True):
    """One attempt to poll a feed, and its outcome."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_feed_at", "feed_id", "at"),)

    id: int | None = _id()
    feed_id: int = _ref("feed.id", name="feed_id")
    at: datetime = _instant()
    outcome: str = _text()
    status: int | None = None
    reason: str = _text()
    wire_bytes: int = 0
    new_entries: int = 0
    changed_entries: int = 0


class SubscriptionState(StrEnum):
    """The state of a subscription: what the service wants, and what the hub has answered."""

    WANTED = "wanted"
    """Not requested yet."""
    PENDING = "pending"
    """Requested, not confirmed yet."""
    ACTIVE = "active"
    """Confirmed, until ``lease_expires_at``."""
    FAILED = "failed"
    """The request failed, or the lease ended; the request is repeated."""
    DENIED = "denied"
    """The hub denied it."""
    ENDED = "ended"
    """Not wanted any more."""


class Subscription(Table, table=True):
    """The push subscription of one feed.

    ``token`` is the secret end of the callback URL, ``secret`` the key that signs deliveries. ``next_attempt_at``
    is when the hub gets the next request: to subscribe, renew, retry or unsubscribe. ``attempts`` counts the
    requests since the last one that the hub confirmed. ``ordinary_poll_at`` is when the feed would be polled
    without push. ``received_at`` is when the last delivery arrived; ``unstored`` deliveries were acknowledged and
    are not stored yet.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("feed_id"),
        UniqueConstraint("token"),
        Index(
            "ix_subscription_lease",
            "lease_expires_at",
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "ix_subscription_due",
            "next_attempt_at",
            sqlite_where=text("next_attempt_at IS NOT NULL"),
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
    )

    id: int | None = _id()
    feed_id: int = _ref("feed.id", name="feed_id")
    kind: str = _text()
    hub: str = _text()
    host: str = Field(sa_column=Column("host", Text, ForeignKey("host.key"), nullable=False, index=True))
    topic: str = _text()
    token: str = _text()
    secret: str | None = _optional_text()
    state: str = _text(SubscriptionState.WANTED)
    reason: str = _text()
    attempts: int = 0
    next_attempt_at: datetime | None = _optional_instant()
    lease_expires_at: datetime | None = _optional_instant()
    ordinary_poll_at: datetime | None = _optional_instant()
    received_at: datetime | None = _optional_instant()
    unstored: int = 0


class ArticleState(StrEnum):
    """The pipeline state of an article: it waits for its text, is ready to be placed, or is in a story."""

    WAITING = "waiting"
    READY = "ready"
    PLACED = "placed"


class Article(Table, table=True):
    """The text behind a normalised URL of one outlet.

    ``key`` is the URL, or a name made from the entry if it has no URL; the digest of either if it is too long for
    an index. ``wants_page`` says that the page is still to be fetched. ``shares_link`` says that several entries of a
    feed have the URL, so that its page is the text of none; then the key names the entry. ``silent`` says that the
    text is read again to correct it, which is no update for readers. ``visible_from`` is the time that its story gets
    as the time of its publication, if it should have been published earlier. ``reading`` is the partial article of an
    article that has several pages. ``revisit_at`` is when the page of a read article is requested again;
    ``page_url`` and the columns after it describe the page as it was last answered.
    """

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("outlet", "key"),
        Index(
            "ix_article_waiting",
            "next_attempt_at",
            sqlite_where=text("state = 'waiting' AND wants_page = 0"),
            postgresql_where=text("state = 'waiting' AND NOT wants_page"),
        ),
        Index(
            "ix_article_due",
            "host",
            "next_attempt_at",
            sqlite_where=text("state = 'waiting' AND wants_page = 1"),
            postgresql_where=text("state = 'waiting' AND wants_page"),
        ),
        Index(
            "ix_article_revisit",
            "host",
            "revisit_at",
            sqlite_where=text("revisit_at IS NOT NULL"),
            postgresql_where=text("revisit_at IS NOT NULL"),
        ),
        Index("ix_article_ready", "id", sqlite_where=text("state = 'ready'"), postgresql_where=text("state = 'ready'")),
    )

    id: int | None = _id()
    outlet: str = _text()
    key: str = _text()
    url: str | None = _optional_text()
    host: str = Field(sa_column=Column("host", Text, ForeignKey("host.key"), nullable=False))
    priority: int = 0
    state: str = _text(ArticleState.WAITING)
    wants_page: bool = True
    attempts: int = 0
    next_attempt_at: datetime = _instant()
    claimed_until: datetime | None = _optional_instant()
    reading: dict[str, Any] | None = Field(default=None, sa_type=_JSON, nullable=True)
    revisit_at: datetime | None = _optional_instant()
    page_url: str | None = _optional_text()
    page_etag: str | None = _optional_text()
    page_modified: str | None = _optional_text()
    page_digest: str | None = _optional_text()
    seen_at: datetime = Field(sa_column=Column("seen_at", Instant, nullable=False, index=True))
    published_at: datetime = _instant()
    not_before: datetime | None = _optional_instant()
    visible_from: datetime | None = _optional_instant()
    shares_link: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    silent: bool = Field(default=False, sa_column_kwargs={"server_default": false()})

    title: str = _text()
    text: str = _text()
    html: str = _text()
    text_source: str = _text()
    text_reason: str = _text()
    cuts: list[Any] | None = _optional_list()
    text_at: datetime | None = _optional_instant()
    authors: list[str] = _list()
    language: str | None = _optional_text()
    image: str | None = _optional_text()
    canonical_url: str | None = _optional_text()
    credit: str | None = _optional_text()
    modified_at: datetime | None = _optional_instant()
    section: str | None = _optional_text()
    paywalled: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    live: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    revisions: int = 0
    exact: int | None = Field(default=None, sa_column=Column("exact", BigInteger, nullable=True, index=True))
    tokens: int = 0


def is_in_state(state: ArticleState) -> ColumnElement[bool]:
    """Returns the condition that an article is in a state, with the state written out in the statement.

    Neither database uses a partial index for a value that is only bound to the statement.
    """
    return col(Article.state) == literal_column(f"'{state}'")


class Revision(Table, table=True):
    """An earlier text of an article; the current one is in the article."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: int | None = _id()
    article_id: int = _ref("article.id", name="article_id")
    number: int = 0
    text_at: datetime | None = _optional_instant()
    replaced_at: datetime = _instant()
    title: str = _text()
    text: str = _text()
    html: str = _text()


class PageLines(Table, table=True):
    """The line hashes of an article's page, by which lines that an outlet repeats are found."""

    __tablename__ = "page_lines"
    __table_args__ = (Index("ix_page_lines_outlet_article_id", "outlet", "article_id"),)

    article_id: int = _ref("article.id", name="article_id", primary_key=True)
    outlet: str = _text()
    lines: tuple[int, ...] = Field(default=(), sa_type=Hashes)


class Entry(Table, table=True):
    """One item in one feed, keyed by (feed, uid).

    ``guid`` and the keys after it are the values by which a later document finds the entry (``entry_matching``);
    NULL if an earlier version stored the entry. ``details`` is a digest of what is no word (``EntryKeys``).
    ``identity_reason`` says why it is an entry of its own, or why another id means the same entry. ``anchor`` is the
    fragment of its link.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("feed_id", "uid"),
        Index("ix_entry_feed_id_url_key", "feed_id", "url_key"),
        Index("ix_entry_feed_id_link_key", "feed_id", "link_key"),
        Index("ix_entry_feed_id_title_key", "feed_id", "title_key"),
        Index(
            "ix_entry_dropped",
            "article_id",
            sqlite_where=text("dropped_by IS NOT NULL"),
            postgresql_where=text("dropped_by IS NOT NULL"),
        ),
    )

    id: int | None = _id()
    feed_id: int = _ref("feed.id", name="feed_id")
    article_id: int | None = _ref("article.id", name="article_id", nullable=True, index=True)
    uid: str = _text()
    url: str | None = _optional_text()
    url_key: str | None = _optional_text()
    anchor: str = _text(sa_column_kwargs={"server_default": text("''")})
    guid: str | None = _optional_text()
    link_key: str | None = _optional_text()
    title_key: str | None = _optional_text()
    text_key: str | None = _optional_text()
    media_key: str | None = _optional_text()
    details: str | None = _optional_text()
    identity_reason: str | None = _optional_text()
    digest: str = _text()
    title: str = _text()
    summary: str = _text()
    content: str = _text()
    authors: list[str] = _list()
    categories: list[str] = _list()
    language: str | None = _optional_text()
    image: str | None = _optional_text()
    enclosures: list[dict[str, Any]] = _list()
    source: str | None = _optional_text()
    comments_url: str | None = _optional_text()
    published_at: datetime = _instant()
    seen_at: datetime = _instant()
    changed_at: datetime | None = _optional_instant()
    dropped_by: str | None = _optional_text()


class SharedLink(Table, table=True):
    """A link of an outlet that different entries of one feed have, as ``link_key``: it identifies none of them."""

    __tablename__ = "shared_link"

    outlet: str = _text(primary_key=True)
    link_key: str = _text(primary_key=True)
    found_at: datetime = _instant()


class Tombstone(Table, table=True):
    """The hash of a deleted entry, and when a document of its feed last contained the entry."""

    __tablename__ = "tombstone"

    feed_id: int = _ref("feed.id", name="feed_id", primary_key=True)
    mark: int = Field(sa_column=Column("mark", BigInteger, primary_key=True, autoincrement=False))
    seen_at: datetime = _instant()


class ExpiredStory(Table, table=True):
    """The key of a published story that was deleted."""

    __tablename__ = "expired_story"

    key: str = _text(primary_key=True)
    expired_at: datetime = Field(sa_column=Column("expired_at", Instant, nullable=False, index=True))


class ArticleSketch(Table, table=True):
    """The fingerprints of an article, as bytes that ``sketches`` encodes.

    A narrow table, because it is read completely at start. ``turn`` numbers the sketches in the order in which
    they entered the candidate index; None until the article is placed by this text. ``seen`` is the article's
    ``seen_at`` in whole seconds since 1970: a million numbers are read several times as fast as a million
    instants.
    """

    __tablename__ = "sketch"

    article_id: int = _ref("article.id", name="article_id", primary_key=True)
    turn: int | None = Field(default=None, sa_column=Column("turn", BigInteger, nullable=True, unique=True))
    seen: int = Field(sa_column=Column("seen", BigInteger, nullable=False))
    fingerprints: bytes = b""


class ArticleAlias(Table, table=True):
    """An alias URL of an article, besides its own URL.

    The outlet is repeated here for the index.
    """

    __tablename__ = "second_key"
    __table_args__ = (Index("ix_second_key_key_outlet", "key", "outlet", "article_id"),)

    article_id: int = _ref("article.id", name="article_id", primary_key=True)
    key: str = _text(primary_key=True)
    outlet: str = _text()
    kind: str = _text()
    believed: bool


class Story(Table, table=True):
    """All copies of one text.

    ``uri`` is assigned at publication and never changes. ``settle_at`` is when the hold before publication ends.
    ``survivor_id`` is the story that this one was merged into.
    """

    __tablename__ = "story"

    id: int | None = _id()
    key: str = _text(unique=True)
    uri: str | None = _optional_text(unique=True)
    founded_at: datetime = _instant()
    settle_at: datetime = Field(sa_column=Column("settle_at", Instant, nullable=False))
    first_seen_at: datetime = _instant()
    published_at: datetime = _instant()
    visible_at: datetime | None = Field(
        default=None, sa_column=Column("visible_at", Instant, nullable=True, index=True)
    )
    updated_at: datetime | None = _optional_instant()
    update_note: str | None = _optional_text()
    lead_article_id: int = _ref("article.id", name="lead_article_id", index=True)
    lead_rule: str = _text()
    withdrawn_at: datetime | None = _optional_instant()
    survivor_id: int | None = _ref("story.id", name="survivor_id", nullable=True, index=True)


class Copy(Table, table=True):
    """An article's membership in a story, with the verdict that let it join (None for the first copy)."""

    __tablename__ = "copy"

    article_id: int = _ref("article.id", name="article_id", primary_key=True)
    story_id: int = _ref("story.id", name="story_id", index=True)
    joined_at: datetime = _instant()
    against_id: int | None = _ref("article.id", name="against_id", nullable=True, index=True)
    relation: str | None = _optional_text()
    rule: str | None = _optional_text()
    evidence: dict[str, Any] | None = Field(default=None, sa_type=_JSON, nullable=True)


class JudgedPair(Table, table=True):
    """A verdict that did not merge two articles but is stored: an excerpt, or a related article."""

    __tablename__ = "judged_pair"

    article_id: int = _ref("article.id", name="article_id", primary_key=True)
    other_id: int = _ref("article.id", name="other_id", primary_key=True, index=True)
    judged_at: datetime = _instant()
    relation: str = _text()
    rule: str = _text()
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=_JSON, nullable=False)


class ManualRuling(Table, table=True):
    """A manual decision that two articles are the ``same`` or ``apart``; the smaller id comes first."""

    __tablename__ = "ruling"

    article_id: int = _ref("article.id", name="article_id", primary_key=True)
    other_id: int = _ref("article.id", name="other_id", primary_key=True, index=True)
    said: str = _text()
    at: datetime = _instant()


class TextRule(Table, table=True):
    """The conditions of digests on title and text.

    ``passed_id`` is the last article that was checked; None when all were.
    """

    __tablename__ = "text_rule"

    key: str = _text(primary_key=True)
    passed_id: int | None = Field(default=0, sa_type=RowId, nullable=True)


class TextMatch(Table, table=True):
    """An article that matches a text rule."""

    __tablename__ = "text_match"

    rule: str = _text(primary_key=True)
    article_id: int = _ref("article.id", name="article_id", primary_key=True, index=True)


class EditionIssue(Table, table=True):
    """A complete issue of an edition, and the audience that it was made for."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("digest", "key"),)

    id: int | None = _id()
    digest: str = _text()
    key: str = _text()
    uri: str = _text()
    title: str = _text()
    since: datetime = _instant()
    due_at: datetime = _instant()
    made_at: datetime = _instant()
    audience: str = _text()
    stories: list[dict[str, Any]] = _list()
    late: list[dict[str, Any]] = _list()


class IssueMember(Table, table=True):
    """A story that was in an issue."""

    __tablename__ = "issue_member"

    issue_id: int = _ref("issue.id", name="issue_id", primary_key=True)
    story_id: int = _ref("story.id", name="story_id", primary_key=True, index=True)


class StoredAlert(Table, table=True):
    """An alert: something that needs a person, or needed one until ``ended_at``."""

    __tablename__ = "situation"

    id: int | None = _id()
    kind: str = _text()
    subject: str = _text()
    title: str = _text()
    told: str = _text()
    began_at: datetime = _instant()
    ended_at: datetime | None = _optional_instant()


class HubNotification(Table, table=True):
    """The last notification of a hub about a feed that we publish.

    ``again_at`` is when the hub is notified again after a failure.
    """

    __tablename__ = "announcement"

    hub: str = _text(primary_key=True)
    topic: str = _text(primary_key=True)
    fingerprint: str = _text()
    failures: int = 0
    again_at: datetime | None = _optional_instant()


class ContentVersion(Table, table=True):
    """The content version: a number that increases with every change that readers can see; one row."""

    __tablename__ = "shelf_version"

    id: int | None = _id()
    version: int = Field(default=0, sa_column=Column("version", BigInteger, nullable=False))


class StoryChange(Table, table=True):
    """An event in the life of a story, and its reason."""

    __tablename__ = "story_change"
    __table_args__ = (Index("ix_story_change_story_at", "story_id", "at"),)

    id: int | None = _id()
    story_id: int = _ref("story.id", name="story_id")
    article_id: int | None = _ref("article.id", name="article_id", nullable=True, index=True)
    at: datetime = _instant()
    what: str = _text()
    reason: str = _text()
