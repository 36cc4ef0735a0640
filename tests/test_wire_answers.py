"""What the answers mean: behaviours 24 to 42 of docs/politeness.md."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Sequence
from datetime import timedelta

import brotli
import pytest

from aggregator.polling.ip_address_rules import IPAddress
from tests.network import Names, Tls
from tests.publisher import Publisher, Reply, raw, reply, reset
from tests.stored import NOW
from tests.wire import CLOSING, DAY, HOUR, HTML, MINUTE, RSS, SECOND, Wire, document, feed, http_date, item

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
    wire.publisher.script("/feed", feed(headers=CLOSING), answer)
    await wire.poll()
    assert await wire.asked_after(HOUR, HOUR - SECOND) == [1, 0]


DEFERRED = {"Location": "/new", "Retry-After": "10800"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_with_retry_after_is_followed_when_that_has_passed(wire: Wire, status: int) -> None:
    wire.publisher.script("/feed", reply(status, DEFERRED))
    wire.publisher.script("/new", feed(item("a")))
    await wire.poll()
    assert (wire.targets, wire.health().failures) == (["/feed"], 0)
    assert await wire.asked_around(3 * HOUR) == [0, 1]
    assert (wire.targets, wire.titles) == (["/feed", "/new"], {"a"})


async def test_a_redirect_that_was_followed_later_is_no_new_address(any_wire: Wire) -> None:
    any_wire.publisher.script("/feed", reply(302, DEFERRED), reply(302, {"Location": "/new"}))
    any_wire.publisher.script("/new", feed(item("a")), reply(304))
    await any_wire.poll()
    await any_wire.start()
    await any_wire.asked_after(LATER, LATER)
    assert any_wire.targets == ["/feed", "/new", "/feed", "/new"]


async def test_a_redirect_within_a_chain_may_ask_to_be_followed_later_too(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(302, {"Location": "/middle"}))
    wire.publisher.script("/middle", reply(307, DEFERRED))
    wire.publisher.script("/new", feed(item("a")))
    await wire.asked_after(0 * HOUR, LATER)
    assert (wire.targets, wire.titles) == (["/feed", "/middle", "/new"], {"a"})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_redirect_is_followed_in_the_same_poll(wire: Wire, status: int) -> None:
    wire.publisher.script("/feed", reply(status, {"Location": "/new"}))
    wire.publisher.script("/new", feed(item("a")))
    await wire.poll()
    assert wire.targets == ["/feed", "/new"]
    assert wire.titles == {"a"}


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_redirect_is_believed_after_three_days(any_wire: Wire, status: int) -> None:
    any_wire.publisher.script("/feed", reply(status, {"Location": "/new"}))
    any_wire.publisher.script("/new", feed(item("a")), reply(304))
    await any_wire.asked_after(0 * HOUR, DAY, DAY, DAY)
    assert any_wire.targets == [*["/feed", "/new"] * 3, "/new"]
    assert any_wire.sent("If-None-Match", target="/new") == [None, '"1"', '"1"', '"1"']
    await any_wire.start()
    await any_wire.poll(after=30 * DAY)
    assert (any_wire.targets[-1], any_wire.health().url) == ("/new", any_wire.publisher.url("/new"))


async def test_meanwhile_the_new_address_is_polled_and_the_old_one_asked_once_a_day(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(301, {"Location": "/new"}))
    wire.publisher.script("/new", feed(), reply(304))
    await wire.asked_after(*[HOUR] * 50)
    old = [number for number, target in enumerate(wire.targets) if target == "/feed"]
    assert (old, len(wire.targets)) == ([0, 24, 48], 53)
    assert wire.sent("If-None-Match", target="/new") == [None, *['"1"'] * 49]


async def test_the_operator_says_how_often_a_move_has_to_be_said(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(301, {"Location": "/new"}))
    wire.publisher.script("/new", feed(), reply(304))
    await wire.start(polling={"moves_after": 1, "jitter": 0})
    await wire.asked_after(0 * HOUR, DAY, DAY)
    assert wire.targets == ["/feed", "/new", "/new", "/new"]


MISLEADING = [
    *(pytest.param(reply(status), id=str(status)) for status in (404, 410, 429, 500)),
    pytest.param(reply(200, HTML, b"<html><body>Welcome to the hotel</body></html>"), id="a page"),
    pytest.param(reset(), id="a reset"),
]


@pytest.mark.parametrize("answer", MISLEADING)
async def test_anything_but_a_feed_at_the_new_address_forgets_the_move(wire: Wire, answer: Reply) -> None:
    wire.publisher.script("/feed", reply(301, {"Location": "/new"}))
    wire.publisher.script("/new", feed(), reply(304, CLOSING), answer, feed(), reply(304))
    await wire.asked_after(0 * HOUR, LATER, 2 * HOUR)
    assert wire.targets == ["/feed", "/new", "/feed", "/new", "/new"]
    await wire.asked_after(LATER, LATER)
    assert wire.targets[5:] == ["/feed", "/new"] * 2
    assert wire.health().url == wire.publisher.url("/feed")


async def test_a_move_that_is_taken_back_is_forgotten(wire: Wire) -> None:
    moved = reply(301, {"Location": "/new"})
    wire.publisher.script("/feed", moved, moved, feed(), moved)
    wire.publisher.script("/new", feed(), reply(304))
    await wire.asked_after(0 * HOUR, *[LATER] * 4)
    assert wire.targets == ["/feed", "/new", "/feed", "/new", "/feed", "/feed", "/new", "/feed", "/new"]
    assert wire.health().url == wire.publisher.url("/feed")


async def test_a_move_elsewhere_is_a_move_anew(wire: Wire) -> None:
    elsewhere = reply(301, {"Location": "/b"})
    wire.publisher.script("/feed", reply(301, {"Location": "/a"}), reply(301, {"Location": "/a"}), elsewhere)
    wire.publisher.script("/a", feed())
    wire.publisher.script("/b", feed(), reply(304))
    await wire.asked_after(0 * HOUR, *[DAY] * 5)
    assert wire.targets == [*["/feed", "/a"] * 2, *["/feed", "/b"] * 3, "/b"]


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_after_a_temporary_redirect_the_original_url_is_asked_for_ever(wire: Wire, status: int) -> None:
    wire.publisher.script("/feed", reply(status, {"Location": "/new"}))
    wire.publisher.script("/new", feed(), reply(304))
    await wire.asked_after(*[LATER] * 5)
    assert wire.targets == ["/feed", "/new"] * 5
    assert wire.health().url == wire.publisher.url("/feed")


@pytest.mark.parametrize(
    ("first", "second", "believed"),
    [
        pytest.param(301, 308, "/b", id="all of it is permanent"),
        pytest.param(301, 302, "/a", id="its second step is temporary"),
        pytest.param(308, 307, "/a", id="its second step is temporary too"),
        pytest.param(302, 301, "/feed", id="its first step is temporary"),
    ],
)
async def test_of_a_chain_only_what_comes_before_its_first_temporary_step_is_believed(
    wire: Wire, first: int, second: int, believed: str
) -> None:
    wire.publisher.script("/feed", reply(first, {"Location": "/a"}))
    wire.publisher.script("/a", reply(second, {"Location": "/b"}))
    wire.publisher.script("/b", feed(), reply(304))
    await wire.asked_after(0 * HOUR, *[DAY] * 2)
    assert wire.targets == ["/feed", "/a", "/b"] * 3
    await wire.poll(after=DAY)
    chain = ["/feed", "/a", "/b"]
    assert wire.targets[9:] == chain[chain.index(believed) :]
    assert wire.health().url == wire.publisher.url(believed)


async def test_a_step_from_https_to_http_is_followed_and_never_believed(wire: Wire, tls: Tls) -> None:
    plain = wire.publisher.script("/new", feed(), reply(304))
    async with Publisher(tls=tls.served) as secure:
        secure.script("/feed", reply(301, {"Location": plain}))
        url = secure.url("/feed", host="secure.example")
        names = Names(secure_example=[["127.0.0.1"]])
        await wire.start(wire.subscription(url=url), names=names, trusting=tls.trusting)
        await wire.asked_after(0 * HOUR, *[DAY] * 5)
        assert len(secure.requests) == len(wire.requests) == 6
    assert wire.health().url == url


async def test_a_feed_that_moves_keeps_its_entries_and_their_stories(any_wire: Wire) -> None:
    moved = reply(301, {"Location": "/new"})
    any_wire.publisher.script("/feed", feed(item("a"), item("b")), moved)
    any_wire.publisher.script("/new", feed(item("a"), item("b"), item("c")), reply(304))
    await any_wire.poll()
    before = {story.uri for story in any_wire.service.stories}
    await any_wire.asked_after(*[DAY] * 4)
    assert any_wire.health().url == any_wire.publisher.url("/new")
    assert (any_wire.health().entries, any_wire.titles) == (3, {"a", "b", "c"})
    assert before < {story.uri for story in any_wire.service.stories}


async def test_a_feed_that_moves_onto_another_of_ours_becomes_one_with_it(any_wire: Wire) -> None:
    moved = reply(301, {"Location": "/two"})
    any_wire.publisher.script("/one", feed(item("a"), item("b")), moved)
    any_wire.publisher.script("/two", feed(item("b"), item("c")))
    await any_wire.start(any_wire.subscription("/one"), any_wire.subscription("/two"))
    await any_wire.poll()
    before = {story.uri for story in any_wire.service.stories}
    await any_wire.asked_after(*[DAY] * 4)
    assert await any_wire.asked_after(DAY, DAY) == [1, 1]
    assert any_wire.targets[-2:] == ["/two", "/two"]
    assert before <= {story.uri for story in any_wire.service.stories}
    assert any_wire.titles == {"a", "b", "c"}


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


async def test_the_operator_says_how_often_a_410_has_to_be_said(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(410))
    await wire.start(polling={"gone_after": 2, "jitter": 0})
    assert await wire.asked_after(0 * HOUR, *[DAY] * 3) == [1, 1, 0, 0]


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


async def test_a_network_of_our_own_that_fails_is_no_feeds_failure(wire: Wire) -> None:
    names = Names(a_example=[["127.0.0.1"]], b_example=[["127.0.0.1"]])
    for path in ("/a", "/b"):
        wire.publisher.script(path, feed(headers=CLOSING), reply(304, CLOSING))
    await wire.start(*(wire.subscription(f"/{name}", host=f"{name}.example") for name in "ab"), names=names)
    await wire.poll()
    names.down = True
    assert await wire.asked_after(*[2 * HOUR] * 6) == [0] * 6
    assert [wire.health(name).failures for name in "ab"] == [0, 0]
    names.down = False
    assert await wire.asked_after(HOUR, HOUR) == [2, 2]


async def test_a_name_that_nobody_knows_while_others_answer_is_a_failure(wire: Wire) -> None:
    """Its look-up ends after the first of two feeds of another host was read."""
    names, read = Names(b_example=[["127.0.0.1"]]), asyncio.Event()

    async def lookup(host: str, port: int) -> Sequence[IPAddress]:
        if host == "a.example":
            await read.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return await names(host, port)

    async def second(writer: asyncio.StreamWriter) -> None:
        read.set()
        await feed()(writer)

    wire.publisher.script("/b", feed())
    wire.publisher.script("/c", second)
    subscriptions = [wire.subscription(f"/{path}", host=f"{host}.example") for path, host in ("aa", "bb", "cb")]
    await wire.start(*subscriptions, names=lookup)
    await wire.poll()
    assert (wire.health("a").failures, wire.health("b").failures) == (1, 0)


@pytest.fixture
def address() -> str:
    """A loopback address on which nobody listens."""
    return f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}"


def securely(tls: Tls, address: str) -> Publisher:
    """A publisher of https at its default port; skips the test where that port may not be had."""
    try:
        socket.create_server((address, 443)).close()
    except PermissionError:
        pytest.skip("listens on port 443, which needs the right to")
    return Publisher(tls=tls.served, address=address, port=443)


@pytest.mark.allow_hosts(["127.0.0.0/8"])
async def test_where_http_is_refused_https_is_tried_and_kept_when_it_works(
    any_wire: Wire, tls: Tls, address: str
) -> None:
    async with securely(tls, address) as secure:
        secure.script("/feed", feed(item("a")), reply(304))
        names = Names(secure_example=[[address]])
        plain = any_wire.subscription(url="http://secure.example/feed")
        await any_wire.start(plain, names=names, trusting=tls.trusting)
        await any_wire.poll()
        await any_wire.start(plain, names=names, trusting=tls.trusting)
        await any_wire.poll(after=LATER)
        assert [request.header("If-None-Match") for request in secure.requests] == [None, '"1"']
    assert any_wire.titles == {"a"}
    assert any_wire.health().url == "https://secure.example/feed"


@pytest.mark.allow_hosts(["127.0.0.0/8"])
async def test_https_is_tried_once_a_poll_and_not_kept_when_no_feed_is_there(
    wire: Wire, tls: Tls, address: str
) -> None:
    async with securely(tls, address) as secure:
        secure.script("/feed", reply(404))
        plain = wire.subscription(url="http://secure.example/feed")
        await wire.start(plain, names=Names(secure_example=[[address]]), trusting=tls.trusting)
        await wire.asked_after(0 * HOUR, LATER)
        assert [request.target for request in secure.requests] == ["/feed"] * 2
    assert (wire.health().url, wire.health().failures) == ("http://secure.example/feed", 2)


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
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + document(item("b"))[:-9], close=True),
            "unreachable",
            id="fewer bytes than announced",
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss ", close=True),
            "unreachable",
            id="chunks without an end",
        ),
        pytest.param(
            reply(200, {"Content-Encoding": "br"}, brotli.compress(document(item("b")))[:-30]),
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


def delta(*items: str, etag: str) -> Reply:
    """An answer with new entries alone."""
    return reply(226, {**RSS, "IM": "feed", "ETag": etag}, document(*items))


async def test_a_delta_is_asked_for_with_validators_and_takes_no_entry_away(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a")), delta(item("b"), etag='"2"'), reply(304))
    await wire.start(polling={"delta": True, "jitter": 0})
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("A-IM") == [None, "feed", "feed"]
    assert wire.sent("If-None-Match") == [None, '"1"', '"2"']
    assert (wire.titles, wire.health().failures) == ({"a", "b"}, 0)


async def test_no_delta_is_asked_for_unless_configured(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a")), reply(304))
    await wire.asked_after(0 * HOUR, LATER)
    assert wire.sent("A-IM") == [None, None]


@pytest.mark.parametrize("asking", [False, True])
async def test_a_delta_that_was_not_asked_for_is_an_error(wire: Wire, *, asking: bool) -> None:
    first = [delta(item("b"), etag='"2"')] if asking else [feed(item("a")), delta(item("b"), etag='"2"')]
    wire.publisher.script("/feed", *first, feed(item("a")))
    await wire.start(polling={"delta": asking, "jitter": 0})
    await wire.asked_after(*[LATER] * len(first))
    assert wire.health().failures == 1
    await wire.poll(after=LATER)
    assert (wire.titles, wire.sent("If-None-Match")[-1]) == ({"a"}, None if asking else '"1"')


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(reply(200, RSS, b"x" * 21_000_000), "refused", id="a body of 21 MB"),
        pytest.param(
            reply(200, {**RSS, "Content-Encoding": "br"}, brotli.compress(b" " * 10**8, quality=1)),
            "refused",
            id="a bomb of brotli",
        ),
        pytest.param(
            reply(200, {**RSS, "Content-Encoding": "x-unknown"}, b"\x1f\x9d\x90"), "refused", id="another coding"
        ),
    ],
)
async def test_what_is_too_much_is_given_up_and_asked_for_less_often(wire: Wire, answer: Reply, outcome: str) -> None:
    wire.publisher.script("/feed", answer)
    await wire.poll()
    assert wire.health().last_outcome == outcome
    assert await wire.asked_after(HOUR, 2 * HOUR - MINUTE) == [1, 0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            raw(b"HTTP/1.1 203 OK\r\nPHP Notice\r\nContent-Length: 999\r\n\r\n" + document(item("a")), close=True),
            id="a bad head and a wrong length",
        ),
        pytest.param(reply(200, {**RSS, "Content-Encoding": "gzip"}, document(item("a"))), id="a wrong coding"),
    ],
)
async def test_a_whole_feed_in_a_malformed_response_is_read(wire: Wire, answer: Reply) -> None:
    wire.publisher.script("/feed", answer)
    await wire.poll()
    assert (wire.health().last_outcome, wire.health().failures, wire.titles) == ("read", 0, {"a"})
