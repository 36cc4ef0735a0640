"""When does a subscription end, when is it renewed, and when is a hub asked again that did not take it?

Pure: instants and pauses out of what a hub answered. What is said to a hub is ``websub``'s and
``rsscloud``'s.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.model.polling import Deferred, FetchOutcome, HttpError, Rebuff, Refused, Terms, Unreachable
from aggregator.polling.freshness import retry_after
from aggregator.polling.poll_interval import backoff

MOST_FAREWELLS = 3
"""So often is a hub told that nobody listens any more; after that the lease runs out by itself."""

DENIED_PAUSE = timedelta(days=7)
"""A hub that denied a subscription is asked again so much later, should the feed still name it."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST_LEASE = timedelta(days=365)
_FIRST_PAUSE = timedelta(minutes=10)
_PASSING = (408, 425)


def lease_terms(lease: timedelta, *, now: datetime) -> Terms:
    """The terms of a lease that begins now: a quarter of it, at most a day, is left for the renewal."""
    lease = min(lease, _LONGEST_LEASE)
    return Terms(ends_at=now + lease, renew_at=now + lease - min(lease / 4, _DAY))


def unheard_pause(attempts: int) -> timedelta:
    """How long a hub has to confirm the request it was sent, the ``attempts``-th in a row, before the next."""
    return min(backoff(attempts, first=_HOUR), _DAY)


def judge_rebuff(outcome: FetchOutcome, *, attempts: int, now: datetime) -> Rebuff:
    """What an answer that is no 2xx to the ``attempts``-th request in a row comes to.

    What passes is tried again after minutes and then ever later, what is not likely to pass once
    a day. A 429, and a 503 that says for how long, quiet the whole host, as they do for feeds.
    """
    later = min(backoff(attempts, first=_FIRST_PAUSE), _DAY)
    match outcome:
        case HttpError(status=status, headers=headers):
            said = f"the hub answered HTTP status {status}"
            asked = retry_after(headers, now=now)
            if status == 429 or (status == 503 and asked is not None):
                quiet = min(backoff(attempts, first=_HOUR) if asked is None else asked, _DAY)
                return Rebuff(reason=said, pause=max(quiet, later), quiet_for=quiet)
            passes = status >= 500 or status in _PASSING
            return Rebuff(reason=said, pause=min(max(later if passes else _DAY, asked or timedelta()), _DAY))
        case Deferred(headers=headers):
            asked = min(retry_after(headers, now=now) or timedelta(), _DAY)
            return Rebuff(reason="the hub moved and asks to be followed later", pause=max(later, asked))
        case Unreachable(reason=reason):
            return Rebuff(reason=reason, pause=later)
        case Refused(reason=reason):
            return Rebuff(reason=reason, pause=_DAY)
        case _:
            return Rebuff(reason="the hub gave no answer that can be used", pause=_DAY)
