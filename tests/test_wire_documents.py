"""What is in the documents: behaviours 55 to 57 of docs/politeness.md."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from aggregator.store.tables import Host
from tests.network import Names
from tests.publisher import Reply, raw, reply
from tests.stored import NOW
from tests.wire import CLOSING, HOUR, RSS, Wire, document, feed, item

pytestmark = pytest.mark.anyio

LATER = 25 * HOUR
"""Past every pause that an answer of these tests can bring."""


OLDER = "<atom:link rel='next' href='/older'/>"


def json_feed(*items: Any, **members: Any) -> Reply:
    """An answer with a JSON Feed."""
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "One", "items": items, **members}
    return reply(200, {"Content-Type": "application/feed+json", "ETag": '"1"'}, json.dumps(body).encode())


async def test_older_documents_are_left_alone_unless_they_are_asked_for(wire: Wire) -> None:
    older = "".join(f"<atom:link rel='{rel}' href='/{rel}'/>" for rel in ("prev-archive", "next", "previous"))
    wire.publisher.script("/feed", feed(item("a"), channel=older))
    wire.publisher.script("/json", json_feed({"id": "b", "title": "b"}, next_url="/next"))
    await wire.start(wire.subscription("/feed"), wire.subscription("/json"))
    await wire.asked_after(0 * HOUR, LATER)
    assert set(wire.targets) == {"/feed", "/json"}


def archived(relation: str) -> dict[str, Reply]:
    """A feed in four documents, each of which leads to the one before it by the same relation."""
    older = "<atom:link rel='{}' href='/archive/{}'/>"
    channels = [older.format(relation, number) for number in (3, 2, 1)]
    paths = ("/feed", "/archive/3", "/archive/2", "/archive/1")
    return {path: feed(item(path), channel=channel) for path, channel in zip(paths, [*channels, ""], strict=True)}


def paged() -> dict[str, Reply]:
    """The same in JSON."""
    paths = ("/feed", "/archive/3", "/archive/2", "/archive/1")
    following: list[dict[str, str]] = [*({"next_url": path} for path in paths[1:]), {}]
    return {path: json_feed({"id": path, "title": path}, **more) for path, more in zip(paths, following, strict=True)}


HISTORIES = [
    pytest.param(archived("prev-archive"), id="archives"),
    pytest.param(archived("next"), id="pages"),
    pytest.param(paged(), id="JSON pages"),
]


@pytest.mark.parametrize("answers", HISTORIES)
async def test_older_documents_of_a_new_feed_are_read_one_per_poll_up_to_the_configured_number(
    wire: Wire, answers: dict[str, Reply]
) -> None:
    for path, answer in answers.items():
        wire.publisher.script(path, answer)
    await wire.start(polling={"backfill": 2, "jitter": 0})
    made = await wire.asked_after(*[LATER] * 6)
    assert [target for target in wire.targets if target != "/feed"] == ["/archive/3", "/archive/2"]
    assert max(made) <= 2
    assert wire.sent("If-None-Match", target="/archive/3") == [None]
    assert wire.titles == {"/feed", "/archive/3", "/archive/2"}


async def test_older_documents_end_where_the_publisher_says(wire: Wire) -> None:
    for path, answer in archived("prev-archive").items():
        wire.publisher.script(path, answer)
    await wire.start(polling={"backfill": 9, "jitter": 0})
    await wire.asked_after(*[LATER] * 6)
    assert [target for target in wire.targets if target != "/feed"] == ["/archive/3", "/archive/2", "/archive/1"]


async def test_older_documents_that_go_round_in_a_circle_are_asked_for_once(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a"), channel="<atom:link rel='next' href='/older'/>"))
    wire.publisher.script("/older", feed(item("b"), channel="<atom:link rel='next' href='/feed'/>"))
    await wire.start(polling={"backfill": 9, "jitter": 0})
    await wire.asked_after(*[LATER] * 4)
    assert wire.targets.count("/older") == 1


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(reply(503), id="503"),
        pytest.param(reply(429, {"Retry-After": "60"}), id="429"),
        pytest.param(reply(302, {"Location": "/elsewhere", "Retry-After": "60"}), id="a redirect to follow later"),
        pytest.param(raw(b"nonsense\r\n\r\n", close=True), id="no HTTP"),
    ],
)
async def test_an_older_document_that_fails_for_a_while_is_asked_for_after_the_next_poll(
    wire: Wire, failure: Reply
) -> None:
    wire.publisher.script("/feed", feed(item("a"), channel=OLDER))
    wire.publisher.script("/older", failure, feed(item("b")))
    await wire.start(polling={"backfill": 1, "jitter": 0})
    await wire.asked_after(*[0 * HOUR, LATER, LATER])
    assert wire.targets == ["/feed", "/older", "/feed", "/older", "/feed"]
    assert wire.titles == {"a", "b"}


async def test_an_older_document_that_is_not_there_is_asked_for_once(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a"), channel=OLDER))
    await wire.start(polling={"backfill": 9, "jitter": 0})
    await wire.asked_after(*[0 * HOUR, LATER, LATER])
    assert wire.targets == ["/feed", "/older", "/feed", "/feed"]


@pytest.mark.parametrize(
    ("answer", "quiet"),
    [
        pytest.param(reply(429, {"Retry-After": "7200"}), 2 * HOUR, id="429"),
        pytest.param(reply(503, {"Retry-After": "7200"}), 2 * HOUR, id="503"),
        pytest.param(reply(429), HOUR / 12, id="429 that says nothing"),
        pytest.param(raw(b"nonsense\r\n\r\n", close=True), HOUR / 60, id="no HTTP"),
    ],
)
async def test_an_older_document_that_asks_for_quiet_quiets_its_whole_host(
    wire: Wire, answer: Reply, quiet: timedelta
) -> None:
    wire.publisher.script("/feed", feed(item("a"), channel=OLDER))
    wire.publisher.script("/older", answer)
    wire.publisher.script("/two", feed())
    await wire.start(
        wire.subscription(every="1d"), wire.subscription("/two", every="10s"), polling={"backfill": 1, "jitter": 0}
    )
    await wire.poll()
    with wire.service.service.database.reading() as session:
        (until,) = session.scalars(select(col(Host.next_request_at)))
    before = len(wire.targets)
    await wire.poll(after=quiet - HOUR / 60)
    assert (until - NOW, len(wire.targets)) == (quiet, before)


async def test_an_older_document_is_asked_for_with_the_password_of_its_feed_on_the_same_origin_only(
    wire: Wire,
) -> None:
    elsewhere = wire.publisher.url("/elsewhere", host="other.localhost")
    wire.publisher.script("/feed", feed(item("a"), channel=OLDER))
    wire.publisher.script("/older", feed(item("b"), channel=f"<atom:link rel='next' href='{elsewhere}'/>"))
    wire.publisher.script("/elsewhere", feed(item("c")))
    await wire.start(wire.subscription(host="me:pw@127.0.0.1"), polling={"backfill": 2, "jitter": 0})
    await wire.asked_after(*[0 * HOUR, LATER])
    assert wire.sent("Authorization", target="/older") == ["Basic bWU6cHc="]
    assert wire.sent("Authorization", target="/elsewhere") == [None]


async def test_without_a_network_an_older_document_waits_and_its_host_is_not_blamed(wire: Wire) -> None:
    names = Names(news_example=[["127.0.0.1"]])
    answer = feed(item("a"), channel=OLDER, headers=CLOSING)

    async def answer_and_lose_the_network(writer: asyncio.StreamWriter) -> None:
        names.down = True
        await answer(writer)

    wire.publisher.script("/feed", answer_and_lose_the_network)
    wire.publisher.script("/older", feed(item("b")))
    await wire.start(wire.subscription(host="news.example"), names=names, polling={"backfill": 1, "jitter": 0})
    await wire.poll()
    with wire.service.service.database.reading() as session:
        assert session.execute(select(col(Host.failures), col(Host.requests))).all() == [(0, 1)]
    names.down = False
    wire.publisher.script("/feed", answer)
    await wire.poll(after=LATER)
    assert wire.targets == ["/feed", "/feed", "/older"]
    assert wire.titles == {"a", "b"}


async def test_a_complete_document_has_no_older_ones(wire: Wire) -> None:
    complete = "<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>"
    channel = f"{complete}<atom:link rel='next' href='/older'/>"
    wire.publisher.script("/feed", feed(item("a"), channel=channel))
    await wire.start(polling={"backfill": 9, "jitter": 0})
    await wire.asked_after(*[LATER] * 3)
    assert set(wire.targets) == {"/feed"}


async def test_json_that_is_broken_is_rejected_whole(wire: Wire) -> None:
    broken = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "b", "title": "b"}, {"id": '
    good = json_feed({"id": "a", "title": "a"})
    wire.publisher.script("/feed", good, reply(200, {"ETag": '"2"'}, broken), reply(304))
    await wire.asked_after(0 * HOUR, LATER, LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert (wire.titles, wire.health().entries) == ({"a"}, 1)


async def test_a_json_item_without_id_is_read_as_the_others_are(wire: Wire) -> None:
    wire.publisher.script("/feed", json_feed({"title": "a"}, {"id": None, "title": "b"}, {"id": "c", "title": "c"}))
    await wire.poll()
    assert wire.titles == {"a", "b", "c"}


async def test_a_number_as_a_json_id_is_the_same_id_as_its_digits(wire: Wire) -> None:
    wire.publisher.script("/feed", json_feed({"id": 7, "title": "a"}), json_feed({"id": "7", "title": "a"}, extra=1))
    await wire.asked_after(0 * HOUR, LATER)
    assert wire.health().entries == 1


ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'{base}><title>One</title><id>urn:one</id>"
    "<entry{entry_base}><title>a</title><id>urn:a</id><link href='{link}'/></entry></feed>"
)


def atom(link: str, *, base: str = "", entry_base: str = "") -> bytes:
    """An Atom document with one entry, whose link may be relative to one or two bases."""
    bases = {"base": base and f" xml:base='{base}'", "entry_base": entry_base and f" xml:base='{entry_base}'"}
    return ATOM.format(link=link, **bases).encode()


@pytest.mark.parametrize(
    ("body", "page"),
    [
        pytest.param(document(item("a", link="a")), "/news/a", id="relative to the feed"),
        pytest.param(document(item("a", link="/a")), "/a", id="relative to the host"),
        pytest.param(document(item("a", link="../b/./a?x=1")), "/b/a?x=1", id="with dots"),
        pytest.param(atom("a", base="/base/"), "/base/a", id="to xml:base"),
        pytest.param(atom("a", entry_base="/base/"), "/base/a", id="to xml:base of the entry"),
    ],
)
async def test_a_relative_link_leads_to_where_its_publisher_meant(wire: Wire, body: bytes, page: str) -> None:
    wire.publisher.script("/news/feed", reply(200, {**RSS, "ETag": '"1"'}, body))
    await wire.start(wire.subscription("/news/feed", name="feed", full_text="auto"))
    await wire.poll()
    assert set(wire.targets) == {"/news/feed", "/robots.txt", page}


async def test_a_relative_link_is_relative_to_the_url_that_answered(wire: Wire) -> None:
    wire.publisher.script("/feed", reply(302, {"Location": "/moved/feed"}))
    wire.publisher.script("/moved/feed", feed(item("a", link="a")))
    await wire.start(wire.subscription(full_text="auto"))
    await wire.poll()
    assert set(wire.targets) == {"/feed", "/moved/feed", "/robots.txt", "/moved/a"}


async def test_a_relative_link_is_relative_to_where_the_answer_says_it_lies(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a", link="a"), headers={"Content-Location": "/lies/here"}))
    await wire.start(wire.subscription(full_text="auto"))
    await wire.poll()
    assert set(wire.targets) == {"/feed", "/robots.txt", "/lies/a"}


async def test_a_base_within_a_base_is_relative_to_it(wire: Wire) -> None:
    nested = atom("a", base=wire.publisher.url("/base/"), entry_base="inner/")
    wire.publisher.script("/feed", reply(200, {**RSS, "ETag": '"1"'}, nested))
    await wire.start(wire.subscription(full_text="auto"))
    await wire.poll()
    assert set(wire.targets) == {"/feed", "/robots.txt", "/base/inner/a"}


async def test_relative_links_in_a_text_are_whole_in_the_digest(wire: Wire) -> None:
    text = "<description><![CDATA[<p>See <a href='b'>it</a> <img src='/c.png' alt='c'></p>]]></description>"
    wire.publisher.script("/news/feed", feed(item("a", more=text)))
    await wire.start(wire.subscription("/news/feed", name="feed"))
    await wire.poll()
    (story,) = wire.service.stories
    assert [wire.publisher.url(path) in story.html for path in ("/news/b", "/c.png")] == [True, True], story.html
