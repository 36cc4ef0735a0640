"""Polls one feed: fetches it, parses it, stores new and changed entries and plans the next poll.

Everything that follows from a poll is one transaction. Pure modules decide: ``polling.schedule`` plans the next poll
from the outcome, ``change_detection`` finds new and changed entries.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import structlog
from sqlmodel import Session

from aggregator.change_detection import DetectedChanges
from aggregator.model.parsing import ParsedFeed
from aggregator.model.polling import (
    DeferredRedirect,
    FailureKind,
    FetchOutcome,
    Hop,
    HttpError,
    LastDocument,
    NotModified,
    Refused,
    SuccessResponse,
    Unreachable,
    Validators,
)
from aggregator.parsing.document_reader import ParsedDocument, entry_states
from aggregator.parsing.feed_dates import first_plausible_date
from aggregator.parsing.xml_repair import TRUNCATED
from aggregator.polling.backfill_plan import backfill_after_feed
from aggregator.polling.fetch import FetchKind
from aggregator.polling.permanent_redirects import HTTPS_UPGRADE, https_url_of
from aggregator.polling.poll_interval import PollPolicy
from aggregator.polling.poll_result import PollHistory
from aggregator.polling.private_feeds import is_private_after
from aggregator.polling.request_identity import identity_of_feed
from aggregator.polling.schedule import PollPlan, plan_offline, plan_poll
from aggregator.polling.validators import next_validators
from aggregator.steps.host_request import HostRequest, host_request_of, put_off, release_claim, send_request
from aggregator.steps.ingest import NO_CHANGES, read_in_worker, store_document
from aggregator.steps.push_subscriptions import store_push_offer
from aggregator.steps.service import Service
from aggregator.store import feeds, hosts, poll_records, subscriptions
from aggregator.store.host_claims import FeedClaim
from aggregator.store.hosts import RequestCounts
from aggregator.url_credentials import has_userinfo

log = structlog.get_logger()

_PUBLISHED_KEPT = 30
"""Publication times kept for a feed, from which the poll interval is derived."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PollResponse:
    """The response to the request of a poll.

    ``outcome`` is the request's. ``document`` is None if there was no body, or the same body as at the last poll.
    """

    request: HostRequest[FeedClaim]
    outcome: FetchOutcome
    requested_at: datetime
    document: ParsedDocument | None = None
    body_digest: str | None = None

    @property
    def parsed(self) -> ParsedFeed | None:
        """The parsed feed; None if no document was read."""
        result = self.document.outcome if self.document else None
        return result if isinstance(result, ParsedFeed) else None

    @property
    def is_complete(self) -> bool:
        """True if the document was read to its end; the missing rest of a truncated one must be fetched again."""
        return self.parsed is not None and TRUNCATED not in self.parsed.problems

    @property
    def is_same_body(self) -> bool:
        """True if the body is byte for byte the one of the last poll."""
        return self.document is None and isinstance(self.outcome, SuccessResponse)

    @property
    def outcome_to_plan(self) -> FetchOutcome:
        """The outcome for the plan: a 200 with the body of the last poll counts as a 304."""
        if self.is_same_body and isinstance(self.outcome, SuccessResponse):
            return NotModified(url=self.outcome.url, headers=self.outcome.headers, hops=self.outcome.hops)
        return self.outcome


async def poll_feed(service: Service, claim: FeedClaim) -> None:
    """Polls one claimed feed and releases its host."""
    requested_at = service.clock()
    host = service.hosts.key(claim.poll_state.address.request_url(now=requested_at))
    if host != claim.host:
        await service.database.write(_move_to_host, service, claim, host=host, now=requested_at)
        return
    request = await send_request(service, claim, _fetch(service, claim, requested_at))
    outcome = request.outcome
    if request.is_offline or outcome is None:
        await _put_off(service, request, requested_at)
        return
    body_digest = hashlib.sha256(outcome.body).hexdigest() if isinstance(outcome, SuccessResponse) else None
    document, last = None, claim.poll_state.document
    if isinstance(outcome, SuccessResponse) and body_digest != last.body_digest:
        document = await read_in_worker(
            service,
            outcome.body,
            url=outcome.url,
            content_type=outcome.headers.get("content-type"),
            content_location=outcome.headers.get("content-location"),
            stored=last.entry_states,
        )
    response = PollResponse(
        request=request, outcome=outcome, requested_at=requested_at, document=document, body_digest=body_digest
    )
    await _store_poll(service, response)


async def fail_poll(service: Service, claim: FeedClaim, reason: str) -> None:
    """Stores a poll that an internal error ended; the feed is polled again after a pause."""
    outcome = Unreachable(url=claim.poll_state.address.url, trouble=FailureKind.PROTOCOL, reason=reason)
    request = host_request_of(service, claim, outcome)
    await _store_poll(service, PollResponse(request=request, outcome=outcome, requested_at=service.clock()))


async def _put_off(service: Service, request: HostRequest[FeedClaim], requested_at: datetime) -> None:
    """Plans the same poll again soon, because this machine has no network or was too busy."""
    claim, now, keep = request.claim, service.clock(), service.settings.retention.polls
    plan = plan_offline(history=_history(claim), now=now, chance=service.chance(), outcome=request.outcome)
    at, reason = plan.poll_state.next_poll_at, plan.poll_state.reason
    await put_off(
        service,
        request,
        lambda session: poll_records.record_offline_poll(
            session, claim.feed_id, at=now, next_poll_at=at, reason=reason, keep=keep
        ),
    )
    _report(service, claim, plan, NO_CHANGES, requested_at)


async def _store_poll(service: Service, response: PollResponse) -> None:
    """Plans the next poll and commits everything that follows from this one."""
    claim, now = response.request.claim, service.clock()
    plan, unpushed = _plans(service, response, now)
    result = _PollResult(response=response, plan=plan, unpushed=unpushed, at=now)
    intake = await service.database.write(_commit, service, result)
    _report(service, claim, plan, intake, response.requested_at)


def _report(
    service: Service, claim: FeedClaim, plan: PollPlan, intake: DetectedChanges, requested_at: datetime
) -> None:
    service.metrics.polled(
        str(plan.result),
        late=(requested_at - claim.poll_state.next_poll_at).total_seconds(),
        new=len(intake.new),
        changed=len(intake.changed),
    )
    log.info(
        "feed.polled",
        feed=claim.name,
        outcome=str(plan.result),
        new=len(intake.new),
        changed=len(intake.changed),
        next=plan.poll_state.next_poll_at.isoformat(timespec="seconds"),
        reason=plan.poll_state.reason,
    )


def _plans(service: Service, response: PollResponse, now: datetime) -> tuple[PollPlan, PollPlan]:
    """Returns the plan after a poll, and the plan that would follow if no hub pushed the feed."""
    claim = response.request.claim
    history, policy, chance = _history(claim), _policy(service, claim), service.chance()

    def plan(history: PollHistory) -> PollPlan:
        return plan_poll(
            outcome=response.outcome_to_plan,
            parsed=response.document.outcome if response.document else None,
            history=history,
            policy=policy,
            now=now,
            chance=chance,
            asked_at=response.requested_at,
        )

    planned = plan(history)
    return planned, plan(replace(history, pushed=False)) if history.pushed else planned


async def _fetch(service: Service, claim: FeedClaim, now: datetime) -> FetchOutcome:
    """Fetches the feed at its address; if plain http is refused there, tries https once."""
    address, identity = claim.poll_state.address, identity_of_feed(service.settings_of(claim.name))
    outcome = await service.fetcher.get(
        address.url if address.resume else address.request_url(now=now),
        kind=FetchKind.FEED,
        validators=_validators(service, claim, now),
        hops=address.resume,
        delta=service.settings.polling.delta,
        identity=identity,
    )
    https = https_url_of(address.url)
    is_own_address = address.request_url(now=now) == address.url and not outcome.hops
    if https is None or not (isinstance(outcome, Unreachable) and outcome.refused and is_own_address):
        return outcome
    secure = await service.fetcher.get(https, kind=FetchKind.FEED, identity=identity)
    if not isinstance(secure, SuccessResponse):
        return outcome
    return replace(secure, hops=(Hop(url=address.url, status=HTTPS_UPGRADE, location=https), *secure.hops))


def _validators(service: Service, claim: FeedClaim, now: datetime) -> Validators | None:
    """Returns the validators to send; None if the last complete document is too old.

    An unconditional request from time to time finds servers that answer 304 even after their feed changed.
    """
    whole_at = claim.poll_state.whole_at
    is_stale = whole_at is None or now - whole_at >= service.settings.polling.whole_every
    return None if is_stale else claim.poll_state.validators


def _history(claim: FeedClaim) -> PollHistory:
    return PollHistory(poll_state=claim.poll_state, host_failures=claim.host_failures, pushed=claim.pushed)


def _policy(service: Service, claim: FeedClaim) -> PollPolicy:
    polling = service.settings.polling
    return PollPolicy(
        floor=claim.every or polling.every,
        cap=claim.at_most or polling.at_most,
        jitter=polling.jitter,
        floor_without_validators=None if claim.every else polling.every_unvalidated,
        pushed=service.settings.push.every,
        moves_after=polling.moves_after,
        gone_after=polling.gone_after,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _PollResult:
    """A poll with everything that follows from it, ready to be stored."""

    response: PollResponse
    plan: PollPlan
    unpushed: PollPlan
    at: datetime

    @property
    def claim(self) -> FeedClaim:
        return self.response.request.claim

    @property
    def request(self) -> HostRequest[FeedClaim]:
        """The request with the consequences that the plan decided, for the release of its host."""
        request, poll_state = self.response.request, self.claim.poll_state
        return replace(
            request,
            host_failures=None if request.host_failures is None else self.plan.host_failures,
            quiet_until=self.plan.host_backoff_until,
            resumed_hops=len(poll_state.address.resume),
            saved_bytes=poll_state.document.wire_bytes,
        )


def _commit(session: Session, service: Service, result: _PollResult) -> DetectedChanges:
    claim, response, now = result.claim, result.response, result.at
    after, before = result.plan.poll_state, claim.poll_state
    intake, changed = NO_CHANGES, frozenset[str]()
    if response.document:
        intake, changed = store_document(session, service, claim.origin, response.document, now=now)
    host = service.hosts.key(after.address.request_url(now=after.next_poll_at))
    hosts.add_missing_hosts(session, {host} - {claim.host}, now=now)
    record = _record(result, intake, host=host, private=_is_private(service, result))
    poll_records.record_poll(session, record, keep=service.settings.retention.polls)
    backfill = backfill_after_feed(claim.backfill, response.parsed, is_new=before.whole_at is None)
    if backfill.is_wanted(service.settings.polling.backfill) and not after.failures:
        poll_records.begin_backfill(
            session, claim.feed_id, backfill, due_at=before.next_poll_at, resume_poll_at=after.next_poll_at
        )
    if claim.pushed:
        subscriptions.store_ordinary_poll(session, claim.feed_id, at=result.unpushed.poll_state.next_poll_at)
    has_moved = after.address.url != before.address.url
    if not (has_moved and feeds.merge_moved_feed(session, claim.feed_id, now=now)):
        store_push_offer(session, service, claim, response.outcome, response.parsed, now=now)
    release_claim(session, service, result.request, changed={host, *changed})
    return intake


def _is_private(service: Service, result: _PollResult) -> bool:
    configured, before = service.settings_of(result.claim.name), result.claim.poll_state
    return is_private_after(
        result.response.outcome,
        configured=configured.private if configured else None,
        credentials=configured.has_credentials if configured else has_userinfo(before.address.url),
        before=before.private,
    )


def _record(result: _PollResult, intake: DetectedChanges, *, host: str, private: bool) -> poll_records.PollRecord:
    response, outcome, before = result.response, result.response.outcome, result.claim.poll_state
    understood = (response.is_complete and not intake.missed) or response.is_same_body
    is_whole = understood and isinstance(outcome, SuccessResponse) and outcome.status != HTTPStatus.IM_USED
    return poll_records.PollRecord(
        feed_id=result.claim.feed_id,
        at=result.at,
        outcome=result.plan.result,
        status=_status(outcome),
        wire_bytes=outcome.wire_bytes if isinstance(outcome, SuccessResponse) else 0,
        poll_state=replace(
            result.plan.poll_state,
            private=private,
            validators=next_validators(before.validators, outcome, parsed_ok=understood),
            whole_at=result.at if is_whole else before.whole_at,
            document=_document_after(result, intake, understood=understood),
        ),
        host=host,
        new_entries=len(intake.new),
        changed_entries=len(intake.changed),
        read=_read_record(response.parsed),
    )


def _document_after(result: _PollResult, intake: DetectedChanges, *, understood: bool) -> LastDocument:
    """Returns the feed's last document after the poll: the one before if no document was read."""
    before, response, outcome = result.claim.poll_state.document, result.response, result.response.outcome
    if response.document is None or response.parsed is None:
        return before
    dated = (
        first_plausible_date(entry.published_at, entry.updated_at, seen_at=result.at)
        for entry in response.parsed.entries
    )
    published = {*before.published, *(at for at in dated if at)}
    return LastDocument(
        hints=response.parsed.hints,
        published=tuple(sorted(published, reverse=True)[:_PUBLISHED_KEPT]),
        body_digest=response.body_digest if understood else before.body_digest,
        wire_bytes=outcome.wire_bytes if isinstance(outcome, SuccessResponse) else 0,
        entry_states=entry_states(item for item in response.document.items if item not in intake.missed),
    )


def _read_record(parsed: ParsedFeed | None) -> poll_records.DocumentRecord | None:
    """Returns what the document says about its feed; None if no document was read."""
    if parsed is None:
        return None
    return poll_records.DocumentRecord(
        title=parsed.title, site_url=parsed.site_url, language=parsed.language, problems=parsed.problems
    )


def _move_to_host(session: Session, service: Service, claim: FeedClaim, *, host: str, now: datetime) -> None:
    """Assigns the feed to the host that the next request goes to, and releases the claimed one; no request was sent."""
    hosts.add_missing_hosts(session, {host}, now=now)
    feeds.move_to_host(session, claim.feed_id, host=host)
    hosts.release_host(session, claim.host, by=service.name, pauses={}, tally=RequestCounts(requests=0))


def _status(outcome: FetchOutcome) -> int | None:
    match outcome:
        case SuccessResponse(status=status) | HttpError(status=status):
            return status
        case NotModified():
            return 304
        case DeferredRedirect(hops=hops):
            return hops[-1].status
        case Unreachable() | Refused():
            return None
