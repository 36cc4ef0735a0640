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
from aggregator.model.parsing import AddedEntry, ParsedEntry, ParsedFeed, Unreadable
from aggregator.parsing.document_reader import ParsedDocument, read_document
from aggregator.parsing.feed_dates import entry_sort_date
from aggregator.settings.feeds_file import EntryIdentity
from aggregator.steps.service import Service
from aggregator.store import entries, feeds
from aggregator.store.article_separation import separate_articles
from aggregator.store.entries import EntryContext
from aggregator.store.entry_lookup import known_entries
from aggregator.store.host_claims import SourceFeed
from aggregator.store.shared_links import add_shared_links, known_shared_links
from aggregator.store.tombstones import drop_expired
from aggregator.stored_keys import link_key

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
    """Stores the new, changed and corrected entries of a document, and their articles.

    Returns the changes, and the keys of hosts with pages that may be due now. Stored entries that are not in the
    document stay unchanged. An entry that has expired is not new (``store.tombstones``). If a polled and a pushed
    document of one feed arrive together, they are stored one after the other.
    """
    if not isinstance(document.outcome, ParsedFeed):
        return NO_CHANGES, frozenset()
    rules = rules_of(service.configuration, origin.feed_name)
    settings = service.settings_of(origin.feed_name)

    def dropped_by(entry: ParsedEntry) -> str | None:
        decision = rules.apply_rules(entry)
        for rule in decision.slow:
            log.warning("rule.slow", feed=origin.feed_name, rule=rule, entry=entry.uid)
        return decision.dropped_by

    context = EntryContext(origin=origin, host_of=service.hosts.key, dropped_by=dropped_by, now=now)
    identity = settings.identity if settings else EntryIdentity.AUTO
    return store_entries(session, context, document, identity=identity)


def store_entries(
    session: Session, context: EntryContext, document: ParsedDocument, *, identity: EntryIdentity
) -> tuple[DetectedChanges, frozenset[str]]:
    """Stores the entries of a document as ``store_document`` does, for a feed with this ``identity``."""
    origin, now = context.origin, context.now
    feeds.lock_feed(session, origin.feed_id)
    intake = _detect(session, origin, document, identity, now=now)
    feeds.store_taken_for_one(session, origin.feed_id, intake.taken_for_one)
    if unknown := add_shared_links(session, origin.outlet, intake.shared_links, now=now):
        separated = separate_articles(session, origin, unknown, now=now)
        log.info("feed.shares_links", feed=origin.feed_name, links=len(unknown), separated=separated.added)
    # The oldest is stored first, so that the newest entry of a document has the highest id.
    accepted = [_accept(context, added) for added in reversed(intake.new)]
    hosts = entries.add_entries(session, origin, accepted, now=now)
    hosts |= entries.update_entries(session, context, intake.changed)
    corrected, more_hosts = entries.correct_entries(session, context, intake.corrected)
    entries.rename_entries(session, intake.renamed)
    if corrected:
        log.info("feed.corrected", feed=origin.feed_name, entries=corrected)
    return intake, hosts | more_hosts


def _detect(
    session: Session, origin: SourceFeed, document: ParsedDocument, identity: EntryIdentity, *, now: datetime
) -> DetectedChanges:
    """Compares the entries of a document with those that are stored."""
    known = known_entries(session, origin.feed_id, document.items, identity=identity)
    uids = {entry.uid for entry in known}
    items = drop_expired(session, origin.feed_id, document.items, known=uids, now=now)
    links = {link_key(item.url) for item in items if item.url}
    return detect_changes(
        items,
        known,
        identity=identity,
        weak_links=known_shared_links(session, origin.outlet, links),
        repeated=document.repeated,
        now=now,
    )


def _accept(context: EntryContext, added: AddedEntry) -> entries.NewEntry:
    entry = added.incoming.entry
    return entries.NewEntry(
        incoming=added.incoming,
        published_at=entry_sort_date(entry.published_at, entry.updated_at, seen_at=context.now),
        page_host=context.host_of(entry.url) if entry.url else None,
        dropped_by=context.dropped_by(entry),
        reason=added.reason,
    )
