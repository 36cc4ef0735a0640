"""The real process: it serves what it merged, stops when told, and shares a SQLite file with nobody."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import feedparser
import pytest

from aggregator.clock import utc_now
from aggregator.demo.configuration import demo_configuration
from aggregator.demo.outlets import OUTLETS
from aggregator.demo.server import DemoNewsroom
from tests.processes import PATIENCE, completed, python, started


def command(*arguments: str) -> tuple[str, ...]:
    return python("-m", "aggregator", *arguments)


def get(url: str, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class Daemon:
    """A running ``aggregator run``, its log as it comes, and its URL."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log: list[str] = []
        self._grew = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert process.stdout is not None
        announced = process.stdout.readline()
        found = re.search(r"http://[^/\s]+", announced)
        assert found, announced + "".join(self.log)
        self.url = found[0]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._grew:
                self.log.append(line)
                self._grew.notify_all()

    def logged(self, pattern: str, times: int) -> None:
        """Wait until the log holds so many lines of a kind."""
        with self._grew:
            enough = self._grew.wait_for(
                lambda: sum(bool(re.search(pattern, line)) for line in self.log) >= times, timeout=PATIENCE
            )
        assert enough, "".join(self.log[-30:])

    def ended(self) -> None:
        """Read the log to its end, which is when the workers are gone too."""
        self._reader.join(PATIENCE)

    def stop(self) -> int:
        """Tell it to stop; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        self.ended()
        return code


@contextmanager
def daemon(config: Path) -> Iterator[Daemon]:
    with service_of("run", "--config", str(config), "--port", "0") as service:
        yield service


@contextmanager
def service_of(*arguments: str) -> Iterator[Daemon]:
    with started(*command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        service = Daemon(process)
        try:
            yield service
        finally:
            if process.poll() is None:
                process.kill()
            service.ended()


@pytest.fixture(scope="module")
def newsroom() -> Iterator[DemoNewsroom]:
    with DemoNewsroom(now=utc_now()) as newsroom:
        yield newsroom


@pytest.fixture
def config(tmp_path: Path, newsroom: DemoNewsroom) -> Path:
    directory = tmp_path / "config"
    directory.mkdir()
    feeds, settings = demo_configuration(newsroom)
    (directory / "feeds.yaml").write_text(feeds)
    (directory / "aggregator.yaml").write_text(settings.replace("settle: 3s", "settle: 0s"))
    return directory


def test_the_daemon_merges_the_newsroom_and_readers_get_it_in_every_format(
    config: Path, newsroom: DemoNewsroom
) -> None:
    truth = defaultdict(set)
    for url, story in newsroom.truth().items():
        truth[story].add(url)
    groups = {frozenset(urls) for urls in truth.values()}
    articles = sum(map(len, truth.values()))

    with daemon(config) as service:
        service.logged("article.placed", articles)
        service.logged("story.published", len(truth))

        status, atom = get(f"{service.url}/digest.atom")
        feed = feedparser.parse(atom)
        assert (status, feed.bozo, feed.version) == (200, False, "atom10")
        assert len({entry.id for entry in feed.entries}) == len(feed.entries) == len(truth)

        document = json.loads(get(f"{service.url}/digest.json")[1])
        urls = [frozenset(copy["url"] for copy in item["_aggregator"]["copies"]) for item in document["items"]]
        assert set(urls) == groups
        assert [item["id"] for item in document["items"]] == [entry.id for entry in feed.entries]
        assert feedparser.parse(get(f"{service.url}/digest.rss")[1]).version == "rss20"

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{service.url}/digest.atom") as answer:
            etag = answer.headers["ETag"]
        assert get(f"{service.url}/digest.atom", If_None_Match=etag) == (304, b"")

        key = document["items"][0]["_aggregator"]["story_id"]
        assert get(f"{service.url}/")[0] == 200
        assert get(f"{service.url}/stories/{key}")[0] == 200
        assert json.loads(get(f"{service.url}/healthz")[1])["status"] == "ok"
        status, body = get(f"{service.url}/readyz")
        assert (status, json.loads(body)["ready"], json.loads(body)["database"]) == (200, True, "ok")

        written = completed(*command("digest", "--config", str(config), "--format", "json"), check=True)
        ids = [item["id"] for item in json.loads(written.stdout)["items"]]
        assert ids == [item["id"] for item in document["items"]]
        assert service.stop() == 0
    assert not [line for line in service.log if "Traceback" in line or "Warning" in line]


@pytest.mark.exhaustive
def test_a_second_daemon_on_the_same_file_refuses_to_start_and_says_why(config: Path) -> None:
    with daemon(config) as first:
        for name in ("run", "once"):
            extra = ("--port", "0") if name == "run" else ()
            second = completed(*command(name, "--config", str(config), *extra))
            assert second.returncode == 1
            assert f"is in use by another aggregator (process {first.process.pid})" in second.stderr
            assert "Traceback" not in second.stderr
        assert first.stop() == 0


@pytest.mark.exhaustive
def test_a_running_service_is_asked_to_refresh_its_feeds(config: Path) -> None:
    settings = config / "aggregator.yaml"
    settings.write_text(settings.read_text().replace("20s", "1h").replace("jitter: 0\n", "jitter: 0\n  refresh: 0s\n"))
    with daemon(config) as service:
        service.logged(r"feed\.polled", len(OUTLETS))
        done = completed(*command("feeds", "refresh", "--json", "--config", str(config)), check=True)
        assert "The running service polls them" in done.stderr
        assert [len(feed["outcomes"]) for feed in json.loads(done.stdout)] == [2] * len(OUTLETS)
        assert service.stop() == 0


@pytest.mark.exhaustive
def test_an_edit_is_taken_up_without_a_restart(config: Path) -> None:
    feeds = config / "feeds.yaml"
    with daemon(config) as service:
        service.logged(r"service\.started", 1)
        written = feeds.read_text()
        feeds.write_text(written.replace("digests:", "digests:\n  - name: edited", 1))
        service.logged(r"configuration\.reloaded", 1)
        assert get(f"{service.url}/digests/edited.atom")[0] == 200
        feeds.write_text("feeds: [\n")
        service.logged(r"configuration\.rejected", 1)
        service.process.send_signal(signal.SIGHUP)
        service.logged(r"configuration\.rejected", 2)
        service.logged(r"alert\.began", 1)
        assert get(f"{service.url}/digests/edited.atom")[0] == 200
        assert b"The configuration has an error" in get(f"{service.url}/operator.atom")[1]
        assert service.stop() == 0


@pytest.mark.exhaustive
def test_a_daemon_that_was_killed_leaves_no_lock_behind(config: Path) -> None:
    with daemon(config) as first:
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    with daemon(config) as second:
        assert second.stop() == 0


@pytest.mark.exhaustive
def test_hubs_are_answered_at_the_address_of_callbacks(config: Path) -> None:
    with daemon(config) as service:
        assert get(f"{service.url}/push/unknown?hub.mode=subscribe&hub.challenge=x") == (404, b"not requested")
        assert service.stop() == 0


def test_a_port_that_is_taken_is_told_without_a_traceback(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = completed(*command("run", "--config", str(config), "--port", str(port)))
    assert refused.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_stop_in_the_middle_of_work_takes_seconds_and_gives_the_claims_back(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        directory = tmp_path / "config"
        directory.mkdir()
        (directory / "feeds.yaml").write_text(f"feeds: [{{url: 'http://127.0.0.1:{port}/feed'}}]\n")
        (directory / "aggregator.yaml").write_text("fetching: {allow_networks: [127.0.0.0/8], timeout: 5m}\n")
        with daemon(directory) as service:
            asked, _ = silent.accept()
            with asked:
                assert asked.recv(4096).startswith(b"GET /feed")
                assert service.stop() == 0
    assert any("service.stopped" in line for line in service.log)


@pytest.mark.exhaustive
def test_the_demo_serves_a_digest_of_its_own_newsroom_and_stops_when_told() -> None:
    with service_of("demo", "--port", "0") as service:
        assert json.loads(get(f"{service.url}/healthz")[1])["feeds"] == 9
        assert feedparser.parse(get(f"{service.url}/digest.atom")[1]).feed.title == "The demo digest"
        assert service.stop() == 0
