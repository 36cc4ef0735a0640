"""How is the newsroom put on the network of this machine?

``DemoNewsroom`` listens on 127.0.0.1 and hands every request to ``site``. It decides nothing about
what is answered.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from aggregator.demo.newsroom_urls import Addresses
from aggregator.demo.outlets import OUTLETS
from aggregator.demo.printed_articles import publish
from aggregator.demo.sample_stories import load_stories
from aggregator.demo.site import Reply, Site

_HOST = "127.0.0.1"
_IDLE = 5.0  # seconds a connection may stay silent, as browsers open some in advance
_PARTING = 1.0  # seconds that open connections get to end when the newsroom closes


class FeedAddress(NamedTuple):
    """A feed of the newsroom: its name in the configuration, its URL, its tags."""

    name: str
    url: str
    tags: tuple[str, ...]


class LoggedRequest(NamedTuple):
    """A request that was answered: host without port, path with query, status."""

    host: str
    path: str
    status: int


class DemoNewsroom:
    """A newsroom on 127.0.0.1, open from ``__enter__`` to ``__exit__``.

    ``port`` 0 takes a free one. ``now`` is aware; all dates of publication are counted back from
    it, and the same ``now`` and port give the same bytes.
    """

    def __init__(self, port: int = 0, *, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("now is a naive datetime; the newsroom prints aware ones")
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._wanted_port = port
        self._requests: list[LoggedRequest] = []
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = _Server(self._wanted_port, self._requests)
        self._server.site = self._print(tick=0)
        # polls for the order to stop, so a short interval makes a quick end
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="demo-newsroom", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        server, thread = self._running(), self._thread
        server.shutdown()
        server.hang_up(within=_PARTING)
        server.server_close()
        if thread is not None:
            thread.join()
        self._server = self._thread = None

    @property
    def addresses(self) -> Addresses:
        """The URLs of the newsroom while it is open."""
        return Addresses(port=self._running().server_port)

    @property
    def feed_urls(self) -> tuple[FeedAddress, ...]:
        """Every outlet's feed."""
        addresses = self.addresses
        return tuple(FeedAddress(name=outlet.slug, url=addresses.feed(outlet), tags=outlet.tags) for outlet in OUTLETS)

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The requests answered so far, in the order of their answers."""
        return tuple(self._requests)

    def truth(self) -> Mapping[str, str]:
        """The story of every article in print, by the article's URL: what a perfect merge would find."""
        site = self._running().site
        return {site.addresses.article(article): article.story.name for article in site.articles}

    def advance(self) -> None:
        """Move on: the late copy appears and one article is revised. Doing it again changes nothing."""
        self._running().site = self._print(tick=1)

    def _print(self, *, tick: int) -> Site:
        return Site(articles=publish(load_stories(), now=self._now, tick=tick), addresses=self.addresses)

    def _running(self) -> _Server:
        if self._server is None:
            raise RuntimeError("the newsroom is closed; use it in a with statement")
        return self._server


class _Server(ThreadingHTTPServer):
    """Threads that die with the process, and connections that can all be ended at once."""

    daemon_threads = True
    request_queue_size = 128
    site: Site

    def __init__(self, port: int, log: list[LoggedRequest]) -> None:
        self.log = log
        self._open: set[Any] = set()
        self._changed = threading.Condition()
        super().__init__((_HOST, port), _Conversation)

    def server_bind(self) -> None:
        """Bind without asking DNS for our own name, as ``HTTPServer`` would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is open."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection once it is closed."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of an asker who went away; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self, *, within: float) -> None:
        """End every open connection and wait up to so many seconds until their threads are through."""
        with self._changed:
            for request in self._open:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=within)


class _Conversation(BaseHTTPRequestHandler):
    """One request on one connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "DemoNewsroom"
    sys_version = ""
    timeout = _IDLE

    def do_GET(self) -> None:
        """Answer with the document."""
        self._send(self._reply(), with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of the document."""
        self._send(self._reply(), with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Requests are kept in the newsroom's log, not printed."""

    def _reply(self) -> Reply:
        host = self.headers.get("Host", "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.site.answer(host, self.path, headers)
        self.server.log.append(LoggedRequest(host=host.rsplit(":", 1)[0], path=self.path, status=reply.status))
        return reply

    def _send(self, reply: Reply, *, with_body: bool) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if with_body:
            self.wfile.write(reply.body)
