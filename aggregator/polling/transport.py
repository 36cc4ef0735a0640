"""How does one request travel, and which connection carries it?

A transport of httpx, made for many hosts that are each asked seldom. httpx's own asks every idle
connection at every request whether it still stands; here the event loop tells. What is kept is
bounded by number and by time, whatever the number of hosts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Self

import httpx

from aggregator.polling.connector import Connector
from aggregator.polling.http11_connection import Connection
from aggregator.polling.request_urls import Origin, origin

_IDLE_SECONDS = 15.0


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends requests over connections that ``connector`` makes, and keeps up to ``kept`` of them.

    A connection that is not used again within ``idle`` seconds is ended. Redirects, cookies,
    proxies and decoding are none of its business.
    """

    def __init__(self, connector: Connector, *, kept: int, idle: float = _IDLE_SECONDS) -> None:
        self._connector = connector
        self._kept = kept
        self._idle_seconds = idle
        self._idle: dict[Origin, tuple[Connection, asyncio.TimerHandle]] = {}
        self._open: set[Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer to ``request``, and its body as a stream that must be closed.

        A connection that was kept and is found closed is replaced once (RFC 9112 section 9.3.1);
        what may not be repeated, a POST, never goes over one.
        """
        await request.aread()
        place = origin(request.url)
        if request.method == "GET" and (connection := self._take(place)) is not None:
            try:
                return await self._ask(request, connection)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if connection.heard:
                    raise
        connection = await self._connector.connect(request.url)
        self._open.add(connection)
        connection.lost.add_done_callback(lambda _: self._open.discard(connection))
        return await self._ask(request, connection)

    async def aclose(self) -> None:
        """End all connections."""
        for _, timer in self._idle.values():
            timer.cancel()
        self._idle.clear()
        lost = [connection.lost for connection in self._open]
        for connection in tuple(self._open):
            connection.abort()
        await asyncio.gather(*lost)

    def release(self, place: Origin, connection: Connection) -> None:
        """Keep a connection whose answer was read for a while; end any other."""
        if not connection.rest():
            connection.abort()
            return
        self._forget(place)
        while len(self._idle) >= self._kept:
            self._forget(next(iter(self._idle)))
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._forget, place)
        self._idle[place] = (connection, timer)

    def _take(self, place: Origin) -> Connection | None:
        connection, timer = self._idle.pop(place, (None, None))
        if timer is not None:
            timer.cancel()
        return connection if connection is not None and connection.is_open else None

    def _forget(self, place: Origin) -> None:
        if (connection := self._take(place)) is not None:
            connection.close()

    async def _ask(self, request: httpx.Request, connection: Connection) -> httpx.Response:
        try:
            answer = await connection.ask(request)
        except BaseException:
            connection.abort()
            raise
        body = _Body(self, origin(request.url), connection)
        return httpx.Response(answer.status_code, headers=list(answer.headers), stream=body)


class _Body(httpx.AsyncByteStream, AsyncIterator[bytes]):
    """The body of one answer; closing it gives the connection back."""

    def __init__(self, transport: GuardedTransport, place: Origin, connection: Connection) -> None:
        self._transport = transport
        self._place = place
        self._connection = connection

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if (chunk := await self._connection.chunk()) is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        self._transport.release(self._place, self._connection)
