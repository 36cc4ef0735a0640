"""What does an answer mean for the host that was asked, beside what it means for what was asked for?

A robots.txt, a page or an older document that a host answers with "later", or not at all, quiets
the whole host, its feeds included. What a feed's own answer means is ``schedule``'s.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.model.polling import Deferred, FetchOutcome, HttpError, Refused, Rule, Unreachable
from aggregator.polling.freshness import retry_after
from aggregator.polling.poll_result import host_pause

_BUSY = timedelta(minutes=5)  # a host that says 429 or 503 without saying for how long


def quiet_for(outcome: FetchOutcome, *, host_failures: int, now: datetime, cap: timedelta) -> timedelta | None:
    """How long the host that answered, or did not, is left alone, at most ``cap``; None when it asks for nothing.

    ``host_failures`` is how often in a row it did not answer, this time included.
    """
    pause = None
    match outcome:
        case HttpError(status=429 | 503, headers=headers):
            pause = retry_after(headers, now=now) or _BUSY
        case Deferred(headers=headers):
            pause = retry_after(headers, now=now)
        case Unreachable():
            pause = host_pause(host_failures)
        case _:
            pass
    return min(pause, cap) if pause else None


def failures_after(outcome: FetchOutcome, *, before: int) -> int:
    """How often the host did not answer in a row by now; what was never asked for says nothing of it."""
    match outcome:
        case Unreachable():
            return before + 1
        case Refused():
            return before
        case _:
            return 0


def passes(outcome: FetchOutcome) -> bool:
    """Whether the same request may well go better later."""
    match outcome:
        case HttpError(status=status):
            return status == 429 or status >= 500
        case Deferred() | Unreachable():
            return True
        case _:
            return False


def requests_made(outcome: FetchOutcome) -> int:
    """How many requests led to the outcome; the last hop of a Deferred is one of them, and was not followed."""
    match outcome:
        case Deferred():
            return len(outcome.hops)
        case Refused(rule=rule) if rule not in (Rule.SIZE, Rule.ENCODING):
            return len(outcome.hops)
        case _:
            return len(outcome.hops) + 1
