"""Counts what of a feed arrives: entries, pictures, players, links, formulas, code lines, list items, table cells.

    python -m benchmarks.conservation [PATH ...] [--feeds N] [--only KIND] [--show N]

Each document is served on loopback, polled, read and published by the service, with the text of the feed
(``full_text: feed``) and a database of its own. What its publisher wrote is read without the program
(``benchmarks/written_document.py``) and compared twice: with the entries that are stored, and with the digest feed. The
default documents are the feeds of ``../shared/corpus``. The first table has a line per feed with a loss, the second the
losses by reason; a loss without a reason is unexplained. Returns 1 if there is one. ``--show`` prints examples.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import logging
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlmodel import col

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aggregator.model.parsing import ParsedEntry, Unreadable
from aggregator.parsing.document_reader import read_document
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.settings.feeds_file import FeedSettings, FullText
from aggregator.store.tables import Copy, Entry, Feed, Story
from benchmarks.content_parts import Inventory, Kind, Part, address_key, letters_of, missing_parts
from benchmarks.html_parts import list_parts
from benchmarks.written_document import WrittenDocument, WrittenEntry, read_written
from tests.database import migrate_url
from tests.publisher import Publisher, reply
from tests.running import Running, configuration, running

FEEDS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "feeds"
UNEXPLAINED = "unexplained"
COLUMNS = ("elements", "entries", "stored", "stories", "copies", "dropped")
CUT_OFF = "the document is cut off in it"
VERSION = "another version of an entry: the same id and title"
STORED, SHOWN = "stored", "shown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """Parts of one kind that are lost for one reason, at one stage; ``reason`` is "" if it is unexplained."""

    stage: str
    kind: str
    reason: str
    example: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """An entry as the service stored it, and as the digest shows it.

    ``shown`` is the digest's item if the entry's article leads its story, ``copy_of`` the key of the story that
    another article leads.
    """

    guid: str
    link: str
    title: str
    inventory: Inventory
    article_id: int | None
    is_dropped: bool
    story: str | None
    shown: Inventory | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedDocument:
    """What the service made of a document that was served at ``url``."""

    url: str
    outcome: str
    reason: str
    entries: tuple[StoredEntry, ...]
    has_stories: bool = True


@dataclass(kw_only=True, slots=True)
class Conservation:
    """The balance of one feed: the numbers of entries at each stage, the parts written, and the losses."""

    name: str
    written: int = 0
    elements: int = 0
    stored: int = 0
    shown: int = 0
    copies: int = 0
    dropped: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    losses: list[Loss] = field(default_factory=list)

    @property
    def unexplained(self) -> list[Loss]:
        """The losses without a reason."""
        return [loss for loss in self.losses if not loss.reason]


async def publish_document(body: bytes, *, host: str, database: Path) -> PublishedDocument:
    """Lets a service poll, read and publish one document; ``database`` is a migrated SQLite file of its own."""

    async def loopback(_host: str, _port: int) -> Sequence[IPv4Address | IPv6Address]:
        return (IPv4Address("127.0.0.1"),)

    async with Publisher() as publisher:
        publisher.script("/feed", reply(200, {"Content-Type": "text/xml"}, body))
        feed = FeedSettings(url=publisher.url("/feed", host=host), name="feed", full_text=FullText.FEED)
        async with running(configuration(f"sqlite:///{database}", feed), resolver=loopback) as service:
            await service.once()
            return _published(service, feed.url)


def parse_document(body: bytes, *, host: str) -> PublishedDocument:
    """Lets the program parse a document without storing it, in a tenth of the time; no entry is in a story."""
    url = f"http://{host}/feed"
    outcome = read_document(body, url=url, content_type="text/xml").outcome
    if isinstance(outcome, Unreadable):
        return PublishedDocument(url=url, outcome="unreadable", reason=outcome.reason, entries=(), has_stories=False)
    entries = tuple(_parsed(entry) for entry in outcome.entries)
    return PublishedDocument(url=url, outcome="read", reason="", entries=entries, has_stories=False)


def _parsed(entry: ParsedEntry) -> StoredEntry:
    row = Entry(
        uid=entry.uid,
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        image=entry.image,
        enclosures=[asdict(enclosure) for enclosure in entry.enclosures],
    )
    return _stored(row, {}, {})


def _published(service: Running, url: str) -> PublishedDocument:
    page = service.digest(limit=10_000)
    document = json.loads(render_feed(digest_document(page), FeedFormat.JSON))
    items = {item["_aggregator"]["story_id"]: item for item in document["items"]}
    with service.service.database.reading() as session:
        feed = session.scalars(select(Feed)).one()
        rows = session.scalars(select(Entry).order_by(col(Entry.id).desc())).all()
        of_article = {
            article: (key, lead == article)
            for article, key, lead in session.execute(
                select(col(Copy.article_id), col(Story.key), col(Story.lead_article_id)).join(
                    Story, col(Story.id) == col(Copy.story_id)
                )
            )
            if key in items
        }
        entries = tuple(_stored(row, of_article, items) for row in rows)
        return PublishedDocument(url=url, outcome=feed.last_outcome, reason=feed.reason, entries=entries)


def _stored(row: Entry, of_article: dict[int, tuple[str, bool]], items: dict[str, dict[str, Any]]) -> StoredEntry:
    story, leads = of_article.get(row.article_id or 0, (None, False))
    stored = {"content_html": row.content, "image": row.image, "attachments": row.enclosures, "url": row.url}
    return StoredEntry(
        guid=row.uid,
        link=address_key(row.url or ""),
        title=letters_of(row.title).lower(),
        inventory=_inventory(stored) + list_parts(row.summary),
        article_id=row.article_id,
        is_dropped=row.dropped_by is not None,
        story=story,
        shown=_inventory(items[story]) if story and leads else None,
    )


def _inventory(item: dict[str, Any]) -> Inventory:
    own = [item.get("url"), item.get("image"), *(one["url"] for one in item.get("attachments") or ())]
    addresses = frozenset(address_key(address) for address in own if address)
    return list_parts(item.get("content_html") or "") + Inventory(addresses=addresses)


def compare(name: str, written: WrittenDocument, published: PublishedDocument) -> Conservation:
    """Compares what was written with what is stored and shown."""
    result = Conservation(
        name=name, written=len(written.entries), elements=written.elements, stored=len(published.entries)
    )
    if published.outcome != "read":
        if max(result.written, result.elements):
            result.losses.append(Loss(stage=STORED, kind="entries", reason="", example=published.reason))
        return result
    distinct = list({entry.identity: entry for entry in written.entries}.values())
    repeated = len(written.entries) - len(distinct)
    _lose(result, STORED, "entries", "written twice, the same in everything", repeated)
    unseen = max(0, written.elements - max(len(written.entries), len(published.entries)))
    reason = CUT_OFF if written.cut_off and unseen == 1 else VERSION if unseen == written.same_ids else ""
    _lose(result, STORED, "entries", reason, unseen)
    pairs = pair_entries(distinct, published.entries)
    for entry, stored in pairs:
        if stored is None:
            reason = _reason_of_entry(entry, distinct, is_cut_off=written.cut_off)
            result.losses.append(Loss(stage=STORED, kind="entries", reason=reason, example=_label(entry)))
            continue
        _compare_parts(result, entry, stored)
    if published.has_stories:
        _compare_stories(result, published.entries)
    return result


def _reason_of_entry(entry: WrittenEntry, entries: Sequence[WrittenEntry], *, is_cut_off: bool) -> str:
    if is_cut_off and entry is entries[-1]:
        return CUT_OFF
    same = sum((other.guid, other.title) == (entry.guid, entry.title) for other in entries)
    return VERSION if entry.guid and same > 1 else ""


def _lose(result: Conservation, stage: str, kind: str, reason: str, count: int) -> None:
    result.losses.extend([Loss(stage=stage, kind=kind, reason=reason, example="")] * count)


def _label(entry: WrittenEntry) -> str:
    return f"{entry.title[:50]!r} {entry.guid[:60]} {entry.link[:60]}"


def _compare_stories(result: Conservation, entries: Sequence[StoredEntry]) -> None:
    of_article: defaultdict[int, list[StoredEntry]] = defaultdict(list)
    for entry in entries:
        if entry.is_dropped:
            result.dropped += 1
        elif entry.article_id is None or entry.story is None:
            result.losses.append(
                Loss(stage=SHOWN, kind="entries", reason="", example=f"in no story: {entry.title[:60]}")
            )
        else:
            of_article[entry.article_id].append(entry)
    for same in of_article.values():
        first = same[0]
        result.shown += first.shown is not None
        result.copies += first.shown is None
        for other in same[1:]:
            equal = other.title == first.title and other.inventory.letters == first.inventory.letters
            reason = "the same title and text at the same address" if equal else ""
            example = f"one article with another entry: {other.title[:60]}"
            result.losses.append(Loss(stage=SHOWN, kind="entries", reason=reason, example=example))


def _compare_parts(result: Conservation, entry: WrittenEntry, stored: StoredEntry) -> None:
    texts = [text.inventory() for text in entry.texts]
    files = Inventory(parts=entry.files)
    for part in _all_parts([*texts, files]):
        result.parts[part.kind] += 1
    for text in (*texts, files):
        for part in missing_parts(text, stored.inventory):
            result.losses.append(_loss(STORED, part, entry))
    if stored.shown is None:
        return
    main = max(texts, key=lambda text: text.count(Kind.WORD), default=files)
    for text in (*texts, files):
        if text is files and main is files and texts:
            continue
        for part in missing_parts(text, stored.shown):
            is_aside = text is not main and text is not files and part.kind not in (Kind.PICTURE, Kind.PLAYER)
            reason = part.reason or ("in the summary, beside the content that is shown" if is_aside else "")
            result.losses.append(_loss(SHOWN, part, entry, reason=reason))


def _all_parts(inventories: Sequence[Inventory]) -> Iterator[Part]:
    for inventory in inventories:
        yield from inventory.parts


def _loss(stage: str, part: Part, entry: WrittenEntry, reason: str | None = None) -> Loss:
    said = part.reason if reason is None else reason
    return Loss(stage=stage, kind=part.kind, reason=said, example=f"{part.label[:110]!r} in {entry.title[:40]!r}")


def pair_entries(
    written: Sequence[WrittenEntry], stored: Sequence[StoredEntry]
) -> list[tuple[WrittenEntry, StoredEntry | None]]:
    """Finds each written entry among the stored ones: by all that both have in common, each stored one once.

    Every round pairs those that agree in fewer things: id, title and link; two of them; one of them.
    """
    free = dict(enumerate(stored))
    paired: dict[int, StoredEntry] = {}
    for round_ in _ROUNDS:
        places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, entry in free.items():
            names = {"guid": letters_of(entry.guid).lower(), "title": entry.title, "link": letters_of(entry.link)}
            places[tuple(names[name] for name in round_)].append(number)
        for number, wanted in enumerate(written):
            if number in paired:
                continue
            guid = letters_of(wanted.guid).lower()
            names = {"guid": guid, "title": wanted.title_letters, "link": letters_of(address_key(wanted.link))}
            key = tuple(names[name] for name in round_)
            if any(key) and places.get(key):
                paired[number] = free.pop(places[key].pop(0))
    left = list(free.values())
    for number in range(len(written)):
        if number not in paired and left:
            paired[number] = left.pop(0)
    return [(entry, paired.get(number)) for number, entry in enumerate(written)]


_ROUNDS = (
    ("guid", "title", "link"), ("guid", "title"), ("title", "link"), ("guid", "link"), ("guid",), ("title",), ("link",),
)  # fmt: skip


def measure(path: Path, *, host: str, migrated: Path, parse: bool) -> Conservation:
    """Measures one document, through the whole service or through parsing alone."""
    body = path.read_bytes()
    if parse:
        published = parse_document(body, host=host)
        return compare(path.name, read_written(body, url=published.url), published)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(shutil.copy(migrated, folder))
        published = asyncio.run(publish_document(body, host=host, database=database))
    return compare(path.name, read_written(body, url=published.url), published)


def quiet() -> None:
    """Lets the service log nothing in this process."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def hosts_of(documents: Sequence[Path]) -> dict[Path, str]:
    """Returns files, and the files of folders, each with the host that its folder's ``manifest.csv`` names for it."""
    hosts: dict[Path, str] = {}
    for path in documents:
        known: dict[str, str] = {}
        folder = path if path.is_dir() else path.parent
        if (manifest := folder / "manifest.csv").exists():
            with manifest.open(encoding="utf-8", newline="") as file:
                known = {row["file"]: row["host"] for row in csv.DictReader(file)}
        files = sorted(file for file in folder.iterdir() if file.suffix != ".csv") if path.is_dir() else [path]
        hosts |= {file: known.get(file.name) or "example.org" for file in files if file.is_file()}
    return hosts


def print_feed(result: Conservation, *, kinds: Sequence[str], show: int) -> None:
    """Prints the balance of a feed with a loss, and up to ``show`` examples of each unexplained kind."""
    told = _told(result, kinds)
    if not told:
        return
    numbers = (result.elements, result.written, result.stored, result.shown, result.copies, result.dropped)
    print(f"{result.name:17}", *(f"{number:8}" for number in numbers), flush=True)
    for (stage, kind, reason), count in sorted(told.items()):
        print(f"{'':20}{count:6} {kind}, not {stage}: {reason}")
    examples: defaultdict[str, list[str]] = defaultdict(list)
    for loss in result.unexplained:
        if not kinds or loss.kind in kinds:
            examples[f"{loss.kind}, not {loss.stage}"].append(loss.example)
    for what, some in examples.items():
        for example in list(dict.fromkeys(some))[:show]:
            print(f"{'':28}{what}: {example}")


def print_total(results: Sequence[Conservation], *, kinds: Sequence[str]) -> None:
    """Prints the losses of all feeds by reason, the unexplained ones first."""
    by_reason: Counter[tuple[str, str, str]] = Counter()
    feeds: Counter[tuple[str, str, str]] = Counter()
    parts: Counter[str] = Counter()
    for result in results:
        told = _told(result, kinds)
        by_reason += told
        feeds.update(told.keys())
        parts += result.parts
        parts["entries"] += max(result.written, result.elements)
    print(f"\n{len(results)} feeds. Losses by reason:")
    for (stage, kind, reason), count in sorted(
        by_reason.items(), key=lambda item: (item[0][2] != UNEXPLAINED, item[0])
    ):
        in_feeds = feeds[stage, kind, reason]
        print(f"{count:8} of {parts[kind]:8} {kind:12} not {stage:6} in {in_feeds:4} feeds: {reason}")


def _told(result: Conservation, kinds: Sequence[str]) -> Counter[tuple[str, str, str]]:
    """Counts the losses of these kinds, of all kinds if none is named, by stage, kind and reason."""
    return Counter(
        (loss.stage, str(loss.kind), loss.reason or UNEXPLAINED)
        for loss in result.losses
        if not kinds or loss.kind in kinds
    )


def main() -> int:
    """Prints the tables; returns 1 if a loss is unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "documents", nargs="*", type=Path, help="feed documents, or folders of them; default: the corpus"
    )
    parser.add_argument("--feeds", type=int, help="take about that many of the documents, spread evenly")
    parser.add_argument("--parse", action="store_true", help="parse the documents, without storing and publishing them")
    parser.add_argument("--only", nargs="*", default=[], help="kinds of parts to tell of, for instance pictures")
    parser.add_argument("--show", type=int, default=0, help="examples of unexplained losses per feed and kind")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    wanted = hosts_of(arguments.documents or ([FEEDS] if FEEDS.is_dir() else []))
    if not wanted:
        print("../shared/corpus is not beside this checkout; nothing was measured")
        return 0
    if arguments.feeds:
        every = max(1, len(wanted) // arguments.feeds)
        wanted = dict(list(wanted.items())[::every])
    with tempfile.TemporaryDirectory() as folder:
        migrated = Path(folder) / "migrated.db"
        migrate_url(f"sqlite:///{migrated}")
        with ProcessPoolExecutor(arguments.workers, initializer=quiet) as pool:
            jobs = [
                pool.submit(partial(measure, path, host=host, migrated=migrated, parse=arguments.parse))
                for path, host in wanted.items()
            ]
            print(f"{'feed':17}", *(f"{name:>8}" for name in COLUMNS))
            results = []
            for job in jobs:
                results.append(job.result())
                print_feed(results[-1], kinds=arguments.only, show=arguments.show)
    print_total(results, kinds=arguments.only)
    return 1 if any(result.unexplained for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
