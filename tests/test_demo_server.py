from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest

from aggregator.demo.server import DemoNewsroom, FeedAddress, LoggedRequest
from tests.demo_printed import FIRST, NOW, SECOND
from tests.processes import PATIENCE


@pytest.fixture
def newsroom() -> Iterator[DemoNewsroom]:
    with DemoNewsroom(port=0, now=NOW) as newsroom:
        yield newsroom


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask 127.0.0.1 for the URL, without resolving its host."""
    parts = urlsplit(url)
    assert parts.port is not None
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, headers={"Host": parts.netloc} | headers)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def test_every_feed_and_every_article_answers(newsroom: DemoNewsroom) -> None:
    urls = [feed.url for feed in newsroom.feed_urls] + list(newsroom.truth())
    assert {ask(url)[0] for url in urls} == {200}


def test_the_feeds_are_named_and_tagged(newsroom: DemoNewsroom) -> None:
    port = newsroom.addresses.port
    assert newsroom.feed_urls[0] == FeedAddress(
        name="corvus", url=f"http://corvus.localhost:{port}/wire.atom", tags=("agency", "world")
    )
    assert len(newsroom.feed_urls) == 9


def test_the_truth_names_the_story_of_every_article_in_print(newsroom: DemoNewsroom) -> None:
    at = newsroom.addresses
    assert newsroom.truth() == {at.article(article): article.story.name for article in FIRST}
    newsroom.advance()
    assert newsroom.truth() == {at.article(article): article.story.name for article in SECOND}


def test_moving_on_revises_an_article_and_doing_it_again_changes_nothing(newsroom: DemoNewsroom) -> None:
    (url,) = (url for url, story in newsroom.truth().items() if story == "battery" and "//corvus." in url)
    first = ask(url)[2]
    newsroom.advance()
    second = ask(url)[2]
    newsroom.advance()
    assert (b"Correction:" in first, b"Correction:" in second, ask(url)[2] == second) == (False, True, True)


def test_requests_are_logged_with_their_answers(newsroom: DemoNewsroom) -> None:
    feed = newsroom.feed_urls[0].url
    etag = ask(feed)[1]["etag"]
    ask(feed, **{"If-None-Match": etag})
    ask(feed.replace("wire.atom", "nothing?here"), method="HEAD")
    assert newsroom.requests == (
        LoggedRequest(host="corvus.localhost", path="/wire.atom", status=200),
        LoggedRequest(host="corvus.localhost", path="/wire.atom", status=304),
        LoggedRequest(host="corvus.localhost", path="/nothing?here", status=404),
    )


def test_head_gives_the_headers_of_the_document_without_it(newsroom: DemoNewsroom) -> None:
    url = newsroom.feed_urls[0].url
    (_, described, nothing), (_, headers, body) = ask(url, method="HEAD"), ask(url)
    assert (nothing, described["content-length"]) == (b"", str(len(body)))
    assert {**described, "date": ""} == {**headers, "date": ""}


def test_the_same_moment_and_port_give_the_same_bytes_in_any_time_zone() -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        port = newsroom.addresses.port
        first = [ask(feed.url)[2] for feed in newsroom.feed_urls]
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9))).replace(microsecond=5)
    with DemoNewsroom(port, now=elsewhere) as newsroom:
        assert [ask(feed.url)[2] for feed in newsroom.feed_urls] == first


def test_closing_ends_silent_connections_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with DemoNewsroom(now=NOW) as newsroom:
        # less patient than the server is with silent connections, so that only a hang-up ends it in time
        silent = socket.create_connection(("127.0.0.1", newsroom.addresses.port), timeout=2)
        ask(newsroom.feed_urls[0].url)
    with silent:
        assert silent.recv(1) == b""
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=PATIENCE)
    assert set(threading.enumerate()) <= before


def test_a_closed_newsroom_says_so() -> None:
    newsroom = DemoNewsroom(now=NOW)
    with pytest.raises(RuntimeError, match="the newsroom is closed"):
        _ = newsroom.feed_urls


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        DemoNewsroom(now=datetime(2026, 3, 3))  # noqa: DTZ001 - the mistake under test
