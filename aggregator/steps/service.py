"""Holds the resources that the steps share: database, network, workers, clock, randomness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.clock import Clock
from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.metrics import Metrics
from aggregator.model.polling import FetchOutcome, RefusalRule, Refused
from aggregator.polling.connectivity import Connectivity
from aggregator.polling.fetch import Fetcher
from aggregator.polling.host_identity import HostGrouping
from aggregator.settings.feeds_file import FeedSettings
from aggregator.settings.settings_file import Configuration, Settings
from aggregator.store.database import Database
from aggregator.worker_pool import WorkerPool


class Network:
    """The state of the network, as the requests of this process show it."""

    def __init__(self) -> None:
        self._seen = Connectivity()

    def note(self, outcome: FetchOutcome, *, host: str, at: datetime) -> None:
        """Records the outcome of a request to ``host``."""
        self._seen = self._seen.after(outcome, host=host, at=at)

    def is_offline(self, outcome: FetchOutcome, *, host: str, began_at: datetime) -> bool:
        """Returns True if a request failed because of this machine."""
        return self._seen.is_offline(outcome, host=host, began_at=began_at)


@dataclass(kw_only=True)
class Service:
    """The running service, as the steps see it.

    ``chance`` returns a random number in [0, 1). ``sleep`` waits that many seconds of ``clock``. ``new_key`` returns a
    new story key. ``name`` identifies this process in claims. Every tag URI starts with ``authority``. ``hosts`` maps
    a URL to the key of its host. Only one merge at a time uses ``index``. Only two fields change while the service
    runs: ``configuration``, and ``rejected``, the errors of configuration files that could not be loaded.
    """

    configuration: Configuration
    database: Database
    fetcher: Fetcher
    workers: WorkerPool
    clock: Clock
    chance: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    new_key: Callable[[], str]
    name: str
    authority: str
    hosts: HostGrouping
    index: CandidateIndex
    metrics: Metrics = field(default_factory=Metrics)
    network: Network = field(default_factory=Network)
    rejected: tuple[str, ...] = ()

    @property
    def settings(self) -> Settings:
        """The settings of the configuration."""
        return self.configuration.settings

    def settings_of(self, feed: str) -> FeedSettings | None:
        """Returns the settings of a feed, by name; None if it is not configured any more."""
        return next((known for known in self.configuration.feeds if known.name == feed), None)

    @property
    def lease(self) -> timedelta:
        """The duration of a claim that is not released: longer than any unit of work takes."""
        return 2 * self.settings.fetching.timeout + 4 * self.settings.extraction.deadline + timedelta(minutes=1)

    def pauses(
        self, host: str, outcome: FetchOutcome | None, *, quiet_until: datetime | None = None
    ) -> dict[str, datetime]:
        """Returns the hosts that got a request on the way to ``outcome``, with the time of each one's next request.

        ``quiet_until`` applies to the host that answered; if no request was sent (None), to ``host``.
        """
        spaced = self.clock() + self.settings.fetching.spacing
        if outcome is None:
            return {host: max(spaced, quiet_until or spaced)}
        requested, answered = {host}, self.hosts.key(outcome.url)
        requested |= {key for hop in outcome.hops if (key := self.hosts.key(hop.url))}
        if answered and (not isinstance(outcome, Refused) or outcome.rule in (RefusalRule.SIZE, RefusalRule.ENCODING)):
            requested.add(answered)
        return {key: max(spaced, quiet_until) if quiet_until and key == answered else spaced for key in requested}
