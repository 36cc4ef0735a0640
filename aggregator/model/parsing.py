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
    ``anchor`` is the fragment of the link, "" if it has none: the part of the page that is the entry.
    """

    url: str | None
    title: str
    anchor: str = ""
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
class EntryKeys:
    """The values by which an entry is recognised in a later document; "" if it has none, or none is known.

    ``guid`` is the publisher's own id, ``title`` the key of the title (of the text without one), ``text`` that of
    the text, ``media`` that of its files and pictures. ``details`` is a digest of everything else that readers see.
    ``dates`` are the publisher's dates, the date of publication first. ``link_post`` is True if the entry is discussed
    on another site than that of its link, so that it is about the page behind the link.
    """

    guid: str = ""
    title: str = ""
    text: str = ""
    media: str = ""
    details: str = ""
    dates: tuple[datetime, ...] = ()
    link_post: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FreshEntry:
    """An entry that was read in full, with the digest of its title, words and link."""

    entry: ParsedEntry
    digest: str
    keys: EntryKeys = EntryKeys()

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
    keys: EntryKeys = EntryKeys()


DocumentEntry = FreshEntry | UnchangedEntry
"""An entry of a document, read in full or not."""


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
    """The part of a stored entry that entries of a document are compared with.

    ``published_at`` is the publisher's date, None if it stated none. ``title`` and ``html`` are given only if the
    entry may have been edited. ``renamed`` is True if the entry got another id before.
    """

    entry_id: int
    uid: str
    url: str | None
    digest: str
    keys: EntryKeys = EntryKeys()
    published_at: datetime | None = None
    title: str = ""
    html: str = ""
    renamed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedEntry:
    """An entry that is not stored yet, and why it is none of the stored ones."""

    incoming: FreshEntry
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenamedEntry:
    """A stored entry that a document has unchanged, but under another id, and why it is the same entry."""

    entry_id: int
    item: DocumentEntry
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedEntry:
    """A stored entry that a document has in another form, and why it is the same entry.

    ``reworded`` is False for a correction of anything but title and text, ``relinked`` is True if the link leads to
    another page.
    """

    entry_id: int
    incoming: FreshEntry
    reason: str = ""
    reworded: bool = True
    relinked: bool = False
