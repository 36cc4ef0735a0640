"""The addresses of a digest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aggregator.publishing.digest_urls import (
    FeedDocumentUrls,
    FeedFormat,
    document_urls,
    feed_path,
    html_path,
    issue_path,
    page_query,
    paging_links,
    service_url,
    story_path,
)
from tests.newsstand import digest_page


@pytest.mark.parametrize(
    ("name", "feed", "html"),
    [
        pytest.param("digest", "/digest.atom", "/", id="the main digest has the short addresses"),
        pytest.param("coast", "/digests/coast.atom", "/digests/coast", id="another has its name in them"),
        pytest.param("a/b?c", "/digests/a%2Fb%3Fc.atom", "/digests/a%2Fb%3Fc", id="a name is quoted"),
        pytest.param("a\ud800", "/digests/a%3F.atom", "/digests/a%3F", id="half a character is quoted too"),
    ],
)
def test_a_digest_has_a_feed_and_a_page(name: str, feed: str, html: str) -> None:
    assert (feed_path(name, FeedFormat.ATOM), html_path(name)) == (feed, html)


def test_a_story_has_a_page_whatever_its_key() -> None:
    assert story_path("a/../b") == "/stories/a%2F..%2Fb"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        pytest.param("", "/digests/coast%2Fa", id="the common prefix"),
        pytest.param("2026-03-01", "/digests/coast%2Fa/2026-03-01", id="one issue"),
    ],
)
def test_an_issue_has_a_page_below_its_digest(key: str, path: str) -> None:
    assert issue_path("coast/a", key) == path


@pytest.mark.parametrize("base", ["https://digest.example", "https://digest.example/"])
def test_the_self_link_is_the_address_of_this_very_page(base: str) -> None:
    page = digest_page(base_url=base, page=3, pages=5)
    assert document_urls(page).own(FeedFormat.JSON) == "https://digest.example/digest.json?page=3"


def test_the_first_page_has_the_bare_address() -> None:
    assert [page_query(), page_query(page=2), page_query(page=2, token="s&c")] == ["", "?page=2", "?token=s%26c&page=2"]


@pytest.mark.parametrize(
    ("page", "pages", "links"),
    [
        pytest.param(1, 1, {}, id="one page needs none"),
        pytest.param(1, 3, {"first": "/x", "next": "/x?page=2", "last": "/x?page=3"}, id="first of three"),
        pytest.param(
            2,
            3,
            {"first": "/x", "previous": "/x", "next": "/x?page=3", "last": "/x?page=3"},
            id="second of three",
        ),
        pytest.param(3, 3, {"first": "/x", "previous": "/x?page=2", "last": "/x?page=3"}, id="last of three"),
    ],
)
def test_pages_link_to_their_neighbours_and_ends(page: int, pages: int, links: dict[str, str]) -> None:
    assert dict(paging_links(digest_page(page=page, pages=pages), "/x")) == links


@pytest.mark.parametrize(
    ("feed_format", "path", "media_type"),
    [
        (FeedFormat.ATOM, "/digests/sea.atom", "application/atom+xml"),
        (FeedFormat.RSS, "/digests/sea.rss", "application/rss+xml"),
        (FeedFormat.JSON, "/digests/sea.json", "application/feed+json"),
    ],
)
def test_a_format_has_a_suffix_and_a_media_type(feed_format: FeedFormat, path: str, media_type: str) -> None:
    assert (feed_path("sea", feed_format), feed_format.media_type) == (path, media_type)
    assert feed_path("digest", feed_format) == path.replace("/digests/sea", "/digest")


def test_a_path_is_absolute_below_the_base_of_the_service() -> None:
    for base in ("https://digest.example/news", "https://digest.example/news/"):
        assert service_url(digest_page(base_url=base), "/x") == "https://digest.example/news/x"
        assert document_urls(digest_page(base_url=base, name="sea")).stem == "https://digest.example/news/digests/sea"


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({}, ""),
        ({"page": 1}, ""),
        ({"page": 0}, ""),
        ({"page": 2}, "?page=2"),
        ({"archive": date(2026, 11, 3)}, "?archive=2026-11-03"),
        ({"token": ""}, ""),
        ({"token": "s/c"}, "?token=s%2Fc"),
        ({"page": 2, "archive": date(2026, 11, 3), "token": "s"}, "?token=s&archive=2026-11-03&page=2"),
    ],
)
def test_a_query_names_what_differs_from_the_first_page(parameters: dict[str, Any], query: str) -> None:
    assert page_query(**parameters) == query


DAY, BEFORE = date(2026, 11, 3), date(2026, 11, 1)
PAGED = (("first", "?token=s"), ("previous", "?token=s"), ("next", "?token=s&page=3"), ("last", "?token=s&page=3"))


@pytest.mark.parametrize(
    ("changes", "here", "others"),
    [
        pytest.param({}, "", (), id="one page"),
        pytest.param({"page": 2, "pages": 3, "token": "s"}, "?token=s&page=2", PAGED, id="pages with a token"),
        pytest.param({"earlier": BEFORE}, "", (("prev-archive", "?archive=2026-11-01"),), id="an archive before"),
        pytest.param({"archive": DAY}, "?archive=2026-11-03", (("current", ""),), id="the first archive"),
        pytest.param(
            {"archive": DAY, "earlier": BEFORE, "token": "s"},
            "?token=s&archive=2026-11-03",
            (("current", "?token=s"), ("prev-archive", "?token=s&archive=2026-11-01")),
            id="an archive after another, with a token",
        ),
        pytest.param(
            {"pages": 2, "earlier": BEFORE},
            "",
            (("first", ""), ("next", "?page=2"), ("last", "?page=2"), ("prev-archive", "?archive=2026-11-01")),
            id="pages and an archive",
        ),
    ],
)
def test_a_document_knows_itself_and_its_neighbours(
    changes: dict[str, Any], here: str, others: tuple[tuple[str, str], ...]
) -> None:
    urls = document_urls(digest_page(**changes))
    stem = "https://digest.example/digest"
    assert urls == FeedDocumentUrls(stem=stem, here=here, others=others)
    assert urls.own(FeedFormat.RSS) == f"{stem}.rss{here}"
    assert list(urls.neighbours(FeedFormat.RSS)) == [(relation, f"{stem}.rss{query}") for relation, query in others]


def test_the_urls_of_a_document_need_only_a_stem() -> None:
    urls = FeedDocumentUrls(stem="https://a.example/alerts")
    assert (urls.own(FeedFormat.ATOM), list(urls.neighbours(FeedFormat.ATOM))) == ("https://a.example/alerts.atom", [])
