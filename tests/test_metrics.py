"""What Prometheus is told is what happened, and what the dashboard and the document name is there."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator.demo.server import DemoNewsroom
from aggregator.errors import WorkerCrashed, WorkerError, WorkerTimeout
from aggregator.metrics import CONTENT_TYPE, METRICS, MetricKind, Metrics
from aggregator.reference_docs import metrics_reference
from aggregator.web.app import create_app
from aggregator.worker_pool import WorkerPool
from tests.newsstand import UNAVAILABLE, Newsstand, stocked
from tests.running import configuration, running
from tests.stored import NOW
from tests.test_pipeline import demo_feeds
from tests.test_worker_pool import LONG, MEMORY, add, die, loop_forever, refuse

pytestmark = pytest.mark.anyio

CHECKOUT = Path(__file__).resolve().parents[1]
RESTARTS = "aggregator_worker_restarts_total why={}"
PROCESS = frozenset({"process_resident_memory_bytes", "process_open_fds"})


def client_of(library: Newsstand, metrics: Metrics, *, root_path: str = "") -> httpx.AsyncClient:
    app = create_app(library, version="1.2.3", metrics=metrics)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, root_path=root_path)
    return httpx.AsyncClient(transport=transport, base_url="https://digest.example")


def samples(exposition: bytes) -> dict[str, float]:
    """Each sample by its name with its labels, as Prometheus' own parser reads them."""
    return {
        sample.name + "".join(f" {key}={value}" for key, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition.decode())
        for sample in family.samples
    }


async def test_metrics_are_in_the_text_format_of_prometheus() -> None:
    async with client_of(stocked(), Metrics()) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    assert answer.headers["cache-control"] == "no-store"
    told = samples(answer.content)
    assert told["aggregator_feeds state=failing"] == 1
    assert told["aggregator_feeds_due"] == 1
    assert told['aggregator_digest_stories digest=the "coast"'] == 3
    assert told["aggregator_saved_bytes_total"] == 21_000_000
    assert told["aggregator_info version=1.2.3"] == 1
    assert told["process_open_fds"] > 0


async def test_every_metric_is_told_under_its_name_and_kind() -> None:
    metrics = Metrics()
    told = metrics.exposition(stocked().stock(), version="1").decode()
    kinds = {family.name: family.type for family in text_string_to_metric_families(told)}
    as_gauge = {MetricKind.INFO}  # the text format knows no info
    for metric in METRICS:
        name = metric.name.removesuffix("_total") if metric.kind is MetricKind.COUNTER else metric.name
        assert kinds[name] == ("gauge" if metric.kind in as_gauge else str(metric.kind))
    ours = {name for name in kinds if name.startswith("aggregator_")}
    assert ours == {metric.name.removesuffix("_total") for metric in METRICS}


async def test_metrics_are_for_the_owner() -> None:
    library = stocked()
    library.tokens["operator"] = "open sesame"
    async with client_of(library, Metrics()) as client:
        refused = [
            await client.get("/metrics"),
            await client.get("/metrics?token=guess"),
            await client.get("/metrics", headers={"authorization": "Bearer guess"}),
            await client.get("/metrics", headers={"authorization": "Basic open sesame"}),
        ]
        shown = [
            await client.get("/metrics?token=open%20sesame"),
            await client.get("/metrics", headers={"authorization": "bearer open sesame"}),
        ]
    assert {(answer.status_code, answer.headers["www-authenticate"]) for answer in refused} == {(401, "Bearer")}
    assert all("web.token" in answer.text and "aggregator_feeds" not in answer.text for answer in refused)
    assert {answer.status_code for answer in shown} == {200}


async def test_answers_are_counted_by_route_and_strangers_make_no_labels() -> None:
    library, metrics = stocked(), Metrics()
    async with client_of(library, metrics, root_path="/news") as client:
        for path in ("/digest.atom", "/digest.rss", "/stories/nothing", "/wp-login.php", "/.env"):
            await client.get(path)
        library.broken = UNAVAILABLE
        await client.get("/feeds")
        library.broken = RuntimeError("a mistake of ours")
        await client.get("/feeds")
    told = samples(metrics.exposition(stocked().stock(), version="1"))
    assert {name: value for name, value in told.items() if name.startswith("aggregator_http_requests_total ")} == {
        "aggregator_http_requests_total route=/digest.{suffix} status=200": 2,
        "aggregator_http_requests_total route=/stories/{key} status=404": 1,
        "aggregator_http_requests_total route=none status=404": 2,
        "aggregator_http_requests_total route=/feeds status=503": 1,
        "aggregator_http_requests_total route=/feeds status=500": 1,
    }


async def test_what_the_pipeline_does_is_counted(database_url: str) -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        async with running(configuration(database_url, *demo_feeds(newsroom))) as service:
            await service.once()
            await service.once(after=timedelta(days=1))
            told = samples(service.service.metrics.exposition(service.library.stock(), version="1"))
            health, feeds = service.library.health(), len(newsroom.feed_urls)
    assert told["aggregator_polls_total outcome=read"] == feeds
    assert told["aggregator_requests_total outcome=answer what=feed"] >= feeds
    assert sum(value for name, value in told.items() if name.startswith("aggregator_polls_total ")) == 2 * feeds
    received = sum(value for name, value in told.items() if name.startswith("aggregator_received_bytes_total "))
    assert received == health.wire_bytes
    assert told["aggregator_entries_seen_total what=new"] == told["aggregator_entries"] == health.entries
    assert told["aggregator_step_seconds_count step=merge"] == health.articles
    assert told["aggregator_copies_merged_total"] == told["aggregator_copies"] == health.copies_merged > 0
    assert told["aggregator_stories"] == told["aggregator_digest_stories digest=digest"] == health.stories
    assert told["aggregator_database_bytes"] > 0
    assert told["aggregator_feeds state=active"] == feeds
    assert told["aggregator_last_poll_timestamp_seconds"] == (NOW + timedelta(days=1)).timestamp()


async def test_how_steps_end_is_counted_and_which_workers_were_replaced() -> None:
    metrics = Metrics()
    async with WorkerPool(1, deadline=LONG, memory=MEMORY, observer=metrics) as workers:
        assert samples(metrics.exposition(stocked().stock(), version="1"))[RESTARTS.format("crashed")] == 0
        assert await workers.run(add, 1, right=2) == 3
        with pytest.raises(WorkerError, match="no luck"):
            await workers.run(refuse, "luck")
        with pytest.raises(WorkerCrashed):
            await workers.run(die)
    async with WorkerPool(1, deadline=timedelta(seconds=0.5), memory=MEMORY, observer=metrics) as workers:
        with pytest.raises(WorkerTimeout):
            await workers.run(loop_forever)
    told = samples(metrics.exposition(stocked().stock(), version="1"))
    assert told["aggregator_steps_total ending=done step=add"] == 1
    assert told["aggregator_steps_total ending=failed step=refuse"] == 1
    assert told["aggregator_steps_total ending=crashed step=die"] == 1
    assert told["aggregator_steps_total ending=timed_out step=loop_forever"] == 1
    assert [told[RESTARTS.format(why)] for why in ("crashed", "timed_out", "died_idle")] == [1, 1, 0]
    assert told["aggregator_step_seconds_count step=add"] == 1
    assert "aggregator_step_seconds_count step=loop_forever" not in told


def test_the_dashboard_asks_for_what_is_told() -> None:
    dashboard = json.loads((CHECKOUT / "docs" / "examples" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    known = {metric.name: metric for metric in METRICS}
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    for expression in asked:
        for name, labels in re.findall(r"\b((?:aggregator|process)_[a-z_]+)(?:\{([^}]*)\})?", expression):
            if name in PROCESS:
                continue
            metric = known[name.removesuffix("_bucket")]
            assert name.endswith("_bucket") == (metric.kind is MetricKind.HISTOGRAM), expression
            assert set(re.findall(r"(\w+)[=!]", labels)) <= {"job", *metric.labels}, expression
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            by = {name.strip() for group in re.findall(r"by \(([^)]*)\)", target["expr"]) for name in group.split(",")}
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= by | {"instance"}
    places = [tuple(panel["gridPos"][side] for side in "xy") for panel in dashboard["panels"]]
    assert len(set(places)) == len(places)


def test_the_document_of_the_metrics_is_the_code() -> None:
    document = (CHECKOUT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert document.endswith(metrics_reference())
