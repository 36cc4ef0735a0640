"""Compares an entry of a document with a stored entry of the same feed: in which values they agree.

Pure. ``entry_matching`` decides from the result if the two are the same entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from aggregator.model.parsing import DocumentEntry, FreshEntry, KnownEntry
from aggregator.parsing.feed_dates import first_plausible_date
from aggregator.parsing.sanitise import markup_text
from aggregator.stored_keys import is_home_link, link_key

MIN_COMPARED_TEXT = 40
"""Characters of a text from which two texts are compared; below, only the titles are."""
MAX_COMPARED_TEXT = 4_000
"""Characters of a text that are compared; two articles differ from their beginning."""

_PIECE = 6
"""Characters of the pieces of two texts that are compared: longer than most words that every text has."""
_MIN_SHARED_TEXT = 0.3
"""Share of the shorter text's pieces in the other one: an edited text keeps most, another article a few per cent."""
_MIN_SHARED_TITLE = 0.5
"""An edited title keeps more than this share of its words; two titles of one series may have half in common."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """The agreement of an entry and a stored one: True if equal, False if different, None if one has no value.

    ``guid`` is the publisher's own id; an anchor of the link counts as one. ``link`` counts links that are only
    respelled as equal. ``weak_link`` is True if the link is a home page or other entries of the feed have it too, so
    it identifies none of them. ``moved`` is True if the two links lead to the same path, on another host or with more
    or fewer parameters. ``edited`` is True if one text may be an edited form of the other, ``retitled`` if one title
    may be. ``clock`` is True if the equal date has a time of day.
    """

    guid: bool | None
    link: bool | None
    title: bool | None
    text: bool | None
    media: bool | None
    date: bool | None
    weak_link: bool = False
    moved: bool = False
    edited: bool | None = None
    retitled: bool = False
    clock: bool = False

    @property
    def similar(self) -> bool:
        """True if the text may be edited; without enough text to compare, if the title may be."""
        return self.retitled if self.edited is None else self.edited

    @property
    def strong_link(self) -> bool:
        """True if the links are equal and no other entry has this link."""
        return self.link is True and not self.weak_link

    @property
    def same_content(self) -> bool:
        """True if title and text are equal, as far as the entries have them, and one of them is there."""
        return (self.title, self.text) in ((True, True), (True, None), (None, True))

    @property
    def score(self) -> int:
        """The weight of all that agrees, to choose between several stored entries; an id weighs most."""
        values = (
            (self.guid, 8),
            (self.strong_link, 4),
            (self.text, 5),
            (self.title, 3),
            (self.date, 2),
            (self.media, 1),
            (self.similar, 1),
            (self.link, 1),
        )
        return sum(weight for agrees, weight in values if agrees)

    def words(self) -> str:
        """Returns the agreement in words, to store it: ``same link, title; other id``."""
        named = {
            "id": self.guid,
            "link": self.link,
            "title": self.title,
            "text": self.text,
            "file or picture": self.media,
            "date": self.date,
        }
        parts = (", ".join(name for name, agrees in named.items() if agrees is wanted) for wanted in (True, False))
        return "; ".join(f"{word} {part}" for word, part in zip(("same", "other"), parts, strict=True) if part)


def compare(item: DocumentEntry, stored: KnownEntry, *, weak_links: frozenset[str], now: datetime) -> Likeness:
    """Returns the agreement of an entry with a stored one; ``weak_links`` are the keys of links that several share."""
    link, stored_link = (link_key(url) if url else "" for url in (item.url, stored.url))
    same_digest = item.digest == stored.digest
    date = first_plausible_date(*item.keys.dates, seen_at=now)
    same_date = _agree(date, stored.published_at)
    title, text = (
        True if same_digest and mine else _agree(mine, theirs)
        for mine, theirs in ((item.keys.title, stored.keys.title), (item.keys.text, stored.keys.text))
    )
    return Likeness(
        guid=_same_guid(item, stored),
        link=_agree(link, stored_link),
        title=title,
        text=text,
        media=_agree(item.keys.media, stored.keys.media),
        date=same_date,
        weak_link=link in weak_links or is_home_link(link),
        moved=bool(link and stored_link) and link != stored_link and _same_path(link, stored_link),
        edited=text or _is_edited(item, stored),
        retitled=title is True or _is_retitled(item, stored),
        clock=bool(same_date and date and date.timetz().replace(tzinfo=None) != time.min),
    )


def _agree(mine: object, theirs: object) -> bool | None:
    return mine == theirs if mine and theirs else None


def _same_guid(item: DocumentEntry, stored: KnownEntry) -> bool | None:
    """Compares the publisher's ids; None if an entry has none. Of entries stored earlier only the uid is known."""
    mine, theirs = item.keys.guid, stored.keys.guid or stored.uid
    if not mine:
        return None
    return item.uid == stored.uid or mine == theirs or id_key(mine) == id_key(theirs)


def id_key(guid: str) -> str:
    """Returns the form of an id that stays when it is only respelled: a URL as ``link_key``, with its fragment."""
    if not guid.startswith("//"):
        return guid
    address, mark, fragment = guid.partition("#")
    return link_key(f"https:{address}") + mark + fragment


def _same_path(link: str, other: str) -> bool:
    """True if two links have the same path or parameters, and the parameters of one contain those of the other."""
    (path, query), (other_path, other_query) = (_path_and_query(each) for each in (link, other))
    has_something = path != "" or not query.isdisjoint(other_query)
    return has_something and path == other_path and (query <= other_query or other_query <= query)


def _path_and_query(link: str) -> tuple[str, frozenset[str]]:
    address, _, query = link.partition("?")
    return address[2:].partition("/")[2], frozenset(query.split("&")) - {""}


def _is_edited(item: DocumentEntry, stored: KnownEntry) -> bool | None:
    """True if one of the texts may be an edited form of the other; None without enough text."""
    if not isinstance(item, FreshEntry):
        return None
    mine, theirs = (_compared_text(html) for html in (item.entry.content or item.entry.summary, stored.html))
    if min(len(mine), len(theirs)) < MIN_COMPARED_TEXT:
        return None
    pieces, their_pieces = frozenset(_pieces(mine)), frozenset(_pieces(theirs))
    return len(pieces & their_pieces) >= _MIN_SHARED_TEXT * min(len(pieces), len(their_pieces))


def _is_retitled(item: DocumentEntry, stored: KnownEntry) -> bool:
    if not isinstance(item, FreshEntry):
        return False
    title, other = (frozenset(title.casefold().split()) for title in (item.entry.title, stored.title))
    return len(title & other) > _MIN_SHARED_TITLE * max(len(title), len(other))


def _compared_text(html: str) -> str:
    return markup_text(html[: 4 * MAX_COMPARED_TEXT])[:MAX_COMPARED_TEXT].casefold()


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(len(text) - _PIECE + 1))
