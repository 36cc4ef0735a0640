"""Detects new, changed and unchanged entries of a feed document.

Pure: compares parsed entries with the stored entries of the same feed. ``store.entries`` stores the result.

An entry is identified by its uid. If the uid is new to the feed but the link is not, the publisher changed its ids
(changed guids) and it is the same entry. If several entries of the document have that link, only one with the same
content is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model.parsing import ChangedEntry, FreshEntry, KnownEntry, UnchangedEntry
from aggregator.stored_keys import without_scheme


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectedChanges:
    """The entries of a document to store, in document order, and the count of unchanged ones.

    ``missed`` are entries that were not read in full because they seemed unchanged, but the stored entry differs:
    another document was stored in the meantime. The next poll must read them in full.
    """

    new: tuple[FreshEntry, ...] = ()
    changed: tuple[ChangedEntry, ...] = ()
    unchanged: int = 0
    missed: tuple[UnchangedEntry, ...] = ()


def detect_changes(
    items: Sequence[FreshEntry | UnchangedEntry],
    *,
    by_uid: Mapping[str, KnownEntry],
    by_link: Mapping[str, Sequence[KnownEntry]],
) -> DetectedChanges:
    """Separates new entries from changed and unchanged ones; each stored entry matches one entry at most.

    ``by_uid`` has the stored entries of known uids. ``by_link`` has the stored entries with the links of unknown
    uids: keys are links without their scheme, values are newest first.
    """
    links = Counter(without_scheme(item.url) for item in items if item.url)
    taken: set[int] = {by_uid[item.uid].entry_id for item in items if item.uid in by_uid}
    new: list[FreshEntry] = []
    changed: list[ChangedEntry] = []
    missed: list[UnchangedEntry] = []
    unchanged = 0
    for item in items:
        known = by_uid.get(item.uid)
        if known is None and item.url:
            link = without_scheme(item.url)
            free = [entry for entry in by_link.get(link, ()) if entry.entry_id not in taken]
            known = _matching(item, free, alone=links[link] == 1)
            taken.update([known.entry_id] if known else [])
        if known is not None and known.digest == item.digest:
            unchanged += 1
        elif isinstance(item, UnchangedEntry):
            missed.append(item)
        elif known is not None:
            changed.append(ChangedEntry(entry_id=known.entry_id, incoming=item))
        else:
            new.append(item)
    return DetectedChanges(new=tuple(new), changed=tuple(changed), unchanged=unchanged, missed=tuple(missed))


def _matching(item: FreshEntry | UnchangedEntry, stored: Sequence[KnownEntry], *, alone: bool) -> KnownEntry | None:
    """Returns the stored entry with the same content, else the newest if no other entry has the link (``alone``)."""
    same = next((entry for entry in stored if entry.digest == item.digest), None)
    return same or (stored[0] if stored and alone else None)
