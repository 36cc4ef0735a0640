"""Many workers on one PostgreSQL: every feed is polled once, no host is asked twice at once, and a kill loses nothing."""

from __future__ import annotations

import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aggregator.store.database import Database
from aggregator.store.feeds import feed_health
from tests.processes import PATIENCE, python, started
from tests.stored import NOW

pytestmark = pytest.mark.postgres

HOSTS, FEEDS_OF_EACH = 12, 5
"""More hosts than four workers claim at a time, so that there is something for each."""

LATENCY = 0.01
"""Seconds an answer takes, so that requests of workers that do not keep apart would meet."""


class Newsstand(ThreadingHTTPServer):
    """A publisher of many hosts that counts who asks what, and who asks at the same time."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.asked: list[tuple[str, str]] = []
        self.at_once: Counter[str] = Counter()
        self.most_at_once = 0
        self.expected: frozenset[str] = frozenset()
        self.all_came = threading.Event()
        self.held_worker: str | None = None
        self.holding = threading.Event()
        self.let_go = threading.Event()

    @property
    def urls(self) -> list[str]:
        """The feeds, those of one host beside each other."""
        port = self.server_address[1]
        return [f"http://h{host}.localhost:{port}/{feed}" for host in range(HOSTS) for feed in range(FEEDS_OF_EACH)]

    def polls(self) -> Counter[str]:
        """How often each feed was asked for."""
        return Counter(url for _, url in self.asked)

    def workers(self) -> set[str]:
        """Who asked. Nobody is answered before all that are ``expected`` did, so that the work is shared."""
        return {worker for worker, _ in self.asked}


class _Handler(BaseHTTPRequestHandler):
    server: Newsstand

    def do_GET(self) -> None:
        host, worker = self.headers["Host"], self.headers["User-Agent"].partition("(+")[2].rstrip(")")
        with self.server.lock:
            self.server.asked.append((worker, f"http://{host}{self.path}"))
            self.server.at_once[host] += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once[host])
            if self.server.workers() >= self.server.expected:
                self.server.all_came.set()
        self.server.all_came.wait(timeout=PATIENCE)
        if worker == self.server.held_worker:
            self.server.holding.set()
            self.server.let_go.wait()
        else:
            threading.Event().wait(LATENCY)
        body = b"<rss version='2.0'><channel><title>One</title></channel></rss>"
        with self.server.lock:
            self.server.at_once[host] -= 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    with Newsstand() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.all_came.set()
        server.let_go.set()
        server.shutdown()
        thread.join()


@contextmanager
def workers(url: str, newsstand: Newsstand, *names: str, now: datetime = NOW) -> Iterator[list[subprocess.Popen[str]]]:
    """Workers that all begin when all are ready; whoever is left at the end is waited for."""
    command = python("-m", "tests.polling_worker", url)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with ExitStack() as stack:
        running = [
            stack.enter_context(started(*command, name, now.isoformat(), *newsstand.urls, **pipes)) for name in names
        ]
        for process in running:
            assert process.stdout is not None
            while process.stdout.readline().strip() != "ready":
                assert process.poll() is None, "a worker did not start"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        yield running
        for process in running:
            process.communicate()


def outcomes(url: str) -> list[tuple[str, ...]]:
    database = Database(url)
    with database.reading() as session:
        found = [health.outcomes for health in feed_health(session)]
    database.close()
    return found


@pytest.mark.parametrize("count", [2, 4])
def test_every_feed_is_polled_once_a_round_and_no_host_is_asked_twice_at_once(
    postgres_url: str, newsstand: Newsstand, count: int
) -> None:
    names = [f"worker-{number}" for number in range(count)]
    newsstand.expected = frozenset(names)
    for number in (1, 2):
        with workers(postgres_url, newsstand, *names, now=NOW + number * timedelta(hours=2)):
            pass
        assert newsstand.polls() == dict.fromkeys(newsstand.urls, number)
    assert newsstand.most_at_once == 1
    assert newsstand.workers() == set(names)
    assert outcomes(postgres_url) == [("unchanged", "read")] * len(newsstand.urls)


def test_what_a_killed_worker_was_at_is_polled_by_another_when_its_claim_ends(
    postgres_url: str, newsstand: Newsstand
) -> None:
    newsstand.held_worker = "victim"
    with workers(postgres_url, newsstand, "victim") as (victim,):
        assert newsstand.holding.wait(timeout=PATIENCE)
        victim.kill()
    with workers(postgres_url, newsstand, "one", "two", "three") as others:
        pass
    assert [process.returncode for process in others] == [0, 0, 0]
    held = {feed for worker, feed in newsstand.asked if worker == "victim"}
    hosts = {feed.rpartition("/")[0] for feed in held}
    polled = {feed for worker, feed in newsstand.asked if worker != "victim"}
    assert held
    assert not held & polled, "a host was asked while a claim on it held"
    assert not [feed for feed in polled if feed.rpartition("/")[0] in hosts]
    newsstand.let_go.set()
    with workers(postgres_url, newsstand, "heir", now=NOW + timedelta(minutes=20)):
        pass
    assert newsstand.polls() == {feed: 2 if feed in held else 1 for feed in newsstand.urls}
    assert newsstand.most_at_once == 1
    assert outcomes(postgres_url) == [("read",)] * len(newsstand.urls)
