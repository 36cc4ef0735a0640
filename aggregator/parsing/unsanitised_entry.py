"""What of a document's entries can be told before their HTML is made safe?

Sanitising costs more than all other reading of a feed together, and nearly every entry of a poll is
stored already, just as it is. So documents are read into drafts, which know their names and their
words; only what is new or changed is finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from aggregator.model.parsing import EntryHead, ParsedEntry, ParsedFeed
from aggregator.parsing.sanitise import from_text, sanitise


@dataclass(frozen=True, slots=True)
class Markup:
    """A publisher's HTML, not to be shown before it is sanitised; ``base`` is where its relative links start.

    Without a base it is safe as it is.
    """

    text: str = ""
    base: str | None = None

    @classmethod
    def of_text(cls, text: str) -> Markup:
        """Plain text as HTML."""
        return cls(from_text(text))

    def sanitised(self) -> str:
        """HTML that is safe to show."""
        return self.text if self.base is None else sanitise(self.text, base=self.base)


NOTHING = Markup()

_HEAD = tuple(field.name for field in fields(EntryHead))
_HEAD_OF = attrgetter(*_HEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft(EntryHead):
    """An entry as its document gives it.

    ``guid`` is the publisher's own id, "" when there is none, and ``words`` is what the entry says, on
    one line: those of its content, else of its summary.
    """

    guid: str
    summary: Markup = NOTHING
    content: Markup = NOTHING
    words: str = ""

    def finished(self, uid: str) -> ParsedEntry:
        """The entry, its texts sanitised, under the name it was given within its feed."""
        head = dict(zip(_HEAD, _HEAD_OF(self), strict=True))
        return ParsedEntry(uid=uid, summary=self.summary.sanitised(), content=self.content.sanitised(), **head)


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftFeed:
    """A feed document that was read: ``feed`` has no entries yet, they are the ``drafts``, by their uid."""

    feed: ParsedFeed
    drafts: Mapping[str, Draft]

    def with_problems(self, problems: tuple[str, ...]) -> DraftFeed:
        """The same document with more that was wrong with it, noticed before what is known already."""
        return replace(self, feed=replace(self.feed, problems=problems + self.feed.problems)) if problems else self

    def finished(self) -> ParsedFeed:
        """The feed with every entry."""
        return replace(self.feed, entries=tuple(draft.finished(uid) for uid, draft in self.drafts.items()))
