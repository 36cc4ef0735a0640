"""Which member of a JSON Feed becomes which field."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.model.parsing import Enclosure, ParsedEntry, ParsedFeed, Unreadable
from aggregator.parsing.json_feed_reader import read_json_feed

BASE = "https://example.org/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
ONE = ParsedEntry(uid="1", url=None, title="")
THEN = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)


def read(*items: Any, **members: Any) -> ParsedFeed | Unreadable:
    read = read_json_feed(json.dumps({"version": VERSION, "items": items, **members}), base=BASE)
    return read if isinstance(read, Unreadable) else read.sanitised()


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param({"title": "A <b>b</b> &amp;  c"}, {"title": "A <b>b</b> &amp; c"}, id="title"),
        pytest.param({"url": "/a?utm_source=x"}, {"url": "https://example.org/a"}, id="url"),
        pytest.param({"url": "/a#b"}, {"url": "https://example.org/a", "anchor": "b"}, id="url with an anchor"),
        pytest.param({"external_url": "https://other.example/a"}, {"url": "https://other.example/a"}, id="external_url"),
        pytest.param({"url": "javascript:x", "external_url": "/b"}, {"url": "https://example.org/b"}, id="a bad url"),
        pytest.param({"content_html": "<p onclick=x>C</p>"}, {"content": "<p>C</p>"}, id="content_html"),
        pytest.param({"content_text": "a < b\n\nc"}, {"content": "<p>a &lt; b</p><p>c</p>"}, id="content_text"),
        pytest.param({"content_html": "<p>C</p>", "content_text": "T"}, {"content": "<p>C</p>"}, id="HTML before text"),
        pytest.param({"summary": "S & <s>"}, {"summary": "<p>S &amp; &lt;s&gt;</p>"}, id="summary, which is plain text"),
        pytest.param({"image": "/i.png", "banner_image": "/b.png"}, {"image": "https://example.org/i.png"}, id="image"),
        pytest.param({"banner_image": "/b.png"}, {"image": "https://example.org/b.png"}, id="banner_image"),
        pytest.param(
            {"date_published": "2024-02-03T04:05:06Z", "date_modified": "2024-02-04T00:00:00Z"},
            {"published_at": THEN, "updated_at": datetime(2024, 2, 4, tzinfo=UTC)},
            id="dates",
        ),
        pytest.param(
            {"date_modified": "2024-02-03T04:05:06Z"}, {"published_at": THEN, "updated_at": THEN}, id="modified alone"
        ),
        pytest.param({"authors": [{"name": "Ann"}, {"name": "Bob"}, 7]}, {"authors": ("Ann", "Bob")}, id="authors"),
        pytest.param({"author": {"name": "Ann"}}, {"authors": ("Ann",)}, id="author of 1.0"),
        pytest.param({"tags": ["a", "a", 2024, "b", None]}, {"categories": ("a", "2024", "b")}, id="tags"),
        pytest.param({"tags": "a"}, {"categories": ("a",)}, id="one tag that is no list"),
        pytest.param({"authors": ["Ann Other", {"name": "Bob Pier, Cid Poe"}]},
                     {"authors": ("Ann Other", "Bob Pier", "Cid Poe")}, id="authors that are names"),
        pytest.param({"author": "Ann"}, {"authors": ("Ann",)}, id="an author that is a name"),
        pytest.param({"title": 7, "content_text": 8, "date_published": 1706933106},
                     {"title": "7", "content": "<p>8</p>", "published_at": THEN}, id="numbers for texts"),
        pytest.param({"url": "www.paper.example/a"}, {"url": "https://www.paper.example/a"}, id="url without a scheme"),
        pytest.param(
            {"content_text": "A", "attachments": [
                {"url": "/1.png", "mime_type": "image/png", "title": "One"},
                {"url": "/a.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 61, "title": "Talk"},
            ]},
            {
                "content": '<p>A</p><figure><img src="https://example.org/1.png" alt="One"></figure>',
                "image": "https://example.org/1.png",
                "enclosures": (
                    Enclosure(url="https://example.org/1.png", media_type="image/png", title="One"),
                    Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", title="Talk", duration=61),
                ),
            },
            id="attachments with titles",
        ),
        pytest.param({"language": "pt_br"}, {"language": "pt-br"}, id="language"),
        pytest.param(
            {"attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}, {"url": 1}, None]},
            {"enclosures": (Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", length=9),)},
            id="attachments",
        ),
        pytest.param(
            dict.fromkeys(("url", "author", "attachments", "image", "date_published"), 7), {}, id="numbers"
        ),
    ],
)  # fmt: skip
def test_a_member_becomes_a_field(item: dict[str, Any], expected: dict[str, Any]) -> None:
    feed = read({"id": "1", **item})
    assert isinstance(feed, ParsedFeed)
    assert feed.entries == (replace(ONE, **expected),)


@pytest.mark.parametrize(
    ("item", "uid"),
    [
        pytest.param({"id": 7}, "7", id="a whole number"),
        pytest.param({"id": 7.5}, "7.5", id="another number"),
        pytest.param({"id": "https://example.org/a?utm_source=x"}, "//example.org/a", id="an address"),
        pytest.param({"id": "a\x00b\ud800"}, "ab\ufffd", id="what no database stores"),
    ],
)
def test_an_id_becomes_text(item: dict[str, Any], uid: str) -> None:
    feed = read(item)
    assert isinstance(feed, ParsedFeed)
    assert [entry.uid for entry in feed.entries] == [uid]


def test_the_feed_describes_itself_and_lends_its_author_and_language() -> None:
    assert read(
        {"id": "1"}, title="T", home_page_url="/", language="en", authors=[{"name": "Ann"}]
    ) == ParsedFeed(
        format="JSON Feed 1.1",
        title="T",
        site_url="https://example.org/",
        language="en",
        entries=(replace(ONE, authors=("Ann",), language="en"),),
    )  # fmt: skip


def test_items_without_an_id_are_identified_by_what_they_have() -> None:
    items: tuple[Any, ...] = (
        {"url": "https://example.org/a"},
        {"id": True, "title": "B"},
        {"id": " "},
        {"id": None},
        {"id": []},
        "x",
        {"id": "1"},
    )
    feed = read(*items)
    assert isinstance(feed, ParsedFeed)
    assert [(entry.url, entry.title) for entry in feed.entries] == [
        ("https://example.org/a", ""),
        (None, "B"),
        (None, ""),
    ]
    assert feed.problems == ("has 2 items without an id", "has 4 items that are empty")


def test_commas_before_a_bracket_are_no_reason_to_refuse() -> None:
    text = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "a,] \\",}",}, \n],}'
    assert read_json_feed(text, base=BASE).sanitised() == ParsedFeed(  # type: ignore[union-attr]
        format="JSON Feed 1.1", entries=(replace(ONE, title='a,] ",}'),)
    )


def test_a_feed_that_does_not_say_so_is_still_one() -> None:
    assert read({"id": "1"}, version="1") == ParsedFeed(
        format="JSON Feed 1", entries=(ONE,), problems=("does not declare a JSON Feed version",)
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"items": [', "the JSON document is truncated", id="cut off"),
        pytest.param('{"items": ["a', "the JSON document is truncated", id="cut off within a text"),
        pytest.param('{"items": [,]}', "invalid JSON: Expecting value, line 1", id="invalid"),
        pytest.param('{"items": []}\n x', "invalid JSON: Extra data, line 2", id="something behind it"),
        pytest.param("[]", "the JSON document is not a feed: it has no list of items", id="a list"),
        pytest.param('{"items": {}}', "the JSON document is not a feed: it has no list of items", id="no list"),
        pytest.param("[" * 100_000, "the JSON cannot be read (RecursionError)", id="nested 100,000 deep"),
        pytest.param('{"items": ' + "9" * 5000 + "}", "the JSON cannot be read (ValueError)", id="a number of 5,000 digits"),
    ],
)  # fmt: skip
def test_invalid_json_is_refused_whole(text: str, reason: str) -> None:
    assert read_json_feed(text, base=BASE) == Unreadable(reason=reason)
