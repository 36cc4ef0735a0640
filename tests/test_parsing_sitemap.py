"""A sitemap is a feed of the pages it lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.model.parsing import Enclosure, ParsedEntry, ParsedFeed, ParseOutcome, Unreadable
from aggregator.parsing.document_reader import read_document
from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.sitemap import MAX_PAGES
from tests.loops import loop_over

URL = "https://example.org/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"'
)
THEN, LATER = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC), datetime(2024, 2, 4, tzinfo=UTC)
NEWS = (
    "<url><loc>https://example.org/ferry</loc><lastmod>2024-02-04</lastmod><news:news><news:publication>"
    "<news:name>Harbour News</news:name><news:language>en</news:language></news:publication>"
    "<news:publication_date>2024-02-03T04:05:06Z</news:publication_date><news:title>Ferry &amp; fog</news:title>"
    "<news:keywords>ferry, fog</news:keywords><news:genres>Blog</news:genres></news:news>"
    "<image:image><image:loc>/ferry.jpg</image:loc><image:title>IMG 1</image:title></image:image></url>"
)
FERRY = ParsedEntry(
    uid="//example.org/ferry",
    url="https://example.org/ferry",
    title="Ferry & fog",
    published_at=THEN,
    updated_at=LATER,
    categories=("ferry", "fog", "Blog"),
    language="en",
    image="https://example.org/ferry.jpg",
)


def urlset(*pages: str, attributes: str = NAMESPACES) -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<urlset {attributes}>{''.join(pages)}</urlset>"


def page(path: str, more: str = "") -> str:
    return f"<url><loc>https://example.org/{path}</loc>{more}</url>"


def got(text: str) -> ParseOutcome:
    return parse_feed(text.encode(), url=URL, content_type="application/xml")


def feed(text: str) -> ParsedFeed:
    outcome = got(text)
    assert isinstance(outcome, ParsedFeed)
    return outcome


def test_a_news_sitemap_is_a_feed() -> None:
    assert feed(urlset(NEWS)) == ParsedFeed(
        format="News sitemap", title="Harbour News", language="en", entries=(FERRY,)
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("", {}, id="an address alone"),
        pytest.param("<lastmod>2024-02-04</lastmod>", {"published_at": LATER, "updated_at": LATER}, id="lastmod"),
        pytest.param("<xhtml:link rel='alternate' hreflang='de' href='/de'/>", {}, id="alternates"),
        pytest.param(
            "<video:video><video:title>A</video:title><video:description>b &lt; c</video:description>"
            "<video:thumbnail_loc>/t.jpg</video:thumbnail_loc><video:content_loc>/v.mp4</video:content_loc>"
            "<video:publication_date>2024-02-04</video:publication_date><video:tag>x</video:tag></video:video>",
            {
                "title": "A",
                "summary": "<p>b &lt; c</p>",
                "published_at": LATER,
                "categories": ("x",),
                "image": "https://example.org/t.jpg",
                "enclosures": (Enclosure(url="https://example.org/v.mp4"),),
            },
            id="a video",
        ),
    ],
)
def test_an_element_becomes_a_field(more: str, expected: dict[str, Any]) -> None:
    entry = replace(ParsedEntry(uid="//example.org/a", url="https://example.org/a", title=""), **expected)
    assert feed(urlset(page("a", more))) == ParsedFeed(format="Sitemap", entries=(entry,))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(urlset(NEWS, attributes=NAMESPACES.replace("sitemap/0.9", "sitemap/0.84")), id="an old schema"),
        pytest.param(urlset(NEWS, attributes=""), id="no namespace and no prefix declared"),
        pytest.param("Warning: x\n" + urlset(NEWS), id="text before it"),
        pytest.param(urlset(NEWS).replace("fog<", "f\x0bog<"), id="control characters"),
        pytest.param(urlset(NEWS).replace("&amp;", "&"), id="a bare ampersand"),
        pytest.param("<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + urlset(NEWS)[39:], id="a DOCTYPE"),
        pytest.param(urlset(NEWS) + "<script>", id="something behind it"),
    ],
)  # fmt: skip
def test_a_broken_sitemap_is_read(text: str) -> None:
    assert feed(text).entries == (FERRY,)


def test_an_ill_formed_page_is_left_out_and_told_of() -> None:
    found = feed(urlset("<url><loc>https://example.org/a</url>", NEWS, "<url><loc>https://example.org/b</url>"))
    assert found.entries == (FERRY,)
    assert found.problems == ("mismatched tag, line 1", "has 2 ill-formed pages")


WHOLE = urlset(NEWS, page("b"))


@loop_over("end", range(len(WHOLE) - 1))
def test_a_sitemap_cut_anywhere_never_yields_a_half_entry(end: int) -> None:
    outcome = got(WHOLE[:end])
    if isinstance(outcome, ParsedFeed):
        assert len(outcome.entries) == WHOLE[:end].count("</url>") > 0
        assert "is truncated" in outcome.problems


def test_an_index_says_what_to_list_instead() -> None:
    sitemaps = "".join(
        f"<sitemap><loc>/{year}.xml</loc><lastmod>{year}-01-01</lastmod></sitemap>" for year in range(2020, 2026)
    )
    assert got(f"<sitemapindex {NAMESPACES}>{sitemaps}</sitemapindex>") == Unreadable(
        reason="the body is a sitemap index, not a feed; configure its sitemaps instead, newest first: "
        "https://example.org/2025.xml, https://example.org/2024.xml, https://example.org/2023.xml"
    )


def test_of_a_long_sitemap_the_newest_pages_are_read_newest_first() -> None:
    old = [page(f"old/{number}", "<lastmod>2020-01-01</lastmod>") for number in range(MAX_PAGES)]
    found = feed(urlset(*old, page("new", "<lastmod>2024-02-04</lastmod>")))
    assert (len(found.entries), found.entries[0].url) == (MAX_PAGES, "https://example.org/new")
    assert found.problems == ("lists 1001 pages, of which the newest 1000 are read",)


def test_of_a_long_sitemap_without_dates_both_ends_are_read() -> None:
    urls = {entry.url for entry in feed(urlset(*(page(str(number)) for number in range(2 * MAX_PAGES)))).entries}
    assert {"https://example.org/0", f"https://example.org/{2 * MAX_PAGES - 1}"} <= urls


def test_a_later_lastmod_alone_is_no_change() -> None:
    documents = [urlset(page("a", f"<lastmod>2024-02-0{day}</lastmod>")).encode() for day in (3, 4)]
    read = [read_document(document, url=URL, content_type=None) for document in documents]
    assert len({item.digest for document in read for item in document.items}) == 1


def test_pages_without_an_address_are_left_out_and_told_of() -> None:
    found = feed(urlset("<url><loc>javascript:x</loc></url>", page("a")))
    assert ([entry.url for entry in found.entries], found.problems) == (
        ["https://example.org/a"],
        ("has 1 pages without a URL",),
    )


def test_an_empty_sitemap_is_an_empty_feed() -> None:
    assert feed("<urlset/>") == ParsedFeed(format="Sitemap")
