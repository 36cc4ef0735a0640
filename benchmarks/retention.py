"""Does the database stay bounded? A simulated year of traffic, kept for a while and kept for ever.

    python benchmarks/retention.py [--feeds 8] [--days 360] [--per-day 3] [--age 60d]

Each day every feed has new entries, a third of which are copies of another outlet's, and every document
still shows the last hundred. The same year is lived twice, once with ``retention.age`` and once without;
the steps are the service's own (take in, keep text, merge, publish, expire), the network is not there. Prints
for the end of each month what is stored and how large the file is, and the longest that one step of letting go
held the database, as a share of the longest that taking in a document held it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session, col

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from aggregator.bootstrap import open_service  # noqa: E402
from aggregator.dedup.sketch import sketch  # noqa: E402 - a script runs from anywhere
from aggregator.logging_setup import configure_logging  # noqa: E402
from aggregator.model.extraction import ArticleText, TextSource  # noqa: E402
from aggregator.model.parsing import FreshEntry, ParsedEntry, ParsedFeed  # noqa: E402
from aggregator.parsing.document_reader import ParsedDocument  # noqa: E402
from aggregator.pipeline import Pipeline  # noqa: E402
from aggregator.settings.feeds_file import FeedSettings  # noqa: E402
from aggregator.settings.settings_file import Configuration, LoggingSettings, LogLevel, Settings  # noqa: E402
from aggregator.steps.expire_entries import EntryExpiry  # noqa: E402
from aggregator.steps.ingest import store_document  # noqa: E402
from aggregator.steps.service import Service  # noqa: E402
from aggregator.steps.store_text import store_text  # noqa: E402
from aggregator.store import host_claims  # noqa: E402
from aggregator.store.tables import Article, Entry, Feed, Story, Table, Tombstone, row_id, sql_table  # noqa: E402

BEGINS = datetime(2026, 1, 1, 6, tzinfo=UTC)
SHOWN = 100
DAY = timedelta(days=1)
SYLLABLES = [a + b for a in ("h", "cr", "f", "qu", "w", "m") for b in ("ar", "en", "ou")]
WORDS = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    now: datetime = BEGINS

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.now


@dataclass(frozen=True)
class Month:
    """What was stored at the end of a month."""

    entries: int
    stories: int
    tombstones: int
    megabytes: float


@dataclass
class Year:
    """One year as one service lived it."""

    months: list[Month]
    longest_sweep: float = 0.0
    longest_intake: float = 0.0
    returned: int = 0


def written(chance: random.Random) -> str:
    """A text of about 200 words."""
    return "\n".join(" ".join(chance.choices(WORDS, k=40)).capitalize() + "." for _ in range(5))


async def live(database: str, options: argparse.Namespace, *, age: str) -> Year:
    """A year with this retention."""
    feeds = tuple(FeedSettings(url=f"https://outlet{n}.example/feed", name=f"outlet{n}") for n in range(options.feeds))
    settings = Settings.model_validate({"database": database, "retention": {"age": age}, "extraction": {"workers": 1}})
    clock, chance, year = Clock(), random.Random(1), Year(months=[])
    shown: dict[str, list[ParsedEntry]] = {str(feed.name): [] for feed in feeds}
    async with open_service(Configuration(feeds=feeds, settings=settings), clock=clock) as service:
        pipeline, sweeper = Pipeline(service), EntryExpiry(service)
        for day in range(options.days):
            texts: list[str] = []
            for name, entries in shown.items():
                for number in range(options.per_day):
                    is_copy = bool(texts) and chance.random() < 1 / 3
                    text = chance.choice(texts) if is_copy else written(chance)
                    texts.append(text)
                    uid = f"{day}-{number}"
                    url = f"https://{name}.example/{uid}"
                    entries.append(ParsedEntry(uid=uid, url=url, title=text[:40], content=text))
                del entries[:-SHOWN]
                new = await timed(year, "longest_intake", partial(take_in, service, name, tuple(entries)))
                year.returned += max(0, new - options.per_day)
            clock.now += timedelta(minutes=20)
            await pipeline.merge()
            clock.now += timedelta(minutes=20)
            await pipeline.publish()
            clock.now += DAY - timedelta(minutes=40)
            while await timed(year, "longest_sweep", sweeper.expire):
                pass
            if (day + 1) % 30 == 0:
                year.months.append(await service.database.read(stored, Path(service.database.url.database or "")))
    return year


async def timed(year: Year, what: str, step: Callable[[], Awaitable[int]]) -> int:
    """Do a step, and remember how long the longest of its kind took."""
    began = time.perf_counter()
    result = await step()
    setattr(year, what, max(getattr(year, what), time.perf_counter() - began))
    return result


async def take_in(service: Service, name: str, entries: Sequence[ParsedEntry]) -> int:
    """Take in a document of a feed and give its new entries their texts; gives how many were new."""
    items = tuple(FreshEntry(entry=entry, digest=entry.content) for entry in entries)
    entries_by_uid = {entry.uid: entry for entry in entries}
    document = ParsedDocument(outcome=ParsedFeed(format="atom10", entries=tuple(entries)), items=items)

    def store(session: Session) -> int:
        row = session.scalars(select(Feed).where(col(Feed.name) == name)).one()
        origin = host_claims.source_feed_of(row, read_at=host_claims.last_read_at(row))
        intake, _ = store_document(session, service, origin, document, now=service.clock())
        for item in intake.new:
            found = row_id(session.scalar(select(col(Article.id)).where(col(Article.url) == item.incoming.url)))
            entry = entries_by_uid[item.incoming.uid]
            text = entry.content
            kept = ArticleText(title=entry.title, text=text, html=text, source=TextSource.FEED, reason="")
            store_text(session, found, kept, sketch(text), now=service.clock())
        return len(intake.new)

    return await service.database.write(store)


def stored(session: Session, file: Path) -> Month:
    """What is stored now."""

    def count(table: type[Table]) -> int:
        return int(session.scalar(select(func.count()).select_from(sql_table(table))) or 0)

    return Month(count(Entry), count(Story), count(Tombstone), file.stat().st_size / 1e6)


def main() -> None:
    """Live the year twice and print what was stored."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--feeds", type=int, default=8)
    parser.add_argument("--days", type=int, default=360)
    parser.add_argument("--per-day", type=int, default=3)
    parser.add_argument("--age", default="60d")
    options = parser.parse_args()
    configure_logging(LoggingSettings(level=LogLevel.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        kept = asyncio.run(live(f"sqlite:///{folder}/kept.db", options, age=options.age))
        ever = asyncio.run(live(f"sqlite:///{folder}/ever.db", options, age="forever"))
    print(f"{options.feeds} feeds, {options.per_day} entries of each a day; kept {options.age} | kept for ever")
    print("month   entries  stories  marks    MB |  entries  stories    MB")
    for number, (one, other) in enumerate(zip(kept.months, ever.months, strict=True), 1):
        print(
            f"{number:5} {one.entries:9} {one.stories:8} {one.tombstones:6} {one.megabytes:5.0f} |"
            f"{other.entries:9} {other.stories:8} {other.megabytes:5.0f}"
        )
    print(f"entries that came back as new: {kept.returned}")
    print(
        f"longest step of letting go: {kept.longest_sweep / kept.longest_intake:.1f} × the longest intake of a document"
    )


if __name__ == "__main__":
    main()
