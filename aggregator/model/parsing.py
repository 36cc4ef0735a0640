"""Values of parsing: feed documents and their entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file that belongs to an entry (Atom ``rel=enclosure``, RSS ``enclosure``, JSON attachment).

    ``length`` is in bytes, ``duration`` in seconds. ``title`` is plain text; that of a picture is its alternative text.
    """

    url: str
    media_type: str | None = None
    length: int | None = None
    title: str | None = None
    duration: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryMetadata:
    """The metadata of one item of a feed document.

    ``url`` is absolute and normalised, or None. ``title`` is plain text. ``comments_url`` is the page with its
    discussion. Dates are the publisher's, in UTC, or None; the store step decides whether they are plausible.
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
class ParsedEntry(EntryMetadata):
    """One item of a feed document.

    ``uid`` is the entry id, stable and unique within its feed; ``summary`` and ``content`` are
    sanitised HTML ("" when absent).
    """

    uid: str
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FreshEntry:
    """An entry that was read in full, with the digest of everything in it that readers see."""

    entry: ParsedEntry
    digest: str

    @property
    def uid(self) -> str:
        """The id of the entry within its feed."""
        return self.entry.uid

    @property
    def url(self) -> str | None:
        """The link of the entry."""
        return self.entry.url


@dataclass(frozen=True, kw_only=True, slots=True)
class UnchangedEntry:
    """An entry that the feed's last document had in the same form; its texts were not read again."""

    uid: str
    url: str | None
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PollHints:
    """The hints of a feed document for its poll interval.

    ``ttl``, ``skip_hours`` and ``skip_days`` are RSS elements; ``update_period`` is from the syndication module.
    """

    ttl: timedelta | None = None
    update_period: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PushLinks:
    """The push links of a feed document or its response headers. All URLs are absolute.

    ``topic`` is the feed's own URL (rel=self), ``hubs`` are the WebSub hubs in document order, ``cloud`` is the
    registration URL of an rssCloud server.
    """

    topic: str | None = None
    hubs: tuple[str, ...] = ()
    cloud: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A feed document, parsed as far as it is readable; ``problems`` lists its errors.

    ``older_url`` is the document with older entries (RFC 5005: rel=prev-archive, else rel=next; JSON Feed:
    next_url). ``complete`` is True if the document has every entry of the feed (RFC 5005 section 2).
    """

    format: str
    title: str = ""
    site_url: str | None = None
    language: str | None = None
    hints: PollHints = field(default_factory=PollHints)
    push: PushLinks = field(default_factory=PushLinks)
    older_url: str | None = None
    complete: bool = False
    entries: tuple[ParsedEntry, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A document that cannot be read as a feed: HTML, empty, or truncated before its first entry."""

    reason: str


ParseOutcome = ParsedFeed | Unreadable


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownEntry:
    """The part of a stored entry that change detection compares."""

    entry_id: int
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedEntry:
    """A stored entry whose content changed."""

    entry_id: int
    incoming: FreshEntry
