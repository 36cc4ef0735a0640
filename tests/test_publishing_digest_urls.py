"""The addresses of a digest."""

from __future__ import annotations

import pytest

from aggregator.publishing.digest_urls import (
    FeedFormat,
    document_urls,
    feed_path,
    html_path,
    issue_path,
    page_query,
    paging_links,
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
