"""A form is posted to a hub as any URL is asked: guarded, bounded, and to where the hub moved."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aggregator.model.polling import (
    DeferredRedirect,
    FailureKind,
    FetchOutcome,
    Hop,
    HttpError,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.fetch import Fetcher
from aggregator.settings.settings_file import FetchingSettings
from tests.network import Names
from tests.publisher import Publisher, reply, reset
from tests.test_polling_fetch import LOOPBACK

pytestmark = pytest.mark.anyio

FORM = {"hub.mode": "subscribe", "hub.topic": "https://example.org/ä?a=1&b=2"}
WRITTEN = b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fexample.org%2F%C3%A4%3Fa%3D1%26b%3D2"


async def post(
    url: str, form: Mapping[str, str] | None = None, *, fetching: FetchingSettings = LOOPBACK
) -> FetchOutcome:
    async with Fetcher(fetching, version="1.2", resolver=Names()) as fetcher:
        return await fetcher.post(url, FORM if form is None else form)


async def test_a_form_is_posted_with_these_bytes_and_no_others() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/hub", reply(202, body=b"taken"))
        outcome = await post(url)
    (request,) = publisher.requests
    assert (request.method, request.target, request.body) == ("POST", "/hub", WRITTEN)
    assert request.headers == (
        ("Host", f"127.0.0.1:{publisher.port}"),
        ("User-Agent", "aggregator/1.2 (+https://example.org/bot)"),
        ("Accept", "text/plain, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Length", str(len(WRITTEN))),
    )
    assert outcome == SuccessResponse(url=url, status=202, headers={"content-length": "5"}, body=b"taken", wire_bytes=5)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 226, 299])
async def test_any_success_is_an_answer(status: int) -> None:
    async with Publisher() as publisher:
        outcome = await post(publisher.script("/", reply(status)))
    assert isinstance(outcome, SuccessResponse)
    assert outcome.status == status


@pytest.mark.parametrize("status", [300, 303, 304, 400, 404, 429, 500])
async def test_any_other_status_is_an_http_error(status: int) -> None:
    """Also a 303, which would be a GET of something else."""
    async with Publisher() as publisher:
        url = publisher.script("/", reply(status, {"Location": "/b"}))
        outcome = await post(url)
    assert isinstance(outcome, HttpError)
    assert (outcome.status, len(publisher.requests)) == (status, 1)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_hub_that_moved_is_posted_to_where_it_is_now(status: int) -> None:
    """websub.rocks 203 and 204."""
    async with Publisher() as publisher, Publisher() as other:
        target = other.script("/new", reply(202))
        url = publisher.script("/hub", reply(status, {"Location": target}))
        outcome = await post(f"http://me:pw@127.0.0.1:{publisher.port}/hub")
    assert isinstance(outcome, SuccessResponse)
    assert (outcome.url, outcome.hops) == (target, (Hop(url=url, status=status, location=target),))
    sent = [(r.method, r.body, r.header("Authorization")) for r in publisher.requests + other.requests]
    assert sent == [("POST", WRITTEN, "Basic bWU6cHc="), ("POST", WRITTEN, None)]


async def test_a_form_goes_over_the_same_rules_as_any_request() -> None:
    async with Publisher() as publisher:
        loop = publisher.script("/loop", reply(307, {"Location": "/loop"}))
        inward = publisher.script("/inward", reply(307, {"Location": "http://10.0.0.1/"}))
        file = publisher.script("/file", reply(307, {"Location": "file:///etc/passwd"}))
        later = publisher.script("/later", reply(307, {"Location": "/hub", "Retry-After": "60"}))
        torn = publisher.script("/torn", reset())
        outcomes = [await post(url) for url in (loop, inward, file, "http://[", later, torn)]
    assert [outcome.rule for outcome in outcomes[:4] if isinstance(outcome, Refused)] == [
        RefusalRule.REDIRECTS,
        RefusalRule.ADDRESS,
        RefusalRule.SCHEME,
        RefusalRule.SCHEME,
    ]
    assert isinstance(outcomes[4], DeferredRedirect)
    assert isinstance(outcomes[5], Unreachable)
    assert outcomes[5].trouble is FailureKind.CONNECT
    assert [request.target for request in publisher.requests] == ["/loop", "/inward", "/file", "/later", "/torn"]


async def test_a_long_answer_is_cut() -> None:
    async with Publisher() as publisher:
        outcome = await post(publisher.script("/", reply(400, body=b"x" * 100_000), reply(200, body=b"x" * 100_000)))
        cut = await post(publisher.url("/"))
    assert isinstance(outcome, HttpError)
    assert isinstance(cut, SuccessResponse)
    assert cut.body == b"x" * 65_536


async def test_a_form_may_be_empty() -> None:
    async with Publisher() as publisher:
        assert isinstance(await post(publisher.script("/", reply(200)), {}), SuccessResponse)
    assert (publisher.requests[0].body, publisher.requests[0].header("Content-Length")) == (b"", "0")
