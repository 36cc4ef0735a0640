"""Plans the next poll of a feed: its time, its URL and the feed's state.

A pure function over frozen values: the outcome, the parsed document, the feed's state, the operator's policy, the time
and a random number. Nothing is stored or requested here.

    floor        the operator's shortest interval: always kept; a day for feeds without validators
    publisher    freshness, ttl, update period, skipHours and skipDays, Retry-After: kept up to the cap
    publication  a feed that publishes rarely is polled rarely
    push         a feed whose new entries are pushed to us is polled as a safety net only
    failures     double the interval each time, up to the cap, and never end the polling
    cap          the operator's longest interval: only the floor and the jitter exceed it
    jitter       only lengthens the interval: a poll that is too early is impolite, a late one is not

The longest interval counts, so their order decides only the text of the reason. One interval is shorter than the
floor: the one after a request that failed because of this machine: it had no network, or was too busy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model.parsing import ParseOutcome
from aggregator.model.polling import DeferredRedirect, FeedState, FetchOutcome, PollAddress, PollState
from aggregator.polling.connectivity import is_overload, pause_after_local_failure
from aggregator.polling.permanent_redirects import defer_redirect, next_address
from aggregator.polling.poll_interval import PollPolicy, choose_interval, format_duration
from aggregator.polling.poll_result import PollHistory, PollResult, classify_poll
from aggregator.url_credentials import without_userinfo


@dataclass(frozen=True, kw_only=True, slots=True)
class PollPlan:
    """The feed's poll state after a poll, and what the poll means for the host that answered.

    ``host_backoff_until``: no request is sent to the host that answered (the outcome's URL) before.
    ``poll_state`` still has the validators, the document and the privacy from before the poll: the step that stores
    the document replaces them.
    """

    result: PollResult
    poll_state: PollState
    host_failures: int
    host_backoff_until: datetime | None


def plan_poll(
    *,
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    history: PollHistory,
    policy: PollPolicy,
    now: datetime,
    chance: float,
    asked_at: datetime | None = None,
) -> PollPlan:
    """Returns the plan after a poll that was sent at ``asked_at`` (default: ``now``) and ended at ``now``.

    ``parsed`` is the parsed body of a SuccessResponse, else None. ``chance`` is in [0, 1).
    """
    asked_at = asked_at or now
    verdict = classify_poll(outcome, parsed, history, policy, now=now, asked_at=asked_at)
    pause = choose_interval(
        verdict.requested_intervals,
        hints=verdict.hints,
        policy=policy,
        now=now,
        chance=chance,
        validated=verdict.validated,
    )
    quiet = verdict.host_backoff_time
    retired = verdict.gone_count >= policy.gone_after
    before = history.poll_state
    address = _address_after(outcome, verdict.result, before.address, needed=policy.moves_after, asked_at=asked_at)
    moved = f"; moved permanently to {without_userinfo(address.url)}" if address.url != before.address.url else ""
    after = replace(
        before,
        address=address,
        next_poll_at=pause.until,
        feed_state=FeedState.GONE if retired else verdict.state,
        reason=f"{verdict.said}{moved}; {pause.reason}",
        failures=verdict.failures,
        gone_count=verdict.gone_count,
        validated=verdict.validated,
        quiet_until=None if verdict.asked is None else now + min(verdict.asked, policy.longest),
    )
    return PollPlan(
        result=verdict.result,
        poll_state=after,
        host_failures=verdict.host_failures,
        host_backoff_until=None if quiet is None else now + min(quiet, policy.longest),
    )


def plan_offline(
    *, history: PollHistory, now: datetime, chance: float, outcome: FetchOutcome | None = None
) -> PollPlan:
    """Returns the plan after a poll that failed because of this machine; no failure is counted.

    The publisher sent no document, so the floor, which protects publishers, does not apply.
    """
    pause = pause_after_local_failure(outcome)
    cause = "was too busy for the request" if is_overload(outcome) else "seems to have no network"
    reason = f"this machine {cause}; next try in {format_duration(pause)}"
    return PollPlan(
        result=PollResult.OFFLINE,
        poll_state=replace(history.poll_state, next_poll_at=now + pause * (1 + chance), reason=reason),
        host_failures=history.host_failures,
        host_backoff_until=None,
    )


def _address_after(
    outcome: FetchOutcome, result: PollResult, address: PollAddress, *, needed: int, asked_at: datetime
) -> PollAddress:
    if isinstance(outcome, DeferredRedirect):
        return defer_redirect(address, outcome.hops, asked_at=asked_at)
    readable = result in (PollResult.READ, PollResult.UNCHANGED)
    return next_address(address, outcome.hops, readable=readable, asked_at=asked_at, needed=needed)
