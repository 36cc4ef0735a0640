"""Renders digests and feeds in the requested format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from aggregator.model.publishing import DigestPage
from aggregator.publishing.atom import render_atom
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.html_page import render_html
from aggregator.publishing.json_feed_writer import render_json
from aggregator.publishing.published_entries import PublishedFeed
from aggregator.publishing.rss import render_rss


class DigestFormat(StrEnum):
    """The formats of a digest."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"
    HTML = "html"


_RENDERERS: Mapping[FeedFormat, Callable[[PublishedFeed], bytes]] = {
    FeedFormat.ATOM: render_atom,
    FeedFormat.RSS: render_rss,
    FeedFormat.JSON: render_json,
}


def render_feed(feed: PublishedFeed, feed_format: FeedFormat) -> bytes:
    """Renders a document of a feed; the same feed gives the same bytes."""
    return _RENDERERS[feed_format](feed)


def render_digest(page: DigestPage, form: DigestFormat) -> bytes:
    """Renders a page of a digest; the same page gives the same bytes."""
    return render_html(page) if form is DigestFormat.HTML else render_feed(digest_document(page), FeedFormat(form))
