"""What the answers mean: behaviours 24 to 42 of docs/politeness.md."""

from __future__ import annotations

from datetime import timedelta

import brotli
import pytest

from tests.publisher import Reply, raw, reply, reset
from tests.stored import NOW
from tests.wire import DAY, HOUR, HTML, MINUTE, RSS, SECOND, Wire, document, feed, http_date, item

pytestmark = pytest.mark.anyio

LATER = 25 * HOUR
"""Past every pause that an answer of these tests can bring."""

SHORTLY = 2 * MINUTE
"""Longer than one run of the service waits for a host that wants to be left alone."""


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        pytest.param("10800", 3 * HOUR, id="seconds"),
        pytest.param(http_date(NOW + 3 * HOUR), 3 * HOUR, id="a date"),
        pytest.param((NOW + 3 * HOUR).strftime("%A, %d-%b-%y %H:%M:%S GMT"), 3 * HOUR, id="a date of RFC 850"),
        pytest.param((NOW + 3 * HOUR).strftime("%a %b %e %H:%M:%S %Y"), 3 * HOUR, id="a date of asctime"),
        pytest.param("1", HOUR, id="less than the floor"),
        pytest.param(http_date(NOW - DAY), HOUR, id="a date that is past"),
        pytest.param("317100", DAY, id="days, cut to the cap"),
        pytest.param("9" * 40, DAY, id="ages, cut to the cap"),
        pytest.param(http_date(NOW + 3650 * DAY), DAY, id="a far date, cut to the cap"),
        *(pytest.param(text, HOUR, id=text or "nothing") for text in ("soon", "-5", "1e3", "7200s", "", "120, 240")),
    ],
)
async def test_a_busy_server_is_silence_until_retry_after(
    wire: Wire, status: int, asked: str, pause: timedelta
) -> None:
    wire.publisher.script("/feed", reply(status, {"Retry-After": asked}), feed())
    await wire.poll()
    assert await wire.asked_around(pause) == [0, 1]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(429, {"Retry-After": "10800"}), id="429"),
        pytest.param(reply(503, {"Retry-After": "10800"}), id="503"),
        pytest.param(reply(429, {"Retry-After": http_date(NOW + 3 * HOUR)}), id="429 with a date"),
    ],
)
async def test_retry_after_covers_every_feed_and_page_of_the_host_and_no_other_host(wire: Wire, answer: Reply) -> None:
    link = wire.publisher.url("/page", host="news.localhost")
    wire.publisher.script("/one", feed(item("a", link=link)))
    wire.publisher.script("/two", answer, feed())
    wire.publisher.script("/three", feed())
    wire.publisher.script("/elsewhere", feed(), reply(304))
    await wire.start(
        wire.subscription("/one", host="news.localhost", full_text="auto"),
        wire.subscription("/two", host="news.localhost"),
        wire.subscription("/three", host="news.localhost"),
        wire.subscription("/elsewhere", host="other.localhost"),
    )
    await wire.poll()
    assert sorted(wire.targets) == ["/elsewhere", "/one", "/two"]
    await wire.poll(after=3 * HOUR - SHORTLY)
    assert wire.targets[3:] == ["/elsewhere"]
    await wire.poll(after=SHORTLY)
    assert set(wire.targets[4:]) == {"/one", "/two", "/three", "/robots.txt", "/page"}


async def test_a_429_that_says_nothing_is_an_hour_of_silence_at_least_and_twice_as_much_each_time(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(429))
    await wire.start(wire.subscription(every="5m"))
    await wire.poll()
    for pause in (HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY):
        assert await wire.asked_around(pause) == [0, 1]


async def test_a_429_that_says_nothing_silences_its_whole_host(wire: Wire) -> None:
    wire.publisher.script("/one", reply(429), feed())
    wire.publisher.script("/two", feed())
    await wire.start(wire.subscription("/one"), wire.subscription("/two", every="5m"))
    assert await wire.asked_after(0 * HOUR, HOUR - SHORTLY, SHORTLY) == [1, 0, 2]


BROKEN = [
    *(pytest.param(reply(status), id=str(status)) for status in (400, 401, 403, 404, 410, 418, 429, 500, 502, 503)),
    pytest.param(reset(), id="a reset"),
    pytest.param(raw(b"nonsense\r\n\r\n", close=True), id="no HTTP"),
    pytest.param(reply(200, HTML, b"<html><body>Log in</body></html>"), id="a login page"),
]


@pytest.mark.parametrize("answer", BROKEN)
async def test_nothing_is_asked_again_at_once_nor_sooner_than_if_it_had_gone_well(wire: Wire, answer: Reply) -> None:
    wire.publisher.script("/feed", feed(), answer)
    await wire.poll()
    assert await wire.asked_after(HOUR, HOUR - SECOND) == [1, 0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_redirect_is_followed_in_the_same_poll(wire: Wire, status: int) -> None:
    wire.publisher.script("/feed", reply(status, {"Location": "/new"}))
    wire.publisher.script("/new", feed(item("a")))
    await wire.poll()
    assert wire.targets == ["/feed", "/new"]
    assert wire.titles == {"a"}


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_after_a_temporary_redirect_the_original_url_is_asked_for_ever(wire: Wire, status: int) -> None:
    wire.publisher.script("/feed", reply(status, {"Location": "/new"}))
    wire.publisher.script("/new", feed(), reply(304))
    await wire.asked_after(*[LATER] * 5)
    assert wire.targets == ["/feed", "/new"] * 5
    assert wire.health().url == wire.publisher.url("/feed")


async def test_ten_redirects_are_followed_and_not_one_more(wire: Wire) -> None:
    for number in range(12):
        wire.publisher.script(f"/{number}", reply(302, {"Location": f"/{number + 1}"}))
    await wire.start(wire.subscription("/0"))
    await wire.poll()
    assert wire.targets == [f"/{number}" for number in range(11)]
    assert wire.health("0").last_outcome == "refused"


@pytest.mark.parametrize(
    ("location", "targets"),
    [
        pytest.param("/feed", ["/feed"], id="to itself"),
        pytest.param("/other", ["/feed", "/other"], id="to and fro"),
        pytest.param("http://169.254.169.254/latest/meta-data", ["/feed"], id="to a metadata service"),
        pytest.param("ftp://127.0.0.1/feed", ["/feed"], id="to another scheme"),
    ],
)
async def test_a_redirect_that_may_not_be_followed_ends_the_poll(wire: Wire, location: str, targets: list[str]) -> None:
    wire.publisher.script("/feed", reply(301, {"Location": location}))
    wire.publisher.script("/other", reply(302, {"Location": "/feed"}))
    await wire.poll()
    assert (wire.targets, wire.health().last_outcome) == (targets, "refused")


async def test_a_feed_that_is_gone_for_a_week_is_not_asked_again_and_the_operator_sees_why(any_wire: Wire) -> None:
    any_wire.publisher.script("/feed", feed(item("a")), reply(410))
    await any_wire.poll()
    assert await any_wire.asked_after(*[DAY] * 9) == [1] * 7 + [0, 0]
    health = any_wire.health()
    assert (health.retired, health.next_poll_at, health.last_outcome) == (True, None, "gone")
    assert "410" in health.reason
    assert any_wire.titles == {"a"}


async def test_a_410_is_asked_about_once_a_day_and_forgotten_when_the_feed_comes_back(wire: Wire) -> None:
    wire.publisher.script("/feed", *[reply(410)] * 6, feed(), *[reply(410)] * 6, feed())
    await wire.poll()
    for _ in range(6):
        assert await wire.asked_around(DAY) == [0, 1]
    assert await wire.asked_after(*[DAY] * 9) == [1] * 9
    assert not wire.health().retired


@pytest.mark.parametrize(
    "answer",
    [
        *(pytest.param(reply(status), id=str(status)) for status in (401, 403, 404, 500, 503)),
        pytest.param(reset(), id="a reset"),
        pytest.param(reply(200, HTML, b"<html><body>Log in</body></html>"), id="a login page"),
    ],
)
async def test_failures_are_asked_about_less_and_less_and_never_given_up(wire: Wire, answer: Reply) -> None:
    wire.publisher.script("/feed", answer)
    await wire.poll()
    for pause in (HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY, DAY):
        assert await wire.asked_around(pause) == [0, 1]
    assert (wire.health().retired, wire.health().failures) == (False, 9)


async def test_one_good_answer_ends_the_backing_off(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(404), reply(404), reply(404), feed())
    await wire.asked_after(0 * HOUR, HOUR, 2 * HOUR, 4 * HOUR)
    assert await wire.asked_around(HOUR) == [0, 1]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(reply(200, HTML, b"<html><body><form>Log in</form></body></html>"), "unreadable", id="a login"),
        pytest.param(
            reply(200, {**HTML, "cf-mitigated": "challenge"}, b"<!DOCTYPE html><title>Just a moment...</title>"),
            "unreadable",
            id="a challenge",
        ),
        pytest.param(reply(200, RSS, b"<html><body>Log in</body></html>"), "unreadable", id="a login that says RSS"),
        pytest.param(reply(200, RSS), "unreadable", id="an empty body"),
        pytest.param(reply(200, RSS, b" \n\t"), "unreadable", id="a blank body"),
        pytest.param(reply(200, RSS, document(item("b"))[:140]), "unreadable", id="half an entry"),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + document(item("b")), close=True),
            "unreachable",
            id="fewer bytes than announced",
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss ", close=True),
            "unreachable",
            id="chunks without an end",
        ),
        pytest.param(
            reply(200, {"Content-Encoding": "br"}, brotli.compress(document(item("b")))[:-9]),
            "unreachable",
            id="cut within its coding",
        ),
    ],
)
async def test_what_is_no_whole_feed_is_an_error_that_takes_nothing_away(
    wire: Wire, answer: Reply, outcome: str
) -> None:
    wire.publisher.script("/feed", feed(item("a")), answer, reply(304))
    await wire.asked_after(0 * HOUR, LATER)
    assert (wire.health().last_outcome, wire.health().failures, wire.health().entries) == (outcome, 1, 1)
    await wire.poll(after=LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert wire.titles == {"a"}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(reply(200, RSS, b"x" * 21_000_000), "refused", id="a body of 21 MB"),
        pytest.param(
            reply(200, {**RSS, "Content-Encoding": "br"}, brotli.compress(b" " * 10**8, quality=1)),
            "refused",
            id="a bomb of brotli",
        ),
        pytest.param(reply(200, {**RSS, "Content-Encoding": "x-unknown"}, document()), "refused", id="another coding"),
    ],
)
async def test_what_is_too_much_is_given_up_and_asked_for_less_often(wire: Wire, answer: Reply, outcome: str) -> None:
    wire.publisher.script("/feed", answer)
    await wire.poll()
    assert wire.health().last_outcome == outcome
    assert await wire.asked_after(HOUR, 2 * HOUR - MINUTE) == [1, 0]
