"""The cookies of a request's own redirects go back to their origin, and are forgotten with the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from aggregator.model.polling import Hop, RefusalRule, Refused, SuccessResponse
from aggregator.polling.fetch import Fetcher, FetchKind
from aggregator.polling.request_cookies import RequestCookies
from aggregator.polling.request_identity import RequestIdentity
from tests.loops import loop_over
from tests.publisher import Publisher, Reply, reply
from tests.test_polling_fetch import LOOPBACK, get

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECURE, PLAIN = "https://news.paper.example/a/feed", "http://news.paper.example/a/feed"


def sent(*cookies: str, by: str = SECURE, to: str = SECURE) -> str | None:
    """The Cookie header to one URL after another one set these cookies."""
    known = RequestCookies()
    known.store(httpx.URL(by), [cookie.encode("latin-1") for cookie in cookies], now=NOW)
    header = known.header_for(httpx.URL(to))
    return None if header is None else header.decode("latin-1")


@loop_over(
    ("cookie", "header"),
    [
        pytest.param("a=b", "a=b", id="plain"),
        pytest.param("a=b; HttpOnly; SameSite=Lax; Path=/", "a=b", id="with attributes"),
        pytest.param(' a = "b c" ; x', 'a="b c"', id="blanks and quotes"),
        pytest.param("a=", "a=", id="an empty value"),
        pytest.param("a=b=c", "a=b=c", id="an equals sign in the value"),
        pytest.param("=b", None, id="no name"),
        pytest.param("b", None, id="no equals sign"),
        pytest.param("a b=c", None, id="a blank in the name"),
        pytest.param("a=b\r\nX: y", None, id="a line break"),
        pytest.param("a=" + "b" * 5000, None, id="too large"),
        pytest.param("a=b; Path=/a", "a=b", id="a path above"),
        pytest.param("a=b; Path=/a/feed", "a=b", id="the path itself"),
        pytest.param("a=b; Path=/a/fe", None, id="half of a path"),
        pytest.param("a=b; Path=/other", None, id="another path"),
        pytest.param("a=b; Path=other", "a=b", id="a path that is none"),
        pytest.param("a=b; Domain=news.paper.example", "a=b", id="its own domain"),
        pytest.param("a=b; Domain=.paper.example", "a=b", id="the domain above"),
        pytest.param("a=b; Domain=example", None, id="a public suffix"),
        pytest.param("a=b; Domain=paper.example.evil.example", None, id="another domain"),
        pytest.param("a=b; Domain=per.example", None, id="half of a label"),
        pytest.param("a=b; Max-Age=0", None, id="ended by its age"),
        pytest.param("a=b; Max-Age=-5", None, id="ended by a negative age"),
        pytest.param("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=b", id="its age before its date"),
        pytest.param("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None, id="ended by its date"),
        pytest.param("a=b; Expires=Wed, 25 Nov 2026 12:00:01 GMT", "a=b", id="a date to come"),
        pytest.param("a=b; Expires=soon", "a=b", id="a date that is none"),
        pytest.param("__Host-a=b; Secure; Path=/", "__Host-a=b", id="bound to its host"),
        pytest.param("__Host-a=b; Secure; Path=/a", None, id="bound to its host, with a path"),
        pytest.param("__Secure-a=b", None, id="a secure name that is not"),
    ],
)
def test_a_cookie_goes_back_as_rfc_6265_says(cookie: str, header: str | None) -> None:
    assert sent(cookie) == header


@pytest.mark.parametrize(
    "to",
    [
        pytest.param("https://paper.example/a/feed", id="the domain above"),
        pytest.param("https://img.news.paper.example/a/feed", id="a subdomain"),
        pytest.param("https://news.paper.example:8443/a/feed", id="another port"),
        pytest.param(PLAIN, id="another scheme"),
    ],
)
def test_no_cookie_crosses_an_origin(to: str) -> None:
    assert sent("a=b; Domain=paper.example; Path=/", to=to) is None


def test_cookies_have_an_order_and_the_last_of_a_name_counts() -> None:
    assert sent("a=1; Path=/", "b=2", "a=3; Path=/", "c=4; Path=/") == "b=2; a=3; c=4"
    assert sent("a=1", "a=1; Max-Age=0") is None
    assert sent("a=b; Secure", by=PLAIN, to=PLAIN) is None


def test_their_number_and_size_are_bounded() -> None:
    assert (sent(*(f"c{n}=x" for n in range(99))) or "").count("=") == 50
    assert sent(*(f"c{n}={'x' * 3000}" for n in range(9))) is None


def gate(open_with: str, behind: Reply, closed: Reply) -> Callable[[Publisher], Reply]:
    """An answer that depends on the cookie of its request."""

    def make(publisher: Publisher) -> Reply:
        async def play(writer: object) -> None:
            cookie = publisher.requests[-1].header("Cookie") or ""
            await (behind if open_with in cookie else closed)(writer)  # type: ignore[arg-type]

        return play

    return make


async def test_a_server_that_redirects_until_its_cookie_comes_back_is_read() -> None:
    again = reply(302, {"Location": "/feed", "Set-Cookie": "ok=1; path=/"})
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        url = publisher.script("/feed", gate("ok=1", reply(200, body=b"x"), again)(publisher))
        outcomes = [await fetcher.get(url, kind=kind) for kind in (FetchKind.FEED, FetchKind.PAGE, FetchKind.ROBOTS)]
    for outcome in outcomes:
        assert isinstance(outcome, SuccessResponse)
        assert outcome.hops == (Hop(url=url, status=302, location=url),)
    assert [request.header("Cookie") for request in publisher.requests] == [None, "ok=1"] * 3


async def test_a_cookie_that_changes_nothing_does_not_hide_a_loop() -> None:
    same, new = (
        {"Location": "/feed", "Set-Cookie": "ok=1"},
        [{"Location": "/n", "Set-Cookie": f"n={n}"} for n in range(99)],
    )
    async with Publisher() as publisher:
        outcomes = [
            await get(publisher.script("/feed", reply(302, same))),
            await get(publisher.script("/n", *(reply(302, headers) for headers in new))),
        ]
    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    assert reasons == ["the redirects form a loop", "more than 10 redirects"]
    assert {outcome.rule for outcome in outcomes if isinstance(outcome, Refused)} == {RefusalRule.REDIRECTS}


async def test_cookies_go_through_other_origins_unseen_and_join_the_configured_one() -> None:
    async with Publisher() as ours, Publisher() as other:
        origin = ("http", "127.0.0.1", ours.port)
        identity = RequestIdentity(headers={b"cookie": b"mine=1"}, origins=frozenset({origin}))
        ours.script("/a", reply(302, {"Location": other.url("/b"), "Set-Cookie": "ok=1"}))
        other.script("/b", reply(302, {"Location": ours.url("/c"), "Set-Cookie": "theirs=1"}))
        ours.script("/c", reply(200, {"Set-Cookie": "late=1"}))
        async with Fetcher(LOOPBACK, version="1") as fetcher:
            await fetcher.get(ours.url("/a"), kind=FetchKind.FEED, identity=identity)
            await fetcher.get(ours.url("/c"), kind=FetchKind.FEED)
    assert [request.header("Cookie") for request in ours.requests] == ["mine=1", "mine=1; ok=1", None]
    assert [request.header("Cookie") for request in other.requests] == [None]


async def test_a_form_carries_no_cookie() -> None:
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        publisher.script("/hub", reply(307, {"Location": "/moved", "Set-Cookie": "ok=1"}))
        publisher.script("/moved", reply(202))
        await fetcher.post(publisher.url("/hub"), {"a": "b"})
    assert [request.header("Cookie") for request in publisher.requests] == [None, None]
