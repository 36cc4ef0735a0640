"""Is it the feed that cannot be reached, or do we have no network?

A laptop that sleeps, a router that restarts: every poll fails then, and no feed is to blame. The
evidence is what other hosts did meanwhile; nothing is probed.

Observations: without a route or a resolver the system says so (``Trouble.NETWORK``), and so it
does when the name servers of one domain are broken. What tells the two apart is whether anybody
else answered after the failing request began. Timeouts and resets are never ours: a server that is
overloaded looks like that, and must not be asked more often for it.

Known exceptions: while names are cached and the way out is cut further on, requests time out and
their hosts are spared for a while. Who follows feeds of one host only is never sure, and such a
feed is tried again and again, a minute apart, without being blamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.polling import FetchOutcome, Refused, Rule, Trouble, Unreachable


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """Something came back from a host."""

    host: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Connectivity:
    """What this process saw of the network: the last two hosts that answered, newest first."""

    answered: tuple[Answered, ...] = ()

    def after(self, outcome: FetchOutcome, *, host: str, at: datetime) -> Connectivity:
        """What is known once ``host`` was asked and ``outcome`` came of it."""
        if not _came_from_outside(outcome):
            return self
        others = tuple(seen for seen in self.answered if seen.host != host)[:1]
        return Connectivity(answered=(Answered(host=host, at=at), *others))

    def is_ours(self, outcome: FetchOutcome, *, host: str, began_at: datetime) -> bool:
        """Whether a request that ``began_at`` may have failed for want of a network of our own."""
        if not isinstance(outcome, Unreachable) or outcome.trouble is not Trouble.NETWORK:
            return False
        return not any(seen.host != host and seen.at >= began_at for seen in self.answered)


def _came_from_outside(outcome: FetchOutcome) -> bool:
    """Whether the outcome proves a network: an answer, or at least TLS or HTTP gone wrong with somebody."""
    match outcome:
        case Unreachable(trouble=trouble, hops=hops, refused=refused):
            return refused or bool(hops) or trouble in (Trouble.TLS, Trouble.PROTOCOL)
        case Refused(rule=rule):
            return rule in (Rule.REDIRECTS, Rule.SIZE, Rule.ENCODING)
        case _:
            return True
