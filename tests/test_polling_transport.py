"""Connections are used again where that is safe, and neither their number nor their time grows."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network

import httpx
import pytest

from aggregator.polling.connector import Connector
from aggregator.polling.ip_address_rules import AddressRule, IPAddress
from aggregator.polling.transport import GuardedTransport
from tests.publisher import Publisher, Reply, drip, raw, reply

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\n"


async def loopback(host: str, port: int) -> list[IPAddress]:
    """Every name is this machine."""
    assert (host.endswith(".example"), port > 0) == (True, True)
    return [ip_address("127.0.0.1")]


@asynccontextmanager
async def client(*, kept: int = 16, idle: float = 60) -> AsyncIterator[httpx.AsyncClient]:
    """The transport below httpx's own client, which is what a transport of httpx is for."""
    connector = Connector(
        rule=AddressRule(allow=(ip_network("127.0.0.0/8"),)),
        resolver=loopback,
        timeout_seconds=20,
        ssl_context=ssl.create_default_context(),
    )
    async with httpx.AsyncClient(
        transport=GuardedTransport(connector, kept=kept, idle=idle), trust_env=False
    ) as asking:
        yield asking


async def test_a_connection_that_was_closed_while_idle_is_replaced() -> None:
    """The server takes the second request and closes without a word, as one does whose patience ended."""
    async with Publisher() as publisher, client() as asking:
        url = publisher.script("/", reply(200), raw(b"", close=True), reply(204))
        statuses = [(await asking.get(url)).status_code for _ in range(2)]
    assert (statuses, publisher.connections, len(publisher.requests)) == ([200, 204], 2, 3)


async def test_it_is_replaced_once_and_never_after_a_word() -> None:
    async with Publisher() as publisher, client() as asking:
        silent = publisher.script("/silent", reply(200), raw(b"", close=True))
        await asking.get(silent)
        with pytest.raises(httpx.RemoteProtocolError, match="closed the connection without a response"):
            await asking.get(silent)
        assert len(publisher.requests) == 3
        spoken = publisher.script("/spoken", reply(200), raw(b"HTTP", close=True))
        await asking.get(spoken)
        with pytest.raises(httpx.RemoteProtocolError):
            await asking.get(spoken)
    assert [request.target for request in publisher.requests].count("/spoken") == 2


async def test_what_may_not_be_repeated_goes_over_a_connection_of_its_own() -> None:
    async with Publisher() as publisher, client() as asking:
        url = publisher.script("/", reply(200))
        for _ in range(2):
            await asking.get(url)
            await asking.post(url)
    assert [(request.method, request.connection) for request in publisher.requests] == [
        ("GET", 1),
        ("POST", 2),
        ("GET", 2),
        ("POST", 3),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            raw(HEAD + b"Content-Length: 2\r\n\r\nok" + HEAD + b"\r\n"), id="a second answer behind the first"
        ),
        pytest.param(reply(200, {"Connection": "close"}, b"ok"), id="the server's word that it closes"),
        pytest.param(raw(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), id="HTTP/1.0"),
        pytest.param(raw(b"HTTP/1.0 200 OK\r\n\r\nok", close=True), id="a body that ends with the connection"),
    ],
)
async def test_after_some_answers_the_connection_ends(answer: Reply) -> None:
    async with Publisher() as publisher, client() as asking:
        url = publisher.script("/", answer)
        bodies = [(await asking.get(url)).content for _ in range(2)]
    assert (bodies, publisher.connections) == ([b"ok", b"ok"], 2)


async def test_a_body_that_is_not_read_ends_its_connection() -> None:
    async with Publisher() as publisher, client() as asking:
        url = publisher.script("/", reply(200, body=b"x" * 1_000_000))
        for _ in range(2):
            async with asking.stream("GET", url) as answer:
                assert answer.status_code == 200
    assert publisher.connections == 2


async def test_a_server_that_speaks_unasked_is_not_asked_again_there() -> None:
    """What it says would else be taken for the answer to the next request."""
    told, ended = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: 4\r\n\r\ntrue")
        await told.wait()
        writer.write(HEAD + b"Content-Length: 5\r\n\r\nfalse")
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        ended.set()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, client() as asking:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        first = await asking.get(url)
        told.set()
        await ended.wait()
        second = await asking.get(url)
    assert (first.content, second.content) == (b"true", b"true")


async def test_no_more_connections_are_kept_than_wanted() -> None:
    async with Publisher() as publisher, client(kept=2) as asking:
        publisher.script("/", reply(200))
        for host in ("a.example", "b.example", "c.example", "c.example", "b.example", "a.example"):
            await asking.get(publisher.url(host=host))
    assert [request.connection for request in publisher.requests] == [1, 2, 3, 3, 2, 4]


async def test_a_connection_that_nobody_uses_is_ended_in_time() -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        assert await reader.read() == b""
        ended.set()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, client(idle=0) as asking:
        await asking.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await ended.wait()


async def test_a_body_larger_than_any_buffer_comes_whole() -> None:
    body = bytes(range(256)) * 20_000
    async with Publisher() as publisher, client() as asking:
        url = publisher.script("/", reply(200, body=body))
        assert (await asking.get(url)).content == body


async def test_a_body_in_many_small_pieces_comes_whole_and_one_in_crumbs_is_given_up() -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    async with Publisher() as publisher, client() as asking:
        small = publisher.script("/small", raw(chunked + b"14\r\n" + b"x" * 20 + b"\r\n" + b"0\r\n\r\n"))
        pieces = publisher.script("/pieces", raw(chunked + (b"14\r\n" + b"x" * 20 + b"\r\n") * 30_000 + b"0\r\n\r\n"))
        crumbs = publisher.script("/crumbs", raw(chunked + b"1\r\nx\r\n" * 30_000 + b"0\r\n\r\n"))
        assert [len((await asking.get(url)).content) for url in (small, pieces, small)] == [20, 600_000, 20]
        with pytest.raises(httpx.RemoteProtocolError, match="very small chunks"):
            await asking.get(crumbs)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(raw(HEAD + b"X: " + b"a" * 2_000_000 + b"\r\n\r\n"), id="a header of 2 MB"),
        pytest.param(raw(HEAD + b"X: a\r\n" * 400_000 + b"\r\n"), id="400,000 headers"),
        pytest.param(
            raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + HEAD + b"\r\n", close=True), id="1,000 interim answers"
        ),
        pytest.param(drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20), id="interim answers for ever"),
        pytest.param(
            raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * 400_000), id="trailers without end"
        ),
        pytest.param(
            raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 2_000_000), id="a chunk's extension without end"
        ),
    ],
)
async def test_what_surrounds_a_body_is_bounded(answer: Reply) -> None:
    async with Publisher() as publisher, client() as asking:
        with pytest.raises(httpx.RemoteProtocolError):
            await asking.get(publisher.script("/", answer))
