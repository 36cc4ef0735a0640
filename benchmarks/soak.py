"""Does it run for a month and forget nothing? The service on the simulated newsroom, under a virtual clock.

    python benchmarks/soak.py                          needs ../shared/newsroom beside the checkout
    python benchmarks/soak.py --kills 100              and is killed at random moments meanwhile
    python benchmarks/soak.py --kills 100 --compare    both, one after the other, with their stories compared

The service is the daemon's own: its start, its ticks in their order, its reloading, its stop; only the clock is
ours, and a tick is five minutes of it. New entries appear every six hours. Feeds are added, broken, edited and
removed while it runs, as the hour says, and now and then the configuration has a mistake. A killed service
is started again at the instant at which it was killed (SIGKILL, its workers left to themselves).

Prints for every few days the memory of the service without and with its workers, its open files, and what is
stored; then what is wrong: entries that feeds showed and that are not stored, articles in no story or in two,
story ids that are gone without a survivor, polls later than a tick, errors in the log. Exit code 1 if anything is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
from sqlalchemy import func, select
from sqlmodel import col

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from aggregator.bootstrap import open_service  # noqa: E402
from aggregator.configuration.loading import load_configuration  # noqa: E402
from aggregator.configuration_reload import ConfigurationReloader  # noqa: E402
from aggregator.daemon import read_model_of, run_step, scheduled_steps, static_files  # noqa: E402
from aggregator.hub_publisher import HubPublisher  # noqa: E402 - a script runs from anywhere
from aggregator.logging_setup import configure_logging  # noqa: E402
from aggregator.pipeline import Pipeline  # noqa: E402
from aggregator.steps.service import Service  # noqa: E402
from aggregator.store.database import Database  # noqa: E402
from aggregator.store.tables import Article, Copy, Entry, Feed, Story  # noqa: E402
from aggregator.watchdog import Watchdog  # noqa: E402
from benchmarks.newsroom import NEWSROOM, fetch, serving  # noqa: E402

BEGINS = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When the newsroom's stories begin."""
TICK = timedelta(minutes=5)
NEWS_EVERY = timedelta(hours=6)
ERA = timedelta(hours=12)
REPORT_EVERY = timedelta(days=1)
STEADY = 10
"""Feeds that stay as they are all the time; the others come and go."""
EXPECTED_ERRORS = frozenset({"configuration.rejected"})
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Clock:
    """A virtual clock that a killed service finds where it left it."""

    file: Path
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = datetime.fromisoformat(self.file.read_text()) if self.file.exists() else BEGINS

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass at once."""
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        """Let time pass, and remember it."""
        self.now += by
        beside = self.file.with_suffix(".new")
        beside.write_text(self.now.isoformat())
        beside.replace(self.file)


def feeds_text(urls: list[str], elapsed: timedelta, *, mistakes: bool = True) -> str:
    """``feeds.yaml`` as it stands so long after the beginning."""
    era, within = divmod(elapsed, ERA)
    lines = ["feeds:"]
    for number, url in enumerate(urls):
        name = f"  - {{name: feed-{number}, url: {url}"
        if number < STEADY:
            lines.append(f"{name}}}")
        elif (era // (number % 4 + 1)) % 2 == 0:
            broken = (era + number) % 7 == 0
            lines.append(f"{name}{'-nothing' if broken else ''}, tags: [era-{era}], priority: {era % 3}}}")
    if mistakes and era % 10 == 5 and within < timedelta(hours=1):
        lines.append("digest: a mistake")
    return "\n".join([*lines, ""])


def reveal_news(newsroom: str, elapsed: timedelta) -> None:
    """Let the newsroom publish what it should have published by now."""
    wanted = elapsed // NEWS_EVERY
    state = json.loads(fetch(f"{newsroom}/tick?add=0"))
    if state["tick"] < min(wanted, state["max"]):
        fetch(f"{newsroom}/tick?add={min(wanted, state['max']) - state['tick']}")


async def live(folder: Path, newsroom: str, days: int) -> None:
    """Run the service until the month is over, and say every virtual day how it does."""
    clock, config = Clock(folder / "clock"), folder / "config"
    urls = fetch(f"{newsroom}/feeds.txt?faults=0").split()
    # A service that starts with a mistake says so and ends; a person mends it and starts it again.
    (config / "feeds.yaml").write_text(feeds_text(urls, clock.now - BEGINS, mistakes=False))
    configure_logging(load_configuration(config, environ={}).settings.logging)
    async with open_service(load_configuration(config, environ={}), clock=clock, sleep=clock.sleep) as service:
        library, pipeline = read_model_of(service, "http://127.0.0.1:1"), Pipeline(service)
        reloader = ConfigurationReloader(service, config, lambda: load_configuration(config, environ={}))
        steps = scheduled_steps(
            Watchdog(environ={}), pipeline, reloader, HubPublisher(service, library), static_files(service, library)
        )
        written, told = "", clock.now
        while clock.now < BEGINS + timedelta(days=days):
            elapsed = clock.now - BEGINS
            if elapsed % NEWS_EVERY < TICK:
                reveal_news(newsroom, elapsed)
            if (text := feeds_text(urls, elapsed)) != written:
                (config / "feeds.yaml").write_text(text)
                written = text
            for name, step in steps.items():
                await run_step(service.metrics, name, step)
            if clock.now >= told:
                told = clock.now + REPORT_EVERY
                tell(folder, service, clock.now)
            clock.advance(TICK)
        tell(folder, service, clock.now)
        pipeline.stop()
        await pipeline.cancel_work(after=5)


def tell(folder: Path, service: Service, now: datetime) -> None:
    """Append to the report how the service does."""
    processes = [os.getpid(), *children_of(os.getpid())]
    memory = [int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE for process in processes]
    with service.database.reading() as session:
        stories = select(col(Story.uri)).where(col(Story.visible_at).is_not(None))
        report = {
            "day": (now - BEGINS) / timedelta(days=1),
            "process": os.getpid(),
            "memory": memory[0],
            "with_workers": sum(memory),
            "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
            "threads": threading.active_count(),
            "entries": session.scalar(select(func.count()).select_from(Entry)),
            "copies": session.scalar(select(func.count()).select_from(Copy)),
            "stories": sorted(uri for uri in session.scalars(stories) if uri),
            "lateness": {
                name: value for name, value in samples(service).items() if "_lateness_" in name or "_failures_" in name
            },
        }
    with (folder / "report.jsonl").open("a") as file:
        file.write(json.dumps(report) + "\n")


def samples(service: Service) -> dict[str, float]:
    """What the service counts, by name."""
    counted = {}
    for line in service.metrics.counted().decode().splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            counted[name] = float(value)
    return counted


def children_of(process: int) -> list[int]:
    """The worker processes of a service."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def place_of(url: str) -> str:
    """The host and the path of an address: the newsroom tells articles apart by them."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


@contextmanager
def witnessing(newsroom: str, folder: Path) -> Iterator[dict[str, set[str]]]:
    """Look at every steady feed again and again, as a reader would; gives the ids of the entries each one showed."""
    shown: dict[str, set[str]] = defaultdict(set)
    urls = fetch(f"{newsroom}/feeds.txt?faults=0").split()[:STEADY]
    over = threading.Event()

    def look() -> None:
        tick = None
        while not over.wait(0.2):
            now = json.loads(fetch(f"{newsroom}/tick?add=0"))["tick"]
            if now != tick:
                tick = now
                for number, url in enumerate(urls):
                    entries = feedparser.parse(fetch(url).encode()).entries
                    shown[f"feed-{number}"] |= {place_of(entry.link) for entry in entries if "link" in entry}

    witness = threading.Thread(target=look)
    witness.start()
    try:
        yield shown
    finally:
        over.set()
        witness.join()
        (folder / "shown.json").write_text(json.dumps({name: sorted(found) for name, found in shown.items()}))


@dataclass(kw_only=True)
class Month:
    """What a month came to: faults by name, and the stories as sets of addresses."""

    faults: dict[str, list[str]]
    stories: set[frozenset[str]]
    starts: int


def month(arguments: argparse.Namespace, *, kills: int) -> Month:
    """Live a month with so many kills."""
    dice = random.Random(arguments.seed)
    arguments.ticks = arguments.days * timedelta(days=1) // NEWS_EVERY
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(arguments, arguments.seed, folder) as newsroom, witnessing(newsroom, folder) as shown:
            configure(folder, fetch(f"{newsroom}/feeds.txt?faults=0").split())
            starts = 0
            while True:
                starts += 1
                left = kills - starts + 1
                with (folder / "service.log").open("a") as log:
                    command = [sys.executable, __file__, "--live", str(folder), "--newsroom", newsroom]
                    command += ["--days", str(arguments.days)]
                    service = subprocess.Popen(command, cwd=CHECKOUT, stdout=log, stderr=log)
                if left <= 0:
                    status = service.wait()
                    break
                passed = progress(folder)
                if not survives(service, dice, folder, day=passed + (arguments.days - passed) / (left + 1)):
                    continue
                status = service.returncode
                break
            time.sleep(1)
        if status:
            print((folder / "service.log").read_text()[-3000:])
        return judge(folder, shown, arguments, starts=starts)


def progress(folder: Path) -> float:
    """How many days are over."""
    clock = folder / "clock"
    return (datetime.fromisoformat(clock.read_text()) - BEGINS) / timedelta(days=1) if clock.exists() else 0.0


def survives(service: subprocess.Popen[bytes], dice: random.Random, folder: Path, *, day: float) -> bool:
    """Kill the service about then, at a moment nobody chose; gives whether it came to its end first."""
    while progress(folder) < day:
        if service.poll() is not None:
            return True
        time.sleep(0.02)
    time.sleep(dice.random() * 0.5)
    if service.poll() is not None:
        return True
    service.send_signal(signal.SIGKILL)
    service.wait()
    return False


def configure(folder: Path, urls: list[str]) -> None:
    """Write the first configuration."""
    config = folder / "config"
    config.mkdir()
    (config / "feeds.yaml").write_text(feeds_text(urls, timedelta(0)))
    (config / "aggregator.yaml").write_text(
        f"database: sqlite:///{folder}/aggregator.db\n"
        "fetching: {allow_networks: [127.1.0.0/16], spacing: 0s, timeout: 10s}\n"
        "polling: {every: 1h, at_most: 6h, jitter: 0}\n"
        f"publishing: {{output: {folder}/published}}\n"
        "logging: {format: json}\n"
    )


def judge(folder: Path, shown: Mapping[str, set[str]], arguments: argparse.Namespace, *, starts: int) -> Month:
    """Print how the month went, and gather what is wrong."""
    reports = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    print("  day   memory  with workers  files  threads  entries  copies  stories")
    for report in reports[:: max(1, len(reports) // 10)]:
        print(
            f"{report['day']:5.1f} {report['memory'] / 1e6:6.0f} MB {report['with_workers'] / 1e6:9.0f} MB "
            f"{report['files']:6} {report['threads']:8} {report['entries']:8} {report['copies']:7} "
            f"{len(report['stories']):8}"
        )
    database = Database(f"sqlite:///{folder}/aggregator.db")
    with database.reading() as session:
        known = session.execute(select(col(Feed.name), col(Entry.url)).join(Entry, col(Entry.feed_id) == Feed.id)).all()
        stored: dict[str, Counter[str]] = defaultdict(Counter)
        for name, url in known:
            stored[name][place_of(url)] += 1
        groups: dict[int, set[str]] = defaultdict(set)
        for story, url in session.execute(
            select(col(Copy.story_id), col(Article.url)).join(Article, col(Article.id) == col(Copy.article_id))
        ):
            groups[story].add(url)
        homeless = session.scalars(
            select(col(Article.url)).where(col(Article.id).not_in(select(col(Copy.article_id))))
        ).all()
        living = set(session.scalars(select(col(Story.uri)).where(col(Story.withdrawn_at).is_(None))))
        merged = set(session.scalars(select(col(Story.uri)).where(col(Story.survivor_id).is_not(None))))
    database.close()
    urls = Counter(url for group in groups.values() for url in group)
    ever = {uri for report in reports for uri in report["stories"]}
    late = [
        f"{report['lateness']['aggregator_poll_lateness_seconds_count']:.0f} polls, within a tick "
        f"{report['lateness'][IN_TIME]:.0f}"
        for report in last_of_each(reports)
        if report["lateness"]["aggregator_poll_lateness_seconds_count"] != report["lateness"][IN_TIME]
    ]
    errors = Counter(error for error in errors_of(folder) if error not in EXPECTED_ERRORS)
    faults: dict[str, list[str]] = {
        "entries shown and not stored": [
            f"{name} {url}" for name, links in shown.items() for url in links if not stored[name][url]
        ],
        "entries stored twice": [f"{name} {url}" for name, found in stored.items() for url in found if found[url] > 1],
        "articles in no story": [str(url) for url in homeless],
        "articles in two stories": [url for url in urls if urls[url] > 1],
        "story ids gone without a survivor": sorted(ever - living - merged),
        "starts with polls later than a tick": late,
        "errors in the log": [f"{error} {count}×" for error, count in errors.items()],
    }
    entries = sum(len(links) for links in shown.values())
    print(f"{starts} starts; {entries} entries shown by steady feeds, {len(known)} stored, {len(groups)} stories")
    for what, found in faults.items():
        print(f"{what}: {len(found)}" + "".join(f"\n    {fault}" for fault in found[:5]))
    if arguments.keep:
        subprocess.run(["cp", "-r", str(folder), arguments.keep], check=True)
    return Month(faults=faults, stories={frozenset(group) for group in groups.values()}, starts=starts)


IN_TIME = 'aggregator_poll_lateness_seconds_bucket{le="300.0"}'


def last_of_each(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last report of each process."""
    return list({report["process"]: report for report in reports}.values())


def errors_of(folder: Path) -> Iterator[str]:
    """The events of the log that are errors, and lines that are no events."""
    for line in (folder / "service.log").read_text().splitlines():
        if "resource_tracker" in line:
            continue  # what Python says of a process that was killed
        try:
            event = json.loads(line)
        except ValueError:
            yield f"not an event: {line[:100]}"
            continue
        if event["level"] in ("error", "critical"):
            yield event["event"]


def main() -> int:
    """Live one month, or two; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--compare", action="store_true", help="live the month without kills too, and compare")
    parser.add_argument("--outlets", type=int, default=16)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--per-tick", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8810)
    parser.add_argument("--keep", help="copy what was stored and logged to this folder")
    parser.add_argument("--live", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--newsroom", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.live:
        asyncio.run(live(arguments.live, arguments.newsroom, arguments.days))
        return 0
    if not NEWSROOM.is_dir():
        print("../shared/newsroom is not beside this checkout; nothing was measured")
        return 0
    arguments.faults = "none"
    months = [month(arguments, kills=arguments.kills)]
    if arguments.compare:
        months.append(month(arguments, kills=0))
        differing = months[0].stories ^ months[1].stories
        print(f"stories that differ between the two months: {len(differing)} of {len(months[1].stories)}")
    return int(any(found for lived in months for found in lived.faults.values()))


if __name__ == "__main__":
    sys.exit(main())
