"""Redirects that wait, requests that go on where an earlier one stopped, and answers of a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    Hop,
    HttpError,
    NotModified,
    RefusalRule,
    Refused,
    SuccessResponse,
    Validators,
)
from aggregator.polling.fetch import Fetcher, FetchKind
from tests.publisher import Publisher, reply
from tests.test_polling_fetch import LOOPBACK

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def get(
    url: str, *, validators: Validators | None = None, delta: bool = False, hops: tuple[Hop, ...] = ()
) -> FetchOutcome:
    async with Fetcher(LOOPBACK, version="1", clock=lambda: NOW) as fetcher:
        return await fetcher.get(url, kind=FetchKind.FEED, validators=validators, delta=delta, hops=hops)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("wait", ["120", "Wed, 25 Nov 2026 12:00:01 GMT"])
async def test_a_redirect_that_asks_to_wait_is_not_followed_yet(status: int, wait: str) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/a", reply(302, {"Location": "/b"}))
        between = publisher.script("/b", reply(status, {"Location": "/c", "Retry-After": wait}))
        outcome = await get(url)
    assert outcome == DeferredRedirect(
        url=between,
        headers={"location": "/c", "retry-after": wait, "content-length": "0"},
        hops=(
            Hop(url=url, status=302, location=between),
            Hop(url=between, status=status, location=publisher.url("/c")),
        ),
    )
    assert [request.target for request in publisher.requests] == ["/a", "/b"]


@pytest.mark.parametrize("wait", ["0", "", "soon", "-1", "Wed, 25 Nov 2026 11:59:59 GMT"])
async def test_a_redirect_that_asks_for_no_wait_is_followed(wait: str) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/a", reply(302, {"Location": "/b", "Retry-After": wait}))
        publisher.script("/b", reply(200))
        assert isinstance(await get(url), SuccessResponse)


async def test_a_redirect_to_nowhere_that_asks_to_wait_is_an_http_error() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/a", reply(302, {"Retry-After": "120"}))
        assert isinstance(await get(url), HttpError)


async def test_a_request_goes_on_where_the_last_hop_leads() -> None:
    async with Publisher() as publisher:
        url, last = publisher.url("/a"), publisher.script("/c", reply(302, {"Location": "/d"}))
        target = publisher.script("/d", reply(200))
        earlier = (
            Hop(url=url, status=302, location=publisher.url("/b")),
            Hop(url="http://x/", status=301, location=last),
        )
        outcome = await get(url, hops=earlier)
    assert isinstance(outcome, SuccessResponse)
    assert (outcome.url, outcome.hops) == (target, (*earlier, Hop(url=last, status=302, location=target)))
    assert [request.target for request in publisher.requests] == ["/c", "/d"]


async def test_earlier_hops_carry_neither_credentials_nor_validators_elsewhere() -> None:
    async with Publisher() as ours, Publisher() as other:
        url = f"http://me:pw@127.0.0.1:{ours.port}/a"
        away = other.script("/b", reply(302, {"Location": ours.url("/c")}))
        back = ours.script("/c", reply(304))
        outcome = await get(
            url, validators=Validators(url=back, etag='"c"'), hops=(Hop(url=ours.url("/a"), status=302, location=away),)
        )
    assert isinstance(outcome, NotModified)
    sent = [(r.target, r.header("Authorization"), r.header("If-None-Match")) for r in other.requests + ours.requests]
    assert sent == [("/b", None, None), ("/c", "Basic bWU6cHc=", '"c"')]


async def test_earlier_hops_count_as_redirects_and_for_loops() -> None:
    async with Publisher() as publisher:
        url = publisher.url("/0")
        chain = tuple(
            Hop(url=publisher.url(f"/{n}"), status=302, location=publisher.url(f"/{n + 1}")) for n in range(10)
        )
        publisher.script("/1", reply(302, {"Location": "/0"}))
        publisher.script("/10", reply(302, {"Location": "/11"}))
        looping = await get(url, hops=chain[:1])
        at_once = await get(url, hops=(*chain[:1], Hop(url=publisher.url("/1"), status=302, location=url)))
        long = await get(url, hops=chain)
    outcomes = [looping, at_once, long]
    assert all(isinstance(outcome, Refused) and outcome.rule is RefusalRule.REDIRECTS for outcome in outcomes)
    assert [len(outcome.hops) for outcome in outcomes] == [2, 2, 11]
    assert [request.target for request in publisher.requests] == ["/1", "/10"]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://10.0.0.1/", "http://["])
async def test_earlier_hops_are_judged_like_any_target(location: str) -> None:
    hop = Hop(url="http://127.0.0.1/a", status=302, location=location)
    outcome = await get("http://127.0.0.1/a", hops=(hop,))
    assert isinstance(outcome, Refused)
    assert (outcome.rule, outcome.hops) == (RefusalRule.ADDRESS if "10." in location else RefusalRule.SCHEME, (hop,))


async def test_a_difference_is_asked_for_with_validators_only_and_taken_only_then() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", reply(226, {"IM": "feed"}, b"<new/>"))
        known = Validators(url=url, etag='"1"')
        asked = await get(url, validators=known, delta=True)
        unconditional = await get(url, delta=True)
        elsewhere = await get(url, validators=Validators(url=url + "x", etag='"1"'), delta=True)
        unasked = await get(url, validators=known)
    assert isinstance(asked, SuccessResponse)
    assert (asked.status, asked.body) == (226, b"<new/>")
    for outcome in (unconditional, elsewhere, unasked):
        assert outcome == HttpError(url=url, status=226, headers={"im": "feed", "content-length": "6"})
    assert [request.header("A-IM") for request in publisher.requests] == ["feed", None, None, None]


async def test_the_wait_of_a_redirect_ends_with_the_clock_of_the_service() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/a", reply(302, {"Location": "/b", "Retry-After": "Wed, 25 Nov 2026 13:00:00 GMT"}))
        publisher.script("/b", reply(200))
        for now, kind in ((NOW, DeferredRedirect), (NOW + timedelta(hours=1), SuccessResponse)):
            async with Fetcher(LOOPBACK, version="1", clock=lambda now=now: now) as fetcher:  # type: ignore[misc]
                assert isinstance(await fetcher.get(url, kind=FetchKind.FEED), kind)
