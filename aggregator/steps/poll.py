"""One poll of one feed: fetch, parse, store what is new or changed, plan the next poll.

Everything that came of it is one commit. What to do is decided elsewhere: what an answer means
for the next poll in ``polling.schedule``, what is new in ``intake``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.errors import WorkerError
from aggregator.intake import Incoming, Intake, dropped_by, sort_out
from aggregator.model import (
    Answer,
    Deferred,
    FetchOutcome,
    HttpError,
    NotModified,
    ParsedFeed,
    ParseOutcome,
    Refused,
    Unreachable,
    Unreadable,
)
from aggregator.parsing.dates import believable
from aggregator.parsing.document import parse
from aggregator.parsing.identity import content_digest
from aggregator.parsing.mending import CUT_OFF
from aggregator.polling.fetch import Kind
from aggregator.polling.hosts import host_key
from aggregator.polling.pauses import Policy
from aggregator.polling.schedule import History, Plan, plan_poll
from aggregator.polling.validators import next_validators
from aggregator.settings import FeedSettings, FullText
from aggregator.steps.push import note_advertised
from aggregator.steps.service import Service
from aggregator.store import claims, entries, feeds
from aggregator.store.claims import FeedVisit

log = structlog.get_logger()

_HISTORY = 30
"""Entries whose publication times say how often a feed publishes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A feed document as a worker read it, with the digest of every entry."""

    outcome: ParseOutcome
    digests: tuple[str, ...] = ()


def read_document(body: bytes, *, url: str, content_type: str | None, content_location: str | None = None) -> Document:
    """Parse a feed document and digest its entries; runs in a worker."""
    outcome = parse(body, url=url, content_type=content_type, content_location=content_location)
    if isinstance(outcome, Unreadable):
        return Document(outcome=outcome)
    return Document(outcome=outcome, digests=tuple(content_digest(entry) for entry in outcome.entries))


async def poll(service: Service, visit: FeedVisit) -> None:
    """Poll one claimed feed and give its host back."""
    outcome = await service.fetcher.get(visit.url, kind=Kind.FEED, validators=visit.validators)
    body_digest = hashlib.sha256(outcome.body).hexdigest() if isinstance(outcome, Answer) else None
    document = None
    if isinstance(outcome, Answer) and body_digest != visit.body_digest:
        document = await _read(service, outcome)
    await conclude(service, visit, outcome, document, body_digest)


async def conclude(
    service: Service, visit: FeedVisit, outcome: FetchOutcome, document: Document | None, body_digest: str | None
) -> None:
    """Commit what came of a poll; ``document`` is None when there was none, or the same one as before."""
    now = service.clock()
    published = await service.database.read(feeds.recent_publications, visit.feed_id, limit=_HISTORY)
    plan = plan_poll(
        outcome=_as_planned(outcome, document),
        parsed=document.outcome if document else None,
        history=History(failures=visit.failures, gone_count=visit.gone_count, published=published, hints=visit.hints),
        policy=_policy(service, visit),
        now=now,
        chance=service.chance(),
    )
    poll_result = _Result(outcome=outcome, document=document, body_digest=body_digest, plan=plan, at=now)
    intake = await service.database.write(_commit, service, visit, poll_result)
    log.info(
        "feed.polled",
        feed=visit.name,
        outcome=str(plan.result),
        new=len(intake.new),
        changed=len(intake.changed),
        next=plan.next_poll_at.isoformat(timespec="seconds"),
        reason=plan.reason,
    )


async def _read(service: Service, answer: Answer) -> Document:
    try:
        return await service.workers.run(
            read_document,
            answer.body,
            url=answer.url,
            content_type=answer.headers.get("content-type"),
            content_location=answer.headers.get("content-location"),
        )
    except WorkerError as error:
        return Document(outcome=Unreadable(reason=str(error)))


def _as_planned(outcome: FetchOutcome, document: Document | None) -> FetchOutcome:
    """A 200 with the very body of the last poll says what a 304 says."""
    if isinstance(outcome, Answer) and document is None:
        return NotModified(url=outcome.url, headers=outcome.headers, hops=outcome.hops)
    return outcome


def _policy(service: Service, visit: FeedVisit) -> Policy:
    polling = service.settings.polling
    return Policy(floor=visit.every or polling.every, cap=polling.at_most, jitter=polling.jitter)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """All that came of one poll, ready to be stored."""

    outcome: FetchOutcome
    document: Document | None
    body_digest: str | None
    plan: Plan
    at: datetime


def _commit(session: Session, service: Service, visit: FeedVisit, result: _Result) -> Intake:
    outcome, document, plan = result.outcome, result.document, result.plan
    parsed = document.outcome if document and isinstance(document.outcome, ParsedFeed) else None
    intake = _NOTHING
    if document and parsed:
        intake = store_document(session, service, _origin(visit), document, now=result.at)
    # Of a document that was cut off the rest is still to be had, so it must not become a 304.
    whole = parsed is not None and CUT_OFF not in parsed.problems
    understood = whole or (document is None and isinstance(outcome, Answer))
    feeds.record_poll(
        session,
        feeds.PollRecord(
            feed_id=visit.feed_id,
            at=result.at,
            outcome=plan.result,
            status=_status(outcome),
            reason=plan.reason,
            wire_bytes=outcome.wire_bytes if isinstance(outcome, Answer) else 0,
            next_poll_at=plan.next_poll_at,
            failures=plan.failures,
            gone_count=plan.gone_count,
            retired=plan.retired,
            validators=next_validators(visit.validators, outcome, parsed_ok=understood),
            body_digest=result.body_digest if whole else visit.body_digest,
            new_entries=len(intake.new),
            changed_entries=len(intake.changed),
            title=parsed.title if parsed else None,
            site_url=parsed.site_url if parsed else None,
            language=parsed.language if parsed else None,
            problems=parsed.problems if parsed else None,
            hints=parsed.hints if parsed else None,
        ),
        keep=service.settings.retention.polls,
    )
    note_advertised(session, service, visit, outcome, parsed, now=result.at)
    quiet_until = service.after_request(plan.host_quiet_until)
    claims.release_host(session, visit.host, by=service.name, next_request_at=quiet_until)
    return intake


_NOTHING = Intake(new=(), changed=(), unchanged=0)


def store_document(
    session: Session, service: Service, origin: entries.EntryOrigin, document: Document, *, now: datetime
) -> Intake:
    """Store the entries of a document that are new or changed, and the articles behind them.

    Whatever is not in the document stays as it is. Two documents of one feed that come at the
    same time, polled and pushed, are stored one after the other.
    """
    if not isinstance(document.outcome, ParsedFeed):
        return _NOTHING
    feeds.hold(session, origin.feed_id)
    parsed = document.outcome.entries
    incoming = [Incoming(entry=entry, digest=digest) for entry, digest in zip(parsed, document.digests, strict=True)]
    by_uid, by_url = entries.known_entries(session, origin.feed_id, parsed)
    intake = sort_out(incoming, by_uid=by_uid, by_url=by_url)
    rules = _settings_of(service, origin.feed_name)
    # Oldest first, so that the newest entry of a document has the highest id.
    accepted = [_accept(item, rules, now) for item in reversed(intake.new)]
    entries.add_entries(session, origin, accepted, now=now)
    entries.change_entries(session, origin, intake.changed, now=now)
    return intake


def _origin(visit: FeedVisit) -> entries.EntryOrigin:
    return entries.EntryOrigin(
        feed_id=visit.feed_id,
        feed_name=visit.name,
        feed_host=visit.host,
        outlet=visit.outlet,
        priority=visit.priority,
        wants_page=visit.full_text != FullText.FEED,
    )


def _settings_of(service: Service, name: str) -> FeedSettings | None:
    return next((feed for feed in service.configuration.feeds if feed.name == name), None)


def _accept(item: Incoming, rules: FeedSettings | None, now: datetime) -> entries.Accepted:
    return entries.Accepted(
        incoming=item,
        published_at=believable(item.entry.published_at or item.entry.updated_at, seen_at=now),
        page_host=host_key(item.entry.url) if item.entry.url else None,
        dropped_by=dropped_by(item.entry, keep=rules.keep, drop=rules.drop) if rules else None,
    )


def _status(outcome: FetchOutcome) -> int | None:
    match outcome:
        case Answer(status=status) | HttpError(status=status):
            return status
        case NotModified():
            return 304
        case Deferred(hops=hops):
            return hops[-1].status
        case Unreachable() | Refused():
            return None
