"""Classifies the outcome of a poll and collects the poll intervals that are requested.

A pure function over frozen values: the outcome, the parsed document and the feed's state. ``poll_interval`` chooses
one of the requested intervals, ``schedule`` makes the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.parsing import Hints, ParsedFeed, ParseOutcome, Unreadable
from aggregator.model.polling import (
    Answer,
    Deferred,
    FeedState,
    FetchOutcome,
    HttpError,
    NotModified,
    PollState,
    Refused,
    Unreachable,
)
from aggregator.polling.freshness import fresh_for, retry_after
from aggregator.polling.poll_interval import Policy, Wish, backoff, hinted, rhythm

_APART = timedelta(days=1)
_FIRST_PAUSE = timedelta(minutes=10)
_FIRST_QUIET = timedelta(hours=1)
_FIRST_HOST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What is known before a poll: the feed's poll state, its host and its push subscription.

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
class PollVerdict:
    """The classified outcome of a poll, with the intervals that were requested.

    ``said`` describes the outcome to people. ``quiet_for`` is the backoff of the whole host. ``asked`` is the pause of
    a Retry-After: no poll of this feed comes earlier.
    """

    result: PollResult
    state: FeedState
    said: str
    wishes: tuple[Wish, ...] = ()
    hints: Hints = field(default_factory=Hints)
    failures: int = 0
    gone_count: int = 0
    host_failures: int = 0
    validated: bool = True
    quiet_for: timedelta | None = None
    asked: timedelta | None = None


def host_pause(failures: int) -> timedelta:
    """Returns the backoff of a host after failed requests in a row, to its feeds and pages together."""
    return backoff(failures, first=_FIRST_HOST_PAUSE)


def judge_poll(
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    history: History,
    policy: Policy,
    *,
    now: datetime,
    asked_at: datetime,
) -> PollVerdict:
    """Classifies the outcome of a poll that was sent at ``asked_at`` and ended at ``now``."""
    match outcome:
        case Answer(headers=headers) if isinstance(parsed, ParsedFeed):
            return _read(headers, parsed, history, policy, now)
        case NotModified(headers=headers):
            return _unchanged(headers, history, policy, now)
        case Answer(headers=headers):
            said = parsed.reason if isinstance(parsed, Unreadable) else "the document was not parsed"
            return _failure(PollResult.UNREADABLE, said, history, policy, wishes=_fresh(headers, now))
        case HttpError(status=410, headers=headers) if history.poll_state.address.asks_itself(now=asked_at):
            return _gone(headers, history, policy, now)
        case HttpError():
            return _http_error(outcome, history, policy, now)
        case Deferred(headers=headers):
            return _deferred(headers, history, now)
        case Unreachable(reason=reason):
            return _unreachable(reason, history, policy)
        case Refused(reason=reason):
            return _failure(
                PollResult.REFUSED,
                reason,
                history,
                policy,
                gone_count=history.poll_state.gone_count,
                host_failures=history.host_failures,
            )


def _read(
    headers: Mapping[str, str], parsed: ParsedFeed, history: History, policy: Policy, now: datetime
) -> PollVerdict:
    """Classifies a poll with a parsed document; its entries and the known ones give the publication interval."""
    dated = (entry.published_at or entry.updated_at for entry in parsed.entries)
    published = {*history.poll_state.document.published, *(instant for instant in dated if instant is not None)}
    pushed = policy.pushed if history.pushed else None
    wishes = _of_success(headers, hints=parsed.hints, published=published, pushed=pushed, now=now)
    return PollVerdict(
        result=PollResult.READ,
        state=FeedState.ACTIVE,
        said=f"read, {len(parsed.entries)} entries",
        wishes=wishes,
        hints=parsed.hints,
        validated=_says_how_to_come_back(headers, parsed.hints),
    )


def _unchanged(headers: Mapping[str, str], history: History, policy: Policy, now: datetime) -> PollVerdict:
    pushed = policy.pushed if history.pushed else None
    return PollVerdict(
        result=PollResult.UNCHANGED,
        state=FeedState.ACTIVE,
        said="not modified",
        wishes=_of_success(
            headers,
            hints=history.poll_state.document.hints,
            published=history.poll_state.document.published,
            pushed=pushed,
            now=now,
        ),
        hints=history.poll_state.document.hints,
        validated=history.poll_state.validated or _says_how_to_come_back(headers, history.poll_state.document.hints),
    )


def _of_success(
    headers: Mapping[str, str],
    *,
    hints: Hints,
    published: Iterable[datetime],
    pushed: timedelta | None,
    now: datetime,
) -> tuple[Wish, ...]:
    push = () if pushed is None else (Wish(pause=pushed, source="push subscription"),)
    return (*_fresh(headers, now), *hinted(hints), *rhythm(published, now=now), *push)


def _says_how_to_come_back(headers: Mapping[str, str], hints: Hints) -> bool:
    """Returns True if a response carries validators or states a pause before the next request.

    A feed that does neither costs its publisher the whole document at every poll
    (https://rachelbythebay.com/w/feed/).
    """
    if headers.get("etag") or headers.get("last-modified"):
        return True
    names_pause = "max-age" in headers.get("cache-control", "").lower() or "expires" in headers
    return names_pause or hints.ttl is not None or hints.update_period is not None


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
    host_failures: int = 0,
) -> PollVerdict:
    failures = history.poll_state.failures + 1
    pause = backoff(failures, first=max(first_pause, policy.floor))
    times = "first failure" if failures == 1 else f"{failures} failures in a row"
    return PollVerdict(
        result=result,
        state=FeedState.QUIET if result is PollResult.QUIET else FeedState.FAILING,
        said=said,
        wishes=(*wishes, Wish(pause=pause, source=times)),
        failures=failures,
        gone_count=gone_count,
        host_failures=host_failures,
        validated=history.poll_state.validated,
        quiet_for=quiet_for,
    )


def _unreachable(reason: str, history: History, policy: Policy) -> PollVerdict:
    """Classifies a poll without a response: the host is in backoff for all its feeds, longer each time."""
    host_failures = history.host_failures + 1
    return _failure(
        PollResult.UNREACHABLE,
        reason,
        history,
        policy,
        gone_count=history.poll_state.gone_count,
        host_failures=host_failures,
        quiet_for=host_pause(host_failures),
    )


def _http_error(error: HttpError, history: History, policy: Policy, now: datetime) -> PollVerdict:
    """Classifies an HTTP error: any error may carry Retry-After; a 429, or a 503 with it, is about the whole host.

    After a 429 without Retry-After the host is in backoff for at least an hour, and longer each time.
    """
    said, wishes = f"HTTP status {error.status}", _fresh(error.headers, now)
    asked = retry_after(error.headers, now=now)
    if asked is not None:
        wishes += (Wish(pause=asked, source="Retry-After"),)
    result, first_pause, quiet_for = PollResult.HTTP_ERROR, _FIRST_PAUSE, None
    if error.status == 429 or (error.status == 503 and asked is not None):
        result = PollResult.QUIET
        first_pause = _FIRST_QUIET if asked is None else _FIRST_PAUSE
        quiet_for = backoff(history.poll_state.failures + 1, first=_FIRST_QUIET) if asked is None else asked
    failed = _failure(result, said, history, policy, wishes=wishes, first_pause=first_pause, quiet_for=quiet_for)
    return replace(failed, asked=asked)


def _deferred(headers: Mapping[str, str], history: History, now: datetime) -> PollVerdict:
    """Classifies a redirect with Retry-After: it is no failure, and no success either."""
    asked = retry_after(headers, now=now) or timedelta()
    return PollVerdict(
        result=PollResult.QUIET,
        state=FeedState.QUIET,
        said="a redirect to follow later",
        wishes=(Wish(pause=asked, source="Retry-After"),),
        failures=history.poll_state.failures,
        validated=history.poll_state.validated,
        asked=asked,
    )


def _gone(headers: Mapping[str, str], history: History, policy: Policy, now: datetime) -> PollVerdict:
    """Classifies a 410: the feed is retired only after it was repeated over days, because broken sites send it too."""
    gone_count = history.poll_state.gone_count + 1
    said = f"gone (HTTP status 410), {gone_count} of {policy.gone_after} times"
    return PollVerdict(
        result=PollResult.GONE,
        state=FeedState.FAILING,
        said=f"{said}, retired" if gone_count >= policy.gone_after else said,
        wishes=(*_fresh(headers, now), Wish(pause=_APART, source="to confirm that it is gone")),
        failures=history.poll_state.failures + 1,
        gone_count=gone_count,
        validated=history.poll_state.validated,
    )


def _fresh(headers: Mapping[str, str], now: datetime) -> tuple[Wish, ...]:
    """Returns the freshness of a response as an interval; for errors too: a 404 may be cached for a day."""
    fresh = fresh_for(headers, now=now)
    return () if fresh is None else (Wish(pause=fresh, source="Cache-Control or Expires"),)
