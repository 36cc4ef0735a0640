"""Distinguishes failures of this machine from failures of a feed.

When a laptop sleeps or a router restarts, every poll fails, and no feed is at fault. The evidence is the responses
of other hosts in the same time; no probe is sent.

Observations: without a route or a resolver the system reports so (``FailureKind.NETWORK``). It reports the same
when the name servers of one domain are broken. The difference is whether another host responded after the failing
request began. A timeout or a reset always counts against the host: an overloaded server looks like that, and must
not get more requests because of it.

If our own event loop had no CPU time during a request (``FailureKind.OVERLOAD``, measured by ``time_limit``), the
server waited for us, and not we for the server.

Known exceptions: while names are cached and the connection to the internet is interrupted further away, requests
time out and their hosts are in backoff for a while. If all feeds are on one host, there is no evidence: such a feed
is polled again every minute, and its failures are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.polling import FailureKind, FetchOutcome, RefusalRule, Refused, Unreachable

_NETWORK_PAUSE = timedelta(minutes=1)
_OVERLOAD_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class HostResponse:
    """A host that responded, and the time of the response."""

    host: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Connectivity:
    """The evidence of this process for a working network: the last two hosts that responded, newest first."""

    answered: tuple[HostResponse, ...] = ()

    def after(self, outcome: FetchOutcome, *, host: str, at: datetime) -> Connectivity:
        """Returns the evidence including ``outcome``, the outcome of a request to ``host`` that ended at ``at``."""
        if not _proves_network(outcome):
            return self
        others = tuple(seen for seen in self.answered if seen.host != host)[:1]
        return Connectivity(answered=(HostResponse(host=host, at=at), *others))

    def is_offline(self, outcome: FetchOutcome, *, host: str, began_at: datetime) -> bool:
        """Returns True if a request that began at ``began_at`` probably failed because of this machine.

        It has no network, or it was too busy to send the request or to read the response.
        """
        if is_overload(outcome):
            return True
        if not isinstance(outcome, Unreachable) or outcome.trouble is not FailureKind.NETWORK:
            return False
        return not any(seen.host != host and seen.at >= began_at for seen in self.answered)


def is_overload(outcome: FetchOutcome | None) -> bool:
    """Returns True if the request failed while this process had no CPU time."""
    return isinstance(outcome, Unreachable) and outcome.trouble is FailureKind.OVERLOAD


def pause_after_local_failure(outcome: FetchOutcome | None) -> timedelta:
    """Returns the pause after a request that failed because of this machine."""
    return _OVERLOAD_PAUSE if is_overload(outcome) else _NETWORK_PAUSE


def _proves_network(outcome: FetchOutcome) -> bool:
    """Returns True for a response, and for an error in TLS or HTTP with a server."""
    match outcome:
        case Unreachable(trouble=trouble, hops=hops, refused=refused):
            return refused or bool(hops) or trouble in (FailureKind.TLS, FailureKind.PROTOCOL)
        case Refused(rule=rule):
            return rule in (RefusalRule.REDIRECTS, RefusalRule.SIZE, RefusalRule.ENCODING)
        case _:
            return True
