"""Which entries does a body hold, and which of them have to be read in full?

The step that runs in worker processes: nothing but parsing is imported with it, so that a process
starts quickly and stays small.
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
"""Entries remembered of one document, eight bytes each; further ones are read in full at every poll."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A feed document as a worker read it.

    ``items`` are its entries, in its order; the feed of ``outcome`` has those that were read in full.
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
    """Parse a feed document and digest its entries; made for a worker process.

    Of an entry whose ``state_of`` is among the ``stored`` nothing is read but which one it is.
    """
    outcome = drafted(body, url=url, content_type=content_type, content_location=content_location)
    if isinstance(outcome, Unreadable):
        return Document(outcome=outcome)
    items = tuple(_items(outcome, frozenset(stored)))
    entries = tuple(item.entry for item in items if isinstance(item, Incoming))
    return Document(outcome=replace(outcome.feed, entries=entries), items=items)


def states_of(items: Iterable[Incoming | AsStored]) -> tuple[int, ...]:
    """What to remember of the entries of a document, the first ``MOST_STATES`` of them."""
    return tuple(state_of(item.uid, item.digest) for item in islice(items, MOST_STATES))


def state_of(uid: str, digest: str) -> int:
    """An entry at one time, as a number: a signed hash of 64 bits."""
    return signed_hash(f"{digest} {uid}")


def _items(document: DraftFeed, stored: frozenset[int]) -> Iterator[Incoming | AsStored]:
    for uid, draft in document.drafts.items():
        digest = content_digest(draft)
        if stored and state_of(uid, digest) in stored:
            yield AsStored(uid=uid, url=draft.url, digest=digest)
        else:
            yield Incoming(entry=draft.finished(uid), digest=digest)
