"""Documents that mean harm: the feed is marked, what it brought stays, and the service goes on with the others."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from aggregator.worker_pool import WorkerPool
from tests.publisher import reply
from tests.wire import HOUR, RSS, Wire, document, feed, item

pytestmark = pytest.mark.anyio

LATER = 25 * HOUR
MEMORY = 4 * 2**30


def described(markup: str) -> bytes:
    return document(item("a", more=f"<description><![CDATA[{markup}]]></description>"))


BOMB = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9))

HOSTILE = {
    "entities": f"<!DOCTYPE rss [<!ENTITY a0 'ha'>{BOMB}]><rss><channel><title>&a8;</title></channel></rss>".encode(),
    "depth": b"<rss><channel><item>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</item></channel></rss>",
    "attributes": b"<rss><channel><item " + b"".join(b"a%d='' " % n for n in range(50_000)) + b"/></channel></rss>",
    "json": b'{"items":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "number": b'{"items":[{"id":' + b"9" * 100_000 + b"}]}",
    "comments": described("<!--" * 50_000),
    "tags": described("<div>" * 100_000),
    "author": document(item("a", more=f"<author>a@{'a.' * 16_000}</author>")),
    "title": document(item("a", more=f"<title>{'&lt;a ' * 50_000}</title>")),
    "secret": b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    + document(item("a", more="<title>&a;</title>")),
}


async def test_no_document_keeps_the_service_from_the_others(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("good")))
    for name, body in HOSTILE.items():
        wire.publisher.script(f"/{name}", reply(200, RSS, body))
    await wire.start(*(wire.subscription(f"/{name}") for name in ("feed", *HOSTILE)))
    await wire.poll()
    outcomes = {name: wire.health(name).last_outcome for name in ("feed", *HOSTILE)}
    assert outcomes["feed"] == "read"
    assert {name for name, outcome in outcomes.items() if outcome == "unreadable"} == {
        "entities", "depth", "attributes", "json", "number",
    }  # fmt: skip
    assert set(outcomes.values()) == {"read", "unreadable"}
    assert not any("root:" in title for title in wire.titles)


async def test_a_document_that_takes_too_long_costs_its_feed_one_poll_and_nothing_else(wire: Wire) -> None:
    long = document(*(item(f"entry {number}") for number in range(20_000)))
    wire.publisher.script("/feed", feed(item("a")), reply(200, RSS, long), feed(item("a"), item("b")))
    await wire.poll()
    async with WorkerPool(1, deadline=timedelta(milliseconds=20), memory=MEMORY) as hasty:
        await wire.start(workers=hasty)
        await wire.poll(after=LATER)
        health = wire.health()
        assert (health.last_outcome, "ran past its deadline" in health.reason) == ("unreadable", True)
        assert wire.titles == {"a"}
        await wire.stop()
    await wire.start()
    await wire.poll(after=LATER)
    assert (wire.health().last_outcome, wire.titles) == ("read", {"a", "b"})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html><form><input type='password'></form></html>", id="a login page"),
        pytest.param(b"<!doctype html><title>Just a moment...</title>", id="a challenge"),
        pytest.param(json.dumps({"error": "quota"}).encode(), id="an error in JSON"),
        pytest.param(document(item("b"))[:-60], id="a document that ends within its first entry"),
    ],
)
async def test_what_is_no_feed_leaves_everything_as_it_was(wire: Wire, body: bytes) -> None:
    wire.publisher.script(
        "/feed", feed(item("a")), reply(200, {**RSS, "ETag": '"2"'}, body), feed(item("a"), item("b"))
    )
    await wire.poll()
    await wire.poll(after=LATER)
    health = wire.health()
    assert (health.last_outcome, bool(health.reason), wire.titles) == ("unreadable", True, {"a"})
    await wire.poll(after=LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert wire.titles == {"a", "b"}
