"""How is HTTP/1.1 spoken on one connection?

The bytes are h11's to write and to read (RFC 9112), strictly and within a bounded head; here is
what stands between it and the event loop. Which address a connection goes to is ``connecting``'s,
when it is used again ``transport``'s.
"""

from __future__ import annotations

import asyncio
from typing import cast

import h11
import httpx

_LONGEST_HEAD = 100 * 1024
_MOST_INTERIM = 100
_MOST_UNREAD = 256 * 1024
_FREE_PIECES = 20_000
_LEAST_PIECE = 16


class Connection(asyncio.Protocol):
    """One connection, on which one request follows the other.

    ``lost`` is done as soon as the connection is no more. ``heard`` says whether anything came
    since the request was sent: a server may close a connection that is idle while a request is
    on its way to it.
    """

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport  # set before anybody gets the connection
        self._woken: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._asking = False
        self._unread = 0
        self._pieces = 0
        self._body_bytes = 0
        self.heard = False
        self.lost: asyncio.Future[None] = self._loop.create_future()

    @property
    def is_open(self) -> bool:
        """Whether a request may be sent: nobody has closed it, or spoken unasked."""
        return not self._transport.is_closing()

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send ``request``, whose body was read, and wait for the head of its answer.

        Raises httpx.ProtocolError or httpx.NetworkError.
        """
        self._asking, self.heard = True, False
        self._pieces = self._body_bytes = 0
        try:
            self._transport.write(self._written(request))
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        for _ in range(_MOST_INTERIM):
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
        raise httpx.RemoteProtocolError(f"{_MOST_INTERIM} interim answers and no final one")

    async def chunk(self) -> bytes | None:
        """The next piece of the answer's body, still in its coding; None at its end.

        Raises httpx.ProtocolError or httpx.NetworkError. A body in crumbs is given up: millions of
        chunks of one byte would keep the whole service busy until the deadline.
        """
        event = await self._next()
        if not isinstance(event, h11.Data):
            return None
        self._pieces += 1
        self._body_bytes += len(event.data)
        if self._pieces > max(_FREE_PIECES, self._body_bytes // _LEAST_PIECE):
            raise httpx.RemoteProtocolError(f"the body comes in more than {_FREE_PIECES} crumbs")
        return bytes(event.data)

    def rest(self) -> bool:
        """Be ready for another request; False when that cannot be.

        It cannot when the answer was not read to its end, when one side said that it closes, and
        when more came than the answer: it would be taken for the next one.
        """
        ended = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if not ended or self._http.trailing_data[0] or not self.is_open:
            return False
        self._http.start_next_cycle()
        self._asking = False
        return True

    def close(self) -> None:
        """End the connection as its protocol asks for, without waiting."""
        self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The event loop's word that the connection stands, TLS included."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """The event loop's word that something came."""
        if not self._asking:
            self.abort()
            return
        self.heard = True
        self._http.receive_data(data)
        self._unread += len(data)
        if self._unread > _MOST_UNREAD:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The event loop's word that the connection is no more, by an error or an orderly end."""
        self._error = exc
        if exc is None:
            self._http.receive_data(b"")
        self.lost.set_result(None)
        self._wake()

    def _written(self, request: httpx.Request) -> bytes:
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        parts = [self._http.send(head)]
        if request.content:
            parts.append(self._http.send(h11.Data(data=request.content)))
        parts.append(self._http.send(h11.EndOfMessage()))
        return b"".join(part for part in parts if part)

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                reason = str(error) if self.heard else "the server closed the connection without an answer"
                raise httpx.RemoteProtocolError(reason) from error
            if not isinstance(event, type) or event is h11.PAUSED:
                return event
            if self._error is not None:
                raise httpx.ReadError(str(self._error)) from self._error
            await self._more()

    async def _more(self) -> None:
        """Wait until something came, or the end."""
        self._unread = 0
        self._transport.resume_reading()
        self._woken = self._loop.create_future()
        try:
            await self._woken
        finally:
            self._woken = None

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)
