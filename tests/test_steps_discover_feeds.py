"""What goes over the wire when the feeds of a site are looked for, and what is found."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from aggregator.bootstrap import open_discovery
from aggregator.settings.settings_file import Settings
from aggregator.steps.discover_feeds import Attempt, DiscoveredFeed, Discovery, DiscoveryTools, find_feeds
from tests.in_process_workers import start_no_processes
from tests.publisher import Publisher, reply
from tests.running import TestClock

pytestmark = pytest.mark.anyio

RSS = b"<rss version='2.0'><channel><title>World</title><item><title>a</title><guid>1</guid></item></channel></rss>"
ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>All</title><entry><id>1</id><title>a</title></entry></feed>"
NO_RULES = reply(404)


def page(markup: str) -> Any:
    return reply(200, {"Content-Type": "text/html"}, b"<!doctype html><html>" + markup.encode())


def declared(*hrefs: str) -> Any:
    return page("".join(f"<link rel=alternate type=application/rss+xml href={href}>" for href in hrefs))


class Paused:
    """A clock that notes the pauses that were made of it."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await self.clock.sleep(seconds)


@asynccontextmanager
async def outside(paused: Paused | None = None, **fetching: Any) -> AsyncIterator[DiscoveryTools]:
    paused = paused or Paused()
    settings = Settings.model_validate({"fetching": {"allow_networks": ["127.0.0.0/8"], **fetching}})
    with pytest.MonkeyPatch.context() as monkeypatch:
        start_no_processes(monkeypatch)
        async with open_discovery(settings, clock=paused.clock, sleep=paused.sleep) as opened:
            yield opened


def asked(publisher: Publisher) -> list[str]:
    return [request.target for request in publisher.requests]


async def test_the_address_of_a_feed_is_one_request() -> None:
    async with Publisher() as publisher, outside() as out:
        url = publisher.script("/feed", reply(200, body=RSS))
        found = await find_feeds(out, url)
        feed = DiscoveredFeed(
            url=url, title="World", format="RSS 2.0", entries=1, reason="the address itself is a feed"
        )
        assert found == Discovery(feeds=(feed,))
        assert asked(publisher) == ["/feed"]


async def test_a_page_leads_to_the_feeds_it_declares_one_request_after_the_other_with_a_pause() -> None:
    paused = Paused()
    async with Publisher() as publisher, outside(paused, spacing="2s") as out:
        publisher.script("/", declared("/rss", "/broken", "/atom"))
        publisher.script("/rss", reply(200, body=RSS))
        publisher.script("/broken", page("<title>Not here</title>"))
        publisher.script("/atom", reply(200, body=ATOM))
        found = await find_feeds(out, publisher.url("/"))
        assert [(feed.url, feed.title, feed.format, feed.entries) for feed in found.feeds] == [
            (publisher.url("/rss"), "World", "RSS 2.0", 1),
            (publisher.url("/atom"), "All", "Atom 1.0", 1),
        ]
        assert [attempt.url for attempt in found.attempts] == [publisher.url("/"), publisher.url("/broken")]
        assert found.attempts[1].outcome == 'the body is an HTML page titled "Not here", not a feed'
        assert asked(publisher) == ["/robots.txt", "/", "/rss", "/broken", "/atom"]
        assert paused.pauses == [2.0] * 4


async def test_the_usual_places_are_tried_only_when_a_page_led_to_nothing_and_only_until_two_are_feeds() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        publisher.script("/", page("<title>Bare</title>"))
        publisher.script("/feed", reply(301, {"Location": "/feed/"}))
        publisher.script("/feed/", reply(200, body=RSS))
        publisher.script("/atom.xml", reply(200, body=ATOM))
        publisher.script("/feed.xml", reply(200, body=ATOM))
        found = await find_feeds(out, publisher.url("/"))
        assert [feed.url for feed in found.feeds] == [publisher.url("/feed/"), publisher.url("/atom.xml")]
        assert "/feed.xml" not in asked(publisher)
        assert asked(publisher)[:4] == ["/robots.txt", "/", "/feed", "/feed/"]


async def test_pages_and_guesses_heed_robots_and_what_a_site_advertises_is_an_invitation() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        rules = b"User-agent: *\nDisallow: /private\nDisallow: /feed\nDisallow: /news.rss\n"
        publisher.script("/robots.txt", reply(200, body=rules))
        publisher.script("/private", page(""))
        publisher.script("/bare", page(""))
        publisher.script("/atom.xml", reply(200, body=ATOM))
        publisher.script("/", declared("/news.rss"))
        publisher.script("/news.rss", reply(200, body=RSS))
        refused = await find_feeds(out, publisher.url("/private"))
        reason = "robots.txt forbids programs to fetch it"
        assert refused == Discovery(attempts=(Attempt(url=publisher.url("/private"), outcome=reason),))
        assert asked(publisher) == ["/robots.txt"]
        guessed = await find_feeds(out, publisher.url("/bare"))
        assert [feed.url for feed in guessed.feeds] == [publisher.url("/atom.xml")]
        assert [target for target in asked(publisher) if target.startswith("/feed")] == []
        invited = await find_feeds(out, publisher.url("/"))
        assert [feed.url for feed in invited.feeds] == [publisher.url("/news.rss")]


NEWS_SITEMAP = (
    b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='urn:n'>"
    b"<url><loc>https://example.org/a</loc><n:news><n:title>a</n:title></n:news></url></urlset>"
)


async def test_where_there_is_no_feed_the_sitemaps_of_news_that_robots_names_are_asked_for_last() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        rules = b"Sitemap: /sitemap.xml\nSitemap: /news.xml.gz\nSitemap: /news-2.xml\nSitemap: /news-3.xml\n"
        publisher.script("/robots.txt", reply(200, body=rules))
        publisher.script("/", page(""))
        publisher.script("/news.xml.gz", reply(200, body=gzip.compress(NEWS_SITEMAP)))
        found = await find_feeds(out, publisher.url("/"))
        reason = "the site's robots.txt lists it as a news sitemap"
        url = publisher.url("/news.xml.gz")
        assert found.feeds == (DiscoveredFeed(url=url, title="", format="News sitemap", entries=1, reason=reason),)
        assert asked(publisher)[-2:] == ["/news.xml.gz", "/news-2.xml"]


async def test_where_there_is_a_feed_no_sitemap_is_asked_for() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        publisher.script("/robots.txt", reply(200, body=b"Sitemap: /news.xml\n"))
        publisher.script("/", declared("/rss"))
        publisher.script("/rss", reply(200, body=RSS))
        assert [feed.format for feed in (await find_feeds(out, publisher.url("/"))).feeds] == ["RSS 2.0"]
        assert asked(publisher) == ["/robots.txt", "/", "/rss"]


async def test_the_crawl_delay_is_kept_within_its_cap() -> None:
    paused = Paused()
    async with Publisher() as publisher, outside(paused, spacing="1s", crawl_delay="5s") as out:
        publisher.script("/robots.txt", reply(200, body=b"User-agent: *\nCrawl-delay: 3\n"))
        publisher.script("/", declared("/rss"))
        publisher.script("/rss", reply(200, body=RSS))
        await find_feeds(out, publisher.url("/"))
        publisher.script("/robots.txt", reply(200, body=b"User-agent: *\nCrawl-delay: 60\n"))
        await find_feeds(out, publisher.url("/"))
        assert paused.pauses == [3.0, 3.0, 5.0, 5.0]


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (429, {"Retry-After": "120"}, "127.0.0.1 answered 429 and wants no requests for 2 min"),
        (429, {}, "127.0.0.1 answered 429 and wants no requests"),
        (503, {}, "127.0.0.1 answered 503 and wants no requests"),
        (403, {"Retry-After": "60"}, "127.0.0.1 answered 403 and wants no requests for 1 min"),
    ],
)
async def test_a_host_that_wants_quiet_is_asked_for_nothing_more(
    status: int, headers: dict[str, str], told: str
) -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        publisher.script("/", declared("/one", "/two", "/three"))
        publisher.script("/one", reply(200, body=RSS))
        publisher.script("/two", reply(status, headers))
        publisher.script("/three", reply(200, body=ATOM))
        found = await find_feeds(out, publisher.url("/"))
        assert ([feed.url for feed in found.feeds], found.stopped) == ([publisher.url("/one")], told)
        assert asked(publisher) == ["/robots.txt", "/", "/one", "/two"]


async def test_guessing_ends_when_the_host_wants_quiet() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        publisher.script("/", page(""))
        publisher.script("/feed", reply(429))
        found = await find_feeds(out, publisher.url("/"))
        assert (found.feeds, found.stopped) == ((), "127.0.0.1 answered 429 and wants no requests")
        assert asked(publisher) == ["/robots.txt", "/", "/feed"]


async def test_a_robots_file_that_cannot_be_had_forbids_for_now() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        publisher.script("/robots.txt", reply(500))
        found = await find_feeds(out, publisher.url("/"))
        assert found.attempts[0].outcome == "the robots.txt of 127.0.0.1 is not available now"
        assert asked(publisher) == ["/robots.txt"]


async def test_private_addresses_are_refused_also_when_a_page_names_them() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        publisher.script("/", declared("http://10.0.0.1/feed"))
        found = await find_feeds(out, publisher.url("/"))
        assert "private" in next(a.outcome for a in found.attempts if a.url == "http://10.0.0.1/feed")
        nowhere = await find_feeds(out, "http://192.168.0.1/")
        assert nowhere.feeds == ()


async def test_a_password_goes_to_its_own_origin_only() -> None:
    async with Publisher() as publisher, Publisher() as stranger, outside(spacing=0) as out:
        publisher.script("/", declared("/rss", stranger.url("/rss")))
        publisher.script("/rss", reply(200, body=RSS))
        stranger.script("/rss", reply(200, body=RSS))
        given = publisher.url("/").replace("http://", "http://me:secret@")
        found = await find_feeds(out, given)
        assert [feed.url for feed in found.feeds] == [f"{given}rss", stranger.url("/rss")]
        assert {request.header("Authorization") for request in publisher.requests} == {"Basic bWU6c2VjcmV0"}
        assert {request.header("Authorization") for request in stranger.requests} == {None}
        assert not any("secret" in attempt.url for attempt in found.attempts)


async def test_a_page_that_is_no_page_is_told() -> None:
    async with Publisher() as publisher, outside(spacing=0) as out:
        url = publisher.script("/", reply(200, body=b"%PDF-1.7"))
        found = await find_feeds(out, url)
        assert found.attempts[0] == Attempt(url=url, outcome="the body is a PDF, not a feed")


async def test_a_feed_that_moved_for_the_time_being_keeps_its_address() -> None:
    async with Publisher() as publisher, outside(spacing=timedelta(0)) as out:
        url = publisher.script("/feed", reply(302, {"Location": "/elsewhere"}))
        publisher.script("/elsewhere", reply(200, body=RSS))
        assert [feed.url for feed in (await find_feeds(out, url)).feeds] == [url]
