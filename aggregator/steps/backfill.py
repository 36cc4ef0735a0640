"""An older document of a new feed is read: its entries are stored, and nothing else of the feed changes.

It follows a poll, when the host may be asked again, and the next poll stays when it was planned.
Which older document that is, and whether there is another, is decided in ``polling.backfill``.
"""

from __future__ import annotations

import structlog
from sqlmodel import Session

from aggregator.intake import Intake
from aggregator.model import Answer, FetchOutcome, Unreadable
from aggregator.parsing.reading import Document
from aggregator.polling.backfill import backfill_after_older
from aggregator.polling.fetch import Kind
from aggregator.steps.service import Service
from aggregator.steps.take_in import read_in_worker, store_document
from aggregator.store import feeds, hosts
from aggregator.store.claims import FeedVisit
from aggregator.store.hosts import Tally

log = structlog.get_logger()


async def read_older(service: Service, visit: FeedVisit) -> None:
    """Read the older document of a claimed feed, and give its host back."""
    url = visit.backfill.older_url
    if url is None:
        raise AssertionError(f"the feed {visit.name} has no older document to read")
    outcome = await service.fetcher.get(url, kind=Kind.FEED)
    document = Document(outcome=Unreadable(reason="the older document cannot be had"))
    if isinstance(outcome, Answer):
        content_type = outcome.headers.get("content-type")
        document = await read_in_worker(service, outcome.body, url=outcome.url, content_type=content_type)
    intake = await service.database.write(_commit, service, visit, outcome, document)
    log.info("feed.backfilled", feed=visit.name, url=url, new=len(intake.new))


def _commit(session: Session, service: Service, visit: FeedVisit, outcome: FetchOutcome, document: Document) -> Intake:
    now = service.clock()
    intake, changed = store_document(session, service, visit.origin, document, now=now)
    left = backfill_after_older(visit.backfill, document.outcome, feed_url=visit.address.url)
    feeds.record_backfill(session, visit.feed_id, left, next_poll_at=max(visit.resume_poll_at or now, now))
    pauses = service.pauses(visit.host, outcome)
    tally = Tally(requests=len(outcome.hops) + 1, wire_bytes=outcome.wire_bytes if isinstance(outcome, Answer) else 0)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=tally, changed=changed)
    return intake
