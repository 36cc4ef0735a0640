"""Answers as servers really give them, over a real connection: what has one meaning is read, within all limits."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from datetime import timedelta

import brotli
import pytest

from aggregator.model.polling import Hop, HttpError, RefusalRule, Refused, SuccessResponse, Unreachable
from aggregator.parsing.feed_document import parse_feed
from aggregator.polling.fetch import Fetcher, FetchKind
from tests.conftest import SHARED
from tests.loops import loop_over
from tests.publisher import Publisher, Reply, hang, raw, reply, reset
from tests.test_polling_fetch import LOOPBACK, get

pytestmark = pytest.mark.anyio

FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>Harbour</title></channel></rss>\n"
START = b"HTTP/1.1 200 OK\r\n"
HURRIED = LOOPBACK.model_copy(update={"timeout": timedelta(seconds=3)})


def length(size: int = len(FEED)) -> bytes:
    return b"Content-Length: %d\r\n" % size


def coded(coding: str, body: bytes) -> Reply:
    return reply(200, {"Content-Encoding": coding}, body)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = START + b"Transfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


AS_FOUND = [
    pytest.param(raw(START + b'"X-Frame-Options: deny"\r\n' + length() + b"\r\n" + FEED), id="a quoted line"),
    pytest.param(raw(START + b"PHP Warning: oops in x.php\r\n" + length() + b"\r\n" + FEED), id="a warning as a line"),
    pytest.param(raw(START + b"nothing\r\n" + length() + b"\r\n" + FEED), id="a line without a colon"),
    pytest.param(raw(START + b"X-\xc3\xa9: \xff\x00\r\n: x\r\n" + length() + b"\r\n" + FEED), id="odd bytes"),
    pytest.param(raw(START + b"X-Long: " + b"x" * 80_000 + b"\r\n" + length() + b"\r\n" + FEED), id="a long line"),
    pytest.param(raw((START + length() + b"\r\n").replace(b"\r", b"") + FEED), id="line feeds alone"),
    pytest.param(raw(b"\r\nHTTP/1.1 200\r\n" + length() + b"\r\n" + FEED), id="no reason after an empty line"),
    pytest.param(raw(b"HTTP/1.0 200 OK\r\n\r\n" + FEED, close=True), id="HTTP/1.0 without a length"),
    pytest.param(raw(b"ICY 200 OK\r\n\r\n" + FEED, close=True), id="a radio server"),
    pytest.param(raw(b"HTTP/1.1 103 Early\r\nbad\r\n\r\nHTTP/1.1 100\r\n\r\n" + START + length() + b"\r\n" + FEED), id="interim"),
    pytest.param(raw(START + length(len(FEED) + 40) + b"\r\n" + FEED, close=True), id="a length that is too large"),
    pytest.param(raw(START + length(40) + b"\r\n" + FEED, close=True), id="a length that is too small"),
    pytest.param(raw(START + length(0) + b"\r\n" + FEED, close=True), id="a length of nothing"),
    pytest.param(
        raw(START + b"Content-Encoding: gzip\r\n" + length(30) + b"\r\n" + gzip.compress(FEED), close=True),
        id="a coded body with a length that is too small",
    ),
    pytest.param(raw(START + length(40) + b"Connection: close\r\n\r\n" + FEED, close=True), id="such a length, and its end"),
    pytest.param(raw(START + length(40) + length() + b"\r\n" + FEED, close=True), id="two lengths"),
    pytest.param(raw(START + b"Content-Length: -1\r\n\r\n" + FEED, close=True), id="a negative length"),
    pytest.param(raw(chunked(FEED[:9], FEED[9:]).replace(b"\r\n", b"\r\n" + length(7), 1)), id="a length beside chunks"),
    pytest.param(raw(chunked(FEED, end=b""), close=True), id="no last chunk"),
    pytest.param(raw(chunked(FEED, end=b"0;a=b\r\nX-Sum: 7\r\nno colon\r\n\r\n")), id="an extension and bad trailers"),
    pytest.param(reset(START + length(999) + b"\r\n" + FEED), id="a reset after the whole"),
    pytest.param(coded("gzip", FEED), id="plain, said to be gzip"),
    pytest.param(coded("br", FEED), id="plain, said to be brotli"),
    pytest.param(coded("deflate", FEED), id="plain, said to be deflate"),
    pytest.param(coded("UTF-8", FEED), id="a charset for a coding"),
    pytest.param(coded("", FEED), id="an empty coding"),
    pytest.param(coded("none", FEED), id="no coding by name"),
    pytest.param(coded("br", gzip.compress(FEED)), id="gzip, said to be brotli"),
    pytest.param(coded("gzip", zlib.compress(FEED)), id="zlib, said to be gzip"),
    pytest.param(coded("deflate", zlib.compress(FEED)[2:-4]), id="raw deflate"),
    pytest.param(coded("gzip, gzip", gzip.compress(FEED)), id="gzip once, said twice"),
    pytest.param(coded("gzip", gzip.compress(FEED)[:-6]), id="gzip without its end"),
    pytest.param(coded("gzip", gzip.compress(FEED)[:-8] + b"\xff" * 8), id="gzip with a wrong checksum"),
    pytest.param(
        raw(START + b"Content-Encoding: br\r\n" + length(999) + b"\r\n" + brotli.compress(FEED), close=True),
        id="a coded body with a wrong length",
    ),
    pytest.param(reply(203, {}, FEED), id="203"),
    pytest.param(reply(201, {}, FEED), id="201"),
    pytest.param(reply(202, {}, FEED), id="202"),
    pytest.param(reply(206, {"Content-Range": f"bytes 0-{len(FEED) - 1}/{len(FEED)}"}, FEED), id="206 with the whole"),
    pytest.param(reply(299, {}, FEED), id="an unknown success"),
]  # fmt: skip


@loop_over("answer", AS_FOUND)
async def test_a_whole_document_is_read_however_it_comes(answer: Reply) -> None:
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/", answer))
    assert isinstance(outcome, SuccessResponse), outcome
    assert outcome.body == FEED


HALF = FEED[:60]


@loop_over(
    "answer",
    [
        pytest.param(raw(START + length() + b"\r\n" + HALF, close=True), id="less than its length"),
        pytest.param(raw(chunked(HALF, end=b""), close=True), id="no last chunk"),
        pytest.param(reset(START + length() + b"\r\n" + HALF), id="a reset"),
        pytest.param(coded("gzip", gzip.compress(FEED)[:-14]), id="gzip without its end"),
        pytest.param(raw(START + length(99) + b'\r\n{"items": [{"id": "}"', close=True), id="JSON"),
        pytest.param(raw(START + length(99) + b"\r\nplain text that ends here.", close=True), id="what has no end"),
    ],
)
async def test_half_a_document_is_none(answer: Reply) -> None:
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/", answer))
    assert isinstance(outcome, Unreachable), outcome


async def test_a_server_that_waits_for_the_next_request_has_no_more_to_say() -> None:
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        url = publisher.script("/", reply(200), reply(200, body=FEED[:-20]), reply(200, body=FEED))
        bodies = [await fetcher.get(url, kind=FetchKind.FEED) for _ in range(3)]
    assert [len(each.body) for each in bodies if isinstance(each, SuccessResponse)] == [0, len(FEED) - 20, len(FEED)]
    assert publisher.connections == 1


async def test_at_the_time_limit_a_whole_document_is_read_and_half_of_one_is_not() -> None:
    """All of them at once, because each waits for the limit."""
    answers = {
        "/too-long": hang(START + length(len(FEED) + 40) + b"\r\n" + FEED),
        "/no-length": hang(START + b"\r\n" + FEED),
        "/no-last-chunk": hang(chunked(FEED, end=b"0\r\n")),
        "/half": hang(START + length() + b"\r\n" + HALF),
    }
    async with Publisher() as publisher:
        urls = [publisher.script(path, answer) for path, answer in answers.items()]
        outcomes = await asyncio.gather(*(get(url, fetching=HURRIED) for url in urls))
    assert [type(outcome) for outcome in outcomes] == [SuccessResponse] * 3 + [Unreachable]
    assert {outcome.body for outcome in outcomes if isinstance(outcome, SuccessResponse)} == {FEED}


@loop_over(
    ("kind", "status"),
    [
        *((kind, status) for kind in (FetchKind.FEED, FetchKind.PAGE) for status in (204, 205, 226)),
        (FetchKind.PAGE, 202),
        (FetchKind.ROBOTS, 202),
    ],
)
async def test_some_successes_are_no_document(kind: FetchKind, status: int) -> None:
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/", reply(status, {}, b"" if status == 204 else FEED)), kind=kind)
    assert isinstance(outcome, HttpError)


async def test_a_part_of_a_document_is_no_document() -> None:
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/", reply(206, {}, HALF)))
    assert isinstance(outcome, HttpError)


async def test_no_leniency_exceeds_a_limit() -> None:
    small = LOOPBACK.model_copy(update={"max_feed": 5000})
    endless = b"<rss>" + b" " * 9000 + b"</rss>"
    async with Publisher() as publisher:
        answers = (
            raw(START + length(4) + b"\r\n" + endless, close=True),
            raw(START + b"Content-Length: x\r\n\r\n" + endless, close=True),
            coded("gzip", endless),
            coded("none", endless),
            coded("br", gzip.compress(endless)),
        )
        outcomes = [await get(publisher.script("/", answer), fetching=small) for answer in answers]
        assert [outcome.rule for outcome in outcomes if isinstance(outcome, Refused)] == [RefusalRule.SIZE] * 5
        long = raw(START + b"bad line\r\n" * 20_000 + length() + b"\r\n" + FEED)
        assert isinstance(await get(publisher.script("/", long)), Unreachable)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(raw(START + length(4) + b"\r\n<a/>" + START + length(4) + b"\r\n<b/>"), id="a second answer"),
        pytest.param(raw(START + length(9) + length(4) + b"\r\n<a/>", close=True), id="two lengths"),
        pytest.param(
            raw(START + length(4) + b"Transfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n"), id="length and chunks"
        ),
    ],
)
async def test_a_connection_with_a_doubtful_length_is_not_used_again(answer: Reply) -> None:
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        url = publisher.script("/", answer)
        outcomes = [await fetcher.get(url, kind=FetchKind.FEED) for _ in range(2)]
    assert [outcome.body for outcome in outcomes if isinstance(outcome, SuccessResponse)] == [b"<a/>"] * 2
    assert publisher.connections == 2


@loop_over(
    ("location", "target"),
    [
        pytest.param(b"/new feed.xml", "/new%20feed.xml", id="a blank"),
        pytest.param(b"\\new\\feed", "/new/feed", id="backslashes"),
        pytest.param("/größe".encode(), "/gr%C3%B6%C3%9Fe", id="UTF-8"),
        pytest.param("/größe".encode("latin-1"), "/gr%C3%B6%C3%9Fe", id="Latin-1"),
        pytest.param(b" /new\t", "/new", id="blanks around it"),
        pytest.param(b"new?a=b#top", "/new?a=b", id="relative, with a fragment"),
        pytest.param(b"/first\r\nLocation: /second", "/first", id="two of them"),
    ],
)
async def test_a_redirect_is_followed_however_its_target_is_written(location: bytes, target: str) -> None:
    async with Publisher() as publisher:
        publisher.script(target.partition("?")[0], reply(200, {}, FEED))
        url = publisher.script(
            "/", raw(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n")
        )
        outcome = await get(url)
    assert isinstance(outcome, SuccessResponse)
    assert (outcome.url, outcome.hops) == (
        publisher.url(target),
        (Hop(url=url, status=302, location=publisher.url(target)),),
    )


async def test_a_page_cannot_lead_elsewhere_by_other_means() -> None:
    """Browsers follow a Refresh header and a meta element; a feed reader gets a page instead of a feed (decision 23)."""
    page = b"<html><head><meta http-equiv='refresh' content='0;url=/feed'></head></html>"
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/", reply(200, {"Refresh": "0;url=/feed"}, page)))
    assert isinstance(outcome, SuccessResponse)
    assert (outcome.body, [request.target for request in publisher.requests]) == (page, ["/"])


CASES = SHARED / "cases" / "feeds"


@pytest.mark.parametrize("name", ["26-header-line.http", "28-gzip-that-is-not.http"])
async def test_an_answer_that_was_reported_is_read(name: str) -> None:
    if not (CASES / name).exists():
        pytest.skip("reads the shared cases")
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/feed.xml", raw((CASES / name).read_bytes(), close=True)))
    assert isinstance(outcome, SuccessResponse)
    assert [entry.title for entry in parse_feed(outcome.body, url=outcome.url, content_type=None).entries] == ["x"]  # type: ignore[union-attr]
