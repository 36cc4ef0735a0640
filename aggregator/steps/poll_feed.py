"""One poll of one feed: fetch, parse, store what is new or changed, plan the next poll.

Everything that came of it is one commit. What to do is decided elsewhere: what an answer means
for the next poll in ``polling.schedule``, what is new in ``intake``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import structlog
from sqlmodel import Session

from aggregator.change_detection import Intake
from aggregator.model.parsing import ParsedFeed
from aggregator.model.polling import (
    Answer,
    Deferred,
    FetchOutcome,
    Hop,
    HttpError,
    LastDocument,
    NotModified,
    Refused,
    Unreachable,
    Validators,
)
from aggregator.parsing.document_reader import Document, states_of
from aggregator.parsing.feed_dates import stated
from aggregator.parsing.xml_repair import CUT_OFF
from aggregator.polling.backfill_plan import backfill_after_feed
from aggregator.polling.fetch import Kind
from aggregator.polling.host_backoff import requests_made
from aggregator.polling.permanent_redirects import UPGRADED, secured
from aggregator.polling.poll_interval import Policy
from aggregator.polling.poll_result import History
from aggregator.polling.private_feeds import private_after
from aggregator.polling.request_identity import introduction_of
from aggregator.polling.schedule import Plan, plan_offline, plan_poll
from aggregator.polling.validators import next_validators
from aggregator.steps.ingest import NOTHING, read_in_worker, store_document
from aggregator.steps.push_subscriptions import note_advertised
from aggregator.steps.service import Service
from aggregator.store import feeds, hosts, poll_records, subscriptions
from aggregator.store.host_claims import FeedVisit
from aggregator.store.hosts import Tally
from aggregator.url_credentials import has_userinfo

log = structlog.get_logger()

_HISTORY = 30
"""Entries whose publication times say how often a feed publishes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """What came of asking for a feed: ``document`` is None when there was none, or the same one as before."""

    outcome: FetchOutcome
    asked_at: datetime
    document: Document | None = None
    body_digest: str | None = None

    @property
    def parsed(self) -> ParsedFeed | None:
        """The document, when it was read."""
        found = self.document.outcome if self.document else None
        return found if isinstance(found, ParsedFeed) else None

    @property
    def is_whole(self) -> bool:
        """Whether a document was read to its end; of one that was cut off the rest is still to be had."""
        return self.parsed is not None and CUT_OFF not in self.parsed.problems

    @property
    def is_same_body(self) -> bool:
        """Whether the very body of the last poll came again."""
        return self.document is None and isinstance(self.outcome, Answer)

    @property
    def as_planned(self) -> FetchOutcome:
        """The outcome as the plan takes it: a 200 with the body of the last poll says what a 304 says."""
        if self.is_same_body and isinstance(self.outcome, Answer):
            return NotModified(url=self.outcome.url, headers=self.outcome.headers, hops=self.outcome.hops)
        return self.outcome


async def poll(service: Service, visit: FeedVisit) -> None:
    """Poll one claimed feed and give its host back."""
    asked_at = service.clock()
    host = service.hosts.key(visit.poll_state.address.asked(now=asked_at))
    if host != visit.host:
        await service.database.write(_refile, service, visit, host=host, now=asked_at)
        return
    outcome = await _ask(service, visit, asked_at)
    service.network.note(outcome, host=visit.host, at=service.clock())
    body_digest = hashlib.sha256(outcome.body).hexdigest() if isinstance(outcome, Answer) else None
    document = None
    if isinstance(outcome, Answer) and body_digest != visit.poll_state.document.body_digest:
        document = await read_in_worker(
            service,
            outcome.body,
            url=outcome.url,
            content_type=outcome.headers.get("content-type"),
            content_location=outcome.headers.get("content-location"),
            stored=visit.poll_state.document.entry_states,
        )
    await conclude(
        service, visit, Polled(outcome=outcome, asked_at=asked_at, document=document, body_digest=body_digest)
    )


async def conclude(service: Service, visit: FeedVisit, polled: Polled) -> None:
    """Commit what came of a poll."""
    now, intake = service.clock(), NOTHING
    if service.network.is_ours(polled.outcome, host=visit.host, began_at=polled.asked_at):
        plan = plan_offline(history=_history(visit), now=now, chance=service.chance())
        await service.database.write(_commit_offline, service, visit, polled.outcome, plan, now)
    else:
        plan, ordinary = _plans(service, visit, polled, now)
        ended = _Ended(visit=visit, polled=polled, plan=plan, ordinary=ordinary, at=now)
        intake = await service.database.write(_commit, service, ended)
    service.metrics.polled(
        str(plan.result),
        late=(polled.asked_at - visit.poll_state.next_poll_at).total_seconds(),
        new=len(intake.new),
        changed=len(intake.changed),
    )
    log.info(
        "feed.polled",
        feed=visit.name,
        outcome=str(plan.result),
        new=len(intake.new),
        changed=len(intake.changed),
        next=plan.poll_state.next_poll_at.isoformat(timespec="seconds"),
        reason=plan.poll_state.reason,
    )


def _plans(service: Service, visit: FeedVisit, polled: Polled, now: datetime) -> tuple[Plan, Plan]:
    """What follows from a poll, and what would follow if the feed's news were not pushed to us."""
    history, policy, chance = _history(visit), _policy(service, visit), service.chance()

    def plan(history: History) -> Plan:
        return plan_poll(
            outcome=polled.as_planned,
            parsed=polled.document.outcome if polled.document else None,
            history=history,
            policy=policy,
            now=now,
            chance=chance,
            asked_at=polled.asked_at,
        )

    planned = plan(history)
    return planned, plan(replace(history, pushed=False)) if history.pushed else planned


async def _ask(service: Service, visit: FeedVisit, now: datetime) -> FetchOutcome:
    """Ask where the feed is; where plain http is refused, ask once whether https is there."""
    address, introduction = visit.poll_state.address, introduction_of(service.settings_of(visit.name))
    outcome = await service.fetcher.get(
        address.url if address.resume else address.asked(now=now),
        kind=Kind.FEED,
        validators=_validators(service, visit, now),
        hops=address.resume,
        delta=service.settings.polling.delta,
        introduction=introduction,
    )
    https = secured(address.url)
    asked_itself = address.asked(now=now) == address.url and not outcome.hops
    if https is None or not (isinstance(outcome, Unreachable) and outcome.refused and asked_itself):
        return outcome
    again = await service.fetcher.get(https, kind=Kind.FEED, introduction=introduction)
    if not isinstance(again, Answer):
        return outcome
    return replace(again, hops=(Hop(url=address.url, status=UPGRADED, location=https), *again.hops))


def _validators(service: Service, visit: FeedVisit, now: datetime) -> Validators | None:
    """The validators to send; none when the whole document has not been seen for long.

    A server that says 304 for ever, whatever it publishes, is found out that way.
    """
    is_stale = (
        visit.poll_state.whole_at is None or now - visit.poll_state.whole_at >= service.settings.polling.whole_every
    )
    return None if is_stale else visit.poll_state.validators


def _history(visit: FeedVisit) -> History:
    return History(poll_state=visit.poll_state, host_failures=visit.host_failures, pushed=visit.pushed)


def _policy(service: Service, visit: FeedVisit) -> Policy:
    polling = service.settings.polling
    return Policy(
        floor=visit.every or polling.every,
        cap=visit.at_most or polling.at_most,
        jitter=polling.jitter,
        unvalidated=None if visit.every else polling.every_unvalidated,
        pushed=service.settings.push.every,
        moves_after=polling.moves_after,
        gone_after=polling.gone_after,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ended:
    """A poll with all that came of it, ready to be stored."""

    visit: FeedVisit
    polled: Polled
    plan: Plan
    ordinary: Plan
    at: datetime

    def tally(self) -> Tally:
        """What the poll cost the publisher, and what asking conditionally saved."""
        outcome = self.polled.outcome
        requests = requests_made(outcome) - len(self.visit.poll_state.address.resume)
        match outcome:
            case Answer(wire_bytes=wire_bytes):
                return Tally(requests=requests, wire_bytes=wire_bytes)
            case NotModified():
                return Tally(requests=requests, unchanged=1, saved_bytes=self.visit.poll_state.document.wire_bytes)
            case _:
                return Tally(requests=requests)


def _commit(session: Session, service: Service, ended: _Ended) -> Intake:
    visit, polled, plan, now = ended.visit, ended.polled, ended.plan, ended.at
    intake, changed = NOTHING, frozenset[str]()
    if polled.document:
        intake, changed = store_document(session, service, visit.origin, polled.document, now=now)
    host = service.hosts.key(plan.poll_state.address.asked(now=plan.poll_state.next_poll_at))
    hosts.ensure_hosts(session, {host} - {visit.host}, now=now)
    record = _record(ended, intake, host=host, private=_is_private(service, ended))
    poll_records.record_poll(session, record, keep=service.settings.retention.polls)
    backfill = backfill_after_feed(visit.backfill, polled.parsed, is_new=visit.poll_state.whole_at is None)
    if backfill.is_wanted(service.settings.polling.backfill) and not plan.poll_state.failures:
        poll_records.begin_backfill(
            session,
            visit.feed_id,
            backfill,
            due_at=visit.poll_state.next_poll_at,
            resume_poll_at=plan.poll_state.next_poll_at,
        )
    if visit.pushed:
        subscriptions.keep_ordinary_poll(session, visit.feed_id, at=ended.ordinary.poll_state.next_poll_at)
    has_moved = plan.poll_state.address.url != visit.poll_state.address.url
    if not (has_moved and feeds.merge_moved(session, visit.feed_id, now=now)):
        note_advertised(session, service, visit, polled.outcome, polled.parsed, now=now)
    hosts.release_host(
        session,
        visit.host,
        by=service.name,
        pauses=service.pauses(visit.host, polled.outcome, quiet_until=plan.host_quiet_until),
        tally=ended.tally(),
        failures=plan.host_failures if service.hosts.key(polled.outcome.url) == visit.host else None,
        changed={host, *changed},
    )
    return intake


def _is_private(service: Service, ended: _Ended) -> bool:
    configured = service.settings_of(ended.visit.name)
    return private_after(
        ended.polled.outcome,
        configured=configured.private if configured else None,
        credentials=configured.has_credentials if configured else has_userinfo(ended.visit.poll_state.address.url),
        before=ended.visit.poll_state.private,
    )


def _record(ended: _Ended, intake: Intake, *, host: str, private: bool) -> poll_records.PollRecord:
    visit, polled, plan = ended.visit, ended.polled, ended.plan
    outcome = polled.outcome
    understood = (polled.is_whole and not intake.missed) or polled.is_same_body
    is_whole = understood and isinstance(outcome, Answer) and outcome.status == HTTPStatus.OK
    before = visit.poll_state
    return poll_records.PollRecord(
        feed_id=visit.feed_id,
        at=ended.at,
        outcome=plan.result,
        status=_status(outcome),
        wire_bytes=outcome.wire_bytes if isinstance(outcome, Answer) else 0,
        poll_state=replace(
            plan.poll_state,
            private=private,
            validators=next_validators(before.validators, outcome, parsed_ok=understood),
            whole_at=ended.at if is_whole else before.whole_at,
            document=_document_after(ended, intake, understood=understood),
        ),
        host=host,
        new_entries=len(intake.new),
        changed_entries=len(intake.changed),
        read=_read_record(polled.parsed),
    )


def _commit_offline(
    session: Session, service: Service, visit: FeedVisit, outcome: FetchOutcome, plan: Plan, now: datetime
) -> None:
    keep = service.settings.retention.polls
    poll_records.postpone(
        session,
        visit.feed_id,
        at=now,
        next_poll_at=plan.poll_state.next_poll_at,
        reason=plan.poll_state.reason,
        keep=keep,
    )
    pauses = service.pauses(visit.host, outcome)
    hosts.release_host(session, visit.host, by=service.name, pauses=pauses, tally=Tally(requests=0))


def _refile(session: Session, service: Service, visit: FeedVisit, *, host: str, now: datetime) -> None:
    """Leave the poll to whoever claims the host that is to be asked; nobody was asked."""
    hosts.ensure_hosts(session, {host}, now=now)
    feeds.refile(session, visit.feed_id, host=host)
    hosts.release_host(session, visit.host, by=service.name, pauses={}, tally=Tally(requests=0))


def _document_after(ended: _Ended, intake: Intake, *, understood: bool) -> LastDocument:
    """Returns the feed's last document after the poll: the one before if no document was read."""
    before, polled, outcome = ended.visit.poll_state.document, ended.polled, ended.polled.outcome
    if polled.document is None or polled.parsed is None:
        return before
    dated = (stated(entry.published_at, entry.updated_at, seen_at=ended.at) for entry in polled.parsed.entries)
    published = {*before.published, *(at for at in dated if at)}
    return LastDocument(
        hints=polled.parsed.hints,
        published=tuple(sorted(published, reverse=True)[:_HISTORY]),
        body_digest=polled.body_digest if understood else before.body_digest,
        wire_bytes=outcome.wire_bytes if isinstance(outcome, Answer) else 0,
        entry_states=states_of(item for item in polled.document.items if item not in intake.missed),
    )


def _read_record(parsed: ParsedFeed | None) -> poll_records.ReadRecord | None:
    """Returns what the document says of its feed; None if no document was read."""
    if parsed is None:
        return None
    return poll_records.ReadRecord(
        title=parsed.title, site_url=parsed.site_url, language=parsed.language, problems=parsed.problems
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
