"""A publisher on loopback that plays back scripted answers and remembers what it was asked.

    async with Publisher() as publisher:
        publisher.script("/feed", reply(200, body=b"..."), reply(304))
        ...
        assert publisher.requests[0].header("If-None-Match") is None

An answer is a coroutine function that gets the connection's writer, so it can misbehave as it
likes; the functions below make the usual ones. The last answer of a script is repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One request as it came over the wire; header names keep their case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    connection: int
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form that was sent."""
        return dict(parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))

    def header(self, name: str) -> str | None:
        """The value of a header, or None."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


class Publisher:
    """An HTTP server on 127.0.0.1 and a free port, unless told otherwise, whose every answer is scripted."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1", port: int = 0) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self._scripts: dict[str, list[Reply]] = {}
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._address = address
        self._port = port

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._address, self._port, ssl=self._tls)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._port, "a publisher listens inside its async with"
        return self._port

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """The URL of ``path``, by whatever name for loopback."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def script(self, path: str, *replies: Reply) -> str:
        """Answer requests for ``path`` with these, in turn; gives the URL back."""
        self._scripts[path] = list(replies)
        return self.url(path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        connection = self.connections
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                request = _received(head, connection)
                body = await reader.readexactly(int(request.header("Content-Length") or 0))
                request = replace(request, body=body)
                self.requests.append(request)
                await self._next_reply(request.target)(writer)
                await writer.drain()
        except asyncio.CancelledError:
            writer.transport.abort()  # TLS would wait for the other end to say goodbye
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()

    def _next_reply(self, target: str) -> Reply:
        script = self._scripts.get(target.split("?", 1)[0], [reply(404)])
        return script.pop(0) if len(script) > 1 else script[0]


def _received(head: bytes, connection: int) -> Received:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines if line))
    return Received(method=method, target=target, headers=headers, connection=connection)


def reply(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
    """A well-formed answer with a Content-Length (none for 304), leaving the connection open."""
    length = {} if status == 304 or "Content-Length" in (headers or {}) else {"Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} Reason", *(f"{k}: {v}" for k, v in {**(headers or {}), **length}.items())]
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def raw(data: bytes, *, close: bool = False) -> Reply:
    """These bytes, whatever they are."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return play


def drip(head: bytes, byte: bytes = b"x") -> Reply:
    """``head``, and then one byte after the other until the reader goes away."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(0.1)  # fewer within a deadline than may precede an answer

    return play


def hang(head: bytes = b"") -> Reply:
    """``head``, and then nothing until the publisher is closed."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await asyncio.Event().wait()

    return play


def reset(head: bytes = b"") -> Reply:
    """``head``, and then the connection is torn down (RST)."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return play
