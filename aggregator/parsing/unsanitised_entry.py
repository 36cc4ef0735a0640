"""Defines entries before their HTML is sanitised.

Sanitising costs more than all other steps of parsing together, and nearly every entry of a poll is stored already,
unchanged. So a document is parsed into unsanitised entries, from which uids and digests are computed. Only new and
changed entries are sanitised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from aggregator.model.parsing import EntryMetadata, ParsedEntry, ParsedFeed
from aggregator.parsing.sanitise import sanitise, text_to_markup


@dataclass(frozen=True, slots=True)
class Markup:
    """A publisher's HTML, which must be sanitised before display; ``base`` is the base URL of its relative links.

    ``page`` is the page of the entry, where links to parts of the page lead. HTML with the base None is safe and
    needs no sanitising.
    """

    text: str = ""
    base: str | None = None
    page: str | None = None

    @classmethod
    def of_text(cls, text: str) -> Markup:
        """Converts plain text to safe HTML."""
        return cls(text_to_markup(text))

    def with_markup(self, added: str) -> Markup:
        """Returns a copy that ends with safe HTML, whose addresses are absolute."""
        return replace(self, text=self.text + added) if added else self

    def sanitised(self) -> str:
        """Returns HTML that is safe to show."""
        return self.text if self.base is None else sanitise(self.text, base=self.base, page=self.page)


EMPTY_MARKUP = Markup()

_HEAD_FIELDS = tuple(field.name for field in fields(EntryMetadata))
_HEAD_VALUES = attrgetter(*_HEAD_FIELDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsanitisedEntry(EntryMetadata):
    """An entry as the document has it, before sanitising.

    ``guid`` is the publisher's id, "" if there is none. ``words`` is the text of the content, or of
    the summary if there is no content, on one line without markup. ``related_links`` and ``external_links`` are the
    links of these names (Atom, JSON Feed).
    """

    guid: str
    related_links: tuple[str, ...] = ()
    external_links: tuple[str, ...] = ()
    summary: Markup = EMPTY_MARKUP
    content: Markup = EMPTY_MARKUP
    words: str = ""

    def sanitised(self, uid: str) -> ParsedEntry:
        """Returns the entry with sanitised texts and its uid within the feed."""
        head = dict(zip(_HEAD_FIELDS, _HEAD_VALUES(self), strict=True))
        return ParsedEntry(uid=uid, summary=self.summary.sanitised(), content=self.content.sanitised(), **head)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsanitisedFeed:
    """A parsed feed document: ``feed`` has no entries yet; the unsanitised ones are in ``entries_by_uid``.

    ``repeated`` is the number of entries that were left out because they only repeat another one.
    """

    feed: ParsedFeed
    entries_by_uid: Mapping[str, UnsanitisedEntry]
    repeated: int = 0

    def with_problems(self, problems: tuple[str, ...]) -> UnsanitisedFeed:
        """Returns a copy with additional problems, before the known ones."""
        return replace(self, feed=replace(self.feed, problems=problems + self.feed.problems)) if problems else self

    def sanitised(self) -> ParsedFeed:
        """Returns the feed with all entries, sanitised."""
        return replace(self.feed, entries=tuple(draft.sanitised(uid) for uid, draft in self.entries_by_uid.items()))
