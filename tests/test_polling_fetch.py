"""One GET as a value: what goes over the wire, and what comes of whatever comes back."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address, ip_network
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model.polling import (
    FailureKind,
    FetchOutcome,
    Hop,
    HttpError,
    NotModified,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
    Validators,
)
from aggregator.polling.fetch import Fetcher, FetchKind
from aggregator.polling.name_resolution import Resolver
from aggregator.settings.settings_file import FetchingSettings
from tests.network import Names, certificate_for
from tests.publisher import Publisher, Reply, drip, hang, raw, reply, reset
from tests.thoroughness import examples

pytestmark = pytest.mark.anyio

LOOPBACK = FetchingSettings(
    allow_networks=(ip_network("127.0.0.0/8"),), contact="https://example.org/bot", timeout=timedelta(seconds=20)
)


async def get(
    url: str,
    *,
    kind: FetchKind = FetchKind.FEED,
    fetching: FetchingSettings = LOOPBACK,
    resolver: Resolver | None = None,
    validators: Validators | None = None,
) -> FetchOutcome:
    async with Fetcher(fetching, version="1.2", resolver=resolver or Names()) as fetcher:
        return await fetcher.get(url, kind=kind, validators=validators)


async def test_a_feed_is_asked_for_with_these_bytes_and_no_others() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/feed?a=1", reply(200))
        publisher.script("/feed", reply(200, {"Set-Cookie": "a=b", "X-Two": "1"}, b"text"))
        outcome = await get(url + "#top")
        again = await get(url)
    expected = (
        ("Host", f"127.0.0.1:{publisher.port}"),
        ("User-Agent", "aggregator/1.2 (+https://example.org/bot)"),
        (
            "Accept",
            "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
            "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1",
        ),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
    )
    assert [(request.method, request.target, request.headers) for request in publisher.requests] == [
        ("GET", "/feed?a=1", expected),
        ("GET", "/feed?a=1", expected),
    ]
    assert (
        outcome
        == again
        == SuccessResponse(
            url=url,
            status=200,
            headers={"set-cookie": "a=b", "x-two": "1", "content-length": "4"},
            body=b"text",
            wire_bytes=4,
        )
    )


async def test_cookies_are_never_sent_back_on_the_same_connection() -> None:
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        url = publisher.script("/", reply(200, {"Set-Cookie": "id=7"}))
        await fetcher.get(url, kind=FetchKind.FEED)
        await fetcher.get(url, kind=FetchKind.FEED)
    assert [request.header("Cookie") for request in publisher.requests] == [None, None]
    assert publisher.connections == 1


async def test_proxies_and_passwords_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pw\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with Publisher() as publisher, Publisher() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        assert isinstance(await get(publisher.script("/", reply(200))), SuccessResponse)
    assert (publisher.requests[0].header("Authorization"), proxy.connections) == (None, 0)


@pytest.mark.parametrize("status", [200, 304, 302, 404, 503])
async def test_a_connection_is_used_again_after_any_answer(status: int) -> None:
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        url = publisher.script("/", reply(status, body=b"" if status == 304 else b"x" * 999))
        validators = Validators(url=url, etag='"1"')
        for _ in range(3):
            await fetcher.get(url, kind=FetchKind.PAGE, validators=validators)
    assert publisher.connections == 1


@pytest.mark.parametrize(("kind", "first"), [(FetchKind.PAGE, "text/html"), (FetchKind.ROBOTS, "text/plain")])
async def test_each_kind_says_what_it_accepts(kind: FetchKind, first: str) -> None:
    async with Publisher() as publisher:
        await get(publisher.script("/", reply(200)), kind=kind)
    assert (publisher.requests[0].header("Accept") or "").split(",")[0] == first


async def test_validators_go_back_byte_for_byte_and_a_304_is_not_modified() -> None:
    etag, date = "W/\"caf\xe9 '1'\"", "not even a date"
    async with Publisher() as publisher:
        url = publisher.script("/", reply(304, {"ETag": '"2"', "Cache-Control": "max-age=9"}))
        outcome = await get(url, validators=Validators(url=url, etag=etag, last_modified=date))
    sent = publisher.requests[0]
    assert (sent.header("If-None-Match"), sent.header("If-Modified-Since")) == (etag, date)
    assert outcome == NotModified(url=url, headers={"etag": '"2"', "cache-control": "max-age=9"})


async def test_a_304_that_was_not_asked_for_is_an_error() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", reply(304))
        assert await get(url) == HttpError(url=url, status=304, headers={})


async def test_validators_belong_to_the_url_that_gave_them() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/old", reply(302, {"Location": "/new"}))
        target = publisher.script("/new", reply(200))
        await get(url, validators=Validators(url=url, etag='"old"'))
        await get(url, validators=Validators(url=target, etag='"new"'))
    assert [(request.target, request.header("If-None-Match")) for request in publisher.requests] == [
        ("/old", '"old"'),
        ("/new", None),
        ("/old", None),
        ("/new", '"new"'),
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_remembered(status: int) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/a", reply(status, {"Location": "b/caf\xc3\xa9#top"}))
        target = publisher.script("/b/caf%C3%A9", reply(200, body=b"x"))
        outcome = await get(url)
    assert outcome == SuccessResponse(
        url=target,
        status=200,
        headers={"content-length": "1"},
        body=b"x",
        hops=(Hop(url=url, status=status, location=target),),
        wire_bytes=1,
    )
    assert {request.method for request in publisher.requests} == {"GET"}


@pytest.mark.parametrize(
    ("location", "rule", "reason"),
    [
        pytest.param("/a", RefusalRule.REDIRECTS, "the redirects form a loop", id="to itself"),
        pytest.param("/a#x", RefusalRule.REDIRECTS, "the redirects form a loop", id="to its own fragment"),
        pytest.param("file:///etc/passwd", RefusalRule.SCHEME, "this is not an http or https URL", id="to a file"),
        pytest.param("gopher://127.0.0.1/", RefusalRule.SCHEME, "this is not an http or https URL", id="to gopher"),
        pytest.param("http://169.254.169.254/latest", RefusalRule.ADDRESS, None, id="to a metadata service"),
        pytest.param("http://[::ffff:10.0.0.1]/", RefusalRule.ADDRESS, None, id="to a wrapped private address"),
        pytest.param("http://167772161/", RefusalRule.ADDRESS, None, id="to a private address in decimal"),
        pytest.param("http://0xa.1/", RefusalRule.ADDRESS, None, id="to a private address in hexadecimal"),
        pytest.param("http://inner.example/", RefusalRule.ADDRESS, None, id="to a name with a private address"),
        pytest.param("http://mixed.example/", RefusalRule.ADDRESS, None, id="to a name with a private address too"),
    ],
)
async def test_a_redirect_is_judged_as_its_target_would_be(
    location: str, rule: RefusalRule, reason: str | None
) -> None:
    names = Names(inner_example=[["10.0.0.1"]], mixed_example=[["127.0.0.1", "192.168.0.9"]])
    async with Publisher() as publisher:
        url = publisher.script("/a", reply(302, {"Location": location}))
        outcome = await get(url, resolver=names)
    assert isinstance(outcome, Refused)
    assert (outcome.rule, len(outcome.hops), len(publisher.requests)) == (rule, 1, 1)
    assert reason in (None, outcome.reason)


@pytest.mark.parametrize(
    "location",
    [
        pytest.param(None, id="no location"),
        pytest.param("", id="an empty location"),
        pytest.param("http://[", id="half an address"),
        pytest.param("http://h:99999999/", id="an impossible port"),
        pytest.param("http://012.0.0.1/", id="an address in octal"),
        pytest.param("http://h%00.example/", id="a host that is none"),
        pytest.param("http://h/" + "a" * 70_000, id="a very long location"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_an_http_error(location: str | None) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", reply(301, {} if location is None else {"Location": location}))
        outcome = await get(url)
    assert isinstance(outcome, HttpError)
    assert (outcome.url, outcome.status, outcome.hops) == (url, 301, ())


async def test_redirects_end_at_the_configured_number() -> None:
    async with Publisher() as publisher:
        for number in range(9):
            publisher.script(f"/{number}", reply(302, {"Location": f"/{number + 1}"}))
        outcome = await get(publisher.url("/0"), fetching=LOOPBACK.model_copy(update={"max_redirects": 3}))
    assert isinstance(outcome, Refused)
    assert (outcome.rule, outcome.reason) == (RefusalRule.REDIRECTS, "more than 3 redirects")
    assert [request.target for request in publisher.requests] == ["/0", "/1", "/2", "/3"]


async def test_a_password_goes_to_its_own_origin_only_and_into_no_outcome(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Publisher() as ours, Publisher() as other:
        ours.script("/a", reply(302, {"Location": "/b"}))
        ours.script("/b", reply(302, {"Location": f"http://us:pw@127.0.0.1:{other.port}/c"}))
        other.script("/c", reply(302, {"Location": ours.url("/d")}))
        ours.script("/d", reply(404))
        outcome = await get(f"http://me:s%C3%A9cret%40@127.0.0.1:{ours.port}/a")
    assert [(request.target, request.header("Authorization")) for request in ours.requests] == [
        ("/a", "Basic bWU6c8OpY3JldEA="),
        ("/b", "Basic bWU6c8OpY3JldEA="),
        ("/d", "Basic bWU6c8OpY3JldEA="),
    ]
    assert [request.header("Authorization") for request in other.requests] == [None]
    assert "@" not in repr(outcome)
    assert "cret" not in repr(outcome) + caplog.text
    assert "bWU6" not in caplog.text


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        pytest.param("ftp://h/x", RefusalRule.SCHEME, id="another scheme"),
        pytest.param("http://", RefusalRule.SCHEME, id="no host"),
        pytest.param("http://me:pw@[/", RefusalRule.SCHEME, id="no URL"),
        pytest.param("/relative", RefusalRule.SCHEME, id="a path"),
        pytest.param("http://h/\x00", RefusalRule.SCHEME, id="a control character"),
        pytest.param("http://10.0.0.1/", RefusalRule.ADDRESS, id="a private address"),
        pytest.param("http://[fd00::1]/", RefusalRule.ADDRESS, id="a private IPv6 address"),
        pytest.param("https://[64:ff9b::7f00:1]/", RefusalRule.ADDRESS, id="loopback behind NAT64"),
    ],
)
async def test_some_urls_are_never_asked(url: str, rule: RefusalRule) -> None:
    outcome = await get(url)
    assert isinstance(outcome, Refused)
    assert outcome.rule is rule
    assert "pw" not in repr(outcome)


async def test_loopback_needs_permission_by_address_and_by_name() -> None:
    async with Publisher() as publisher:
        publisher.script("/", reply(200))
        names = Names()
        for host in ("127.0.0.1", "2130706433", "127.1", "localhost", "news.localhost", "News.LocalHost."):
            outcome = await get(publisher.url(host=host), fetching=FetchingSettings(), resolver=names)
            assert isinstance(outcome, Refused)
            assert (host, outcome.rule) == (host, RefusalRule.ADDRESS)
        assert publisher.connections == 0
        assert isinstance(await get(publisher.url(host="news.localhost"), resolver=names), SuccessResponse)
    assert publisher.requests[0].header("Host") == f"news.localhost:{publisher.port}"
    assert names.asked == []


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """The name resolves to a private address the moment after it was checked."""
    names = Names(rebind_example=[["127.0.0.1"], ["10.0.0.1"]])
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1", resolver=names) as fetcher:
        publisher.script("/", reply(200, {"Connection": "close"}))
        url = publisher.url(host="rebind.example")
        first = await fetcher.get(url, kind=FetchKind.FEED)
        second = await fetcher.get(url, kind=FetchKind.FEED)
    assert isinstance(first, SuccessResponse)
    assert isinstance(second, Refused)
    assert second.rule is RefusalRule.ADDRESS
    assert [request.header("Host") for request in publisher.requests] == [f"rebind.example:{publisher.port}"]
    assert names.asked == ["rebind.example", "rebind.example"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    names = Names(two_example=[["::1", "127.0.0.1"]])
    both = LOOPBACK.model_copy(update={"allow_networks": (ip_network("127.0.0.0/8"), ip_network("::1/128"))})
    async with Publisher() as publisher:
        publisher.script("/", reply(200))
        assert isinstance(await get(publisher.url(host="two.example"), resolver=names, fetching=both), SuccessResponse)


async def test_visit_may_refuse_any_hop_before_it_is_asked() -> None:
    seen: list[str] = []

    def visit(url: str) -> Refused | None:
        seen.append(url)
        return Refused(url=url, rule=RefusalRule.ROBOTS, reason="disallowed") if url.endswith("/b") else None

    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        url = publisher.script("/a", reply(301, {"Location": "/b"}))
        outcome = await fetcher.get(url, kind=FetchKind.PAGE, visit=visit)
    target = publisher.url("/b")
    hop = Hop(url=url, status=301, location=target)
    assert outcome == Refused(url=target, rule=RefusalRule.ROBOTS, reason="disallowed", hops=(hop,))
    assert seen == [url, target]
    assert [request.target for request in publisher.requests] == ["/a"]


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        pytest.param(raw(HEAD + b"Content-Length: 9\r\n\r\nshort", close=True), FailureKind.PROTOCOL, id="short body"),
        pytest.param(raw(b"", close=True), FailureKind.PROTOCOL, id="no answer"),
        pytest.param(raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), FailureKind.PROTOCOL, id="not HTTP"),
        pytest.param(
            raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nno"), FailureKind.PROTOCOL, id="garbage for chunks"
        ),
        pytest.param(
            raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", close=True),
            FailureKind.PROTOCOL,
            id="chunks without an end",
        ),
        pytest.param(raw(HEAD + b"X: " + b"a" * 300_000), FailureKind.PROTOCOL, id="a header of 300 kB"),
        pytest.param(raw(HEAD + b"X: a\r\n" * 50_000), FailureKind.PROTOCOL, id="50,000 headers"),
        pytest.param(
            reply(200, {"Content-Encoding": "gzip"}, b"\xff" * 99), FailureKind.PROTOCOL, id="not in its coding"
        ),
        pytest.param(
            reply(200, {"Content-Encoding": "gzip"}, gzip.compress(b"text")[:-4]),
            FailureKind.PROTOCOL,
            id="cut in its coding",
        ),
        pytest.param(reset(), FailureKind.CONNECT, id="a reset instead of an answer"),
        pytest.param(reset(HEAD + b"Content-Length: 9\r\n\r\nabc"), FailureKind.CONNECT, id="a reset in the body"),
    ],
)
async def test_what_a_server_does_wrong_is_a_value(answer: Reply, trouble: FailureKind) -> None:
    async with Publisher() as publisher:
        outcome = await get(publisher.script("/", answer))
    assert isinstance(outcome, Unreachable)
    assert (outcome.trouble, bool(outcome.reason)) == (trouble, True), outcome


async def test_the_deadline_holds_for_everything_together() -> None:
    """All of them at once, because each waits for a deadline that also a busy machine keeps until the last answer."""
    answers = {
        "/nothing": hang(),
        "/half-a-head": hang(HEAD),
        "/a-body-byte-by-byte": drip(HEAD + b"\r\n"),
        "/a-header-byte-by-byte": drip(HEAD + b"X: "),
        "/interim-answers-for-ever": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    }
    hurried = LOOPBACK.model_copy(update={"timeout": timedelta(seconds=3)})
    async with Publisher() as publisher:
        targets = [publisher.script(path, answer) for path, answer in answers.items()]
        urls = [publisher.script(f"/to{path}", reply(302, {"Location": path})) for path in answers]
        outcomes = await asyncio.gather(*(get(url, fetching=hurried) for url in urls))
    assert outcomes == [
        Unreachable(
            url=target,
            trouble=FailureKind.TIMEOUT,
            reason="no complete response within 3 s",
            hops=(Hop(url=url, status=302, location=target),),
        )
        for url, target in zip(urls, targets, strict=True)
    ]


@pytest.mark.parametrize(
    ("headers", "body", "rule"),
    [
        pytest.param({}, b"x" * 5001, RefusalRule.SIZE, id="plain"),
        pytest.param({"Content-Encoding": "br"}, brotli.compress(b"x" * 10**7), RefusalRule.SIZE, id="a bomb"),
        pytest.param(
            {"Content-Encoding": "compress"}, b"\x1f\x9d\x90", RefusalRule.ENCODING, id="a coding not asked for"
        ),
        pytest.param({"Content-Encoding": "gzip, br, gzip"}, b"x", RefusalRule.ENCODING, id="three codings"),
    ],
)
async def test_what_is_too_much_is_refused(headers: dict[str, str], body: bytes, rule: RefusalRule) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", reply(200, headers, body))
        outcome = await get(url, fetching=LOOPBACK.model_copy(update={"max_feed": 5000}))
    assert isinstance(outcome, Refused)
    assert (outcome.url, outcome.rule) == (url, rule)


async def test_a_robots_txt_that_is_too_large_is_cut() -> None:
    async with Publisher() as publisher:
        url = publisher.script("/robots.txt", reply(200, body=b"#" * 900_000))
        outcome = await get(url, kind=FetchKind.ROBOTS)
    assert isinstance(outcome, SuccessResponse)
    assert len(outcome.body) == 500 * 1024 + 1


async def test_a_body_is_decoded_and_its_wire_bytes_counted() -> None:
    coded = gzip.compress(b"<rss/>" * 500)
    async with Publisher() as publisher:
        url = publisher.script("/", reply(200, {"Content-Encoding": "gzip"}, coded))
        outcome = await get(url)
    assert isinstance(outcome, SuccessResponse)
    assert (outcome.body, outcome.wire_bytes) == (b"<rss/>" * 500, len(coded))


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(drip(b"HTTP/1.1 503 No\r\nRetry-After: 60\r\n\r\n"), id="byte by byte"),
        pytest.param(reset(b"HTTP/1.1 503 No\r\nRetry-After: 60\r\n\r\nsorry"), id="torn down"),
        pytest.param(raw(b"HTTP/1.1 503 No\r\nRetry-After: 60\r\n\r\n" + b"x" * 900_000, close=True), id="large"),
    ],
)
async def test_no_body_of_an_error_takes_its_status_back(rest: Reply) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", rest)
        assert await get(url) == HttpError(url=url, status=503, headers={"retry-after": "60"})


async def test_repeated_headers_are_one_list() -> None:
    async with Publisher() as publisher:
        url = publisher.script(
            "/", raw(b"HTTP/1.1 404 No\r\nCache-Control: a\r\ncache-control: b\r\nContent-Length: 0\r\n\r\n")
        )
        outcome = await get(url)
    assert outcome == HttpError(url=url, status=404, headers={"cache-control": "a, b", "content-length": "0"})


@pytest.mark.parametrize(
    ("host", "trouble"),
    [
        pytest.param("nowhere.example", FailureKind.DNS, id="a name nobody knows"),
        pytest.param("a..b", FailureKind.DNS, id="an empty label"),
        pytest.param("a" * 64 + ".example", FailureKind.DNS, id="a label that is too long"),
        pytest.param(".example", FailureKind.DNS, id="a leading dot"),
        pytest.param("closed.example", FailureKind.CONNECT, id="a port nobody listens on"),
    ],
)
async def test_hosts_that_cannot_be_had_are_values(host: str, trouble: FailureKind) -> None:
    outcome = await get(f"http://{host}:9/", resolver=Names(closed_example=[["127.0.0.1"]]))
    assert isinstance(outcome, Unreachable)
    assert outcome.trouble is trouble, outcome


async def test_a_server_without_tls_is_a_tls_trouble() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        outcome = await get(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert isinstance(outcome, Unreachable)
    assert outcome.trouble is FailureKind.TLS, outcome


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of ``secure.example`` in one file."""
    return certificate_for("secure.example", tmp_path_factory.mktemp("tls"))


async def test_tls_keeps_the_name_though_the_connection_goes_to_an_address(certificate: Path) -> None:
    served, asked = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), list[str | None]()
    served.load_cert_chain(certificate)
    served.sni_callback = lambda *told: asked.append(told[1])
    trusting = ssl.create_default_context(cafile=str(certificate))
    names = Names(secure_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    async with (
        Publisher(tls=served) as publisher,
        Fetcher(LOOPBACK, version="1", resolver=names, ssl_context=trusting) as fetcher,
    ):
        publisher.script("/", reply(200))
        right = await fetcher.get(publisher.url(host="secure.example"), kind=FetchKind.FEED)
        wrong = await fetcher.get(publisher.url(host="other.example"), kind=FetchKind.FEED)
        untrusting = await get(publisher.url(host="secure.example"), resolver=names)
    assert isinstance(right, SuccessResponse)
    assert asked == ["secure.example", "other.example", "secure.example"]
    assert isinstance(wrong, Unreachable)
    assert (wrong.trouble, "Hostname mismatch" in wrong.reason) == (FailureKind.TLS, True)
    assert isinstance(untrusting, Unreachable)
    assert (untrusting.trouble, "self-signed" in untrusting.reason) == (FailureKind.TLS, True)


async def test_a_tls_connection_is_used_again(certificate: Path) -> None:
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    names = Names(secure_example=[["127.0.0.1"]])
    body = b"x" * 1_000_000
    async with (
        Publisher(tls=served) as publisher,
        Fetcher(LOOPBACK, version="1", resolver=names, ssl_context=trusting) as fetcher,
    ):
        publisher.script("/", reply(200, body=body), reply(404), reply(200, body=body), reset(HEAD + b"\r\nhalf"))
        url = publisher.url(host="secure.example")
        outcomes = [await fetcher.get(url, kind=FetchKind.PAGE) for _ in range(4)]
    assert [outcome.body for outcome in outcomes if isinstance(outcome, SuccessResponse)] == [body, body]
    assert isinstance(outcomes[3], Unreachable)
    assert publisher.connections == 1


async def test_a_server_that_knows_more_protocols_is_asked_for_http_1_1(certificate: Path) -> None:
    served, chosen = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), list[str | None]()
    served.load_cert_chain(certificate)
    served.set_alpn_protocols(["h2", "http/1.1"])

    async def answer(writer: asyncio.StreamWriter) -> None:
        chosen.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await reply(200)(writer)

    async with (
        Publisher(tls=served) as publisher,
        Fetcher(
            LOOPBACK,
            version="1",
            resolver=Names(secure_example=[["127.0.0.1"]]),
            ssl_context=ssl.create_default_context(cafile=str(certificate)),
        ) as fetcher,
    ):
        publisher.script("/", answer)
        assert isinstance(await fetcher.get(publisher.url(host="secure.example"), kind=FetchKind.FEED), SuccessResponse)
    assert chosen == ["http/1.1"]


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.builds(bytes.__add__, st.just(b"HTTP/1.1 200 OK\r\n"), st.binary(max_size=300)),
        st.builds(
            lambda coding, body: HEAD + b"Content-Encoding: " + coding + b"\r\n\r\n" + body,
            st.sampled_from([b"gzip", b"deflate", b"br", b"zstd", b"br, gzip"]),
            st.binary(max_size=300),
        ),
        st.builds(lambda where: b"HTTP/1.1 302 Go\r\nLocation: " + where + b"\r\n\r\n", st.binary(max_size=60)),
    )
)
async def test_no_bytes_a_server_sends_raise(data: bytes) -> None:
    async with Publisher() as publisher:
        publisher.script("/", raw(data, close=True))
        outcome = await get(publisher.url())
    assert isinstance(outcome, SuccessResponse | NotModified | HttpError | Unreachable | Refused)
    assert replace(outcome) == outcome


async def test_the_resolver_of_the_system_knows_loopback() -> None:
    from aggregator.polling.name_resolution import SystemResolver

    resolver = SystemResolver(threads=1)
    try:
        assert await resolver("127.0.0.1", 80) == (IPv4Address("127.0.0.1"),)
    finally:
        resolver.close()
