"""Measures the cost of polling, database included, as ratios to bare loops that do less.

    python benchmarks/polling.py unchanged              1,000 hosts that respond with 304
    python benchmarks/polling.py rounds                 the simulated newsroom, first and later rounds
    python benchmarks/polling.py claims                 500 due of 200,000 feeds, on SQLite and PostgreSQL

``unchanged`` compares complete polls (claim, request, plan, commit) with a bare httpx loop that sends the same
requests over its own connection pool, with the same number of tasks. ``rounds`` needs ../shared/newsroom next to the
checkout; its bare loops fetch and parse but store nothing; fastfeedparser and aiohttp are measured if they are
installed. ``claims`` compares a claim with the simplest statement that could replace it, an UPDATE of 500 rows by
index; its PostgreSQL half needs a server on 127.0.0.1:5432. Figures are CPU seconds (user and system, workers
included). Absolute figures vary with the load of the machine; the ratios are reliable.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from aggregator.bootstrap import open_service  # noqa: E402 - a script runs from anywhere
from aggregator.logging_setup import configure_logging  # noqa: E402
from aggregator.pipeline import Pipeline  # noqa: E402
from aggregator.settings.feeds_file import FeedSettings  # noqa: E402
from aggregator.settings.settings_file import Configuration, LoggingSettings, LogLevel, Settings  # noqa: E402
from aggregator.store import host_claims, hosts  # noqa: E402
from aggregator.store.database import Database  # noqa: E402
from aggregator.store.host_claims import ClaimScope  # noqa: E402
from aggregator.store.schema_migration import migrate  # noqa: E402
from benchmarks.newsroom import NEWSROOM, fetch, serving  # noqa: E402
from tests.database import empty_database  # noqa: E402

CONCURRENCY = 16
TWO_DAYS = timedelta(days=2)
Round = Callable[[], Awaitable[int]]
"""Polls every feed once; returns the number of feeds that were read or unchanged."""


def cpu(who: int = resource.RUSAGE_SELF) -> float:
    """Returns the CPU seconds of this process, or of its ended child processes."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


# --- the service ------------------------------------------------------------------------------


class OurPolls:
    """Opens the service with these feeds on a new SQLite file; it polls and does nothing else."""

    def __init__(self, urls: list[str], folder: Path) -> None:
        feeds = tuple(FeedSettings.model_validate({"url": url, "name": f"f{n}"}) for n, url in enumerate(urls))
        settings = Settings.model_validate(
            {
                "database": f"sqlite:///{folder / 'polling.db'}",
                "fetching": {"allow_networks": [ip_network("127.0.0.0/8")], "spacing": 0},
                "polling": {"concurrency": CONCURRENCY, "jitter": 0},
            }
        )
        self.configuration = Configuration(feeds=feeds, settings=settings)
        self.now = datetime.now(UTC)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Round]:
        """Polls all feeds two days after the round before, so that every feed is due."""
        async with open_service(self.configuration, clock=lambda: self.now) as service:
            pipeline = Pipeline(service)

            async def poll_all() -> int:
                self.now += TWO_DAYS
                await pipeline.run_due_claims(ClaimScope(feeds_due_before=self.now, pages=False))
                counted = "SELECT count(*) FROM poll WHERE at = :now AND outcome IN ('read', 'unchanged')"
                with service.database.reading() as session:
                    return int(session.execute(text(counted), {"now": _stored(self.now)}).scalar_one())

            yield poll_all


def _stored(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# --- bare loops -----------------------------------------------------------------------------


class BareLoop:
    """A client and a parser, with the validators in a dict: no plan, no database, no limits."""

    def __init__(self, urls: list[str], *, parse: Callable[[bytes], Any] | None) -> None:
        self._urls = urls
        self._parse = parse
        self._validators: dict[str, dict[str, str]] = {}

    async def ask(self, url: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """Returns status, headers and body of a request with the client of the subclass."""
        raise NotImplementedError

    async def poll_all(self) -> int:
        """Requests every feed once, with as many tasks as the service."""
        waiting, good = list(self._urls), [0]

        async def work() -> None:
            while waiting:
                url = waiting.pop()
                status, headers, body = await self.ask(url, self._validators.get(url, {}))
                known = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
                if status == 200:
                    self._validators[url] = {name: value for name, value in known.items() if value}
                    if self._parse:
                        self._parse(body)
                good[0] += status in (200, 304)

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
        return good[0]


class HttpxLoop(BareLoop):
    """A loop with httpx in its default configuration."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Round]:
        """Opens one client for all rounds."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            self.client = client
            yield self.poll_all

    async def ask(self, url: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """One GET."""
        answer = await self.client.get(url, headers=headers)
        return answer.status_code, answer.headers, answer.content


class AiohttpLoop(BareLoop):
    """A loop with aiohttp in its default configuration."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Round]:
        """Opens one session for all rounds."""
        aiohttp = importlib.import_module("aiohttp")
        async with aiohttp.ClientSession() as session:
            self.session = session
            yield self.poll_all

    async def ask(self, url: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """One GET."""
        async with self.session.get(url, headers=headers) as answer:
            return answer.status, answer.headers, await answer.read()


def feedparser_parse(body: bytes) -> Any:
    """Parses a document with feedparser in its default configuration."""
    return importlib.import_module("feedparser").parse(body)


def fastfeedparser_parse(body: bytes) -> Any:
    """Parses a document with fastfeedparser, which fails on some documents."""
    try:
        return importlib.import_module("fastfeedparser").parse(body)
    except ValueError:
        return None


async def measured(runner: Any, rounds: int) -> list[tuple[float, int]]:
    """Returns CPU seconds and good responses of each round; the CPU of worker processes counts for the first round."""
    figures = []
    before_workers = cpu(resource.RUSAGE_CHILDREN)
    async with runner.running() as poll_all:
        for _ in range(rounds):
            before = cpu()
            good = await poll_all()
            figures.append((cpu() - before, good))
    workers = cpu(resource.RUSAGE_CHILDREN) - before_workers
    return [(figures[0][0] + workers, figures[0][1]), *figures[1:]]


# --- the three measurements -------------------------------------------------------------------


def unchanged(arguments: argparse.Namespace) -> None:
    """Measures the 304 responses per CPU second of the service and of a bare httpx loop, in alternating rounds."""
    command = [sys.executable, str(CHECKOUT / "benchmarks" / "transports.py"), "--serve", "--answer", "feed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        urls = [f"http://127.9.{n // 250}.{n % 250 + 1}:{port}/feed" for n in range(arguments.feeds)]
        try:
            asyncio.run(_unchanged(urls, arguments.rounds))
        finally:
            server.kill()


async def _unchanged(urls: list[str], rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours = await measured(OurPolls(urls, Path(folder)), rounds + 1)
        bare = await measured(HttpxLoop(urls, parse=None), rounds + 1)
    print(f"{len(urls)} feeds that answer 304, {CONCURRENCY} at a time")
    print("round   ours: CPU ms a poll   bare httpx: CPU ms a request   bare / ours")
    for number, ((our, good), (their, _)) in enumerate(zip(ours[1:], bare[1:], strict=True), start=1):
        assert good == len(urls), f"only {good} polls went well"
        print(f"{number:5}   {our / len(urls) * 1e3:19.2f}   {their / len(urls) * 1e3:28.2f}   {their / our:11.2f}")


def rounds_of_the_newsroom(arguments: argparse.Namespace) -> None:
    """Measures complete rounds over the newsroom: fetch, parse, store."""
    if not NEWSROOM.is_dir():
        print("../shared/newsroom is not next to this checkout; nothing was measured")
        return
    farm = argparse.Namespace(outlets=arguments.feeds, stories=0, port=arguments.port, faults="none")
    with tempfile.TemporaryDirectory() as name, serving(farm, 1, Path(name)) as url:
        urls = fetch(f"{url}/feeds.txt").split()
        asyncio.run(_rounds(urls, Path(name)))


async def _rounds(urls: list[str], folder: Path) -> None:
    contenders: dict[str, Callable[[], Any]] = {
        "ours: fetch, parse, sanitise, plan, store": lambda: OurPolls(urls, folder),
        "bare httpx + feedparser": lambda: HttpxLoop(urls, parse=feedparser_parse),
        "bare httpx + fastfeedparser": lambda: HttpxLoop(urls, parse=fastfeedparser_parse),
        "bare aiohttp + fastfeedparser": lambda: AiohttpLoop(urls, parse=fastfeedparser_parse),
    }
    print(f"{len(urls)} feeds of the newsroom; CPU seconds of a round, and the ratio to ours")
    print(f"{'':42} {'first':>7} {'ratio':>6}  {'second':>7} {'ratio':>6}   feeds")
    async with HttpxLoop(urls, parse=None).running() as warm_up:
        await warm_up()  # the newsroom renders a feed at its first request
    base: list[float] = []
    for name, make in contenders.items():
        try:
            (first, good), (second, _) = await measured(make(), 2)
        except ImportError as error:
            print(f"{name:42} not measured: {error}")
            continue
        base = base or [first, second]
        ratios = first / base[0], second / base[1]
        print(f"{name:42} {first:7.2f} {ratios[0]:6.2f}  {second:7.2f} {ratios[1]:6.2f}   {good:5}", flush=True)


def claims_of_many(arguments: argparse.Namespace) -> None:
    """Measures the claim of 500 due feeds, each of a host of its own, out of many."""
    print(f"500 of {arguments.of:,} feeds are due; ms per claim of 500, median of {arguments.rounds}")
    for kind in ("sqlite", "postgres"):
        with tempfile.TemporaryDirectory() as folder, _database(kind, Path(folder)) as database:
            if database is None:
                print(f"{kind:9} not measured: no PostgreSQL answers on 127.0.0.1:5432")
                continue
            _fill(database, arguments.of)
            claim = sorted(_claim(database) for _ in range(arguments.rounds))[arguments.rounds // 2]
            plain = sorted(_plain(database) for _ in range(arguments.rounds))[arguments.rounds // 2]
            print(f"{kind:9} claim {claim * 1e3:6.1f}   plain UPDATE of 500 rows {plain * 1e3:6.1f}   ratio "
                  f"{claim / plain:4.1f}", flush=True)  # fmt: skip


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Database | None]:
    """Opens a new database of a kind; None without a server for it."""
    try:
        with empty_database(kind, folder) as url:
            database = Database(url)
            migrate(database)
            yield database
            database.close()
    except BaseException as error:
        if type(error).__name__ != "Skipped":
            raise
        yield None


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _fill(database: Database, count: int) -> None:
    """Adds feeds on as many hosts, 500 of them due now and the others within the day."""
    due = [NOW - timedelta(seconds=1) if n < 500 else NOW + timedelta(seconds=60 + n % 80_000) for n in range(count)]
    with database.writing() as session:
        hosts = [{"key": f"h{n}.example", "at": _bound(database, at)} for n, at in enumerate(due)]
        session.execute(text("INSERT INTO host (key, next_request_at, ready_at) VALUES (:key, :at, :at)"), hosts)
        feeds = [
            {"name": f"f{n}", "url": f"https://h{n}.example/feed", "host": f"h{n}.example", "at": host["at"]}
            for n, host in enumerate(hosts)
        ]
        session.execute(
            text(
                "INSERT INTO feed (name, url, configured_url, host, outlet, tags, priority, full_text, title, "
                "next_poll_at, last_outcome, reason, problems, hints, failures, gone_count) VALUES (:name, :url, "
                ":url, :host, :host, '[]', 0, 'auto', '', :at, '', '', '[]', '{}', 0, 0)"
            ),
            feeds,
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT", writes=True) as connection:
        connection.exec_driver_sql("ANALYZE")


def _bound(database: Database, at: datetime) -> Any:
    return _stored(at) if database.is_sqlite else at


def _claim(database: Database) -> float:
    """Returns the seconds of one claim of 500 feeds, which is then released."""
    began = time.perf_counter()
    with database.writing() as session:
        visits = host_claims.claim_hosts(
            session,
            scope=ClaimScope(feeds_due_before=NOW),
            now=NOW,
            until=NOW + timedelta(minutes=5),
            by="me",
            limit=500,
        )
    took = time.perf_counter() - began
    assert len(visits) == 500
    with database.writing() as session:
        hosts.release_claimed_hosts(session, by="me")
    return took


def _plain(database: Database) -> float:
    """Returns the seconds of the simplest statement that could replace a claim."""
    statement = text(
        "UPDATE host SET claimed_by = 'me' WHERE key IN "
        "(SELECT key FROM host WHERE ready_at <= :now ORDER BY ready_at LIMIT 500) RETURNING key"
    )
    began = time.perf_counter()
    with database.writing() as session:
        rows = session.execute(statement, {"now": _bound(database, NOW)}).all()
    took = time.perf_counter() - began
    assert len(rows) == 500
    with database.writing() as session:
        hosts.release_claimed_hosts(session, by="me")
    return took


def main() -> None:
    """Runs the measurement that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("unchanged", "rounds", "claims"))
    parser.add_argument("--feeds", type=int, default=1000, help="feeds to poll")
    parser.add_argument("--of", type=int, default=200_000, help="feeds in the database, for claims")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8810, help="where the newsroom listens")
    arguments = parser.parse_args()
    configure_logging(LoggingSettings(level=LogLevel.WARNING))
    {"unchanged": unchanged, "rounds": rounds_of_the_newsroom, "claims": claims_of_many}[arguments.what](arguments)


if __name__ == "__main__":
    main()
