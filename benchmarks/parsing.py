"""Compares the CPU time of parsing feeds with feedparser's: real feeds, the sample newsroom, or your own files.

    python benchmarks/parsing.py           real feeds are read from ../shared/corpus, next to the checkout
    python benchmarks/parsing.py FOLDER    feed documents saved in a folder

Prints how many times less CPU each kind of work takes than ``feedparser.parse`` with its default settings, measured
in one run on the same documents:

    with it      this service, if feedparser parsed every XML document; with sanitising and digests
    all new      documents whose entries are all new; with sanitising and digests
    all stored   documents whose entries are all stored; without sanitising
    unchanged    a body that equals the last one; only its digest
    plain        the share of XML documents that are parsed without feedparser
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from aggregator.demo.feed_documents import render_outlet_feed
from aggregator.demo.newsroom_urls import NewsroomUrls
from aggregator.demo.outlets import OUTLETS
from aggregator.demo.printed_articles import print_articles
from aggregator.demo.sample_stories import load_stories
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.document_reader import read_document
from aggregator.parsing.entry_identity import content_digest
from aggregator.parsing.feed_document import parse_unsanitised
from aggregator.parsing.unsanitised_entry import UnsanitisedFeed
from aggregator.parsing.xml_feed_reader import read_plain_xml, read_with_feedparser
from aggregator.parsing.xml_repair import RepairedXml, repair_xml

FEEDS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "feeds"
URL = "https://example.org/feed"


def sample() -> list[bytes]:
    """Returns the feeds of the sample newsroom."""
    articles = print_articles(load_stories(), now=datetime(2026, 3, 3, 9, 30, tzinfo=UTC), tick=1)
    addresses = NewsroomUrls(port=8650)
    printed = {outlet: [article for article in articles if article.outlet == outlet] for outlet in OUTLETS}
    return [render_outlet_feed(outlet, own, addresses).encode() for outlet, own in printed.items() if own]


def by_library(body: bytes) -> None:
    """Parses a document with feedparser alone."""
    feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml"})


def with_feedparser(body: bytes) -> None:
    """Parses a document as if it were not plain."""
    text = text_of(body)
    document = repair_xml(text) if text.startswith("<") else None
    if not isinstance(document, RepairedXml):
        first_sight(body)
    elif isinstance(outcome := read_with_feedparser(document, base=URL), UnsanitisedFeed):
        digests_of(outcome)
        outcome.sanitised()


def first_sight(body: bytes) -> None:
    """Parses a document as a worker does if all its entries are new."""
    read_document(body, url=URL, content_type=None)


def seen_again(body: bytes) -> None:
    """Parses a document as a worker does if all its entries are stored: uids and digests only."""
    if isinstance(outcome := parse_unsanitised(body, url=URL, content_type=None), UnsanitisedFeed):
        digests_of(outcome)


def unchanged(body: bytes) -> None:
    """Digests a body, the only work for one that equals the last body."""
    hashlib.sha256(body).hexdigest()


def digests_of(document: UnsanitisedFeed) -> None:
    """Digests every entry of a document."""
    for draft in document.entries_by_uid.values():
        content_digest(draft)


def text_of(body: bytes) -> str:
    """Returns the document as text."""
    return decode_document(body, content_type=None).text.strip("\ufeff\0 \t\r\n\f\v")


WORKS = (by_library, with_feedparser, first_sight, seen_again, unchanged)


def seconds(bodies: Sequence[bytes], *, rounds: int) -> tuple[float, ...]:
    """Returns the CPU time of each of ``WORKS`` in seconds: the sum of the best round of each document.

    All works run on one document before the next, so that other load on the machine slows them equally.
    """
    totals = [0.0] * len(WORKS)
    for body in bodies:
        best = [float("inf")] * len(WORKS)
        for _ in range(rounds):
            for number, work in enumerate(WORKS):
                start = time.process_time_ns()
                work(body)
                best[number] = min(best[number], time.process_time_ns() - start)
        totals = [total + time_of / 1e9 for total, time_of in zip(totals, best, strict=True)]
    return tuple(totals)


def main() -> int:
    """Prints one line per set of documents; returns 0, also without any document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="folder of feed documents, one per file")
    parser.add_argument("--rounds", type=int, default=3, help="rounds per document, of which the best counts")
    arguments = parser.parse_args()
    folder, rounds = arguments.folder, arguments.rounds
    sets = {"sample newsroom": sample()}
    if FEEDS.is_dir():
        sets["real feeds"] = [path.read_bytes() for path in sorted(FEEDS.iterdir()) if path.suffix != ".csv"]
    if folder is not None:
        sets = {folder.name: [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]}
    columns = f"{'with it':>8} {'all new':>8} {'all stored':>11} {'unchanged':>10} {'plain':>7}"
    print(f"{'times less CPU than feedparser':32} {columns}")
    for name, bodies in sets.items():
        xml = [text for text in map(text_of, bodies) if text.startswith("<")]
        plain = sum(read_plain_xml(text, base=URL) is not None for text in xml) / max(1, len(xml))
        library, *ours = seconds(bodies, rounds=rounds)
        it, new, stored, same = (library / time_of for time_of in ours)
        print(f"{name:32} {it:8.1f} {new:8.1f} {stored:11.1f} {same:10.0f} {plain:7.0%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
