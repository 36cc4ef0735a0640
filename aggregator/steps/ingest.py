"""Ingests a feed document: reads it in a worker, and stores its new and changed entries.

Polled and pushed documents are ingested alike. ``change_detection`` decides which entries are new; ``poll_feed`` plans
the next poll.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.change_detection import DetectedChanges, detect_changes
from aggregator.entry_rules import rules_of
from aggregator.errors import WorkerError
from aggregator.model.parsing import FreshEntry, ParsedEntry, ParsedFeed, Unreadable
from aggregator.parsing.document_reader import ParsedDocument, read_document
from aggregator.parsing.feed_dates import entry_sort_date
from aggregator.steps.service import Service
from aggregator.store import entries, feeds
from aggregator.store.host_claims import SourceFeed
from aggregator.store.tombstones import drop_expired

log = structlog.get_logger()

NO_CHANGES = DetectedChanges()
"""The result if no document was read."""


async def read_in_worker(
    service: Service,
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    content_location: str | None = None,
    stored: tuple[int, ...] = (),
) -> ParsedDocument:
    """Calls ``read_document`` in a worker; a document that hangs or crashes the worker is unreadable."""
    try:
        return await service.workers.run(
            read_document,
            body,
            url=url,
            content_type=content_type,
            content_location=content_location,
            stored=stored,
        )
    except WorkerError as error:
        return ParsedDocument(outcome=Unreadable(reason=str(error)))


def store_document(
    session: Session, service: Service, origin: SourceFeed, document: ParsedDocument, *, now: datetime
) -> tuple[DetectedChanges, frozenset[str]]:
    """Stores the new and changed entries of a document, and their articles.

    Returns the changes, and the keys of hosts with pages that may be due now. Stored entries that are not in the
    document stay unchanged. An entry that has expired is not new (``store.tombstones``). If a polled and a pushed
    document of one feed arrive together, they are stored one after the other.
    """
    if not isinstance(document.outcome, ParsedFeed):
        return NO_CHANGES, frozenset()
    feeds.lock_feed(session, origin.feed_id)
    by_uid, by_link = entries.known_entries(session, origin.feed_id, document.items)
    items = drop_expired(session, origin.feed_id, document.items, known=by_uid, now=now)
    intake = detect_changes(items, by_uid=by_uid, by_link=by_link)
    rules = rules_of(service.configuration, origin.feed_name)

    def dropped_by(entry: ParsedEntry) -> str | None:
        decision = rules.apply_rules(entry)
        for rule in decision.slow:
            log.warning("rule.slow", feed=origin.feed_name, rule=rule, entry=entry.uid)
        return decision.dropped_by

    # The oldest is stored first, so that the newest entry of a document has the highest id.
    accepted = [_accept(service, item, dropped_by(item.entry), now) for item in reversed(intake.new)]
    hosts = entries.add_entries(session, origin, accepted, now=now)
    return intake, hosts | entries.update_entries(
        session, origin, intake.changed, host_of=service.hosts.key, dropped_by=dropped_by, now=now
    )


def _accept(service: Service, item: FreshEntry, dropped_by: str | None, now: datetime) -> entries.NewEntry:
    return entries.NewEntry(
        incoming=item,
        published_at=entry_sort_date(item.entry.published_at, item.entry.updated_at, seen_at=now),
        page_host=service.hosts.key(item.entry.url) if item.entry.url else None,
        dropped_by=dropped_by,
    )
