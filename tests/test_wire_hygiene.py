"""What every request looks like: behaviours 43 to 48 of docs/politeness.md."""

from __future__ import annotations

import gzip
import logging
import re
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard
from structlog.testing import capture_logs

from tests.publisher import Publisher, reply
from tests.wire import HOUR, RSS, Wire, document, feed, item

pytestmark = pytest.mark.anyio

LATER = 25 * HOUR
"""Past every pause that an answer of these tests can bring."""

COOKIES = {"Set-Cookie": "id=7; Path=/", "ETag": '"1"'}


async def read_everything(wire: Wire, **sections: Any) -> None:
    """Poll a feed three times, and its robots.txt and page, all with cookies; the feed moves about for a while."""
    entry = item("a", link=wire.publisher.url("/a?id=1#part"))
    wire.publisher.script("/feed", feed(entry, headers=COOKIES), reply(302, {**COOKIES, "Location": "/new#x"}))
    wire.publisher.script("/new", feed(entry, headers=COOKIES))
    wire.publisher.script("/robots.txt", reply(404, COOKIES))
    wire.publisher.script("/a", reply(404, COOKIES))
    await wire.start(wire.subscription("/feed#top", name="feed", full_text="auto"), **sections)
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert sorted(wire.targets) == ["/a?id=1", "/feed", "/feed", "/feed", "/new", "/new", "/robots.txt"]


async def test_one_user_agent_names_the_program_its_version_and_whom_to_turn_to(wire: Wire) -> None:
    await read_everything(wire, fetching={"allow_networks": ["127.0.0.0/8"], "contact": "https://me.example/bot"})
    (agent,) = {request.header("User-Agent") for request in wire.requests}
    assert re.fullmatch(r"aggregator/\d[\w.]* \(\+https://me\.example/bot\)", agent or ""), agent


async def test_feeds_are_accepted_by_their_types_first(wire: Wire) -> None:
    await read_everything(wire)
    accepted = {accept or "" for accept in wire.sent("Accept") + wire.sent("Accept", target="/new")}
    (types,) = [[part.split(";") for part in accept.replace(" ", "").split(",")] for accept in accepted]
    certain = [name for name, *quality in types if not quality]
    assert certain == ["application/atom+xml", "application/rss+xml", "application/feed+json"]
    assert types[-1] == ["*/*", "q=0.1"]


def deflated(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", deflated),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
    ],
)
async def test_every_coding_that_is_asked_for_is_understood(
    wire: Wire, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    wire.publisher.script("/feed", reply(200, {**RSS, "Content-Encoding": coding}, compress(document(item("a")))))
    await wire.poll()
    assert coding.removeprefix("x-") in (wire.sent("Accept-Encoding")[0] or "").split(", ")
    assert wire.titles == {"a"}


async def test_requests_carry_nothing_that_is_not_needed(wire: Wire) -> None:
    await read_everything(wire)
    names = {name.lower() for request in wire.requests for name, _ in request.headers}
    assert names == {"host", "user-agent", "accept", "accept-encoding", "if-none-match", "cookie"}
    with_cookies = {request.target for request in wire.requests if request.header("Cookie")}
    assert with_cookies == {"/new"}  # the redirect before it set one
    assert [target for target in wire.targets if "#" in target] == []


async def test_a_password_is_sent_to_its_own_origin_and_nowhere_else(wire: Wire) -> None:
    async with Publisher() as other:
        target = other.script("/new", feed(item("a", link=other.url("/a"))))
        wire.publisher.script("/feed", feed(item("b", link=wire.publisher.url("/b"))), reply(302, {"Location": target}))
        url = wire.publisher.url("/feed", host="me:pw@127.0.0.1")
        await wire.start(wire.subscription(url=url, full_text="auto"))
        await wire.asked_after(0 * HOUR, LATER)
    assert wire.sent("Authorization") == ["Basic bWU6cHc="] * 2
    assert wire.sent("Authorization", target="/b") == [None]
    assert {request.target: request.header("Authorization") for request in other.requests} == dict.fromkeys(
        ["/new", "/robots.txt", "/a"]
    )


async def test_configured_headers_go_to_the_origins_they_are_for_and_nowhere_else(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Publisher() as pages, Publisher() as other:
        links = {"own": wire.publisher.url("/own"), "told": pages.url("/told"), "foreign": other.url("/foreign")}
        wire.publisher.script("/feed", reply(302, {"Location": other.url("/moved")}))
        other.script("/moved", feed(*(item(name, link=link) for name, link in links.items())))
        pages.script("/told", reply(302, {"Location": other.url("/away")}))
        subscription = wire.subscription(
            full_text="auto",
            user_agent="Reader/1.0 (Ümlaut)",
            headers={"Cookie": "session=s3cret", "Accept": "text/html"},
            headers_to=[pages.url("")],
        )
        with capture_logs() as events:
            await wire.start(subscription)
            await wire.asked_after(0 * HOUR, LATER)
        requests = [*wire.requests, *pages.requests, *other.requests]
        carried = {request.target: request.header("Cookie") for request in requests if "robots" not in request.target}
        robots = [request.header("Cookie") for request in requests if "robots" in request.target]
        health = wire.health()
    secret = "session=s3cret"
    assert carried == {
        "/feed": secret,
        "/own": secret,
        "/told": secret,
        **dict.fromkeys(["/moved", "/foreign", "/away"]),
    }
    assert (len(robots), set(robots)) == (3, {None})
    assert {request.header("User-Agent") for request in requests} == {"Reader/1.0 (Ümlaut)"}
    assert wire.sent("Accept", target="/own") == ["text/html"]
    assert (health.private, health.private_because) == (True, "its requests carry a password or other credentials")
    assert "s3cret" not in f"{events} {caplog.text} {health}"


async def test_an_older_document_is_asked_for_as_its_feed_is(wire: Wire) -> None:
    older = f"<atom:link rel='prev-archive' href='{wire.publisher.url('/older')}'/>"
    wire.publisher.script("/feed", feed(item("b"), channel=older))
    wire.publisher.script("/older", feed(item("a")))
    subscription = wire.subscription(user_agent="Reader/1.0", headers={"X-Key": "k"})
    await wire.start(subscription, polling={"backfill": 1, "jitter": 0})
    await wire.poll()
    assert wire.targets == ["/feed", "/older"]
    assert (wire.sent("User-Agent", target="/older"), wire.sent("X-Key", target="/older")) == (["Reader/1.0"], ["k"])


async def test_a_poll_is_one_get_of_the_feed_and_nothing_else(wire: Wire) -> None:
    home = wire.publisher.url("/")
    channel = (
        f"<link>{home}</link><image><url>{home}logo.png</url><link>{home}</link></image><docs>{home}docs</docs>"
        f"<atom:link rel='self' href='{home}self'/><atom:link rel='alternate' href='{home}'/>"
    )
    enclosure = f"<enclosure url='{home}sound.mp3' type='audio/mpeg' length='1'/>"
    wire.publisher.script("/feed", feed(item("a", link=f"{home}a", more=enclosure), channel=channel))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert [(request.method, request.target) for request in wire.requests] == [("GET", "/feed")] * 3


PUBLIC: dict[str, Any] = {"publishing": {"public_url": "https://digest.example/"}}
"""A service whose digests others can read."""


@pytest.mark.parametrize(
    ("headers", "host", "private"),
    [
        pytest.param({"Cache-Control": "private, max-age=60"}, "127.0.0.1", None, id="its answer says so"),
        pytest.param({}, "me:pw@127.0.0.1", None, id="it has a password"),
        pytest.param({}, "127.0.0.1", True, id="the operator says so"),
    ],
)
async def test_a_private_feed_is_read_and_never_in_a_public_digest(
    wire: Wire, headers: dict[str, str], host: str, private: bool | None
) -> None:
    wire.publisher.script("/feed", feed(item("a"), headers=headers), reply(304))
    wire.publisher.script("/open", feed(item("b")))
    feeds = wire.subscription(host=host, private=private), wire.subscription("/open")
    await wire.start(*feeds, **PUBLIC)
    await wire.asked_after(0 * HOUR, LATER)
    assert (wire.health().entries, wire.titles) == (1, {"b"})
    await wire.start(*feeds)
    assert wire.titles == {"a", "b"}, "its owner reads it"


async def test_the_operator_may_say_that_a_feed_is_not_private(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a"), headers={"Cache-Control": "private"}))
    await wire.start(wire.subscription(host="me:pw@127.0.0.1", private=False), **PUBLIC)
    await wire.poll()
    assert wire.titles == {"a"}
