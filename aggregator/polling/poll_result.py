"""Classifies the outcome of a poll and collects the poll intervals that are requested.

A pure function over frozen values: the outcome, the parsed document and the feed's state. ``poll_interval`` chooses
one of the requested intervals, ``schedule`` makes the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.parsing import ParsedFeed, ParseOutcome, PollHints, Unreadable
from aggregator.model.polling import (
    DeferredRedirect,
    FeedState,
    FetchOutcome,
    HttpError,
    NotModified,
    PollState,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.freshness import remaining_freshness, retry_after
from aggregator.polling.poll_interval import (
    PollPolicy,
    RequestedInterval,
    backoff,
    intervals_from_hints,
    publication_interval,
)

_GONE_CHECK_INTERVAL = timedelta(days=1)
_FIRST_BACKOFF = timedelta(minutes=10)
_FIRST_BUSY_BACKOFF = timedelta(hours=1)
_FIRST_UNREACHABLE_BACKOFF = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class PollHistory:
    """The state before a poll: the feed's poll state, its host and its push subscription.

    ``host_failures`` counts the failed requests to the host in a row, of all its feeds and pages together.
    ``pushed`` is True if a hub sends the feed's new entries to us now.
    """

    poll_state: PollState
    host_failures: int = 0
    pushed: bool = False


class PollResult(StrEnum):
    """The result of a poll."""

    READ = "read"
    UNCHANGED = "unchanged"
    UNREADABLE = "unreadable"
    QUIET = "quiet"
    GONE = "gone"
    HTTP_ERROR = "http-error"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    OFFLINE = "offline"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifiedPoll:
    """The classified outcome of a poll, with the intervals that were requested.

    ``said`` describes the outcome to people. ``host_backoff_time`` is the backoff of the whole host. ``asked`` is the
    pause of a Retry-After: no poll of this feed comes earlier.
    """

    result: PollResult
    state: FeedState
    said: str
    requested_intervals: tuple[RequestedInterval, ...] = ()
    hints: PollHints = field(default_factory=PollHints)
    failures: int = 0
    gone_count: int = 0
    host_failures: int = 0
    validated: bool = True
    host_backoff_time: timedelta | None = None
    asked: timedelta | None = None


def unreachable_backoff(failures: int) -> timedelta:
    """Returns the backoff of a host after failed requests in a row, to its feeds and pages together."""
    return backoff(failures, first=_FIRST_UNREACHABLE_BACKOFF)


def classify_poll(
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    history: PollHistory,
    policy: PollPolicy,
    *,
    now: datetime,
    asked_at: datetime,
) -> ClassifiedPoll:
    """Classifies the outcome of a poll that was sent at ``asked_at`` and ended at ``now``."""
    match outcome:
        case SuccessResponse(headers=headers) if isinstance(parsed, ParsedFeed):
            return _after_document(headers, parsed, history, policy, now)
        case NotModified(headers=headers):
            return _after_not_modified(headers, history, policy, now)
        case SuccessResponse(headers=headers):
            said = parsed.reason if isinstance(parsed, Unreadable) else "the document was not parsed"
            return _after_failure(
                PollResult.UNREADABLE, said, history, policy, requested_intervals=_freshness_interval(headers, now)
            )
        case HttpError(status=410, headers=headers) if history.poll_state.address.requests_own_url(now=asked_at):
            return _after_gone(headers, history, policy, now)
        case HttpError():
            return _after_http_error(outcome, history, policy, now)
        case DeferredRedirect(headers=headers):
            return _after_deferred_redirect(headers, history, now)
        case Unreachable(reason=reason):
            return _after_no_response(reason, history, policy)
        case Refused(reason=reason):
            return _after_failure(
                PollResult.REFUSED,
                reason,
                history,
                policy,
                gone_count=history.poll_state.gone_count,
                host_failures=history.host_failures,
            )


def _after_document(
    headers: Mapping[str, str], parsed: ParsedFeed, history: PollHistory, policy: PollPolicy, now: datetime
) -> ClassifiedPoll:
    """Classifies a poll with a parsed document; its entries and the known ones give the publication interval."""
    dated = (entry.published_at or entry.updated_at for entry in parsed.entries)
    published = {*history.poll_state.document.published, *(instant for instant in dated if instant is not None)}
    pushed = policy.pushed if history.pushed else None
    requested_intervals = _intervals_after_success(
        headers, hints=parsed.hints, published=published, pushed=pushed, now=now
    )
    return ClassifiedPoll(
        result=PollResult.READ,
        state=FeedState.ACTIVE,
        said=f"read, {len(parsed.entries)} entries",
        requested_intervals=requested_intervals,
        hints=parsed.hints,
        validated=_is_validated(headers, parsed.hints),
    )


def _after_not_modified(
    headers: Mapping[str, str], history: PollHistory, policy: PollPolicy, now: datetime
) -> ClassifiedPoll:
    pushed = policy.pushed if history.pushed else None
    return ClassifiedPoll(
        result=PollResult.UNCHANGED,
        state=FeedState.ACTIVE,
        said="not modified",
        requested_intervals=_intervals_after_success(
            headers,
            hints=history.poll_state.document.hints,
            published=history.poll_state.document.published,
            pushed=pushed,
            now=now,
        ),
        hints=history.poll_state.document.hints,
        validated=history.poll_state.validated or _is_validated(headers, history.poll_state.document.hints),
    )


def _intervals_after_success(
    headers: Mapping[str, str],
    *,
    hints: PollHints,
    published: Iterable[datetime],
    pushed: timedelta | None,
    now: datetime,
) -> tuple[RequestedInterval, ...]:
    push = () if pushed is None else (RequestedInterval(pause=pushed, source="push subscription"),)
    return (
        *_freshness_interval(headers, now),
        *intervals_from_hints(hints),
        *publication_interval(published, now=now),
        *push,
    )


def _is_validated(headers: Mapping[str, str], hints: PollHints) -> bool:
    """Returns True if a response carries validators or states a pause before the next request.

    A feed that does neither costs its publisher the whole document at every poll
    (https://rachelbythebay.com/w/feed/).
    """
    if headers.get("etag") or headers.get("last-modified"):
        return True
    names_pause = "max-age" in headers.get("cache-control", "").lower() or "expires" in headers
    return names_pause or hints.ttl is not None or hints.update_period is not None


def _after_failure(
    result: PollResult,
    said: str,
    history: PollHistory,
    policy: PollPolicy,
    *,
    requested_intervals: tuple[RequestedInterval, ...] = (),
    first_pause: timedelta = _FIRST_BACKOFF,
    gone_count: int = 0,
    host_backoff_time: timedelta | None = None,
    host_failures: int = 0,
) -> ClassifiedPoll:
    failures = history.poll_state.failures + 1
    pause = backoff(failures, first=max(first_pause, policy.floor))
    times = "first failure" if failures == 1 else f"{failures} failures in a row"
    return ClassifiedPoll(
        result=result,
        state=FeedState.QUIET if result is PollResult.QUIET else FeedState.FAILING,
        said=said,
        requested_intervals=(*requested_intervals, RequestedInterval(pause=pause, source=times)),
        failures=failures,
        gone_count=gone_count,
        host_failures=host_failures,
        validated=history.poll_state.validated,
        host_backoff_time=host_backoff_time,
    )


def _after_no_response(reason: str, history: PollHistory, policy: PollPolicy) -> ClassifiedPoll:
    """Classifies a poll without a response: the host is in backoff for all its feeds, longer each time."""
    host_failures = history.host_failures + 1
    return _after_failure(
        PollResult.UNREACHABLE,
        reason,
        history,
        policy,
        gone_count=history.poll_state.gone_count,
        host_failures=host_failures,
        host_backoff_time=unreachable_backoff(host_failures),
    )


def _after_http_error(error: HttpError, history: PollHistory, policy: PollPolicy, now: datetime) -> ClassifiedPoll:
    """Classifies an HTTP error: any error may carry Retry-After; a 429, or a 503 with it, is about the whole host.

    After a 429 without Retry-After the host is in backoff for at least an hour, and longer each time.
    """
    said, requested_intervals = f"HTTP status {error.status}", _freshness_interval(error.headers, now)
    asked = retry_after(error.headers, now=now)
    if asked is not None:
        requested_intervals += (RequestedInterval(pause=asked, source="Retry-After"),)
    result, first_pause, host_backoff_time = PollResult.HTTP_ERROR, _FIRST_BACKOFF, None
    if error.status == 429 or (error.status == 503 and asked is not None):
        result = PollResult.QUIET
        first_pause = _FIRST_BUSY_BACKOFF if asked is None else _FIRST_BACKOFF
        host_backoff_time = (
            backoff(history.poll_state.failures + 1, first=_FIRST_BUSY_BACKOFF) if asked is None else asked
        )
    failed = _after_failure(
        result,
        said,
        history,
        policy,
        requested_intervals=requested_intervals,
        first_pause=first_pause,
        host_backoff_time=host_backoff_time,
    )
    return replace(failed, asked=asked)


def _after_deferred_redirect(headers: Mapping[str, str], history: PollHistory, now: datetime) -> ClassifiedPoll:
    """Classifies a redirect with Retry-After: it is no failure, and no success either."""
    asked = retry_after(headers, now=now) or timedelta()
    return ClassifiedPoll(
        result=PollResult.QUIET,
        state=FeedState.QUIET,
        said="a redirect to follow later",
        requested_intervals=(RequestedInterval(pause=asked, source="Retry-After"),),
        failures=history.poll_state.failures,
        validated=history.poll_state.validated,
        asked=asked,
    )


def _after_gone(headers: Mapping[str, str], history: PollHistory, policy: PollPolicy, now: datetime) -> ClassifiedPoll:
    """Classifies a 410: the feed is retired only after it was repeated over days, because broken sites send it too."""
    gone_count = history.poll_state.gone_count + 1
    said = f"gone (HTTP status 410), {gone_count} of {policy.gone_after} times"
    return ClassifiedPoll(
        result=PollResult.GONE,
        state=FeedState.FAILING,
        said=f"{said}, retired" if gone_count >= policy.gone_after else said,
        requested_intervals=(
            *_freshness_interval(headers, now),
            RequestedInterval(pause=_GONE_CHECK_INTERVAL, source="to confirm that it is gone"),
        ),
        failures=history.poll_state.failures + 1,
        gone_count=gone_count,
        validated=history.poll_state.validated,
    )


def _freshness_interval(headers: Mapping[str, str], now: datetime) -> tuple[RequestedInterval, ...]:
    """Returns the freshness of a response as an interval; for errors too: a 404 may be cached for a day."""
    fresh = remaining_freshness(headers, now=now)
    return () if fresh is None else (RequestedInterval(pause=fresh, source="Cache-Control or Expires"),)
