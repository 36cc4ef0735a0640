"""Sends requests and receives responses on one HTTP/1.1 connection.

h11 writes and parses the bytes (RFC 9112), strictly and with a size limit for the head. ``response_head`` repairs the
head of a response before h11 parses it. This module connects h11 to the event loop. ``connector`` chooses the address
of a connection, ``transport`` uses it again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import cast

import h11
import httpx

from aggregator.polling.response_head import head_length, repair_head

_MAX_HEAD_BYTES = 100 * 1024
_MAX_INTERIM_RESPONSES = 100
_MAX_UNREAD_BYTES = 256 * 1024
_UNCHECKED_CHUNKS = 20_000
_MIN_MEAN_CHUNK_BYTES = 16
_INTERIM_HEAD = re.compile(rb"HTTP/1\.\d 1(?!01)\d\d")


class ConnectionClosed(httpx.RemoteProtocolError):
    """An error: the server closed the connection before the end of its response."""


class Http11Connection(asyncio.Protocol):
    """A connection that carries one request after the other.

    ``lost`` is done as soon as the connection is closed. ``response_started`` is True if any byte arrived since the
    request was sent: a server may close an idle connection while a request is on its way.
    """

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport  # set before any caller gets the connection
        self._data_arrived: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._in_request = False
        self._head: bytearray | None = None  # the bytes of a head that is not complete; None in a body
        self._head_count = 0
        self._is_head_too_large = False
        self._unannounced: bytearray | None = None
        self._unread_bytes = 0
        self._chunk_count = 0
        self._body_bytes = 0
        self.response_started = False
        self.lost: asyncio.Future[None] = self._loop.create_future()

    @property
    def is_open(self) -> bool:
        """True if a request can be sent: no side closed the connection, and no bytes came without a request."""
        return not self._transport.is_closing()

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Sends ``request``, whose body must be in memory, and returns the head of the response.

        Raises httpx.ProtocolError or httpx.NetworkError.
        """
        self._in_request, self.response_started, self._head = True, False, bytearray()
        self._head_count = 0
        self._chunk_count = self._body_bytes = 0
        try:
            self._transport.write(self._encode(request))
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        for _ in range(_MAX_INTERIM_RESPONSES):
            event = await self._next_event()
            if isinstance(event, h11.Response):
                return event
        raise httpx.RemoteProtocolError(f"{_MAX_INTERIM_RESPONSES} interim responses and no final response")

    async def chunk(self) -> bytes | None:
        """Returns the next chunk of the response body, still encoded; None at its end.

        Raises httpx.ProtocolError or httpx.NetworkError. A body in very small chunks is a protocol error: millions
        of chunks of one byte would keep the whole service busy until the time limit.
        """
        event = await self._next_event()
        if not isinstance(event, h11.Data):
            return None
        self._chunk_count += 1
        self._body_bytes += len(event.data)
        if self._chunk_count > max(_UNCHECKED_CHUNKS, self._body_bytes // _MIN_MEAN_CHUNK_BYTES):
            raise httpx.RemoteProtocolError(f"the body has more than {_UNCHECKED_CHUNKS} very small chunks")
        return bytes(event.data)

    async def unannounced_bytes(self) -> AsyncGenerator[bytes, None]:
        """Yields the bytes after the announced end of the body, to the end of the connection.

        Yields nothing if the server expects another request and has sent no such bytes, or the bytes of another
        response. If it yields something, the connection is not used again.
        """
        data, _ = self._http.trailing_data
        if data.startswith(b"HTTP/") or (not data and self._http.their_state is h11.DONE):
            return
        self._unannounced = bytearray(data)
        while True:
            if self._unannounced:
                data, self._unannounced = bytes(self._unannounced), bytearray()
                yield data
            elif self.lost.done():
                return
            else:
                await self._wait_for_data()

    def rest(self) -> bool:
        """Prepares the connection for another request; returns False if it cannot be used again.

        It cannot if the response was not read to its end, if one side announced to close the connection, or if more
        bytes than the response arrived: they would be read as the next response.
        """
        ended = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if not ended or self._http.trailing_data[0] or self._unannounced is not None or not self.is_open:
            return False
        self._http.start_next_cycle()
        self._in_request = False
        return True

    def close(self) -> None:
        """Closes the connection in the order that its protocol requires, without waiting."""
        self._transport.close()

    def abort(self) -> None:
        """Closes the connection at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Receives the open connection from the event loop, TLS included."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Receives bytes from the event loop."""
        if not self._in_request:
            self.abort()
            return
        self.response_started = True
        self._receive(data)
        self._unread_bytes += len(data)
        if self._unread_bytes > _MAX_UNREAD_BYTES:
            self._transport.pause_reading()
        self._wake_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """Receives the end of the connection from the event loop: by an error, or an orderly close."""
        self._error = exc
        if exc is None:
            self._pass_head_on()
            self._http.receive_data(b"")
        self.lost.set_result(None)
        self._wake_reader()

    def _receive(self, data: bytes) -> None:
        """Passes bytes to h11, each head when it is complete: those of interim responses, and that of the response."""
        if self._unannounced is not None:
            self._unannounced += data
            return
        while self._head is not None and data:
            searched = len(self._head)
            self._head += data
            length = head_length(self._head, start=searched)
            self._is_head_too_large = (length or len(self._head)) > _MAX_HEAD_BYTES
            if length is None or self._is_head_too_large:
                return
            head, data = repair_head(bytes(self._head[:length])), bytes(self._head[length:])
            self._head_count += 1
            is_interim = _INTERIM_HEAD.match(head) and self._head_count <= _MAX_INTERIM_RESPONSES
            self._head = bytearray() if is_interim else None
            self._http.receive_data(head)
        if data:
            self._http.receive_data(data)

    def _pass_head_on(self) -> None:
        """Passes the bytes of an incomplete head to h11, which reports what is wrong."""
        if self._head:
            self._http.receive_data(bytes(self._head))
        self._head = None

    def _encode(self, request: httpx.Request) -> bytes:
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        parts = [self._http.send(head)]
        if request.content:
            parts.append(self._http.send(h11.Data(data=request.content)))
        parts.append(self._http.send(h11.EndOfMessage()))
        return b"".join(part for part in parts if part)

    async def _next_event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            if self._is_head_too_large:
                raise httpx.RemoteProtocolError(f"the head of the response is larger than {_MAX_HEAD_BYTES} bytes")
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                if not self.lost.done():
                    raise httpx.RemoteProtocolError(str(error)) from error
                reason = str(error) if self.response_started else "the server closed the connection without a response"
                raise ConnectionClosed(reason) from error
            if not isinstance(event, type) or event is h11.PAUSED:
                return event
            if self._error is not None:
                raise httpx.ReadError(str(self._error)) from self._error
            await self._wait_for_data()

    async def _wait_for_data(self) -> None:
        """Waits for more bytes or the end of the connection."""
        self._unread_bytes = 0
        self._transport.resume_reading()
        self._data_arrived = self._loop.create_future()
        try:
            await self._data_arrived
        finally:
            self._data_arrived = None

    def _wake_reader(self) -> None:
        if self._data_arrived is not None and not self._data_arrived.done():
            self._data_arrived.set_result(None)
