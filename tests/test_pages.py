"""Pages wait for their robots.txt and for a network, and their hosts get the pauses that they ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from aggregator.polling.ip_address_rules import IPAddress
from aggregator.store.tables import Host
from tests.network import Names
from tests.publisher import Reply, reply, reset
from tests.stored import NOW
from tests.wire import CLOSING, HOUR, HTML, MINUTE, SECOND, Wire, feed, item

pytestmark = pytest.mark.anyio

TEXT = "The town's swimming baths open again on Saturday after two winters of repairs to the glass roof."
PAGE = reply(200, HTML, f"<html><body><article>{f'<p>{TEXT}</p>' * 5}</article></body></html>".encode())
SHORT = "<description>What the feed says.</description>"


def with_pages(wire: Wire, *paths: str, host: str = "127.0.0.1") -> Reply:
    """A feed whose entries have these pages."""
    return feed(*(item(path, link=wire.publisher.url(path, host=host), more=SHORT) for path in paths), headers=CLOSING)


def noting(wire: Wire, instants: list[datetime], answer: Reply) -> Reply:
    """The answer, and when it was asked for."""

    async def play(writer: asyncio.StreamWriter) -> None:
        instants.append(wire.clock())
        await answer(writer)

    return play


def gaps(instants: Sequence[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(instants)]


async def test_a_robots_txt_that_fails_for_a_while_costs_no_page(wire: Wire) -> None:
    wire.publisher.script("/feed", with_pages(wire, "/a"))
    wire.publisher.script("/robots.txt", reply(503), reply(404))
    wire.publisher.script("/a", PAGE)
    await wire.start(wire.subscription(full_text="page", every="1d"))
    assert await wire.poll() == 2
    assert await wire.asked_around(HOUR) == [0, 2]
    assert wire.targets == ["/feed", "/robots.txt", "/robots.txt", "/a"]
    assert [TEXT in story.text for story in wire.service.stories] == [True]


async def test_a_robots_txt_that_keeps_failing_is_asked_for_once_an_hour_until_the_feed_has_to_do(wire: Wire) -> None:
    wire.publisher.script("/feed", with_pages(wire, "/a", "/b"))
    wire.publisher.script("/robots.txt", reply(500))
    extraction = {"workers": 1, "attempts": 3}
    await wire.start(wire.subscription(full_text="page", every="1d"), extraction=extraction)
    told = []
    for pause in (0 * HOUR, HOUR, HOUR, HOUR):
        await wire.poll(after=pause)
        told.append((wire.targets.count("/robots.txt"), wire.titles))
    assert told == [(1, set()), (2, set()), (3, {"/a", "/b"}), (3, {"/a", "/b"})]
    assert {story.text for story in wire.service.stories} == {"What the feed says."}


async def test_without_a_network_a_robots_txt_is_not_judged_and_its_page_waits(wire: Wire) -> None:
    names = Names(news_example=[["127.0.0.1"]])
    answer = with_pages(wire, "/a", host="news.example")

    async def answer_and_lose_the_network(writer: asyncio.StreamWriter) -> None:
        names.down = True
        await answer(writer)

    wire.publisher.script("/feed", answer_and_lose_the_network)
    wire.publisher.script("/a", PAGE)
    subscription = wire.subscription(host="news.example", full_text="page", every="1d")
    await wire.start(subscription, names=names, extraction={"workers": 1, "attempts": 1})
    assert await wire.asked_after(0 * MINUTE, MINUTE, MINUTE) == [1, 0, 0]
    names.down = False
    await wire.poll(after=MINUTE)
    assert wire.targets == ["/feed", "/robots.txt", "/a"]
    assert [TEXT in story.text for story in wire.service.stories] == [True]


async def test_without_a_network_the_pause_between_requests_is_kept(wire: Wire) -> None:
    names, instants = Names(news_example=[["127.0.0.1"]]), list[datetime]()
    answer = with_pages(wire, "/a", "/b", host="news.example")

    async def resolve(host: str, port: int) -> Sequence[IPAddress]:
        instants.append(wire.clock())
        return await names(host, port)

    async def answer_and_lose_the_network(writer: asyncio.StreamWriter) -> None:
        names.down = True
        await answer(writer)

    wire.publisher.script("/feed", answer_and_lose_the_network)
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": "30s", "timeout": 60}
    await wire.start(wire.subscription(host="news.example", full_text="page"), names=resolve, fetching=fetching)
    await wire.poll()
    assert gaps(instants) == [30 * SECOND, 30 * SECOND]


@pytest.mark.parametrize(
    ("answer", "quiet"),
    [
        pytest.param(reply(429, {"Retry-After": "7200"}), 2 * HOUR, id="429 that says for how long"),
        pytest.param(reply(503, {"Retry-After": "7200"}), 2 * HOUR, id="503 that says for how long"),
        pytest.param(reply(429), 5 * MINUTE, id="429"),
        pytest.param(reply(302, {"Location": "/r", "Retry-After": "7200"}), 2 * HOUR, id="a redirect to follow later"),
        pytest.param(reset(), MINUTE, id="silence"),
    ],
)
async def test_a_robots_txt_that_asks_for_quiet_quiets_its_whole_host(
    wire: Wire, answer: Reply, quiet: timedelta
) -> None:
    wire.publisher.script("/feed", with_pages(wire, "/a"))
    wire.publisher.script("/robots.txt", answer)
    wire.publisher.script("/two", feed(headers=CLOSING))
    await wire.start(wire.subscription(full_text="page", every="1d"), wire.subscription("/two", every="10s"))
    await wire.poll()
    assert sorted(wire.targets) == ["/feed", "/robots.txt", "/two"]
    with wire.service.service.database.reading() as session:
        assert [host.next_request_at - NOW for host in session.scalars(select(Host))] == [quiet]
    before, after = await wire.asked_after(quiet - MINUTE, MINUTE)
    assert (before, after > 0) == (0, True)


async def test_a_page_on_another_host_that_does_not_answer_is_no_failure_of_the_host_that_redirects(wire: Wire) -> None:
    names = Names(news_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    wire.publisher.script("/feed", with_pages(wire, "/a", host="news.example"))
    wire.publisher.script("/a", reply(302, {"Location": wire.publisher.url("/b", host="other.example")}))
    wire.publisher.script("/b", reset())
    await wire.start(wire.subscription(host="news.example", full_text="page", every="1d"), names=names)
    await wire.poll()
    assert wire.targets == ["/feed", "/robots.txt", "/a", "/b"]
    with wire.service.service.database.reading() as session:
        assert [host.failures for host in session.scalars(select(Host)) if "news" in host.key] == [0]


@pytest.mark.parametrize(("asked", "kept"), [pytest.param(20, 20, id="as asked"), pytest.param(900, 50, id="too long")])
async def test_a_page_follows_its_robots_txt_in_the_same_run_and_after_its_pause(
    wire: Wire, asked: int, kept: int
) -> None:
    instants: list[datetime] = []
    rules = reply(200, body=f"User-agent: *\nCrawl-delay: {asked}\n".encode())
    wire.publisher.script("/feed", with_pages(wire, "/a"))
    wire.publisher.script("/robots.txt", noting(wire, instants, rules))
    wire.publisher.script("/a", noting(wire, instants, PAGE))
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": 0, "crawl_delay": "10m"}
    await wire.start(wire.subscription(full_text="page"), fetching=fetching)
    await wire.poll()
    assert gaps(instants) == [kept * SECOND]


async def test_while_a_page_waits_for_the_pause_after_its_robots_txt_nobody_claims_its_host(wire: Wire) -> None:
    claimed: list[bool] = []
    rules = reply(200, body=b"User-agent: *\nCrawl-delay: 20\n")
    wire.publisher.script("/feed", with_pages(wire, "/a"))
    wire.publisher.script("/robots.txt", rules)
    wire.publisher.script("/a", PAGE)
    await wire.start(wire.subscription(full_text="page"))
    sleep = wire.clock.sleep

    async def look_and_sleep(seconds: float) -> None:
        with wire.service.service.database.reading() as session:
            claimed.extend(host.claimed_until is not None for host in session.scalars(select(Host)))
        await sleep(seconds)

    object.__setattr__(wire.service.service, "sleep", look_and_sleep)
    await wire.poll()
    assert claimed == [False]


async def test_every_request_for_a_page_is_counted_once(wire: Wire) -> None:
    wire.publisher.script("/feed", with_pages(wire, "/a", "/b", "/c", "/d"))
    wire.publisher.script("/robots.txt", reply(200, body=b"User-agent: *\nDisallow: /b\n"))
    wire.publisher.script("/a", PAGE)
    wire.publisher.script("/c", reply(302, {"Location": "/later", "Retry-After": "1"}))
    wire.publisher.script("/d", reply(302, {"Location": "/b"}))
    await wire.start(wire.subscription(full_text="page", every="1d"))
    await wire.poll(after=SECOND)
    assert sorted(wire.targets) == ["/a", "/c", "/d", "/feed", "/robots.txt"]
    with wire.service.service.database.reading() as session:
        assert sum(host.requests for host in session.scalars(select(Host))) == len(wire.targets)
