"""When is a feed polled next, where, and what did this poll come to?

One decision over frozen values: the outcome, the parsed document, what is known of the feed,
the policy, the instant and a throw of the dice. Nothing is stored or asked here.

    floor     the operator's least interval: always kept; a day for feeds without validators
    wishes    freshness, ttl, update period, skipHours and skipDays, Retry-After: kept up to the cap
    rhythm    a feed that publishes seldom is polled seldom
    push      a feed whose news is pushed to us is polled as a safety net only
    failures  double the pause each time, up to the cap, and never end the polling
    cap       the operator's greatest interval: nothing but the floor and jitter goes beyond
    jitter    only adds: a poll that comes too early counts as rude, one that comes late does not

The longest of them counts, so their order decides nothing but the words of the reason. The one
pause below the floor follows a request that never left this machine, for want of a network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model.parsing import ParseOutcome
from aggregator.model.polling import Address, Deferred, FeedState, FetchOutcome, PollState
from aggregator.polling.permanent_redirects import address_after, deferred
from aggregator.polling.poll_interval import Policy, in_words, settle
from aggregator.polling.poll_result import History, PollResult, judge_poll
from aggregator.url_credentials import without_userinfo

_NETWORK_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The feed's poll state after a poll, and what the poll means for the host that answered.

    ``host_quiet_until``: no request is sent to the host that answered (the outcome's URL) before.
    ``poll_state`` still has the validators, the document and the privacy from before the poll: the step that stores
    the document replaces them.
    """

    result: PollResult
    poll_state: PollState
    host_failures: int
    host_quiet_until: datetime | None


def plan_poll(
    *,
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    history: History,
    policy: Policy,
    now: datetime,
    chance: float,
    asked_at: datetime | None = None,
) -> Plan:
    """What follows from a poll that was asked at ``asked_at`` (``now`` when left out) and ended at ``now``.

    ``parsed`` is what the body of an Answer was read as, None otherwise. ``chance`` is in [0, 1).
    """
    asked_at = asked_at or now
    verdict = judge_poll(outcome, parsed, history, policy, now=now, asked_at=asked_at)
    pause = settle(
        verdict.wishes, hints=verdict.hints, policy=policy, now=now, chance=chance, validated=verdict.validated
    )
    quiet = verdict.quiet_for
    retired = verdict.gone_count >= policy.gone_after
    before = history.poll_state
    address = _address_after(outcome, verdict.result, before.address, needed=policy.moves_after, asked_at=asked_at)
    moved = f"; moved for good to {without_userinfo(address.url)}" if address.url != before.address.url else ""
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
    return Plan(
        result=verdict.result,
        poll_state=after,
        host_failures=verdict.host_failures,
        host_quiet_until=None if quiet is None else now + min(quiet, policy.longest),
    )


def plan_offline(*, history: History, now: datetime, chance: float) -> Plan:
    """What follows from a poll that failed because this machine has no network: nobody is blamed.

    Nothing reached the publisher, so the floor, which spares publishers, does not hold.
    """
    pause = _NETWORK_PAUSE * (1 + chance)
    reason = f"this machine seems to have no network; next try in {in_words(_NETWORK_PAUSE)}"
    return Plan(
        result=PollResult.OFFLINE,
        poll_state=replace(history.poll_state, next_poll_at=now + pause, reason=reason),
        host_failures=history.host_failures,
        host_quiet_until=None,
    )


def _address_after(
    outcome: FetchOutcome, result: PollResult, address: Address, *, needed: int, asked_at: datetime
) -> Address:
    if isinstance(outcome, Deferred):
        return deferred(address, outcome.hops, asked_at=asked_at)
    readable = result in (PollResult.READ, PollResult.UNCHANGED)
    return address_after(address, outcome.hops, readable=readable, asked_at=asked_at, needed=needed)
