"""docs/feedparser.md lists the differences from feedparser; feedparser_compat has few ways in and no import cycle."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.model.parsing import ParsedFeed
from aggregator.parsing.feed_document import parse_feed
from tests.test_parsing_xml_feed_reader import atom, rss

DOCUMENT = Path(__file__).parents[1] / "docs" / "feedparser.md"

PACKAGE = Path(__file__).resolve().parents[1] / "aggregator"
COMPAT = "aggregator.parsing.feedparser_compat"
MODULES_USED_OUTSIDE = {f"{COMPAT}.fast_parser", f"{COMPAT}.library_parser"}


def is_inside(path: Path) -> bool:
    return path.parent.name == "feedparser_compat"


def imported_modules(path: Path) -> Iterator[str]:
    """The modules of this project that a module imports names from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("aggregator."):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if path_of(name).exists() else node.module for name in named)


def path_of(module: str) -> Path:
    return PACKAGE.parent / f"{module.replace('.', '/')}.py"


def test_other_modules_import_only_its_two_parsers() -> None:
    outside = [path for path in sorted(PACKAGE.rglob("*.py")) if not is_inside(path)]
    used = {module for path in outside for module in imported_modules(path) if module.startswith(COMPAT)}
    assert used == MODULES_USED_OUTSIDE


def test_nothing_that_it_imports_imports_it() -> None:
    waiting = [path for path in sorted(PACKAGE.rglob("*.py")) if is_inside(path)]
    reached: set[str] = set()
    while waiting:
        path = waiting.pop()
        for module in imported_modules(path):
            if module.startswith(COMPAT):
                assert is_inside(path), path
            elif module not in reached:
                reached.add(module)
                waiting.append(path_of(module))
    assert "aggregator.parsing.xml_repair" in reached


def item(inside: str) -> bytes:
    return rss(f"<item><guid>1</guid>{inside}</item>").encode()


def entry(inside: str) -> bytes:
    return atom(f"<entry><id>1</id>{inside}</entry>").encode()


def by_feedparser(body: bytes, content_type: str) -> list[Any]:
    result = feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type})
    return list(result.entries)


def by_us(body: bytes, content_type: str) -> list[Any]:
    outcome = parse_feed(body, url="https://example.org/news/feed.xml", content_type=content_type)
    return list(outcome.entries) if isinstance(outcome, ParsedFeed) else []


XML, LATIN_1 = "application/xml", "text/xml; charset=iso-8859-1"
MOSCOW = '<?xml version="1.0" encoding="windows-1251"?>' + rss("<item><title>Москва</title></item>")
DATED = item("<pubDate>3 фев 2024</pubDate>")
DIFFERENCES: list[tuple[str, bytes, str, str, Any, str, Any]] = [
    ("charset", MOSCOW.encode("cp1251"), LATIN_1, "title", "Ìîñêâà", "title", "Москва"),
    ("UTF-8 encoded twice", item("<title>Žluť — été</title>").decode("cp1252").encode(), XML,
     "title", "Å½luÅ¥ â€” Ã©tÃ©", "title", "Žluť — été"),
    ("month name", DATED, XML, "published_parsed", None, "published_at", datetime(2024, 2, 3, tzinfo=UTC)),
    ("impossible day", item("<pubDate>2024-02-31</pubDate>"), XML, "published_parsed[:3]", (2024, 3, 2),
     "published_at", None),
    ("epoch seconds", item("<pubDate>1707000000</pubDate>"), XML, "published_parsed[0]", 1706,
     "published_at", datetime(2024, 2, 3, 22, 40, tzinfo=UTC)),
    ("time zone name", item("<pubDate>03 Feb 2024 04:05 CEST</pubDate>"), XML, "published_parsed[3]", 4,
     "published_at", datetime(2024, 2, 3, 2, 5, tzinfo=UTC)),
    ("entity in the DOCTYPE", b"<!DOCTYPE rss [<!ENTITY a 'ha'>]>" + item("<title>&a;</title>"), XML,
     "title", "&a;", "title", "ha"),
    ("guid", item(""), XML, "link", "1", "url", None),
    ("several links", entry('<link href="/a"/><link href="/b"/>'), XML, "link", "/b", "url", "https://example.org/a"),
    ("link behind a proxy", item("<link>https://feeds.example/1</link>"
                                 "<feedburner:origLink>https://example.org/a</feedburner:origLink>"), XML,
     "link", "https://feeds.example/1", "url", "https://example.org/a"),
    ("relative link in a text", item('<link>https://example.org/2024/a</link><description>&lt;img src="b">'
                                     "</description>"), XML,
     "summary", '<img src="b" />', "summary", '<img src="https://example.org/2024/b">'),
    ("second description", item("<description>The longer text</description><dc:description>Text</dc:description>"), XML,
     "content[0].value", "Text", "content", "The longer text"),
    ("text of a medium", item("<media:description>Caption</media:description><description>Text</description>"), XML,
     "summary", "Caption", "summary", "Text"),
    ("summary of a podcast", item("<itunes:summary>S</itunes:summary><description>T</description>"), XML,
     "summary", "S", "summary", "T"),
    ("markup without a type", entry("<summary>&lt;p>a&lt;/p></summary>"), XML, "summary_detail.type", "text/plain",
     "summary", "<p>a</p>"),
    ("type with a parameter", entry('<summary type="text/html; charset=utf-8">&lt;p>a&lt;/p></summary>'), XML,
     "summary_detail.type", "text/html; charset=utf-8", "summary", "<p>a</p>"),
    ("element with a handler in XHTML", entry('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
                                              "<body>a</body><p>b</p></div></content>"), XML,
     "content[0].value", "<div>a", "content", "a<p>b</p>"),
    ("bases of siblings", atom('<entry xml:base="x/"><id>1</id></entry><entry xml:base="y/"><id>2</id><link href="a"/>'
                               "</entry>").encode(), XML, "link", "x/a", "url", "https://example.org/news/y/a"),
    ("line that names a person", item("<author>ann@studio.photography (Ann)</author>"), XML,
     "author_detail.name", "ography (Ann", "authors", ("Ann",)),
    ("several people", item("<dc:creator>Ann Other, Bob Pier</dc:creator>"), XML, "author", "Ann Other, Bob Pier",
     "authors", ("Ann Other", "Bob Pier")),
    ("owner of a podcast", item("<author>Ann</author><itunes:owner><itunes:name>Bob</itunes:name></itunes:owner>"), XML,
     "authors[0].name", "Bob", "authors", ("Ann",)),
    ("content that is no text", entry('<content type="image/png">iVBORw0KGgo=</content>'), XML,
     "content[0].value", "iVBORw0KGgo=", "content", ""),
    ("title", item("<title>Tom &amp;amp; &lt;b>Jerry&lt;/b></title>"), XML,
     "title", "Tom &amp; <b>Jerry</b>", "title", "Tom & Jerry"),
    ("category", entry('<category term="t" label="Label"/>'), XML, "tags[0].term", "t", "categories", ("Label",)),
]  # fmt: skip


def value_of(entries: list[Any], path: str) -> Any:
    """The value of the last entry at a path such as ``tags[0].term``."""
    value: Any = entries[-1]
    for name, _, index in re.findall(r"(\w+)(\[(:?\d+)\])?", path):
        value = getattr(value, name)
        if index.startswith(":"):
            value = value[: int(index[1:])]
        elif index:
            value = value[int(index)]
    return value


@pytest.mark.parametrize("case", [pytest.param(case[1:], id=case[0]) for case in DIFFERENCES])
def test_a_documented_difference_exists(case: tuple[bytes, str, str, Any, str, Any]) -> None:
    body, content_type, their_path, theirs, our_path, ours = case
    assert value_of(by_feedparser(body, content_type), their_path) == theirs
    assert value_of(by_us(body, content_type), our_path) == ours


def test_a_truncated_entry_is_left_out() -> None:
    body = item("<title>A</title>").replace(b"</channel></rss>", b"<item><guid>2</guid><title>B</title>")
    assert (len(by_feedparser(body, XML)), len(by_us(body, XML))) == (2, 1)


def test_each_documented_difference_has_a_case() -> None:
    rows = re.findall(r"^\| ([^|]+?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) - {"case", "---"} == {case[0] for case in DIFFERENCES} | {"truncated document"}
