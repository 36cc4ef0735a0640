"""When to poll: behaviours 12 to 23 of docs/politeness.md."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from aggregator.pipeline import Pipeline
from tests.publisher import Reply, reply
from tests.stored import NOW
from tests.wire import DAY, HOUR, MINUTE, SECOND, Wire, feed, http_date, item

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
        pytest.param("daily", "0.1", DAY, id="once when it is no number"),
        pytest.param("always", "1", HOUR, id="always"),
        pytest.param("dayly", "1", HOUR, id="misspelt"),
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
        await Pipeline(replace(any_wire.service.service, name="another")).visit()
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
