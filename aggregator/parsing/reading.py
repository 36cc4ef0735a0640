"""What does a body hold, and what would a reader see change in each of its entries?

The step that runs in worker processes: nothing but parsing is imported with it, so that a process
starts quickly and stays small.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model import ParseOutcome, Unreadable
from aggregator.parsing.document import parse
from aggregator.parsing.identity import content_digest


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A feed document as a worker read it, with the digest of every entry."""

    outcome: ParseOutcome
    digests: tuple[str, ...] = ()


def read_document(body: bytes, *, url: str, content_type: str | None, content_location: str | None = None) -> Document:
    """Parse a feed document and digest its entries; made for a worker process."""
    outcome = parse(body, url=url, content_type=content_type, content_location=content_location)
    if isinstance(outcome, Unreadable):
        return Document(outcome=outcome)
    return Document(outcome=outcome, digests=tuple(content_digest(entry) for entry in outcome.entries))
