"""When to poll: behaviours 12 to 23 of docs/politeness.md."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from aggregator.pipeline import Pipeline
from aggregator.settings.setting_types import parse_duration
from tests.publisher import Reply, reply, reset
from tests.stored import NOW
from tests.wire import CLOSING, DAY, HOUR, MINUTE, SECOND, Wire, feed, http_date, item

pytestmark = pytest.mark.anyio

YEARS = 16 * 365 * 86_400


def http_pause(pause: timedelta) -> str:
    return http_date(NOW + pause)


@pytest.mark.parametrize(
    ("headers", "channel", "pause"),
    [
        pytest.param({}, "", HOUR, id="nobody wishes anything"),
        pytest.param({"Cache-Control": "max-age=10800"}, "", 3 * HOUR, id="max-age"),
        pytest.param({"Cache-Control": "max-age=10800", "Age": "1800"}, "", 2.5 * HOUR, id="max-age less Age"),
        pytest.param({"Expires": http_pause(4 * HOUR), "Date": http_pause(HOUR)}, "", 3 * HOUR, id="Expires less Date"),
        pytest.param(
            {"Cache-Control": "max-age=7200", "Expires": http_pause(9 * HOUR)}, "", 2 * HOUR, id="max-age, not Expires"
        ),
        pytest.param({"Cache-Control": "max-age=7200, s-maxage=10800"}, "", 3 * HOUR, id="s-maxage before max-age"),
        pytest.param({"Cache-Control": "s-maxage=10800", "Age": "3600"}, "", 2 * HOUR, id="s-maxage less Age"),
        pytest.param({}, "<ttl>180</ttl>", 3 * HOUR, id="ttl"),
        pytest.param({}, "<sy:updatePeriod>daily</sy:updatePeriod>", DAY, id="update period"),
        pytest.param({"Cache-Control": "max-age=7200"}, "<ttl>180</ttl>", 3 * HOUR, id="the longest of two"),
        pytest.param({"Cache-Control": "max-age=60"}, "<ttl>1</ttl>", HOUR, id="nothing below the floor"),
        pytest.param({"Cache-Control": "no-store"}, "", HOUR, id="not even when nothing may be kept"),
        pytest.param({"Cache-Control": "max-age=soon", "Expires": "0"}, "", HOUR, id="nothing that cannot be read"),
    ],
)
async def test_the_next_poll_comes_when_everybody_agrees(
    wire: Wire, headers: dict[str, str], channel: str, pause: timedelta
) -> None:
    wire.publisher.script("/feed", feed(channel=channel, headers=headers))
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


async def test_a_feed_may_have_a_floor_of_its_own(wire: Wire) -> None:
    wire.publisher.script("/feed", feed())
    await wire.start(wire.subscription(every="20m"))
    await wire.poll()
    assert await wire.asked_around(20 * MINUTE) == [0, 1]


@pytest.mark.parametrize(
    ("headers", "channel"),
    [
        pytest.param({"Cache-Control": f"max-age={YEARS}"}, "", id="max-age"),
        pytest.param({"Expires": http_pause(1000 * DAY)}, "", id="Expires"),
        pytest.param({}, "<ttl>9999999</ttl>", id="ttl"),
        pytest.param({}, "<sy:updatePeriod>yearly</sy:updatePeriod>", id="update period"),
    ],
)
@pytest.mark.parametrize("cap", [DAY, 48 * HOUR])
async def test_no_wish_goes_beyond_the_operators_cap(
    wire: Wire, headers: dict[str, str], channel: str, cap: timedelta
) -> None:
    wire.publisher.script("/feed", feed(channel=channel, headers=headers))
    await wire.start(polling={"at_most": cap, "jitter": 0})
    await wire.poll()
    assert await wire.asked_around(cap) == [0, 1]


@pytest.mark.parametrize("at_most", ["5h", "30h"])
async def test_a_feed_may_have_a_cap_of_its_own(wire: Wire, at_most: str) -> None:
    wire.publisher.script("/feed", feed(headers={"Cache-Control": f"max-age={YEARS}"}))
    await wire.start(wire.subscription(at_most=at_most))
    await wire.poll()
    assert await wire.asked_around(parse_duration(at_most)) == [0, 1]


@pytest.mark.parametrize(
    ("headers", "channel", "pause"),
    [
        pytest.param({}, "", DAY, id="no word at all"),
        pytest.param({"Cache-Control": "public"}, "", DAY, id="no word on when"),
        pytest.param({"Cache-Control": "max-age=60"}, "", HOUR, id="max-age"),
        pytest.param({"Expires": http_pause(2 * HOUR), "Date": http_pause(0 * HOUR)}, "", 2 * HOUR, id="Expires"),
        pytest.param({}, "<ttl>60</ttl>", HOUR, id="ttl"),
        pytest.param({}, "<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR, id="update period"),
        pytest.param({"ETag": '"1"'}, "", HOUR, id="an ETag"),
        pytest.param({"Last-Modified": "then"}, "", HOUR, id="a Last-Modified"),
    ],
)
async def test_a_feed_without_validators_and_without_a_word_on_when_is_asked_once_a_day(
    wire: Wire, headers: dict[str, str], channel: str, pause: timedelta
) -> None:
    wire.publisher.script("/feed", feed(channel=channel, etag=None, headers=headers))
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


async def test_a_floor_of_its_own_holds_for_a_feed_without_validators_too(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(etag=None))
    await wire.start(wire.subscription(every="2h"))
    await wire.poll()
    assert await wire.asked_around(2 * HOUR) == [0, 1]


async def test_the_operator_says_how_often_feeds_without_validators_are_asked(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(etag=None))
    await wire.start(polling={"every_unvalidated": "6h", "jitter": 0})
    await wire.poll()
    assert await wire.asked_around(6 * HOUR) == [0, 1]


async def test_chance_only_ever_adds_to_a_pause(wire: Wire) -> None:
    wire.publisher.script("/feed", feed())
    await wire.start(chance=0.5, polling={"jitter": 0.2})
    await wire.poll()
    assert await wire.asked_around(HOUR + 6 * MINUTE) == [0, 1]


async def test_a_restart_polls_nothing_early(any_wire: Wire) -> None:
    any_wire.publisher.script("/feed", feed())
    await any_wire.poll()
    for _ in range(3):
        await any_wire.start(chance=0.9)
        assert await any_wire.poll(after=15 * MINUTE) == 0
    assert await any_wire.asked_around(15 * MINUTE) == [0, 1]


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        pytest.param(reply(304, {"Cache-Control": "max-age=18000"}), 5 * HOUR, id="a 304 with max-age"),
        pytest.param(reply(304, {"Expires": http_pause(7 * HOUR)}), 6 * HOUR, id="a 304 with Expires"),
        pytest.param(reply(404, {"Cache-Control": "max-age=18000"}), 5 * HOUR, id="a 404"),
        pytest.param(reply(500, {"Cache-Control": "max-age=18000"}), 5 * HOUR, id="a 500"),
        pytest.param(reply(429, {"Cache-Control": "max-age=18000", "Retry-After": "60"}), 5 * HOUR, id="a 429"),
        pytest.param(reply(429, {"Cache-Control": "max-age=172800"}), DAY, id="a 429 for two days, up to the cap"),
        pytest.param(reply(503, {"Expires": http_pause(7 * HOUR)}), 6 * HOUR, id="a 503 with Expires"),
    ],
)
async def test_freshness_counts_on_every_answer(wire: Wire, answer: Reply, pause: timedelta) -> None:
    wire.publisher.script("/feed", feed(), answer)
    await wire.asked_after(0 * HOUR, HOUR)
    assert await wire.asked_around(pause) == [0, 1]


@pytest.mark.parametrize(
    ("ttl", "pause"),
    [("90", 1.5 * HOUR), (" 90 ", 1.5 * HOUR), ("0", HOUR), ("-90", HOUR), ("1.5", HOUR), ("two hours", HOUR)],
)
async def test_ttl_counts_minutes_and_anything_else_is_ignored(wire: Wire, ttl: str, pause: timedelta) -> None:
    wire.publisher.script("/feed", feed(channel=f"<ttl>{ttl}</ttl>"))
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


@pytest.mark.parametrize(
    ("period", "frequency", "pause"),
    [
        pytest.param("hourly", "1", HOUR, id="the default of WordPress"),
        pytest.param("hourly", "60", HOUR, id="no reason to poll faster"),
        pytest.param("daily", "4", 6 * HOUR, id="a period in parts"),
        pytest.param("daily", None, DAY, id="once when nothing is said"),
        pytest.param(None, "8", 3 * HOUR, id="daily when nothing is said"),
        pytest.param("daily", "0", HOUR, id="no times a day"),
        pytest.param("daily", "0.1", DAY, id="a tenth of a time"),
        pytest.param("always", "1", HOUR, id="always"),
        pytest.param("dayly", "1", DAY, id="a slip of spelling that is common"),
    ],
)
async def test_an_update_period_is_divided_by_its_frequency(
    wire: Wire, period: str | None, frequency: str | None, pause: timedelta
) -> None:
    named = f"<sy:updatePeriod>{period}</sy:updatePeriod>" if period else ""
    counted = f"<sy:updateFrequency>{frequency}</sy:updateFrequency>" if frequency else ""
    wire.publisher.script("/feed", feed(channel=named + counted))
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


@pytest.mark.parametrize(
    ("skipped", "pause"),
    [
        pytest.param("<skipHours><hour>13</hour><hour>14</hour></skipHours>", 3 * HOUR, id="two hours"),
        pytest.param("<skipHours><hour>15</hour></skipHours>", HOUR, id="an hour that is not now"),
        pytest.param("<skipDays><day>Sunday</day></skipDays>", 12 * HOUR, id="this day"),
        pytest.param("<skipDays><day>Sunday</day><day>Monday</day></skipDays>", 36 * HOUR, id="two days"),
        pytest.param("<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(24)) + "</skipHours>", HOUR, id="all"),
    ],
)
async def test_a_poll_moves_past_hours_and_days_that_are_skipped(wire: Wire, skipped: str, pause: timedelta) -> None:
    assert (NOW.strftime("%A"), NOW.hour) == ("Sunday", 12)
    wire.publisher.script("/feed", feed(channel=skipped))
    await wire.start(polling={"at_most": "3d", "jitter": 0})
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


async def test_a_304_leaves_the_wishes_of_the_document_in_force(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(channel="<ttl>180</ttl>"), reply(304))
    await wire.asked_after(0 * HOUR, 3 * HOUR)
    assert await wire.asked_around(3 * HOUR) == [0, 1]


@pytest.mark.parametrize(
    ("ages", "pause"),
    [
        pytest.param([20 * HOUR, 40 * HOUR], 10 * HOUR, id="half the mean gap of what was just read"),
        pytest.param([10 * MINUTE, 20 * MINUTE, 30 * MINUTE], HOUR, id="never below the floor"),
        pytest.param([100 * DAY], DAY, id="never beyond the cap"),
        pytest.param([], HOUR, id="no dates, no rhythm"),
    ],
)
async def test_a_feed_is_polled_as_seldom_as_it_publishes(wire: Wire, ages: list[timedelta], pause: timedelta) -> None:
    dated = [item(str(age), more=f"<pubDate>{http_date(NOW - age)}</pubDate>") for age in ages]
    wire.publisher.script("/feed", feed(*dated, item("undated")))
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


async def test_a_feed_that_falls_silent_is_polled_less_and_less(wire: Wire) -> None:
    entry = item("a", more=f"<pubDate>{http_date(NOW - 4 * HOUR)}</pubDate>")
    wire.publisher.script("/feed", feed(entry), reply(304))
    await wire.poll()
    for pause in (2 * HOUR, 3 * HOUR, 4.5 * HOUR):
        assert await wire.asked_around(pause) == [0, 1]


async def test_a_refresh_comes_no_sooner_than_its_floor_and_sends_validators(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(), reply(304))
    await wire.poll()
    assert [await wire.refresh(after=9 * MINUTE), await wire.refresh(after=MINUTE)] == [0, 1]
    assert wire.sent("If-None-Match") == [None, '"1"']
    assert await wire.asked_around(HOUR) == [0, 1]


async def test_a_refresh_asks_for_the_feed_that_was_named_and_no_other(wire: Wire) -> None:
    for path in ("/one", "/two"):
        wire.publisher.script(path, feed(), reply(304))
    await wire.start(wire.subscription("/one"), wire.subscription("/two"))
    await wire.poll()
    await wire.refresh("two", after=HOUR)
    assert wire.targets == ["/one", "/two", "/two"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_refresh_does_not_break_the_silence_that_a_host_asked_for(wire: Wire, status: int) -> None:
    wire.publisher.script("/one", reply(status, {"Retry-After": "10800"}), feed())
    wire.publisher.script("/two", feed())
    await wire.start(wire.subscription("/one"), wire.subscription("/two"))
    await wire.poll()
    silent = [await wire.refresh(name, after=HOUR) for name in ("one", "two")]
    assert (silent, await wire.refresh("one", after=HOUR)) == ([0, 0], 1)


async def test_two_feeds_that_lead_to_one_for_good_become_one_poll(any_wire: Wire) -> None:
    any_wire.publisher.script("/one", reply(301, {"Location": "/two"}))
    any_wire.publisher.script("/two", feed(item("a")))
    await any_wire.start(any_wire.subscription("/one"), any_wire.subscription("/two"))
    await any_wire.asked_after(0 * HOUR, DAY, DAY)
    assert await any_wire.asked_after(DAY, DAY) == [1, 1]
    assert any_wire.targets[-2:] == ["/two", "/two"]
    assert (any_wire.health("one").retired, any_wire.health("two").retired) == (True, False)
    assert "two" in any_wire.health("one").reason


def noting(wire: Wire, instants: list[datetime], answer: Reply) -> Reply:
    """The answer, and a note of the virtual instant at which it was asked for."""

    async def play(writer: asyncio.StreamWriter) -> None:
        instants.append(wire.clock.now)
        await answer(writer)

    return play


def gaps(instants: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(instants)]


UNHURRIED: dict[str, Any] = {"fetching": {"allow_networks": ["127.0.0.0/8"], "spacing": "30s"}}


async def test_between_two_requests_to_one_host_there_is_a_pause(wire: Wire) -> None:
    instants: list[datetime] = []
    paths = ["/one", "/two", "/three"]
    for path in paths:
        wire.publisher.script(path, noting(wire, instants, feed()))
    await wire.start(*(wire.subscription(path, host="news.localhost") for path in paths), **UNHURRIED)
    await wire.poll()
    assert gaps(instants) == [30 * SECOND, 30 * SECOND]


async def test_the_pages_of_a_host_keep_the_pause_too(wire: Wire) -> None:
    instants: list[datetime] = []
    links = [wire.publisher.url(path, host="news.localhost") for path in ("/a", "/b")]
    wire.publisher.script("/feed", noting(wire, instants, feed(*(item(link, link=link) for link in links))))
    for path in ("/robots.txt", "/a", "/b"):
        wire.publisher.script(path, noting(wire, instants, reply(404)))
    await wire.start(wire.subscription(host="news.localhost", full_text="auto"), **UNHURRIED)
    await wire.poll()
    assert gaps(instants) == [30 * SECOND] * 3


async def test_while_a_host_is_asked_no_other_worker_asks_it(any_wire: Wire) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await answered.wait()
        await feed()(writer)

    any_wire.publisher.script("/one", slow)
    any_wire.publisher.script("/two", feed())
    await any_wire.start(any_wire.subscription("/one"), any_wire.subscription("/two"))
    async with asyncio.TaskGroup() as together:
        together.create_task(any_wire.poll())
        await asked.wait()
        await Pipeline(replace(any_wire.service.service, name="another")).poll_and_read()
        assert any_wire.targets == ["/one"]
        answered.set()
    assert any_wire.targets == ["/one", "/two"]


async def test_several_hosts_are_asked_at_the_same_time(wire: Wire) -> None:
    """Each answer waits for all the requests, so one after the other would end in a timeout."""
    hosts = ["a.localhost", "b.localhost", "c.localhost"]
    together = asyncio.Barrier(len(hosts))

    async def meet(writer: asyncio.StreamWriter) -> None:
        await together.wait()
        await feed()(writer)

    for host in hosts:
        wire.publisher.script(f"/{host}", meet)
    await wire.start(*(wire.subscription(f"/{host}", host=host) for host in hosts))
    await wire.poll()
    assert {wire.health(host).last_outcome for host in hosts} == {"read"}


@pytest.mark.parametrize(("asked", "kept"), [pytest.param(20, 20, id="as asked"), pytest.param(900, 30, id="capped")])
async def test_a_crawl_delay_is_kept_between_the_pages_of_a_host_up_to_its_cap(
    wire: Wire, asked: int, kept: int
) -> None:
    instants: list[datetime] = []
    wire.publisher.script("/robots.txt", reply(200, body=f"User-agent: *\nCrawl-delay: {asked}\n".encode()))
    wire.publisher.script("/feed", feed(*(item(name, link=wire.publisher.url(f"/{name}")) for name in "ab")))
    for path in ("/a", "/b"):
        wire.publisher.script(path, noting(wire, instants, reply(404)))
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": 0, "crawl_delay": 30}
    await wire.start(wire.subscription(full_text="page"), fetching=fetching)
    await wire.poll()
    assert gaps(instants) == [kept * SECOND]


async def test_a_robots_txt_is_asked_for_again_when_its_answer_is_stale(wire: Wire) -> None:
    wire.publisher.script("/robots.txt", reply(404, {"Cache-Control": "max-age=10800"}))
    entries = [item(name, link=wire.publisher.url(f"/{name}")) for name in "abc"]
    answers = [feed(*entries[: number + 1], etag=f'"{number}"') for number in range(3)]
    wire.publisher.script("/feed", *answers)
    await wire.start(wire.subscription(full_text="page"), polling={"jitter": 0})
    await wire.asked_after(0 * HOUR, 2 * HOUR, 2 * HOUR)
    assert wire.targets == ["/feed", "/robots.txt", "/a", "/feed", "/b", "/feed", "/robots.txt", "/c"]


async def test_after_no_answer_a_robots_txt_is_asked_for_within_minutes_and_the_page_loses_no_attempt(
    wire: Wire,
) -> None:
    wire.publisher.script("/robots.txt", *[reset()] * 4, reply(404))
    wire.publisher.script("/feed", feed(item("a", link=wire.publisher.url("/a")), headers=CLOSING))
    await wire.start(wire.subscription(full_text="page", every="1d"), extraction={"attempts": 1, "workers": 1})
    asked = await wire.asked_after(0 * HOUR, 5 * MINUTE, 9 * MINUTE, MINUTE, 20 * MINUTE, 39 * MINUTE, MINUTE)
    assert (asked, wire.targets) == ([2, 1, 0, 1, 1, 0, 2], ["/feed", *["/robots.txt"] * 5, "/a"])
