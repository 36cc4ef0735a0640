"""Values of parsing: feed documents and their entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file that belongs to an entry (Atom ``rel=enclosure``, RSS ``enclosure``, JSON attachment)."""

    url: str
    media_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryHead:
    """What one item of a feed document says of itself, besides its texts.

    ``url`` is absolute and normalised, or None. ``title`` is plain text. ``comments_url`` leads to
    where people discuss it. Dates are as the publisher gave them, in UTC, or None; what to
    believe of them is decided when the entry is stored.
    """

    url: str | None
    title: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    source: str | None = None
    comments_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedEntry(EntryHead):
    """One item of a feed document.

    ``uid`` is the entry id, stable and unique within its feed; ``summary`` and ``content`` are
    sanitised HTML ("" when absent).
    """

    uid: str
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """An entry that was just read, and the digest of what a reader would see change in it."""

    entry: ParsedEntry
    digest: str

    @property
    def uid(self) -> str:
        """The entry's id within its feed."""
        return self.entry.uid

    @property
    def url(self) -> str | None:
        """The entry's link."""
        return self.entry.url


@dataclass(frozen=True, kw_only=True, slots=True)
class AsStored:
    """An entry that was seen again in a document and said to be stored as it is; its texts were not read."""

    uid: str
    url: str | None
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What a feed document itself says of how often to poll it."""

    ttl: timedelta | None = None
    update_period: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """Who would tell us of news, as a document or its headers advertise it.

    ``topic`` is the feed's own name for itself (rel=self), ``hubs`` the WebSub hubs in the order
    they stand, ``cloud`` the URL of an rssCloud server's registration. All absolute.
    """

    topic: str | None = None
    hubs: tuple[str, ...] = ()
    cloud: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A feed document, read as far as it goes; ``problems`` says what was wrong with it.

    ``older_url`` leads to the document before this one (RFC 5005: rel=prev-archive, else
    rel=next; JSON Feed: next_url). ``complete`` says that the document holds every entry
    there is (RFC 5005 section 2).
    """

    format: str
    title: str = ""
    site_url: str | None = None
    language: str | None = None
    hints: Hints = field(default_factory=Hints)
    push: Push = field(default_factory=Push)
    older_url: str | None = None
    complete: bool = False
    entries: tuple[ParsedEntry, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """The document is not a feed we can read: HTML, empty, cut off before its first entry."""

    reason: str


ParseOutcome = ParsedFeed | Unreadable


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownEntry:
    """What is stored of an entry, as far as telling changes needs it."""

    entry_id: int
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """An entry that is stored already and now reads otherwise."""

    entry_id: int
    incoming: Incoming
