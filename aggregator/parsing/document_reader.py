"""Parses a feed document in a worker process, and sanitises only entries that are new or changed.

This module imports nothing but parsing, so that a worker process starts quickly and stays small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from aggregator.model.parsing import AsStored, Incoming, ParseOutcome, Unreadable
from aggregator.parsing.entry_identity import content_digest
from aggregator.parsing.feed_document import drafted
from aggregator.parsing.unsanitised_entry import DraftFeed
from aggregator.stored_keys import signed_hash

MOST_STATES = 1000
"""Entries of one document whose state is stored, eight bytes each; further ones are sanitised at every poll."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The result of a worker for one feed document.

    ``items`` are all its entries in document order; the feed of ``outcome`` has those that were sanitised.
    """

    outcome: ParseOutcome
    items: tuple[Incoming | AsStored, ...] = ()


def read_document(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    content_location: str | None = None,
    stored: Collection[int] = (),
) -> Document:
    """Parses a feed document and digests its entries; never raises.

    An entry whose ``entry_state`` is in ``stored`` is not sanitised; the result has only its uid, URL and digest.
    """
    outcome = drafted(body, url=url, content_type=content_type, content_location=content_location)
    if isinstance(outcome, Unreadable):
        return Document(outcome=outcome)
    items = tuple(_items(outcome, frozenset(stored)))
    entries = tuple(item.entry for item in items if isinstance(item, Incoming))
    return Document(outcome=replace(outcome.feed, entries=entries), items=items)


def states_of(items: Iterable[Incoming | AsStored]) -> tuple[int, ...]:
    """Returns the states to store for the entries of a document, for the first ``MAX_ENTRY_STATES`` of them."""
    return tuple(state_of(item.uid, item.digest) for item in islice(items, MOST_STATES))


def state_of(uid: str, digest: str) -> int:
    """Returns one state of an entry as a number: a signed 64-bit hash of its uid and digest."""
    return signed_hash(f"{digest} {uid}")


def _items(document: DraftFeed, stored: frozenset[int]) -> Iterator[Incoming | AsStored]:
    for uid, draft in document.drafts.items():
        digest = content_digest(draft)
        if stored and state_of(uid, digest) in stored:
            yield AsStored(uid=uid, url=draft.url, digest=digest)
        else:
            yield Incoming(entry=draft.finished(uid), digest=digest)
