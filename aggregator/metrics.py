"""What does the service tell Prometheus?

Two kinds of numbers. What this process did since it started is counted as it happens. What is stored, and
what waits, is asked for when somebody looks, and is the same whichever process of several answers.

Everything is listed in ``METRICS``, from which the documentation is made too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from aggregator.model.operations import Stock
from aggregator.model.polling import Answer, FetchOutcome

# A line beside each line, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of the text format that every version of Prometheus reads."""


class MetricKind(StrEnum):
    """How a metric goes: up only, up and down, or as a distribution."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """One metric: its name as it is scraped, what it counts and by which labels.

    A counter of one label ``begins`` at nought for these values of it, because the first of what is rare goes
    unseen when its line only appears with it. ``buckets`` are a histogram's upper bounds, in seconds. What is
    ``stored`` is read when it is scraped; anything else is this process's own since it started.
    """

    name: str
    kind: MetricKind
    help: str
    labels: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    stored: bool = False


_WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LATENESS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
_COUNTER, _GAUGE, _HISTOGRAM = MetricKind.COUNTER, MetricKind.GAUGE, MetricKind.HISTOGRAM

METRICS = (
    Described(
        name="aggregator_polls_total",
        kind=_COUNTER,
        labels=("outcome",),
        help="Polls of feeds, by what came of them",
    ),
    Described(
        name="aggregator_poll_lateness_seconds",
        kind=_HISTOGRAM,
        buckets=_LATENESS,
        help="How long after it was due a feed was polled; the pauses that hosts are given count as lateness",
    ),
    Described(
        name="aggregator_requests_total",
        kind=_COUNTER,
        labels=("what", "outcome"),
        help="Requests to other people's servers, redirects followed counted as one, by what was asked for "
        "and what came back",
    ),
    Described(
        name="aggregator_received_bytes_total",
        kind=_COUNTER,
        labels=("what",),
        help="Bytes of the bodies that were received, as they came over the wire",
    ),
    Described(
        name="aggregator_entries_seen_total",
        kind=_COUNTER,
        labels=("what",),
        help="Entries that polls found new or changed",
    ),
    Described(
        name="aggregator_texts_total",
        kind=_COUNTER,
        labels=("source",),
        help="Article texts that were stored, by where they were taken from",
    ),
    Described(
        name="aggregator_step_seconds",
        kind=_HISTOGRAM,
        labels=("step",),
        buckets=_WORK,
        help="How long steps took: read_document parses a feed, read_page extracts an article (both without the "
        "wait for a worker), merge finds the candidates of one article, judges and places it",
    ),
    Described(
        name="aggregator_steps_total",
        kind=_COUNTER,
        labels=("step", "ending"),
        help="Steps in workers: done, failed, timed_out past their deadline, or crashed with their process",
    ),
    Described(
        name="aggregator_worker_restarts_total",
        kind=_COUNTER,
        labels=("why",),
        begins=("timed_out", "crashed", "died_idle"),
        help="Worker processes that were replaced before their time: timed_out, crashed or died_idle",
    ),
    Described(
        name="aggregator_copies_merged_total",
        kind=_COUNTER,
        help="Articles that joined a story as another copy",
    ),
    Described(
        name="aggregator_stories_published_total",
        kind=_COUNTER,
        help="Stories that settled and were shown",
    ),
    Described(
        name="aggregator_tick_failures_total",
        kind=_COUNTER,
        labels=("tick",),
        help="Ticks that failed for no foreseen reason; the log has each with its traceback",
    ),
    Described(
        name="aggregator_http_requests_total",
        kind=_COUNTER,
        labels=("route", "status"),
        help="Requests that this service answered",
    ),
    Described(
        name="aggregator_feeds",
        kind=_GAUGE,
        labels=("state",),
        stored=True,
        help="Feeds of the configuration, by how they are doing",
    ),
    Described(name="aggregator_feeds_due", kind=_GAUGE, stored=True, help="Feeds whose next poll is due"),
    Described(name="aggregator_pages_waiting", kind=_GAUGE, stored=True, help="Articles that wait for their page"),
    Described(name="aggregator_articles_waiting", kind=_GAUGE, stored=True, help="Articles that wait to be placed"),
    Described(name="aggregator_entries", kind=_GAUGE, stored=True, help="Entries that are stored"),
    Described(name="aggregator_articles", kind=_GAUGE, stored=True, help="Articles that are stored"),
    Described(name="aggregator_stories", kind=_GAUGE, stored=True, help="Stories that are stored"),
    Described(
        name="aggregator_copies",
        kind=_GAUGE,
        stored=True,
        help="Copies that are stored beside the first of each story",
    ),
    Described(
        name="aggregator_saved_bytes_total",
        kind=_COUNTER,
        stored=True,
        help="Bytes that conditional requests ever spared the publishers",
    ),
    Described(
        name="aggregator_last_poll_timestamp_seconds",
        kind=_GAUGE,
        stored=True,
        help="When a feed was last polled; absent before the first poll",
    ),
    Described(
        name="aggregator_digest_stories",
        kind=_GAUGE,
        labels=("digest",),
        stored=True,
        help="Stories in a digest on all its pages, or issues of an edition",
    ),
    Described(
        name="aggregator_database_bytes",
        kind=_GAUGE,
        stored=True,
        help="Bytes that the database takes on its disk",
    ),
    Described(name="aggregator_info", kind=MetricKind.INFO, labels=("version",), help="The version that runs"),
)
"""Every metric of our own, in the order in which they are told."""


class Metrics:
    """What one process did since it started, told together with what is stored; for any number of threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counted: dict[str, Any] = {}
        for described in METRICS:
            if described.stored:
                continue
            name, said, labels = described.name, described.help, described.labels
            if described.kind is MetricKind.COUNTER:
                self._counted[name] = Counter(name, said, labels, registry=self._registry)
                for value in described.begins:
                    self._counted[name].labels(value)
            elif described.kind is MetricKind.HISTOGRAM:
                self._counted[name] = Histogram(name, said, labels, buckets=described.buckets, registry=self._registry)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def polled(self, outcome: str, *, late: float, new: int, changed: int) -> None:
        """A feed was polled ``late`` seconds after it was due, and so many entries were new or changed."""
        self._counted["aggregator_polls_total"].labels(outcome).inc()
        self._counted["aggregator_poll_lateness_seconds"].observe(max(0.0, late))
        self._counted["aggregator_entries_seen_total"].labels("new").inc(new)
        self._counted["aggregator_entries_seen_total"].labels("changed").inc(changed)

    def fetched(self, what: str, outcome: FetchOutcome) -> None:
        """Somebody else's server was asked for something."""
        self._counted["aggregator_requests_total"].labels(what, _words(type(outcome).__name__)).inc()
        if isinstance(outcome, Answer):
            self._counted["aggregator_received_bytes_total"].labels(what).inc(outcome.wire_bytes)

    def text_kept(self, source: str) -> None:
        """The text of an article was stored."""
        self._counted["aggregator_texts_total"].labels(source).inc()

    def step_ended(self, step: str, ending: str, seconds: float | None) -> None:
        """A step in a worker ended, after so many seconds of work where that is known."""
        self._counted["aggregator_steps_total"].labels(step, ending).inc()
        if seconds is not None:
            self.step_took(step, seconds)

    def step_took(self, step: str, seconds: float) -> None:
        """A step came to its end, well or not, after so many seconds."""
        self._counted["aggregator_step_seconds"].labels(step).observe(seconds)

    def worker_replaced(self, why: str) -> None:
        """A worker process had to be replaced before its time."""
        self._counted["aggregator_worker_restarts_total"].labels(why).inc()

    def copy_merged(self) -> None:
        """An article joined a story."""
        self._counted["aggregator_copies_merged_total"].inc()

    def stories_published(self, count: int) -> None:
        """So many stories were shown for the first time."""
        self._counted["aggregator_stories_published_total"].inc(count)

    def tick_failed(self, tick: str) -> None:
        """A tick failed for no foreseen reason."""
        self._counted["aggregator_tick_failures_total"].labels(tick).inc()

    def answered(self, route: str, status: int) -> None:
        """A request to this service was answered."""
        self._counted["aggregator_http_requests_total"].labels(route, str(status)).inc()

    def value(self, sample: str, **labels: str) -> float:
        """One number of this process; 0 before anything of it happened."""
        return self._registry.get_sample_value(sample, labels) or 0.0

    def counted(self) -> bytes:
        """What this process did, in Prometheus' text format."""
        return generate_latest(self._registry)

    def exposition(self, stock: Stock, *, version: str) -> bytes:
        """All of it in Prometheus' text format."""
        stored = CollectorRegistry()
        stored.register(_Stored(stock, version))
        return self.counted() + generate_latest(stored)


class _Stored(Collector):
    """What is stored, as a registry wants to be told it."""

    def __init__(self, stock: Stock, version: str) -> None:
        self._stock = stock
        self._version = version

    def collect(self) -> Iterator[Metric]:
        values = self._values()
        for described in METRICS:
            if described.kind is MetricKind.INFO:
                yield InfoMetricFamily(described.name.removesuffix("_info"), described.help, {"version": self._version})
            elif described.stored:
                family = CounterMetricFamily if described.kind is MetricKind.COUNTER else GaugeMetricFamily
                metric = family(described.name, described.help, labels=described.labels)
                for label, value in values[described.name].items():
                    metric.add_metric([label] if described.labels else [], value)
                yield metric

    def _values(self) -> dict[str, dict[str, float]]:
        """The value of each metric by its label; "" where it has none."""
        stock, health = self._stock, self._stock.health
        polled = health.last_poll_at
        return {
            "aggregator_feeds": dict(stock.feeds_by_state),
            "aggregator_feeds_due": {"": health.due_feeds},
            "aggregator_pages_waiting": {"": health.pages_waiting},
            "aggregator_articles_waiting": {"": health.articles_waiting},
            "aggregator_entries": {"": health.entries},
            "aggregator_articles": {"": health.articles},
            "aggregator_stories": {"": health.stories},
            "aggregator_copies": {"": health.copies_merged},
            "aggregator_saved_bytes_total": {"": health.saved_bytes},
            "aggregator_last_poll_timestamp_seconds": {} if polled is None else {"": polled.timestamp()},
            "aggregator_digest_stories": dict(stock.digest_sizes),
            "aggregator_database_bytes": {"": stock.database_bytes},
        }


def _words(name: str) -> str:
    """The name of a class as a label: ``NotModified`` is ``not_modified``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")
