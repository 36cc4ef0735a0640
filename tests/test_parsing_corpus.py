"""Real feeds: each is read or refused with a reason, and none is garbled."""

from __future__ import annotations

import csv
import re

import pytest

from aggregator.model import ParsedFeed, Unreadable
from aggregator.parsing.document import parse
from tests.conftest import SHARED

FEEDS = SHARED / "corpus" / "feeds"
MANIFEST = FEEDS / "manifest.csv"

pytestmark = pytest.mark.corpus

# UTF-8 read as windows-1252: a lead byte's character and then one or more of the characters of 0x80 to 0xBF.
_MOJIBAKE = re.compile("[ÂÃÐÑØÙâã][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def _rows() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["file"]) for row in _rows()])
def test_a_real_feed_is_read(row: dict[str, str]) -> None:
    body = (FEEDS / row["file"]).read_bytes()
    outcome = parse(body, url=f"https://{row['host'] or 'example.org'}/feed", content_type=None)
    if isinstance(outcome, Unreadable):
        assert (row["wellformed"] != "1", bool(outcome.reason)) == (True, True)
        return
    if row["wellformed"] == "1":
        assert bool(outcome.entries) == (int(row["items"] or 0) > 0)
    _check(outcome, body)


def _check(feed: ParsedFeed, body: bytes) -> None:
    uids = [entry.uid for entry in feed.entries]
    assert len(set(uids)) == len(uids)
    for entry in feed.entries:
        assert not re.search("[\x00-\x1f\x7f-\x9f]", entry.title)
        # What the publisher garbled stands in the document letter for letter; we must add nothing to it.
        garbled = {"\ufffd"} & set(entry.title) | set(_MOJIBAKE.findall(entry.title))
        assert [letters for letters in garbled if letters.encode() not in body] == []
        assert entry.url is None or entry.url.startswith(("http://", "https://"))


def test_the_corpus_is_read_nearly_whole() -> None:
    rows = _rows()
    outcomes = [
        parse((FEEDS / row["file"]).read_bytes(), url="https://example.org/feed", content_type=None) for row in rows
    ]
    read = [outcome for outcome in outcomes if isinstance(outcome, ParsedFeed)]
    found, counted = sum(len(feed.entries) for feed in read), sum(int(row["items"] or 0) for row in rows)
    assert len(read) >= len(rows) - 4
    assert found >= 0.98 * counted
