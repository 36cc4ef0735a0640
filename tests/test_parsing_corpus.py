"""Real feeds: each is read or refused with a reason, and none is garbled."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator

import pytest

from aggregator.model.parsing import ParsedEntry, ParsedFeed, Unreadable
from aggregator.parsing.feed_document import parse_feed
from tests.conftest import SHARED
from tests.loops import loop_over
from tests.mojibake import signs

FEEDS = SHARED / "corpus" / "feeds"
MANIFEST = FEEDS / "manifest.csv"

pytestmark = pytest.mark.corpus

GARBLED_BY_PUBLISHERS = {
    "3e0112ebe0920516": "has written U+FFFD for some characters",
    "6e370585150794fd": "quotes a few pages that were encoded twice, among others that were not",
    "82cd98555c67a641": "quotes the bytes of programs as text",
    "e09e035c4dff20ae": "lists the umlauts in a row",
}
"""Feeds whose texts look garbled, each seen to be so in the document, letter for letter."""


def _rows() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@loop_over("row", [pytest.param(row, id=row["file"]) for row in _rows()], sample=40)
def test_a_real_feed_is_read(row: dict[str, str]) -> None:
    body = (FEEDS / row["file"]).read_bytes()
    outcome = parse_feed(body, url=f"https://{row['host'] or 'example.org'}/feed", content_type=None)
    if isinstance(outcome, Unreadable):
        assert (row["wellformed"] != "1", bool(outcome.reason)) == (True, True)
        return
    if row["wellformed"] == "1":
        assert bool(outcome.entries) == (int(row["items"] or 0) > 0)
    _check(outcome)


def _check(feed: ParsedFeed) -> None:
    uids = [entry.uid for entry in feed.entries]
    assert len(set(uids)) == len(uids)
    for entry in feed.entries:
        assert not re.search("[\x00-\x1f\x7f-\x9f]", entry.title)
        assert entry.url is None or entry.url.startswith(("http://", "https://"))


@loop_over("row", [pytest.param(row, id=row["file"]) for row in _rows()], sample=40)
def test_no_text_of_a_real_feed_is_garbled_but_by_its_publisher(row: dict[str, str]) -> None:
    body = (FEEDS / row["file"]).read_bytes()
    outcome = parse_feed(body, url="https://example.org/feed", content_type=None)
    if isinstance(outcome, Unreadable):
        return
    garbled = {piece for entry in outcome.entries for text in _texts_of(entry) for piece in signs(text)}
    assert bool(garbled) == (row["file"] in GARBLED_BY_PUBLISHERS)
    written = html.unescape(html.unescape(body.decode("utf-8", "replace")))
    assert [piece for piece in garbled if piece not in written] == []


def _texts_of(entry: ParsedEntry) -> Iterator[str]:
    yield from (entry.title, html.unescape(entry.summary), html.unescape(entry.content), *entry.authors)


def test_the_corpus_is_read_nearly_whole() -> None:
    rows = _rows()
    outcomes = [
        parse_feed((FEEDS / row["file"]).read_bytes(), url="https://example.org/feed", content_type=None)
        for row in rows
    ]
    read = [outcome for outcome in outcomes if isinstance(outcome, ParsedFeed)]
    found, counted = sum(len(feed.entries) for feed in read), sum(int(row["items"] or 0) for row in rows)
    assert len(read) >= len(rows) - 4
    assert found >= 0.98 * counted
