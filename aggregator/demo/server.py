"""Serves the newsroom on 127.0.0.1.

``DemoNewsroom`` passes every request to ``site``, which decides the answer.
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

from aggregator.demo.newsroom_urls import NewsroomUrls
from aggregator.demo.outlets import OUTLETS
from aggregator.demo.printed_articles import print_articles
from aggregator.demo.sample_stories import load_stories
from aggregator.demo.site import Reply, Site

_HOST = "127.0.0.1"
_IDLE = 60.0  # seconds a connection can stay idle; browsers open some in advance, and a busy client is slow to ask
_CLOSING = 1.0  # seconds for open connections to end when the newsroom closes


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

    ``port`` 0 takes a free port. ``now`` is aware. All publication dates are counted back from it, and the same
    ``now`` and port give the same bytes.
    """

    def __init__(self, port: int = 0, *, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("now is naive; give an aware datetime")
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._wanted_port = port
        self._requests: list[LoggedRequest] = []
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = _Server(self._wanted_port, self._requests)
        self._server.site = self._print(tick=0)
        # the thread checks for the end at this interval, so a short one ends quickly
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="demo-newsroom", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        server, thread = self._running(), self._thread
        server.shutdown()
        server.close_connections(within=_CLOSING)
        server.server_close()
        if thread is not None:
            thread.join()
        self._server = self._thread = None

    @property
    def addresses(self) -> NewsroomUrls:
        """The URLs of the newsroom while it is open."""
        return NewsroomUrls(port=self._running().server_port)

    @property
    def feed_urls(self) -> tuple[FeedAddress, ...]:
        """The feed of every outlet."""
        addresses = self.addresses
        return tuple(FeedAddress(name=outlet.slug, url=addresses.feed(outlet), tags=outlet.tags) for outlet in OUTLETS)

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The answered requests, in the order of their answers."""
        return tuple(self._requests)

    def truth(self) -> Mapping[str, str]:
        """Returns the story of every printed article by the article's URL: the result of a perfect merge."""
        site = self._running().site
        return {site.addresses.article(article): article.story.name for article in site.articles}

    def advance(self) -> None:
        """Prints the second edition: a late copy and one revised article. A second call changes nothing."""
        self._running().site = self._print(tick=1)

    def _print(self, *, tick: int) -> Site:
        return Site(articles=print_articles(load_stories(), now=self._now, tick=tick), addresses=self.addresses)

    def _running(self) -> _Server:
        if self._server is None:
            raise RuntimeError("the newsroom is closed; use it in a with statement")
        return self._server


class _Server(ThreadingHTTPServer):
    """A server whose threads end with the process and whose connections can all be closed at once."""

    daemon_threads = True
    request_queue_size = 128
    site: Site

    def __init__(self, port: int, log: list[LoggedRequest]) -> None:
        self.log = log
        self._open: set[Any] = set()
        self._changed = threading.Condition()
        super().__init__((_HOST, port), _RequestHandler)

    def server_bind(self) -> None:
        """Binds without a DNS lookup of our own name, which ``HTTPServer`` would make."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Records the connection while it is open."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Removes the connection when it is closed."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that disconnect; shows every other error, because it is ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close_connections(self, *, within: float) -> None:
        """Closes every open connection and waits up to ``within`` seconds for their threads."""
        with self._changed:
            for request in self._open:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=within)


class _RequestHandler(BaseHTTPRequestHandler):
    """One request on one connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "DemoNewsroom"
    sys_version = ""
    timeout = _IDLE

    def do_GET(self) -> None:
        """Answers with the document."""
        self._send(self._reply(), with_body=True)

    def do_HEAD(self) -> None:
        """Answers with the headers of the document."""
        self._send(self._reply(), with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Prints nothing; the newsroom keeps its own log."""

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
