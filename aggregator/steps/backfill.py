"""An older document of a new feed is read: its entries are stored, and nothing else of the feed changes.

It follows a poll, when the host may be asked again, and the next poll stays when it was planned.
Which older document that is, and whether there is another, is decided in ``polling.backfill_plan``.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlmodel import Session

from aggregator.change_detection import Intake
from aggregator.model.polling import Answer, Backfill, FetchOutcome
from aggregator.parsing.document_reader import Document
from aggregator.polling.backfill_plan import backfill_after_older
from aggregator.polling.fetch import Kind
from aggregator.polling.host_backoff import failures_after, quiet_for, requests_made
from aggregator.polling.permanent_redirects import with_credentials_of
from aggregator.polling.request_identity import introduction_of
from aggregator.steps.ingest import NOTHING, read_in_worker, store_document
from aggregator.steps.service import Service
from aggregator.store import hosts, poll_records
from aggregator.store.host_claims import FeedVisit
from aggregator.store.hosts import Tally

log = structlog.get_logger()


async def read_older(service: Service, visit: FeedVisit) -> None:
    """Read the older document of a claimed feed, and give its host back."""
    url = visit.backfill.older_url
    if url is None:
        raise AssertionError(f"the feed {visit.name} has no older document to read")
    began_at = service.clock()
    outcome = await service.fetcher.get(
        with_credentials_of(visit.poll_state.address.url, url),
        kind=Kind.FEED,
        introduction=introduction_of(service.settings_of(visit.name)),
    )
    host = service.hosts.key(url)
    service.network.note(outcome, host=host, at=service.clock())
    if service.network.is_ours(outcome, host=host, began_at=began_at):
        await service.database.write(_commit_offline, service, visit, outcome)
        log.info("feed.backfilled", feed=visit.name, url=url, new=0, next=url)
        return
    document = None
    if isinstance(outcome, Answer):
        content_type = outcome.headers.get("content-type")
        document = await read_in_worker(service, outcome.body, url=outcome.url, content_type=content_type)
    left = backfill_after_older(
        visit.backfill, outcome, document.outcome if document else None, feed_url=visit.poll_state.address.url
    )
    intake = await service.database.write(_commit, service, visit, outcome, document=document, left=left)
    log.info("feed.backfilled", feed=visit.name, url=url, new=len(intake.new), next=left.older_url)


def _commit(
    session: Session,
    service: Service,
    visit: FeedVisit,
    outcome: FetchOutcome,
    *,
    document: Document | None,
    left: Backfill,
) -> Intake:
    now, intake, changed = service.clock(), NOTHING, frozenset[str]()
    if document is not None:
        intake, changed = store_document(session, service, replace(visit.origin, read_at=None), document, now=now)
    _resume(session, service, visit, left)
    is_claimed = service.hosts.key(outcome.url) == visit.host  # the failures of another host are not counted
    failures = failures_after(outcome, before=visit.host_failures if is_claimed else 0)
    quiet = quiet_for(outcome, host_failures=failures, now=now, cap=service.settings.polling.at_most)
    wire_bytes = outcome.wire_bytes if isinstance(outcome, Answer) else 0
    hosts.release_host(
        session,
        visit.host,
        by=service.name,
        pauses=service.pauses(visit.host, outcome, quiet_until=None if quiet is None else now + quiet),
        tally=Tally(requests=requests_made(outcome), wire_bytes=wire_bytes),
        failures=failures if is_claimed else None,
        changed=changed,
    )
    return intake


def _commit_offline(session: Session, service: Service, visit: FeedVisit, outcome: FetchOutcome) -> None:
    """Without a network of our own nothing is held against the document or its host."""
    _resume(session, service, visit, visit.backfill)
    pauses = service.pauses(visit.host, outcome)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=Tally(requests=0))


def _resume(session: Session, service: Service, visit: FeedVisit, left: Backfill) -> None:
    """Let the next visit be for the feed itself, when that was planned."""
    now = service.clock()
    poll_records.record_backfill(session, visit.feed_id, left, next_poll_at=max(visit.resume_poll_at or now, now))
