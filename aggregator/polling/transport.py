"""Sends requests over a pool of HTTP/1.1 connections.

This is an httpx transport for many hosts with few requests each. The transport of httpx checks every idle connection
at every request; here the event loop reports a closed one. The number of idle connections and their time in the pool
are limited, for any number of hosts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Self

import httpx

from aggregator.polling.connector import Connector
from aggregator.polling.http11_connection import Http11Connection
from aggregator.polling.request_urls import UrlOrigin, url_origin

STALLED_SECONDS = "stalled_seconds"
"""The request extension that says for how many seconds the event loop stalled since the request began."""

UNANNOUNCED_BYTES = "unannounced_bytes"
"""The response extension that iterates over the bytes that follow the announced end of the body."""

_MAX_IDLE_SECONDS = 15.0


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that opens connections with ``connector`` and keeps up to ``kept`` idle ones.

    It closes a connection that is not used again within ``idle`` seconds. It does not handle redirects, cookies,
    proxies and content codings.
    """

    def __init__(self, connector: Connector, *, kept: int, idle: float = _MAX_IDLE_SECONDS) -> None:
        self._connector = connector
        self._kept = kept
        self._idle_seconds = idle
        self._idle: dict[UrlOrigin, tuple[Http11Connection, asyncio.TimerHandle]] = {}
        self._open: set[Http11Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Returns the head of the response to ``request``, and its body as a stream that the caller must close.

        If an idle connection turns out to be closed, the request is sent once more on a new one (RFC 9112 section
        9.3.1). So is a request whose new connection the server closed while our event loop stalled: the server did
        not want to wait for the request any longer. A POST must not be repeated (RFC 9110 section 9.2.2), so it is
        never sent on an idle connection.
        """
        await request.aread()
        repeatable, pool_key = request.method == "GET", url_origin(request.url)
        if repeatable and (connection := self._take_idle(pool_key)) is not None:
            try:
                return await self._send(request, connection)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if connection.response_started:
                    raise
                repeatable = False
        stalled: Callable[[], float] = request.extensions.get(STALLED_SECONDS, float)
        stalled_before, connection = stalled(), await self._connect(request.url)
        try:
            return await self._send(request, connection)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if not repeatable or connection.response_started or stalled() == stalled_before:
                raise
        return await self._send(request, await self._connect(request.url))

    async def aclose(self) -> None:
        """Closes all connections."""
        for _, timer in self._idle.values():
            timer.cancel()
        self._idle.clear()
        lost = [connection.lost for connection in self._open]
        for connection in tuple(self._open):
            connection.abort()
        await asyncio.gather(*lost)

    def release(self, pool_key: UrlOrigin, connection: Http11Connection) -> None:
        """Keeps an idle connection for a while if its response was read completely; closes any other."""
        if not connection.rest():
            connection.abort()
            return
        self._close_idle(pool_key)
        while len(self._idle) >= self._kept:
            self._close_idle(next(iter(self._idle)))
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._close_idle, pool_key)
        self._idle[pool_key] = (connection, timer)

    def _take_idle(self, pool_key: UrlOrigin) -> Http11Connection | None:
        connection, timer = self._idle.pop(pool_key, (None, None))
        if timer is not None:
            timer.cancel()
        return connection if connection is not None and connection.is_open else None

    def _close_idle(self, pool_key: UrlOrigin) -> None:
        if (connection := self._take_idle(pool_key)) is not None:
            connection.close()

    async def _connect(self, url: httpx.URL) -> Http11Connection:
        connection = await self._connector.connect(url)
        self._open.add(connection)
        connection.lost.add_done_callback(lambda _: self._open.discard(connection))
        return connection

    async def _send(self, request: httpx.Request, connection: Http11Connection) -> httpx.Response:
        try:
            head = await connection.ask(request)
        except BaseException:
            connection.abort()
            raise
        body = _Body(self, url_origin(request.url), connection)
        return httpx.Response(
            head.status_code,
            headers=list(head.headers),
            stream=body,
            extensions={UNANNOUNCED_BYTES: connection.unannounced_bytes},
        )


class _Body(httpx.AsyncByteStream, AsyncIterator[bytes]):
    """The body of one response; closing it returns the connection to the pool."""

    def __init__(self, transport: GuardedTransport, pool_key: UrlOrigin, connection: Http11Connection) -> None:
        self._transport = transport
        self._pool_key = pool_key
        self._connection = connection

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if (chunk := await self._connection.chunk()) is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        self._transport.release(self._pool_key, self._connection)
