"""When is a feed polled next, and what did this poll come to?

One decision over frozen values: the outcome, the parsed document, what is known of the feed,
the policy, the instant and a throw of the dice. Nothing is stored or asked here.

    floor     the operator's least interval: always kept
    wishes    freshness, ttl, update period, skipHours and skipDays, Retry-After: kept up to the cap
    rhythm    a feed that publishes seldom is polled seldom
    failures  double the pause each time, up to the cap, and never end the polling
    cap       the operator's greatest interval: nothing but the floor and jitter goes beyond
    jitter    only adds: a poll that comes too early counts as rude, one that comes late does not
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model import (
    Answer,
    Deferred,
    FetchOutcome,
    Hints,
    HttpError,
    NotModified,
    ParsedFeed,
    ParseOutcome,
    Refused,
    Unreachable,
    Unreadable,
)
from aggregator.polling.freshness import fresh_for, retry_after
from aggregator.polling.pauses import Policy, Wish, backoff, hinted, rhythm, settle

GONE_CONFIRMATIONS = 7
"""So many answers 410 in a row, a cap apart, retire a feed: a week with the usual cap."""

_FIRST_PAUSE = timedelta(minutes=10)
_FIRST_QUIET = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What is known of a feed before this poll.

    ``published`` are the publication instants of its recent entries, in any order; ``hints``
    those of the last document that was read, which a 304 leaves in force.
    """

    failures: int = 0
    gone_count: int = 0
    published: tuple[datetime, ...] = ()
    hints: Hints = field(default_factory=Hints)


class PollResult(StrEnum):
    """What a poll came to, in a word."""

    READ = "read"
    UNCHANGED = "unchanged"
    UNREADABLE = "unreadable"
    QUIET = "quiet"
    GONE = "gone"
    HTTP_ERROR = "http-error"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What follows from a poll.

    ``host_quiet_until``: nothing is asked of the host that answered (the outcome's URL) before.
    ``retired``: the feed is gone for good; ``next_poll_at`` is then for who revives it.
    """

    next_poll_at: datetime
    failures: int
    gone_count: int
    retired: bool
    host_quiet_until: datetime | None
    reason: str
    result: PollResult


@dataclass(frozen=True, kw_only=True, slots=True)
class _Verdict:
    """What an outcome comes to, before the pauses that are asked for are weighed."""

    result: PollResult
    said: str
    wishes: tuple[Wish, ...] = ()
    hints: Hints = field(default_factory=Hints)
    failures: int = 0
    gone_count: int = 0
    quiet_for: timedelta | None = None


def plan_poll(
    *,
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    history: History,
    policy: Policy,
    now: datetime,
    chance: float,
) -> Plan:
    """What follows from a poll that ended at ``now``.

    ``parsed`` is what the body of an Answer was read as, None otherwise. ``chance`` is in [0, 1).
    """
    verdict = _judge(outcome, parsed, history, policy, now)
    pause = settle(verdict.wishes, hints=verdict.hints, policy=policy, now=now, chance=chance)
    quiet = verdict.quiet_for
    return Plan(
        next_poll_at=pause.until,
        failures=verdict.failures,
        gone_count=verdict.gone_count,
        retired=verdict.gone_count >= GONE_CONFIRMATIONS,
        host_quiet_until=None if quiet is None else now + min(quiet, policy.longest),
        reason=f"{verdict.said}; {pause.reason}",
        result=verdict.result,
    )


def _judge(
    outcome: FetchOutcome, parsed: ParseOutcome | None, history: History, policy: Policy, now: datetime
) -> _Verdict:
    match outcome:
        case Answer(headers=headers) if isinstance(parsed, ParsedFeed):
            said = f"read, {len(parsed.entries)} entries"
            wishes = _of_success(headers, parsed.hints, history, now)
            return _Verdict(result=PollResult.READ, said=said, wishes=wishes, hints=parsed.hints)
        case NotModified(headers=headers):
            wishes = _of_success(headers, history.hints, history, now)
            return _Verdict(result=PollResult.UNCHANGED, said="not modified", wishes=wishes, hints=history.hints)
        case Answer(headers=headers):
            said = parsed.reason if isinstance(parsed, Unreadable) else "the document was not read"
            return _failure(PollResult.UNREADABLE, said, history, policy, wishes=_fresh(headers, now))
        case HttpError(status=410, headers=headers):
            return _gone(headers, history, policy, now)
        case HttpError():
            return _http_error(outcome, history, policy, now)
        case Deferred(headers=headers):
            return _deferred(headers, history, now)
        case Unreachable(reason=reason):
            return _failure(PollResult.UNREACHABLE, reason, history, policy, gone_count=history.gone_count)
        case Refused(reason=reason):
            return _failure(PollResult.REFUSED, reason, history, policy, gone_count=history.gone_count)


def _of_success(headers: Mapping[str, str], hints: Hints, history: History, now: datetime) -> tuple[Wish, ...]:
    return (*_fresh(headers, now), *hinted(hints), *rhythm(history.published, now=now))


def _failure(
    result: PollResult,
    said: str,
    history: History,
    policy: Policy,
    *,
    wishes: tuple[Wish, ...] = (),
    first_pause: timedelta = _FIRST_PAUSE,
    gone_count: int = 0,
    quiet_for: timedelta | None = None,
) -> _Verdict:
    failures = history.failures + 1
    pause = backoff(failures, first=max(first_pause, policy.floor))
    times = "first failure" if failures == 1 else f"{failures} failures in a row"
    return _Verdict(
        result=result,
        said=said,
        wishes=(*wishes, Wish(pause=pause, source=times)),
        failures=failures,
        gone_count=gone_count,
        quiet_for=quiet_for,
    )


def _http_error(error: HttpError, history: History, policy: Policy, now: datetime) -> _Verdict:
    """Any error may carry Retry-After; a 429 and a 503 that does mean the whole host.

    A 429 without it is given an hour at least, and more each time.
    """
    said, wishes = f"HTTP status {error.status}", _fresh(error.headers, now)
    asked = retry_after(error.headers, now=now)
    if asked is not None:
        wishes += (Wish(pause=asked, source="Retry-After"),)
    if error.status == 429:
        quiet_for = backoff(history.failures + 1, first=_FIRST_QUIET) if asked is None else asked
        first_pause = _FIRST_QUIET if asked is None else _FIRST_PAUSE
        return _failure(
            PollResult.QUIET, said, history, policy, wishes=wishes, first_pause=first_pause, quiet_for=quiet_for
        )
    if error.status == 503 and asked is not None:
        return _failure(PollResult.QUIET, said, history, policy, wishes=wishes, quiet_for=asked)
    return _failure(PollResult.HTTP_ERROR, said, history, policy, wishes=wishes)


def _deferred(headers: Mapping[str, str], history: History, now: datetime) -> _Verdict:
    """A redirect to follow later is no failure, and no success either."""
    asked = retry_after(headers, now=now) or timedelta()
    return _Verdict(
        result=PollResult.QUIET,
        said="a redirect that asks to be followed later",
        wishes=(Wish(pause=asked, source="Retry-After"),),
        failures=history.failures,
    )


def _gone(headers: Mapping[str, str], history: History, policy: Policy, now: datetime) -> _Verdict:
    """A 410 is believed once it was repeated over days: sites that break send it too."""
    gone_count = history.gone_count + 1
    said = f"gone (HTTP status 410), {gone_count} of {GONE_CONFIRMATIONS} times"
    return _Verdict(
        result=PollResult.GONE,
        said=f"{said}, retired" if gone_count >= GONE_CONFIRMATIONS else said,
        wishes=(*_fresh(headers, now), Wish(pause=policy.cap, source="to see whether it stays gone")),
        failures=history.failures + 1,
        gone_count=gone_count,
    )


def _fresh(headers: Mapping[str, str], now: datetime) -> tuple[Wish, ...]:
    """Freshness counts on every answer, errors included: a publisher may cache a 404 for a day."""
    fresh = fresh_for(headers, now=now)
    return () if fresh is None else (Wish(pause=fresh, source="Cache-Control or Expires"),)
