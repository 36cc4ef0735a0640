"""Detects new, changed, corrected and unchanged entries of a feed document.

Pure: ``entry_matching`` matches the parsed entries with the stored entries of the same feed, and this module says what
changed in each. ``store.entries`` stores the result.

An entry is *changed* if its title or text is another one. It is *corrected* if only something else that readers see
is: a link, a file, a picture, an author, a category, the markup of the same words. A correction is stored and shown,
and is no update for readers. White space, dates and counters of comments are neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.entry_matching import EntryMatch, match_entries, shared_links
from aggregator.model.parsing import AddedEntry, ChangedEntry, DocumentEntry, FreshEntry, KnownEntry, RenamedEntry
from aggregator.parsing.sanitise import markup_text
from aggregator.parsing.urls import normalise_url
from aggregator.settings.feeds_file import EntryIdentity
from aggregator.stored_keys import link_key

REPEATED = "an exact repeat in the document"
"""The reason for entries of a document that are equal to another one in everything that identifies an entry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectedChanges:
    """The entries of a document to store, in document order, and the count of unchanged ones.

    ``missed`` are entries that were not read in full because they seemed unchanged, but the stored entry differs:
    another document was stored in the meantime. The next poll must read them in full. ``renamed`` are unchanged
    entries with another id. ``shared_links`` are the keys of links that different entries of the feed have.
    ``taken_for_one`` counts the entries that were taken for another one, or for a stored one with another id, by
    reason.
    """

    new: tuple[AddedEntry, ...] = ()
    changed: tuple[ChangedEntry, ...] = ()
    corrected: tuple[ChangedEntry, ...] = ()
    renamed: tuple[RenamedEntry, ...] = ()
    unchanged: int = 0
    missed: tuple[DocumentEntry, ...] = ()
    shared_links: frozenset[str] = frozenset()
    taken_for_one: Mapping[str, int] = field(default_factory=dict)


def detect_changes(
    items: Sequence[DocumentEntry],
    stored: Sequence[KnownEntry],
    *,
    identity: EntryIdentity = EntryIdentity.AUTO,
    weak_links: frozenset[str] = frozenset(),
    repeated: int = 0,
    now: datetime,
) -> DetectedChanges:
    """Separates new entries from changed, corrected and unchanged ones.

    ``stored`` are the stored entries that an item may be (see ``store.entries.known_entries``), ``weak_links`` the
    keys of links that are known to be shared, ``repeated`` the number of exact repeats that were left out.
    """
    matches = match_entries(items, stored, identity=identity, weak_links=weak_links, now=now)
    sorted_matches = _SortedMatches()
    for match in matches:
        sorted_matches.add(match)
    taken = Counter(match.reason for match in matches if match.folded or _has_other_id(match))
    if repeated:
        taken[REPEATED] += repeated
    is_by_link = identity is EntryIdentity.LINK
    return DetectedChanges(
        new=tuple(sorted_matches.new),
        changed=tuple(sorted_matches.changed),
        corrected=tuple(sorted_matches.corrected),
        renamed=tuple(sorted_matches.renamed),
        unchanged=sorted_matches.unchanged,
        missed=tuple(sorted_matches.missed),
        shared_links=frozenset() if is_by_link else shared_links(items) | _newly_shared(sorted_matches.new, stored),
        taken_for_one=dict(taken),
    )


@dataclass(kw_only=True, slots=True)
class _SortedMatches:
    """The matches of a document, sorted by what they mean for the stored entries."""

    new: list[AddedEntry] = field(default_factory=list)
    changed: list[ChangedEntry] = field(default_factory=list)
    corrected: list[ChangedEntry] = field(default_factory=list)
    renamed: list[RenamedEntry] = field(default_factory=list)
    missed: list[DocumentEntry] = field(default_factory=list)
    unchanged: int = 0

    def add(self, match: EntryMatch) -> None:
        """Adds one match."""
        item, known = match.item, match.known
        if match.folded:
            return
        if known is not None and item.digest == known.digest and item.keys.details == known.keys.details:
            self.unchanged += 1
            if _has_other_id(match) and not known.renamed:
                self.renamed.append(RenamedEntry(entry_id=known.entry_id, item=item, reason=match.reason))
        elif not isinstance(item, FreshEntry):
            self.missed.append(item)
        elif known is None:
            self.new.append(AddedEntry(incoming=item, reason=match.reason))
        elif _has_same_words(item, known):
            self.corrected.append(_change(item, known, match.reason, reworded=False))
        else:
            self.changed.append(_change(item, known, match.reason, reworded=True))


def _change(item: FreshEntry, known: KnownEntry, reason: str, *, reworded: bool) -> ChangedEntry:
    item = _with_published_link(item, known)
    relinked = (item.url and link_key(item.url)) != (known.url and link_key(known.url))
    return ChangedEntry(
        entry_id=known.entry_id, incoming=item, reason=reason, reworded=reworded, relinked=bool(relinked)
    )


def _with_published_link(item: FreshEntry, known: KnownEntry) -> FreshEntry:
    """Returns the item with the stored link, if an earlier version only removed less from the same link."""
    if known.url is None or known.url == item.url or normalise_url(known.url) != item.url:
        return item
    return replace(item, entry=replace(item.entry, url=known.url))


def _has_same_words(item: FreshEntry, known: KnownEntry) -> bool:
    """True if title and text are the stored ones. Entries that an earlier version stored have no key of their text."""
    if item.digest == known.digest:
        return True
    if item.keys.title != known.keys.title:
        return False
    if known.keys.text or not known.html:
        return item.keys.text == known.keys.text
    return markup_text(item.entry.content or item.entry.summary) == markup_text(known.html)


def _has_other_id(match: EntryMatch) -> bool:
    if match.known is None or not match.item.keys.guid:
        return False
    return match.item.uid != match.known.uid and match.item.keys.guid != match.known.keys.guid


def _newly_shared(new: Iterable[AddedEntry], stored: Iterable[KnownEntry]) -> frozenset[str]:
    """The links that a new entry shares with a stored one although title, text, files or pictures differ."""
    by_link: defaultdict[str, list[KnownEntry]] = defaultdict(list)
    for entry in stored:
        if entry.url:
            by_link[link_key(entry.url)].append(entry)
    return frozenset(
        link
        for added in new
        if added.incoming.url and not added.incoming.keys.link_post
        for link in [link_key(added.incoming.url)]
        if any(_differ(added.incoming, entry) for entry in by_link.get(link, ()))
    )


def _differ(item: FreshEntry, known: KnownEntry) -> bool:
    pairs = (
        (item.keys.title, known.keys.title),
        (item.keys.text, known.keys.text),
        (item.keys.media, known.keys.media),
    )
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)
