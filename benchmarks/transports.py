"""Compares the CPU cost of one request over different transports, in one run.

    python benchmarks/transports.py                      1,000 hosts, one request each, with 304 responses
    python benchmarks/transports.py --answer 200 --hosts 200

Every host is a loopback address of its own. One process serves them all; it responds at once and keeps connections
open, so only the client is measured. Prints CPU (user and system) per request and the ratio to the service's
fetcher. aiohttp and httpx-aiohttp are measured if they are installed.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from typing import Any

import httpcore
import httpx

from aggregator.model.polling import Validators
from aggregator.polling.fetch import Fetcher, FetchKind
from aggregator.settings.settings_file import FetchingSettings

HEADERS = (
    b'Server: nginx\r\nDate: Wed, 25 Nov 2026 02:00:00 GMT\r\nContent-Type: application/rss+xml\r\nETag: "abc"\r\n'
    b"Last-Modified: Wed, 25 Nov 2026 01:00:00 GMT\r\nCache-Control: max-age=600\r\nX-Frame-Options: DENY\r\n"
)
ANSWERS = {
    "304": b"HTTP/1.1 304 Not Modified\r\n" + HEADERS + b"\r\n",
    "200": b"HTTP/1.1 200 OK\r\n" + HEADERS + b"Content-Length: 20000\r\n\r\n" + b"x" * 20_000,
}
FEED = (
    b"<rss version='2.0'><channel><title>A feed</title>"
    b"<item><title>An entry</title><guid isPermaLink='false'>1</guid></item></channel></rss>"
)
ANSWERS["feed"] = b"HTTP/1.1 200 OK\r\n" + HEADERS + b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED
"""A feed as the response to an unconditional request, and a 304 to a conditional one."""
ASKED = {
    "User-Agent": "aggregator/1",
    "Accept": "application/atom+xml, */*;q=0.1",
    "Accept-Encoding": "gzip",
    "If-None-Match": '"abc"',
    "If-Modified-Since": "Wed, 25 Nov 2026 01:00:00 GMT",
}

Ask = Callable[[str], Awaitable[object]]
"""Sends a request to one URL and reads the response."""


class Answering(asyncio.Protocol):
    """One connection of the server: the same response to every request."""

    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Stores the connection to respond on."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.asked = transport, b""

    def data_received(self, data: bytes) -> None:
        """Responds to every complete request."""
        *whole, self.asked = (self.asked + data).split(b"\r\n\r\n")
        for request in whole:
            is_known = self.answer is ANSWERS["feed"] and b"If-None-Match" in request
            self.transport.write(ANSWERS["304"] if is_known else self.answer)


async def serve(answer: str) -> None:
    """Serves all loopback addresses, on a free port that it prints, until it is killed."""
    Answering.answer = ANSWERS[answer]
    server = await asyncio.get_running_loop().create_server(Answering, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def our_fetcher(concurrency: int) -> AsyncIterator[Ask]:
    """Opens the service's own fetcher, its address rule included."""
    settings = FetchingSettings(allow_networks=(ip_network("127.0.0.0/8"),))
    async with Fetcher(settings, version="1", concurrency=concurrency) as fetcher:

        async def ask(url: str) -> object:
            validators = Validators(url=url, etag=ASKED["If-None-Match"], last_modified=ASKED["If-Modified-Since"])
            return await fetcher.get(url, kind=FetchKind.FEED, validators=validators)

        yield ask


@asynccontextmanager
async def httpcore_pool(connections: int, *, kept: int) -> AsyncIterator[Ask]:
    """Opens the connection pool on which httpx is built."""
    async with httpcore.AsyncConnectionPool(max_connections=connections, max_keepalive_connections=kept) as pool:

        async def ask(url: str) -> object:
            host = httpx.URL(url).netloc.decode()
            return await pool.request("GET", url, headers=[("Host", host), *ASKED.items()])

        yield ask


@asynccontextmanager
async def httpx_client(connections: int, *, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[Ask]:
    """Opens an httpx client in its default configuration, or over another transport."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(limits=limits, transport=transport, trust_env=False) as client:

        async def ask(url: str) -> object:
            return await client.get(url, headers=ASKED)

        yield ask


@asynccontextmanager
async def aiohttp_session(connections: int) -> AsyncIterator[Any]:
    """Opens an aiohttp session without cookies and decompression, for a fair comparison."""
    aiohttp = importlib.import_module("aiohttp")
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        yield session


@asynccontextmanager
async def aiohttp_bare(connections: int) -> AsyncIterator[Ask]:
    """Opens aiohttp alone."""
    async with aiohttp_session(connections) as session:

        async def ask(url: str) -> object:
            async with session.get(url, headers=ASKED, allow_redirects=False) as answer:
                return await answer.read()

        yield ask


@asynccontextmanager
async def aiohttp_below_httpx(connections: int) -> AsyncIterator[Ask]:
    """Opens httpx over the transport of aiohttp."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp_session(connections))
        transport = importlib.import_module("httpx_aiohttp").AiohttpTransport(client=session)
        yield await stack.enter_async_context(httpx_client(connections, transport=transport))


async def cpu_per_request(ask: Ask, urls: list[str], *, concurrency: int) -> float:
    """Returns the CPU seconds per request if ``concurrency`` tasks request ``urls`` in their order."""
    waiting = urls[::-1]

    async def work() -> None:
        while waiting:
            await ask(waiting.pop())

    before = resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.gather(*(work() for _ in range(concurrency)))
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(urls)


async def compare(port: int, arguments: argparse.Namespace) -> None:
    """Measures each transport and prints its cost."""
    many, few = arguments.hosts, arguments.concurrency
    urls = [f"http://127.9.{n // 250}.{n % 250 + 1}:{port}/feed" for n in range(many)] * arguments.rounds
    contenders = {
        "our fetcher": our_fetcher(few),
        "httpcore, as many connections as tasks": httpcore_pool(few, kept=few),
        "httpcore, none kept": httpcore_pool(few, kept=0),
        "httpx, as many connections as tasks": httpx_client(few),
        "httpx, a connection per host": httpx_client(many),
        "aiohttp": aiohttp_bare(few),
        "aiohttp below httpx": aiohttp_below_httpx(few),
    }
    ours = 0.0
    for name, contender in contenders.items():
        try:
            async with contender as ask:
                cost = await cpu_per_request(ask, urls, concurrency=few)
        except ImportError as error:
            print(f"{name:40} not measured: {error}")
            continue
        ours = ours or cost
        print(f"{name:40} {cost * 1000:6.2f} ms CPU per request {cost / ours:6.2f}", flush=True)


def main() -> None:
    """Reads the command line, starts the server in a process of its own, compares the transports."""
    parser = argparse.ArgumentParser(description="Compare the CPU cost of one request over different transports.")
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--answer", choices=ANSWERS, default="304")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve(arguments.answer))
        return
    command = [sys.executable, __file__, "--serve", "--answer", arguments.answer]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            asyncio.run(compare(int(server.stdout.readline()), arguments))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
