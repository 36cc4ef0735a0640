"""Builds the URLs of digests and of their pages.

``web`` answers the requests for these URLs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlencode

from aggregator.model.publishing import DigestPage

MAIN_DIGEST = "digest"
"""The digest that is served at the short URLs."""


class FeedFormat(StrEnum):
    """A format of the digest feed; its value is the suffix of the URL."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The media type of the format, without parameters."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.JSON: "application/feed+json",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedDocumentUrls:
    """The URLs of the documents of one feed, without the suffix of the format.

    ``stem`` is absolute. ``here`` is the query of this document and ``others`` the queries of its neighbours, by link
    relation. A query is "" or begins with a question mark.
    """

    stem: str
    here: str = ""
    others: tuple[tuple[str, str], ...] = ()

    def own(self, feed_format: FeedFormat) -> str:
        """Returns the URL of this document: the feed's ``self`` link."""
        return f"{self.stem}.{feed_format}{self.here}"

    def neighbours(self, feed_format: FeedFormat) -> Iterator[tuple[str, str]]:
        """Yields the link relations of a document to its neighbours, and their URLs."""
        for relation, query in self.others:
            yield relation, f"{self.stem}.{feed_format}{query}"


def document_urls(page: DigestPage) -> FeedDocumentUrls:
    """Returns the URLs of this page of a digest (RFC 5005 sections 3 and 4)."""
    here = page_query(page=page.page, archive=page.archive, token=page.token)
    others = (*paging_links(page, ""), *_archives(page))
    return FeedDocumentUrls(stem=service_url(page, _feed_stem(page.name)), here=here, others=others)


def feed_path(name: str, feed_format: FeedFormat) -> str:
    """Returns the path of a digest's feed: ``/digest.atom`` for the main digest, else ``/digests/NAME.atom``."""
    return f"{_feed_stem(name)}.{feed_format}"


def html_path(name: str) -> str:
    """Returns the path of a digest's web page: ``/`` for the main digest, else ``/digests/NAME``."""
    return "/" if name == MAIN_DIGEST else f"/digests/{_segment(name)}"


def issue_path(digest: str, key: str = "") -> str:
    """Returns the path of the page of one issue of a digest; without ``key`` the common prefix."""
    return f"/digests/{_segment(digest)}" + (f"/{_segment(key)}" if key else "")


def story_path(key: str) -> str:
    """Returns the path of the page of a story."""
    return f"/stories/{_segment(key)}"


def page_query(*, page: int = 1, archive: date | None = None, token: str | None = None) -> str:
    """Returns the query of a page or an archive of a digest: "" for the first page, else with a question mark."""
    parameters = {
        "token": token,
        "archive": archive and archive.isoformat(),
        "page": str(page) if page > 1 else None,
    }
    given = {name: value for name, value in parameters.items() if value}
    return f"?{urlencode(given)}" if given else ""


def service_url(page: DigestPage, path: str) -> str:
    """Returns the path as an absolute URL of the service that publishes this page."""
    return page.base_url.rstrip("/") + path


def paging_links(page: DigestPage, address: str) -> Iterator[tuple[str, str]]:
    """Yields the link relations of a paged feed and their URLs (RFC 5005 section 3).

    ``next`` leads to older stories. A digest of one page has no paging links.
    """
    if page.pages <= 1:
        return

    def numbered(number: int) -> str:
        return address + page_query(page=number, token=page.token)

    yield "first", numbered(1)
    if page.page > 1:
        yield "previous", numbered(page.page - 1)
    if page.page < page.pages:
        yield "next", numbered(page.page + 1)
    yield "last", numbered(page.pages)


def _archives(page: DigestPage) -> Iterator[tuple[str, str]]:
    """Yields the link relations to and between archive documents (RFC 5005 section 4)."""
    if page.archive is not None:
        yield "current", page_query(token=page.token)
    if page.earlier is not None:
        yield "prev-archive", page_query(archive=page.earlier, token=page.token)


def _feed_stem(name: str) -> str:
    folder = "" if name == MAIN_DIGEST else "/digests"
    return f"{folder}/{_segment(name)}"


def _segment(text: str) -> str:
    """Quotes the text as one segment of a path; a lone surrogate becomes a question mark."""
    return quote(text, safe="", errors="replace")
