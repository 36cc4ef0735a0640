"""Which entries of a document are new, which changed, and which are as they were?

Pure: compares parsed entries with what is stored of the same feed. Storing is ``store.entries``'.

An entry is known by its uid; where that is new to the feed but the link is not, the publisher
changed its ids (guid churn) and it is the same entry. Where the document gives that link to more than
one entry, only one that reads the same is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model.parsing import AsStored, Changed, Incoming, KnownEntry
from aggregator.stored_keys import without_scheme


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """What to store of a document, in its order, and how much of it is as it was.

    ``missed`` are entries that were taken to be stored as they are, and are not: another document
    came in between. They are to be read again.
    """

    new: tuple[Incoming, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0
    missed: tuple[AsStored, ...] = ()


def sort_out(
    items: Sequence[Incoming | AsStored],
    *,
    by_uid: Mapping[str, KnownEntry],
    by_link: Mapping[str, Sequence[KnownEntry]],
) -> Intake:
    """Tell new entries from changed and unchanged ones; each stored entry answers to one entry at most.

    ``by_link`` has what is stored under the links of unknown uids, without their scheme, newest first.
    """
    links = Counter(without_scheme(item.url) for item in items if item.url)
    taken: set[int] = {by_uid[item.uid].entry_id for item in items if item.uid in by_uid}
    new: list[Incoming] = []
    changed: list[Changed] = []
    missed: list[AsStored] = []
    unchanged = 0
    for item in items:
        known = by_uid.get(item.uid)
        if known is None and item.url:
            link = without_scheme(item.url)
            free = [entry for entry in by_link.get(link, ()) if entry.entry_id not in taken]
            known = _behind(item, free, alone=links[link] == 1)
            taken.update([known.entry_id] if known else [])
        if known is not None and known.digest == item.digest:
            unchanged += 1
        elif isinstance(item, AsStored):
            missed.append(item)
        elif known is not None:
            changed.append(Changed(entry_id=known.entry_id, incoming=item))
        else:
            new.append(item)
    return Intake(new=tuple(new), changed=tuple(changed), unchanged=unchanged, missed=tuple(missed))


def _behind(item: Incoming | AsStored, stored: Sequence[KnownEntry], *, alone: bool) -> KnownEntry | None:
    """Which stored entry with its link an entry is: the one that reads the same, else the newest if it is alone."""
    same = next((entry for entry in stored if entry.digest == item.digest), None)
    return same or (stored[0] if stored and alone else None)
