"""Computes the backoff of a host after a request.

If a host does not respond to a request for a robots.txt, a page or an older document, or responds that we must wait,
the whole host is in backoff, its feeds included. ``poll_result`` does the same for the poll of a feed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.model.polling import DeferredRedirect, FetchOutcome, HttpError, RefusalRule, Refused, Unreachable
from aggregator.polling.freshness import retry_after
from aggregator.polling.poll_result import unreachable_backoff

_DEFAULT_BUSY_PAUSE = timedelta(minutes=5)  # after a 429 or 503 without Retry-After


def host_backoff_time(outcome: FetchOutcome, *, host_failures: int, now: datetime, cap: timedelta) -> timedelta | None:
    """Returns the time in which no request is sent to the host, at most ``cap``; None without a backoff.

    ``host_failures`` is the number of requests in a row without a response, this one included.
    """
    pause = None
    match outcome:
        case HttpError(status=429 | 503, headers=headers):
            pause = retry_after(headers, now=now) or _DEFAULT_BUSY_PAUSE
        case DeferredRedirect(headers=headers):
            pause = retry_after(headers, now=now)
        case Unreachable():
            pause = unreachable_backoff(host_failures)
        case _:
            pass
    return min(pause, cap) if pause else None


def host_failures_after(outcome: FetchOutcome, *, before: int) -> int:
    """Returns the number of requests in a row without a response; a refused request does not change it."""
    match outcome:
        case Unreachable():
            return before + 1
        case Refused():
            return before
        case _:
            return 0


def is_temporary_failure(outcome: FetchOutcome) -> bool:
    """Returns True if the same request can succeed later."""
    match outcome:
        case HttpError(status=status):
            return status == 429 or status >= 500
        case DeferredRedirect() | Unreachable():
            return True
        case _:
            return False


def requests_made(outcome: FetchOutcome) -> int:
    """Returns the number of requests that led to the outcome; the last hop of a DeferredRedirect was not followed."""
    match outcome:
        case DeferredRedirect():
            return len(outcome.hops)
        case Refused(rule=rule) if rule not in (RefusalRule.SIZE, RefusalRule.ENCODING):
            return len(outcome.hops)
        case _:
            return len(outcome.hops) + 1
