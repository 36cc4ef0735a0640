"""Parses a feed document in a worker process, and sanitises only entries that are new or changed.

This module imports nothing but parsing, so that a worker process starts quickly and stays small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from aggregator.model.parsing import DocumentEntry, FreshEntry, ParseOutcome, UnchangedEntry, Unreadable
from aggregator.parsing.entry_identity import content_digest, entry_keys
from aggregator.parsing.feed_document import parse_unsanitised
from aggregator.parsing.unsanitised_entry import UnsanitisedFeed
from aggregator.stored_keys import signed_hash

MAX_ENTRY_STATES = 1000
"""Entries of one document whose state is stored, eight bytes each; further ones are sanitised at every poll."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedDocument:
    """The result of a worker for one feed document.

    ``items`` are all its entries in document order, without the ``repeated`` ones, which only repeat another; the
    feed of ``outcome`` has those that were sanitised.
    """

    outcome: ParseOutcome
    items: tuple[DocumentEntry, ...] = ()
    repeated: int = 0


def read_document(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    content_location: str | None = None,
    stored: Collection[int] = (),
) -> ParsedDocument:
    """Parses a feed document and digests its entries; never raises.

    An entry whose ``entry_state`` is in ``stored`` is not sanitised; the result has only its uid, URL, digest and keys.
    """
    outcome = parse_unsanitised(body, url=url, content_type=content_type, content_location=content_location)
    if isinstance(outcome, Unreadable):
        return ParsedDocument(outcome=outcome)
    items = tuple(_items(outcome, frozenset(stored)))
    entries = tuple(item.entry for item in items if isinstance(item, FreshEntry))
    return ParsedDocument(outcome=replace(outcome.feed, entries=entries), items=items, repeated=outcome.repeated)


def entry_states(items: Iterable[DocumentEntry]) -> tuple[int, ...]:
    """Returns the states to store for the entries of a document, for the first ``MAX_ENTRY_STATES`` of them."""
    return tuple(entry_state(item) for item in islice(items, MAX_ENTRY_STATES))


def entry_state(item: DocumentEntry) -> int:
    """Returns one state of an entry as a number: a signed 64-bit hash of all in it that is compared."""
    return signed_hash(f"{item.digest} {item.keys.details} {item.uid}")


def _items(document: UnsanitisedFeed, stored: frozenset[int]) -> Iterator[DocumentEntry]:
    for uid, draft in document.entries_by_uid.items():
        digest, keys = content_digest(draft), entry_keys(draft)
        unchanged = UnchangedEntry(uid=uid, url=draft.url, digest=digest, keys=keys)
        if stored and entry_state(unchanged) in stored:
            yield unchanged
        else:
            yield FreshEntry(entry=draft.sanitised(uid), digest=digest, keys=keys)
