"""Counts the work of the service, and writes its metrics for Prometheus.

There are two kinds of metrics. The work of this process since its start is counted as it happens. Stored and
waiting rows are counted when the metrics are scraped; several processes on one database return the same numbers.

``METRICS`` lists all metrics; docs/metrics.md is made from it.
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

from aggregator.model.operations import StoredQuantities
from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    HttpError,
    NotModified,
    Refused,
    SuccessResponse,
    Unreachable,
)

# Omits the _created lines, which no dashboard uses.
disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of the text format that every version of Prometheus reads."""


class MetricKind(StrEnum):
    """The types of metrics that Prometheus knows."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricDefinition:
    """The definition of one metric: its name, its type, its help text and its labels.

    A counter with one label has the value 0 from the start for the label values in ``begins``: Prometheus cannot
    compute an increase from a first value. ``buckets`` are the upper bounds of a histogram, in seconds. A ``stored``
    metric is read from the database when it is scraped; others count the work of this process since its start.
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
    MetricDefinition(
        name="aggregator_polls_total",
        kind=_COUNTER,
        labels=("outcome",),
        help="Polls of feeds, by outcome",
    ),
    MetricDefinition(
        name="aggregator_poll_lateness_seconds",
        kind=_HISTOGRAM,
        buckets=_LATENESS,
        help="Delay from the due time of a poll to the poll, including the pauses between requests to one host",
    ),
    MetricDefinition(
        name="aggregator_requests_total",
        kind=_COUNTER,
        labels=("what", "outcome"),
        help="Requests to publishers' servers, by kind of document and outcome; redirects do not count again",
    ),
    MetricDefinition(
        name="aggregator_received_bytes_total",
        kind=_COUNTER,
        labels=("what",),
        help="Bytes of received bodies, before decompression",
    ),
    MetricDefinition(
        name="aggregator_entries_seen_total",
        kind=_COUNTER,
        labels=("what",),
        help="New and changed entries found by polls",
    ),
    MetricDefinition(
        name="aggregator_texts_total",
        kind=_COUNTER,
        labels=("source",),
        help="Stored article texts, by source",
    ),
    MetricDefinition(
        name="aggregator_step_seconds",
        kind=_HISTOGRAM,
        labels=("step",),
        buckets=_WORK,
        help="Duration of steps: read_document parses a feed, read_page extracts an article (both without the wait for "
        "a worker), merge finds the candidates of one article, compares it with them and assigns it to a story",
    ),
    MetricDefinition(
        name="aggregator_steps_total",
        kind=_COUNTER,
        labels=("step", "ending"),
        help="Steps in workers: done, failed, timed_out (deadline exceeded), or crashed (with their process)",
    ),
    MetricDefinition(
        name="aggregator_worker_restarts_total",
        kind=_COUNTER,
        labels=("why",),
        begins=("timed_out", "crashed", "died_idle"),
        help="Worker processes that had to be replaced: timed_out, crashed or died_idle",
    ),
    MetricDefinition(
        name="aggregator_copies_merged_total",
        kind=_COUNTER,
        help="Articles that joined an existing story as a copy",
    ),
    MetricDefinition(
        name="aggregator_stories_published_total",
        kind=_COUNTER,
        help="Stories that were published after their hold",
    ),
    MetricDefinition(
        name="aggregator_tick_failures_total",
        kind=_COUNTER,
        labels=("tick",),
        help="Ticks that failed with an unexpected error; the log has the traceback of each",
    ),
    MetricDefinition(
        name="aggregator_http_requests_total",
        kind=_COUNTER,
        labels=("route", "status"),
        help="Requests to this service",
    ),
    MetricDefinition(
        name="aggregator_feeds",
        kind=_GAUGE,
        labels=("state",),
        stored=True,
        help="Configured feeds, by state",
    ),
    MetricDefinition(name="aggregator_feeds_due", kind=_GAUGE, stored=True, help="Feeds whose next poll is due"),
    MetricDefinition(
        name="aggregator_pages_waiting", kind=_GAUGE, stored=True, help="Articles whose page is not read yet"
    ),
    MetricDefinition(
        name="aggregator_articles_waiting",
        kind=_GAUGE,
        stored=True,
        help="Articles that are not assigned to a story yet",
    ),
    MetricDefinition(name="aggregator_entries", kind=_GAUGE, stored=True, help="Stored entries"),
    MetricDefinition(name="aggregator_articles", kind=_GAUGE, stored=True, help="Stored articles"),
    MetricDefinition(name="aggregator_stories", kind=_GAUGE, stored=True, help="Stored stories"),
    MetricDefinition(
        name="aggregator_copies",
        kind=_GAUGE,
        stored=True,
        help="Stored copies, without the first of each story",
    ),
    MetricDefinition(
        name="aggregator_saved_bytes_total",
        kind=_COUNTER,
        stored=True,
        help="Bytes that conditional requests saved, over all time",
    ),
    MetricDefinition(
        name="aggregator_last_poll_timestamp_seconds",
        kind=_GAUGE,
        stored=True,
        help="When a feed was last polled; absent before the first poll",
    ),
    MetricDefinition(
        name="aggregator_digest_stories",
        kind=_GAUGE,
        labels=("digest",),
        stored=True,
        help="Stories of a digest on all its pages, or issues of an edition",
    ),
    MetricDefinition(
        name="aggregator_database_bytes",
        kind=_GAUGE,
        stored=True,
        help="Size of the database on disk, in bytes",
    ),
    MetricDefinition(
        name="aggregator_info", kind=MetricKind.INFO, labels=("version",), help="Version of the running program"
    ),
)
"""All metrics of this program, in the order of the output."""


class Metrics:
    """The metrics of this process since its start; safe for several threads."""

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
        """Counts a poll that was ``late`` seconds after its due time and found new and changed entries."""
        self._counted["aggregator_polls_total"].labels(outcome).inc()
        self._counted["aggregator_poll_lateness_seconds"].observe(max(0.0, late))
        self._counted["aggregator_entries_seen_total"].labels("new").inc(new)
        self._counted["aggregator_entries_seen_total"].labels("changed").inc(changed)

    def fetched(self, what: str, outcome: FetchOutcome) -> None:
        """Counts a request to a publisher's server; ``what`` is the kind of document."""
        self._counted["aggregator_requests_total"].labels(what, _outcome_label(outcome)).inc()
        if isinstance(outcome, SuccessResponse):
            self._counted["aggregator_received_bytes_total"].labels(what).inc(outcome.wire_bytes)

    def count_text(self, source: str) -> None:
        """Counts a stored article text."""
        self._counted["aggregator_texts_total"].labels(source).inc()

    def count_step(self, step: str, ending: str, seconds: float | None) -> None:
        """Counts a step in a worker, and its duration in seconds if it is known."""
        self._counted["aggregator_steps_total"].labels(step, ending).inc()
        if seconds is not None:
            self.observe_step_seconds(step, seconds)

    def observe_step_seconds(self, step: str, seconds: float) -> None:
        """Counts the duration of a step in seconds, whether it succeeded or not."""
        self._counted["aggregator_step_seconds"].labels(step).observe(seconds)

    def count_worker_restart(self, why: str) -> None:
        """Counts a worker process that had to be replaced."""
        self._counted["aggregator_worker_restarts_total"].labels(why).inc()

    def count_merged_copy(self) -> None:
        """Counts an article that joined a story."""
        self._counted["aggregator_copies_merged_total"].inc()

    def count_published_stories(self, count: int) -> None:
        """Counts stories that were published."""
        self._counted["aggregator_stories_published_total"].inc(count)

    def count_tick_failure(self, tick: str) -> None:
        """Counts a tick that failed."""
        self._counted["aggregator_tick_failures_total"].labels(tick).inc()

    def answered(self, route: str, status: int) -> None:
        """Counts a request to this service."""
        self._counted["aggregator_http_requests_total"].labels(route, str(status)).inc()

    def value(self, sample: str, **labels: str) -> float:
        """Returns the value of one sample of this process; 0 if there is none yet."""
        return self._registry.get_sample_value(sample, labels) or 0.0

    def counted(self) -> bytes:
        """Returns the metrics of this process in the Prometheus text format."""
        return generate_latest(self._registry)

    def exposition(self, stock: StoredQuantities, *, version: str) -> bytes:
        """Returns the metrics of this process and of the database in the Prometheus text format."""
        stored = CollectorRegistry()
        stored.register(_Stored(stock, version))
        return self.counted() + generate_latest(stored)


class _Stored(Collector):
    """The stored metrics as a collector of a Prometheus registry."""

    def __init__(self, stock: StoredQuantities, version: str) -> None:
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
        """Returns the values of each metric by label value; "" if it has no label."""
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


def _outcome_label(outcome: FetchOutcome) -> str:
    """Returns the value of the label ``outcome``; dashboards depend on these values."""
    match outcome:
        case SuccessResponse():
            return "answer"
        case NotModified():
            return "not_modified"
        case HttpError():
            return "http_error"
        case DeferredRedirect():
            return "deferred"
        case Unreachable():
            return "unreachable"
        case Refused():
            return "refused"
