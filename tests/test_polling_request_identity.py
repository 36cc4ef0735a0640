"""Whom the requests of a feed tell what."""

from __future__ import annotations

import httpx
import pytest

from aggregator.polling.request_identity import DEFAULT_IDENTITY, identity_of_feed
from aggregator.settings.feeds_file import FeedSettings

FEED = FeedSettings.model_validate(
    {
        "url": "https://feeds.example.org/world",
        "user_agent": "Reader/1.0",
        "headers": {"Cookie": "a=1", "X-Key": "ü"},
        "headers_to": ["https://www.example.org/", "http://www.example.org:8080"],
    }
)
HEADERS = {b"cookie": b"a=1", b"x-key": b"\xfc"}


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        pytest.param("https://feeds.example.org/other", HEADERS, id="the feed's own origin"),
        pytest.param("https://www.example.org:443/a", HEADERS, id="an origin that is named"),
        pytest.param("http://www.example.org:8080/", HEADERS, id="another one"),
        pytest.param("http://feeds.example.org/world", {}, id="the same host without TLS"),
        pytest.param("https://feeds.example.org:8443/", {}, id="another port"),
        pytest.param("https://example.org/", {}, id="the domain above"),
        pytest.param("https://www.example.org.evil.example/", {}, id="a name that begins alike"),
    ],
)
def test_headers_are_for_origins(url: str, headers: dict[bytes, bytes]) -> None:
    assert identity_of_feed(FEED).headers_for(httpx.URL(url)) == headers


def test_a_robots_txt_is_asked_for_by_the_same_reader_without_the_headers() -> None:
    identity = identity_of_feed(FEED).without_headers
    assert identity.user_agent == b"Reader/1.0"
    assert identity.headers_for(httpx.URL(FEED.url)) == {}


@pytest.mark.parametrize("feed", [None, FeedSettings(url="https://me:pw@a.example/f")], ids=["unknown", "plain"])
def test_without_a_word_in_the_configuration_we_ask_as_ourselves(feed: FeedSettings | None) -> None:
    assert identity_of_feed(feed) is DEFAULT_IDENTITY


def test_no_header_is_in_what_is_shown_of_it() -> None:
    assert "a=1" not in repr(identity_of_feed(FEED))
