"""Is it the feed that cannot be reached, or do we have no network?

A laptop that sleeps, a router that restarts: every poll fails then, and no feed is to blame. The
evidence is what other hosts did meanwhile; nothing is probed.

Observations: without a route or a resolver the system says so (``Trouble.NETWORK``), and so it
does when the name servers of one domain are broken. What tells the two apart is whether anybody
else answered after the failing request began. Known exception: who follows feeds of one host
only is never sure, and such a feed is not blamed; it is asked again at its ordinary pace.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model import FetchOutcome, Refused, Rule, Trouble, Unreachable

_MAY_BE_OURS = frozenset({Trouble.DNS, Trouble.CONNECT, Trouble.TIMEOUT})
"""What failures look like too while we have no network, when names or routes are still cached."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """Something came back from a host."""

    host: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Connectivity:
    """What this process saw of the network: the last two hosts that answered, newest first.

    ``lost_at`` is when a request failed for want of a network, until something answers again.
    """

    answered: tuple[Answered, ...] = ()
    lost_at: datetime | None = None

    def after(self, outcome: FetchOutcome, *, host: str, at: datetime) -> Connectivity:
        """What is known once ``host`` was asked and ``outcome`` came of it."""
        if not _came_from_outside(outcome):
            is_lost = isinstance(outcome, Unreachable) and outcome.trouble is Trouble.NETWORK
            return replace(self, lost_at=self.lost_at or at) if is_lost else self
        others = tuple(seen for seen in self.answered if seen.host != host)[:1]
        return Connectivity(answered=(Answered(host=host, at=at), *others))

    def is_ours(self, outcome: FetchOutcome, *, host: str, began_at: datetime) -> bool:
        """Whether a request that ``began_at`` may have failed for want of a network of our own."""
        if not isinstance(outcome, Unreachable):
            return False
        if any(seen.host != host and seen.at >= began_at for seen in self.answered):
            return False
        return outcome.trouble is Trouble.NETWORK or (self.lost_at is not None and outcome.trouble in _MAY_BE_OURS)


def _came_from_outside(outcome: FetchOutcome) -> bool:
    """Whether the outcome proves a network: an answer, or at least TLS or HTTP gone wrong with somebody."""
    match outcome:
        case Unreachable(trouble=trouble, hops=hops, refused=refused):
            return refused or bool(hops) or trouble in (Trouble.TLS, Trouble.PROTOCOL)
        case Refused(rule=rule):
            return rule in (Rule.REDIRECTS, Rule.SIZE, Rule.ENCODING)
        case _:
            return True
