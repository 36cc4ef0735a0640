"""What does a step have to work with?

Everything that is not a value: the database, the network, the workers, the clock and chance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.clock import Clock
from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.metrics import Metrics
from aggregator.model.polling import FetchOutcome, Refused, Rule
from aggregator.polling.connectivity import Connectivity
from aggregator.polling.fetch import Fetcher
from aggregator.polling.host_identity import HostRule
from aggregator.settings.feeds_file import FeedSettings
from aggregator.settings.settings_file import Configuration, Settings
from aggregator.store.database import Database
from aggregator.worker_pool import Workers


class Network:
    """What this process saw of the network, as its requests come back."""

    def __init__(self) -> None:
        self._seen = Connectivity()

    def note(self, outcome: FetchOutcome, *, host: str, at: datetime) -> None:
        """Remember what came of a request to ``host``."""
        self._seen = self._seen.after(outcome, host=host, at=at)

    def is_ours(self, outcome: FetchOutcome, *, host: str, began_at: datetime) -> bool:
        """Whether a request failed for want of a network of our own."""
        return self._seen.is_ours(outcome, host=host, began_at=began_at)


@dataclass(kw_only=True)
class Service:
    """The running service as its steps see it.

    ``chance`` gives a number from 0 to 1, ``sleep`` lets so many seconds of ``clock`` pass,
    ``name`` is who claims, and every tag URI begins with ``authority``. ``hosts`` says which URLs
    burden one host, ``index`` is used by one merge at a time, ``metrics`` count what is done.
    Only the ``configuration`` changes while the service runs, and what is ``rejected`` of the files it is
    read from.
    """

    configuration: Configuration
    database: Database
    fetcher: Fetcher
    workers: Workers
    clock: Clock
    chance: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    new_key: Callable[[], str]
    name: str
    authority: str
    hosts: HostRule
    index: CandidateIndex
    metrics: Metrics = field(default_factory=Metrics)
    network: Network = field(default_factory=Network)
    rejected: tuple[str, ...] = ()

    @property
    def settings(self) -> Settings:
        """The settings of the configuration."""
        return self.configuration.settings

    def settings_of(self, feed: str) -> FeedSettings | None:
        """What the configuration says of a feed, by name; None when it says nothing any more."""
        return next((known for known in self.configuration.feeds if known.name == feed), None)

    @property
    def lease(self) -> timedelta:
        """How long a claim holds when nobody gives it back: longer than any unit of work takes."""
        return 2 * self.settings.fetching.timeout + 4 * self.settings.extraction.deadline + timedelta(minutes=1)

    def pauses(
        self, host: str, outcome: FetchOutcome | None, *, quiet_until: datetime | None = None
    ) -> dict[str, datetime]:
        """The hosts that were asked on the way to ``outcome``, and when each may be asked again.

        ``quiet_until`` is meant by the one that answered; when nobody was asked, it is ``host``.
        """
        spaced = self.clock() + self.settings.fetching.spacing
        if outcome is None:
            return {host: max(spaced, quiet_until or spaced)}
        asked, answered = {host}, self.hosts.key(outcome.url)
        asked |= {key for hop in outcome.hops if (key := self.hosts.key(hop.url))}
        if answered and (not isinstance(outcome, Refused) or outcome.rule in (Rule.SIZE, Rule.ENCODING)):
            asked.add(answered)
        return {key: max(spaced, quiet_until) if quiet_until and key == answered else spaced for key in asked}
