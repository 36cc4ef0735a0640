"""Chooses the document that answers a request.

Pure: takes a request and the printed articles, returns a reply with the validators, 304 responses and compression of
a well-configured web server. ``server`` opens the socket.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from aggregator.demo.feed_documents import render_outlet_feed
from aggregator.demo.newsroom_urls import NewsroomUrls
from aggregator.demo.outlets import DemoOutlet, outlet_named
from aggregator.demo.pages import render_article, render_front_page, render_outlet_list
from aggregator.demo.pictures import draw_picture
from aggregator.demo.printed_articles import PrintedArticle

_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_PNG = "image/png"
_ROBOTS = "User-agent: *\nDisallow: /search\n"
_WORTH_COMPRESSING = 500  # bytes; below this size the gzip header costs more than it saves


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A response: status, headers in order, and the body, which is empty with a 304."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class _Document:
    media_type: str
    body: bytes
    modified_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """All hosts of the newsroom: the printed articles, newest first, and the URLs."""

    articles: tuple[PrintedArticle, ...]
    addresses: NewsroomUrls

    def answer(self, host: str, target: str, headers: Mapping[str, str]) -> Reply:
        """Returns the reply to a GET for ``target`` (path and query) at ``host``; header names are lower-case."""
        document = self._find(host, target)
        if document is None:
            return Reply(status=404, headers=(("Content-Type", _TEXT),), body=b"There is no such page.\n")
        etag = f'W/"{sha256(document.body).hexdigest()[:16]}"'
        validators = [("ETag", etag), ("Vary", "Accept-Encoding")]
        if document.modified_at:
            validators.append(("Last-Modified", format_datetime(document.modified_at, usegmt=True)))
        if _is_current(etag, document.modified_at, headers):
            return Reply(status=304, headers=tuple(validators), body=b"")
        described = [("Content-Type", document.media_type), *validators]
        if _takes_gzip(headers) and document.media_type != _PNG and _is_large(document.body):
            compressed = gzip.compress(document.body, mtime=0)
            return Reply(status=200, headers=(*described, ("Content-Encoding", "gzip")), body=compressed)
        return Reply(status=200, headers=tuple(described), body=document.body)

    def _find(self, host: str, target: str) -> _Document | None:
        name = host.rsplit(":", 1)[0].lower()
        if name in ("localhost", "127.0.0.1"):
            return _page(render_outlet_list(self.addresses)) if target == "/" else None
        outlet = outlet_named(name.removesuffix(".localhost")) if name.endswith(".localhost") else None
        if outlet is None:
            return None
        # some outlets identify pages by the query, others use it only for tracking
        return self._at(outlet, target) or self._at(outlet, target.partition("?")[0])

    def _at(self, outlet: DemoOutlet, target: str) -> _Document | None:
        printed = tuple(article for article in self.articles if article.outlet == outlet)
        if target == outlet.feed_path:
            return _Document(
                media_type=f"{outlet.feed_format.media_type}; charset=utf-8",
                body=render_outlet_feed(outlet, printed, self.addresses).encode(),
                modified_at=max(article.updated_at for article in printed),
            )
        if target == "/":
            return _page(render_front_page(outlet, printed, self.addresses))
        if target == "/robots.txt":
            return _Document(media_type=_TEXT, body=_ROBOTS.encode())
        if target == "/favicon.svg":
            return _Document(media_type="image/svg+xml", body=_icon(outlet).encode())
        for article in printed:
            if target == article.path:
                others = tuple(other for other in printed if other != article)
                return _page(render_article(article, others, self.addresses), modified_at=article.updated_at)
            if target == f"/pictures/{article.story.name}.png":
                return _Document(media_type=_PNG, body=draw_picture(article.story.name))
        return None


def _page(text: str, *, modified_at: datetime | None = None) -> _Document:
    return _Document(media_type=_HTML, body=text.encode(), modified_at=modified_at)


def _icon(outlet: DemoOutlet) -> str:
    letter = outlet.name.removeprefix("The ").removeprefix("Der ")[0]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6"'
        f' fill="{outlet.ink}"/><text x="16" y="23" font-family="Georgia, serif" font-size="20"'
        f' text-anchor="middle" fill="#fff">{letter}</text></svg>'
    )


def _is_current(etag: str, modified_at: datetime | None, headers: Mapping[str, str]) -> bool:
    """Returns True if the client has this document (RFC 9110 sections 13.1.2 and 13.1.3).

    Tags are compared weakly. A date counts only without a tag; an invalid date is ignored.
    """
    if (tags := headers.get("if-none-match")) is not None:
        wanted = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in wanted or etag.removeprefix("W/") in wanted
    if modified_at is None or (since := headers.get("if-modified-since")) is None:
        return False
    try:
        return modified_at <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _takes_gzip(headers: Mapping[str, str]) -> bool:
    """Returns True if the client accepts gzip (RFC 9110 section 12.5.3); a weight of 0 means it does not."""
    for coding in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = coding.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight == "" or weight.strip("0.") != ""
    return False


def _is_large(body: bytes) -> bool:
    return len(body) >= _WORTH_COMPRESSING
