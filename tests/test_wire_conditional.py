"""Conditional requests: behaviours 1 to 11 of docs/politeness.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publisher import Publisher, Reply, raw, reply, reset
from tests.stored import NOW
from tests.wire import CLOSING, DAY, HOUR, HTML, MINUTE, RSS, Wire, document, feed, http_date, item

pytestmark = pytest.mark.anyio

LATER = 25 * HOUR
"""Past every pause that an answer of these tests can bring."""

ODD = "Sun, 1 Mar 26 9:0:0 +0100 (CET)"
"""A Last-Modified that any rewriting would change."""


@pytest.mark.parametrize(
    ("headers", "etag", "last_modified"),
    [
        pytest.param({"ETag": '"a"'}, '"a"', None, id="a strong ETag"),
        pytest.param({"ETag": 'W/"a, b"'}, 'W/"a, b"', None, id="a weak ETag with a comma"),
        pytest.param({"ETag": "bare"}, "bare", None, id="an ETag without quotes"),
        pytest.param({"ETag": '"caf\xe9"'}, '"caf\xe9"', None, id="an ETag beyond ASCII"),
        pytest.param({"Last-Modified": ODD}, None, ODD, id="an odd date"),
        pytest.param({"ETag": '"a"', "Last-Modified": ODD}, '"a"', ODD, id="both"),
    ],
)
async def test_the_first_request_is_unconditional_and_later_ones_carry_the_validators_byte_for_byte(
    wire: Wire, headers: dict[str, str], etag: str | None, last_modified: str | None
) -> None:
    wire.publisher.script("/feed", feed(etag=None, headers=headers), reply(304))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, etag, etag]
    assert wire.sent("If-Modified-Since") == [None, last_modified, last_modified]


async def test_no_date_is_ever_made_into_a_validator(wire: Wire) -> None:
    dates = f"<pubDate>{http_date(NOW)}</pubDate><lastBuildDate>{http_date(NOW)}</lastBuildDate>"
    headers = {"Date": http_date(NOW), "Expires": http_date(NOW + HOUR)}
    wire.publisher.script("/feed", feed(channel=dates, etag=None, headers=headers))
    await wire.asked_after(0 * HOUR, LATER)
    assert wire.sent("If-Modified-Since") == wire.sent("If-None-Match") == [None, None]


async def test_both_validators_are_sent_when_both_are_known(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(etag='"a"', headers={"Last-Modified": http_date(NOW)}))
    await wire.asked_after(0 * HOUR, LATER)
    assert (wire.sent("If-None-Match")[1], wire.sent("If-Modified-Since")[1]) == ('"a"', http_date(NOW))


async def test_the_same_body_under_new_validators_brings_the_new_ones_in(wire: Wire) -> None:
    dated = {"Last-Modified": http_date(NOW)}
    wire.publisher.script("/feed", feed(item("a"), etag='"1"'), feed(item("a"), etag='"2"', headers=dated))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"2"']
    assert wire.sent("If-Modified-Since") == [None, None, http_date(NOW)]


async def test_a_304_renews_the_validators_it_carries_and_no_others(wire: Wire) -> None:
    first = feed(etag='"1"', headers={"Last-Modified": "then"})
    wire.publisher.script("/feed", first, reply(304, {"ETag": '"2"'}), reply(304, {"Last-Modified": "now"}))
    await wire.asked_after(0 * HOUR, LATER, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"2"', '"2"']
    assert wire.sent("If-Modified-Since") == [None, "then", "then", "now"]


async def test_the_freshness_of_a_304_takes_the_place_of_the_one_before(wire: Wire) -> None:
    stale = {"Cache-Control": "max-age=7200"}
    wire.publisher.script("/feed", feed(headers=stale), reply(304, {"Cache-Control": "max-age=18000"}), reply(304))
    await wire.poll()
    assert await wire.asked_after(2 * HOUR, 5 * HOUR - MINUTE, MINUTE) == [1, 0, 1]


async def test_an_answer_without_validators_forgets_the_old_ones(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a")), feed(item("b"), etag=None))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', None]


SHORT = b'HTTP/1.1 200 OK\r\nETag: "2"\r\nContent-Length: 9999\r\n\r\n'
NOT_WHOLE = [
    pytest.param(raw(SHORT + document(item("b"))[:-20], close=True), id="shorter than it says"),
    pytest.param(reply(200, {**RSS, "ETag": '"2"', "Content-Encoding": "gzip"}, b"\x1f\x8bno gzip"), id="no gzip"),
    pytest.param(reply(200, {**RSS, "ETag": '"2"'}, document(item("b"))[:140]), id="cut within its first entry"),
    pytest.param(reply(200, {**HTML, "ETag": '"2"'}, b"<html><body>Log in</body></html>"), id="a login page"),
    pytest.param(reply(200, {**RSS, "ETag": '"2"'}), id="nothing"),
]


@pytest.mark.parametrize("answer", NOT_WHOLE)
async def test_validators_of_an_answer_that_is_no_whole_feed_are_not_taken(wire: Wire, answer: Reply) -> None:
    wire.publisher.script("/feed", feed(item("a")), answer, reply(304))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert wire.titles == {"a"}


@pytest.mark.parametrize("answer", NOT_WHOLE)
async def test_a_feed_that_was_never_whole_is_asked_for_without_conditions(wire: Wire, answer: Reply) -> None:
    wire.publisher.script("/feed", answer)
    await wire.asked_after(0 * HOUR, LATER)
    assert wire.sent("If-None-Match") == [None, None]


async def test_a_feed_that_was_cut_off_gives_its_whole_entries_and_not_its_validators(wire: Wire) -> None:
    cut = document(item("b"), item("c"))[:-60]
    wire.publisher.script("/feed", feed(item("a")), reply(200, {**RSS, "ETag": '"2"'}, cut), reply(304))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert wire.titles == {"a", "b"}


@pytest.mark.parametrize(
    "answer",
    [
        *(pytest.param(reply(status, {"ETag": '"x"'}), id=str(status)) for status in (401, 403, 404, 410, 429)),
        *(pytest.param(reply(status, {"Last-Modified": "x"}), id=str(status)) for status in (500, 502, 503)),
        pytest.param(reset(), id="a reset"),
        pytest.param(raw(b"nonsense\r\n\r\n", close=True), id="no HTTP"),
    ],
)
async def test_errors_neither_clear_nor_replace_validators(wire: Wire, answer: Reply) -> None:
    first = feed(headers={"Last-Modified": "then", **CLOSING})
    wire.publisher.script("/feed", first, answer, reply(304))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert wire.sent("If-Modified-Since") == [None, "then", "then"]


async def test_validators_go_only_to_the_url_that_gave_them(wire: Wire) -> None:
    async with Publisher() as other:
        target = other.script("/new", feed(etag='"new"'), reply(304))
        wire.publisher.script("/feed", feed(etag='"old"'), reply(302, {"Location": target, "ETag": '"x"'}))
        await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"old"', None]
    assert [request.header("If-None-Match") for request in other.requests] == [None, '"new"']


async def test_a_redirect_that_leads_elsewhere_gets_none_of_the_other_target(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(302, {"Location": "/a"}), reply(302, {"Location": "/b"}))
    wire.publisher.script("/a", feed(etag='"a"'))
    wire.publisher.script("/b", feed(etag='"b"'))
    await wire.asked_after(0 * HOUR, LATER)
    assert wire.targets == ["/feed", "/a", "/feed", "/b"]
    assert wire.sent("If-None-Match", target="/b") == [None]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="as it was"),
        pytest.param({"title": "Another", "tags": ["new"], "priority": 5}, id="with another title, tags and priority"),
        pytest.param({"name": "renamed"}, id="under another name"),
    ],
)
async def test_a_restart_forgets_neither_validators_nor_the_next_poll(any_wire: Wire, changed: dict[str, Any]) -> None:
    any_wire.publisher.script("/feed", feed(headers={"Last-Modified": "then"}), reply(304))
    await any_wire.poll()
    await any_wire.start(any_wire.subscription(**changed))
    assert await any_wire.asked_after(44 * MINUTE, 16 * MINUTE) == [0, 1]
    assert any_wire.sent("If-None-Match") == [None, '"1"']
    assert any_wire.sent("If-Modified-Since") == [None, "then"]


async def test_a_feed_that_was_away_from_the_configuration_is_asked_conditionally(any_wire: Wire) -> None:
    any_wire.publisher.script("/feed", feed(), reply(304))
    any_wire.publisher.script("/other", feed())
    await any_wire.poll()
    await any_wire.start(any_wire.subscription("/other"))
    await any_wire.poll(after=DAY)
    await any_wire.start()
    await any_wire.poll(after=DAY)
    assert any_wire.sent("If-None-Match") == [None, '"1"']


async def test_a_week_of_not_modified_is_followed_by_one_request_for_the_whole(any_wire: Wire) -> None:
    any_wire.publisher.script("/feed", feed(etag='"1"'), *[reply(304)] * 6, feed(etag='"2"'), reply(304))
    await any_wire.asked_after(0 * HOUR, *[DAY] * 4)
    await any_wire.start()
    await any_wire.asked_after(*[DAY] * 5)
    assert any_wire.sent("If-None-Match") == [None, *['"1"'] * 6, None, '"2"', '"2"']


async def test_a_whole_document_in_between_begins_the_week_anew(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a")), *[reply(304)] * 4, feed(item("b")), reply(304))
    await wire.asked_after(0 * HOUR, *[DAY] * 11)
    assert wire.sent("If-None-Match") == [None, *['"1"'] * 11]


async def test_the_operator_says_how_long_not_modified_is_believed(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(), reply(304), feed(), reply(304))
    await wire.start(polling={"whole_every": "2d", "jitter": 0})
    await wire.asked_after(0 * HOUR, *[DAY] * 3)
    assert wire.sent("If-None-Match") == [None, '"1"', None, '"1"']
