"""A page names its feeds in several ways; which are worth asking for, and in which order?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.feed_discovery import (
    MAX_CANDIDATES,
    FeedCandidate,
    common_feed_urls,
    feed_candidates,
    looks_like_feed_url,
    news_sitemaps,
    to_web_url,
)

PAGE = "https://example.org/news/today"


def found(markup: str, url: str = PAGE) -> list[str]:
    return [candidate.url for candidate in feed_candidates(markup.encode(), url=url, content_type="text/html")]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param(
            '<link rel=alternate type="application/rss+xml" href="/rss">', ["https://example.org/rss"], id="RSS"
        ),
        pytest.param(
            '<LINK REL="Alternate Home" TYPE="Application/Atom+XML; charset=utf-8" HREF=" atom.xml ">',
            ["https://example.org/news/atom.xml"],
            id="in capitals, with more relations and a parameter",
        ),
        pytest.param(
            '<link rel=alternate type="application/feed+json" href="//cdn.example/f.json#top">',
            ["https://cdn.example/f.json"],
            id="JSON Feed on another host",
        ),
        pytest.param(
            '<base href="/en/"><link rel=alternate type="application/rss+xml" href="feed">',
            ["https://example.org/en/feed"],
            id="a base",
        ),
        pytest.param(
            '<base target=_top><base href="http://["><link rel=alternate type="application/rss+xml" href="feed">',
            ["https://example.org/news/feed"],
            id="a base that is none",
        ),
        pytest.param("<link rel=feed href=/f>", ["https://example.org/f"], id="rel=feed"),
        pytest.param(
            '<body><p><link rel=alternate type="application/rss+xml" href="/rss"></p>',
            ["https://example.org/rss"],
            id="in the body",
        ),
        pytest.param(
            "<link rel=alternate type='application/rss+xml' href='feed:https://example.org/a'>"
            "<link rel=alternate type='application/rss+xml' href='feed://example.org/b'>",
            ["https://example.org/a", "https://example.org/b"],
            id="the feed scheme",
        ),
        pytest.param(
            "<link rel=alternate type='application/json' href='/wp-json/wp/v2/posts/1'>"
            "<link rel=alternate type='application/json+oembed' href='/oembed?x'>"
            "<link rel=alternate hreflang=de href='/de/'>"
            "<link rel=stylesheet type='application/rss+xml' href='/x'>"
            "<link rel=alternate type='application/rss+xml'>"
            "<link rel=alternate type='application/rss+xml' href='#'>"
            "<link rel=alternate type='application/rss+xml' href='javascript:x'>",
            [],
            id="what is no feed",
        ),
        pytest.param(
            "<a href='/comments/feed'>1</a><a href='/news.rss'>2</a>"
            "<link rel=alternate type='application/json' href='/data.json'>"
            "<link rel=alternate type='application/rss+xml' href='/feed/two' title='Post » Comments'>"
            "<link rel=alternate type='application/rss+xml' href='/feed'>"
            "<a href='/feed#again'>3</a>",
            [
                "https://example.org/feed",
                "https://example.org/data.json",
                "https://example.org/news.rss",
                "https://example.org/feed/two",
                "https://example.org/comments/feed",
            ],
            id="declared, vaguely declared, linked, of comments; each once",
        ),
        pytest.param(
            "<a href='/feedback'>a</a><a href='/index.html'>b</a><a href='/sitemap.xml'>c</a><a href='mailto:x@y'>d</a>",
            [],
            id="links that only resemble a feed's",
        ),
        pytest.param(f"<a href='{PAGE}#x'>here</a>", [], id="the page itself"),
        pytest.param(
            "<link rel=alternate type='application/rss+xml' href='https://me:secret@example.org/f'>",
            ["https://example.org/f"],
            id="credentials of a page's choice",
        ),
        pytest.param("", [], id="nothing"),
        pytest.param("\0\0<!--", [], id="rubbish"),
    ],
)
def test_what_a_page_names_is_found_in_order(markup: str, expected: list[str]) -> None:
    assert found(markup) == expected


def test_the_reason_names_kind_and_title() -> None:
    markup = "<link rel=alternate type='application/atom+xml' href='/a' title='All &lt;b&gt;news\x1b[2J'>"
    (candidate,) = feed_candidates(markup.encode(), url=PAGE, content_type=None)
    assert candidate.reason == "the page declares it (Atom, “All news[2J”)"


def test_a_directory_of_feeds_is_not_read_to_its_end() -> None:
    assert len(found("".join(f"<a href='/{n}.rss'>x</a>" for n in range(500)))) == MAX_CANDIDATES


def test_a_page_in_another_charset_is_read() -> None:
    markup = "<?xml version='1.0' encoding='koi8-r'?><html><link rel='feed' href='/лента'/></html>".encode("koi8-r")
    assert [c.url for c in feed_candidates(markup, url=PAGE, content_type=None)] == ["https://example.org/лента"]


@given(body=st.binary(max_size=200) | st.text("<>/ abaseliknhrf='\":#&;\0", max_size=200).map(str.encode))
def test_no_page_raises_and_every_candidate_can_be_asked_for(body: bytes) -> None:
    for candidate in feed_candidates(body, url=PAGE, content_type=None):
        assert candidate.url.startswith(("http://", "https://"))


def test_the_usual_places_are_below_the_page_and_then_below_the_root() -> None:
    assert [c.url for c in common_feed_urls("https://example.org/")][:4] == [
        "https://example.org/feed",
        "https://example.org/feed/",
        "https://example.org/rss",
        "https://example.org/rss.xml",
    ]
    assert [c.url for c in common_feed_urls("https://example.org/blog/?p=1")][:3] == [
        "https://example.org/blog/feed",
        "https://example.org/blog/rss.xml",
        "https://example.org/feed",
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/feed", True),
        ("https://a.example/feed/", True),
        ("https://a.example/world.rss", True),
        ("https://a.example/blog/index.xml", True),
        ("https://a.example/rss-world.xml", True),
        ("https://a.example/?feed=rss2", True),
        ("https://a.example/x?a=1&format=atom", True),
        ("https://feeds.a.example/world", True),
        ("https://feeds.a.example/", False),
        ("https://a.example/", False),
        ("https://a.example/feedback", False),
        ("https://a.example/sitemap.xml", False),
        ("https://[", False),
    ],
)
def test_some_addresses_read_like_a_feeds(url: str, expected: bool) -> None:
    assert looks_like_feed_url(url) is expected


def test_sitemaps_that_seem_to_list_news_are_candidates() -> None:
    addresses = (
        "https://a.example/sitemap.xml",
        "/sitemap_news.xml",
        "mailto:news",
        "https://a.example/newsletter.xml",
    )
    assert news_sitemaps(addresses, url="https://a.example/x") == (
        FeedCandidate(
            url="https://a.example/sitemap_news.xml", reason="the site's robots.txt lists it as a news sitemap"
        ),
    )
    assert [c.url[-1] for c in news_sitemaps((f"/news{n}" for n in range(9)), url="https://a.example/")] == ["0", "1"]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" a.example/x ", "https://a.example/x"),
        ("a.example:8080/x", "https://a.example:8080/x"),
        ("//a.example", "https://a.example"),
        ("feed:http://a.example", "http://a.example"),
        ("feed://a.example", "https://a.example"),
        ("ftp://a.example", "ftp://a.example"),
    ],
)
def test_what_a_person_types_becomes_an_address(typed: str, url: str) -> None:
    assert to_web_url(typed) == url
