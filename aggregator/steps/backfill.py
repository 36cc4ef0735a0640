"""Reads an older document of a new feed: stores its entries and changes nothing else of the feed.

The older document follows a poll as soon as the host may be requested again. The time of the feed's next poll stays
as planned. ``polling.backfill_plan`` decides which older document is read and whether there is another.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlmodel import Session

from aggregator.change_detection import DetectedChanges
from aggregator.model.polling import Backfill, SuccessResponse
from aggregator.parsing.document_reader import ParsedDocument
from aggregator.polling.backfill_plan import backfill_after_older
from aggregator.polling.fetch import FetchKind
from aggregator.polling.permanent_redirects import copy_credentials
from aggregator.polling.request_identity import identity_of_feed
from aggregator.steps.host_request import HostRequest, put_off, release_claim, send_request
from aggregator.steps.ingest import NO_CHANGES, read_in_worker, store_document
from aggregator.steps.service import Service
from aggregator.store import poll_records
from aggregator.store.host_claims import FeedClaim

log = structlog.get_logger()


async def read_older_document(service: Service, claim: FeedClaim) -> None:
    """Reads the next older document of a claimed feed and releases its host."""
    url, feed_url = claim.backfill.older_url, claim.poll_state.address.url
    if url is None:
        raise AssertionError(f"the feed {claim.name} has no older document to read")
    fetching = service.fetcher.get(
        copy_credentials(feed_url, url),
        kind=FetchKind.FEED,
        identity=identity_of_feed(service.settings_of(claim.name)),
    )
    request = await send_request(service, claim, fetching, host=service.hosts.key(url))
    outcome = request.outcome
    if request.is_offline or outcome is None:
        await put_off(service, request, lambda session: _store_backfill(session, service, claim, claim.backfill))
        log.info("feed.backfilled", feed=claim.name, url=url, new=0, next=url)
        return
    document = None
    if isinstance(outcome, SuccessResponse):
        content_type = outcome.headers.get("content-type")
        document = await read_in_worker(service, outcome.body, url=outcome.url, content_type=content_type)
    left = backfill_after_older(claim.backfill, outcome, document.outcome if document else None, feed_url=feed_url)
    intake = await service.database.write(_commit, service, request, document=document, left=left)
    log.info("feed.backfilled", feed=claim.name, url=url, new=len(intake.new), next=left.older_url)


def _commit(
    session: Session,
    service: Service,
    request: HostRequest[FeedClaim],
    *,
    document: ParsedDocument | None,
    left: Backfill,
) -> DetectedChanges:
    claim, intake, changed = request.claim, NO_CHANGES, frozenset[str]()
    if document is not None:
        origin = replace(claim.origin, read_at=None)
        intake, changed = store_document(session, service, origin, document, now=service.clock())
    _store_backfill(session, service, claim, left)
    release_claim(session, service, request, changed=changed)
    return intake


def _store_backfill(session: Session, service: Service, claim: FeedClaim, left: Backfill) -> None:
    """Stores how far the backfill is; the next claim polls the feed itself, at the planned time."""
    now = service.clock()
    poll_records.record_backfill(session, claim.feed_id, left, next_poll_at=max(claim.resume_poll_at or now, now))
