"""Computes the leases of subscriptions and the pauses between the requests to a hub.

Pure functions: they derive times and pauses from a hub's responses. ``websub`` and ``rsscloud`` build the requests.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    HttpError,
    HubRejection,
    LeaseTerms,
    Refused,
    Unreachable,
)
from aggregator.polling.freshness import retry_after
from aggregator.polling.poll_interval import backoff

MAX_UNSUBSCRIBE_ATTEMPTS = 3
"""The largest number of requests to unsubscribe; after that the lease ends without one."""

PAUSE_AFTER_DENIAL = timedelta(days=7)
"""The pause before the next request to a hub that denied a subscription, if the feed still names it."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MAX_LEASE = timedelta(days=365)
_FIRST_PAUSE = timedelta(minutes=10)
_TEMPORARY_STATUSES = (408, 425)


def plan_lease(lease: timedelta, *, now: datetime) -> LeaseTerms:
    """Returns the terms of a lease that begins now: it is renewed a quarter of it, at most a day, before its end."""
    lease = min(lease, _MAX_LEASE)
    return LeaseTerms(ends_at=now + lease, renew_at=now + lease - min(lease / 4, _DAY))


def confirmation_timeout(attempts: int) -> timedelta:
    """Returns how long a hub has to confirm the ``attempts``-th request in a row, before the next one is sent."""
    return min(backoff(attempts, first=_HOUR), _DAY)


def classify_hub_rejection(outcome: FetchOutcome, *, attempts: int, now: datetime) -> HubRejection:
    """Classifies a response without a 2xx status to the ``attempts``-th request in a row.

    A temporary failure is tried again after minutes, with a growing pause; any other failure once a day. After a
    429, or a 503 with Retry-After, the whole host is in backoff, as it is after such a response to a feed's poll.
    """
    retry_pause = min(backoff(attempts, first=_FIRST_PAUSE), _DAY)
    match outcome:
        case HttpError(status=status, headers=headers):
            response_reason = f"the hub responded with HTTP status {status}"
            requested_pause = retry_after(headers, now=now)
            if status == 429 or (status == 503 and requested_pause is not None):
                host_pause = min(backoff(attempts, first=_HOUR) if requested_pause is None else requested_pause, _DAY)
                return HubRejection(
                    reason=response_reason, pause=max(host_pause, retry_pause), host_backoff_time=host_pause
                )
            is_temporary = status >= 500 or status in _TEMPORARY_STATUSES
            return HubRejection(
                reason=response_reason,
                pause=min(max(retry_pause if is_temporary else _DAY, requested_pause or timedelta()), _DAY),
            )
        case DeferredRedirect(headers=headers):
            requested_pause = min(retry_after(headers, now=now) or timedelta(), _DAY)
            return HubRejection(
                reason="the hub sent a redirect with Retry-After", pause=max(retry_pause, requested_pause)
            )
        case Unreachable(reason=reason):
            return HubRejection(reason=reason, pause=retry_pause)
        case Refused(reason=reason):
            return HubRejection(reason=reason, pause=_DAY)
        case _:
            return HubRejection(reason="the hub sent no usable response", pause=_DAY)
