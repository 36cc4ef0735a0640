"""Renders a feed as RSS 2.0.

It uses the modules that readers support: content:encoded, dc, atom:link and media. It follows the RSS Advisory Board's
best practices.
"""

from __future__ import annotations

from html import escape

from aggregator.model.parsing import Enclosure
from aggregator.publishing.date_formats import rfc3339, rfc5322
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.entry_content import enclosure_type
from aggregator.publishing.published_entries import PublishedEntry, PublishedFeed
from aggregator.publishing.xml_writer import (
    ARCHIVE,
    ATOM,
    CONTENT,
    DC,
    HISTORY,
    ITUNES,
    MEDIA,
    Element,
    append_element,
    append_plain_title,
    document_root,
    serialise,
)

_NAMESPACES: dict[str | None, str] = {
    "atom": ATOM, "content": CONTENT, "dc": DC, "fh": HISTORY, "itunes": ITUNES, "media": MEDIA,
}  # fmt: skip


def render_rss(feed: PublishedFeed) -> bytes:
    """Renders the feed as an RSS 2.0 document in UTF-8."""
    root = document_root("rss", _NAMESPACES, version="2.0")
    channel = append_element(root, "channel")
    append_plain_title(channel, "title", feed.title)
    append_element(channel, "link", feed.home_url)
    append_element(channel, "description", escape(feed.description))
    append_element(channel, "lastBuildDate", rfc5322(feed.updated_at))
    append_element(channel, "generator", "aggregator")
    _append_link(channel, "self", feed.address.own(FeedFormat.RSS), type=FeedFormat.RSS.media_type)
    for hub in feed.hubs:
        _append_link(channel, "hub", hub)
    for relation, url in feed.address.neighbours(FeedFormat.RSS):
        _append_link(channel, relation, url)
    if feed.archive:
        append_element(channel, ARCHIVE)
    for entry in feed.entries:
        _append_item(channel, entry)
    return serialise(root)


def _append_item(channel: Element, entry: PublishedEntry) -> None:
    item = append_element(channel, "item")
    append_plain_title(item, "title", entry.title)
    append_element(item, "link", entry.url)
    append_element(item, "guid", entry.uri, isPermaLink="false")
    append_element(item, "pubDate", rfc5322(entry.published_at))
    append_element(item, f"{{{ATOM}}}updated", rfc3339(entry.updated_at))
    for name in entry.authors:
        append_element(item, f"{{{DC}}}creator", name)
    if entry.contributor:
        append_element(item, f"{{{DC}}}contributor", entry.contributor)
    if entry.language:
        append_element(item, f"{{{DC}}}language", entry.language)
    for category in entry.categories:
        append_element(item, "category", category)
    if entry.summary:
        append_element(item, "description", escape(entry.summary, quote=False))
    if entry.content:
        append_element(item, f"{{{CONTENT}}}encoded", entry.content)
    if entry.comments_url:
        append_element(item, "comments", entry.comments_url)
    if entry.origin:
        append_element(item, "source", entry.origin.title, url=entry.origin.url)
    for link in entry.links:
        _append_link(item, link.relation, link.url, type="text/html", title=link.title)
    _append_media(item, entry)


def _append_media(item: Element, entry: PublishedEntry) -> None:
    if entry.image:
        # A thumbnail, not media:content: readers list the latter among the entry's attachments.
        append_element(item, f"{{{MEDIA}}}thumbnail", url=entry.image)
    for number, enclosure in enumerate(entry.enclosures):
        if number == 0:
            append_element(item, "enclosure", **_enclosure_attributes(enclosure))
            if enclosure.duration:
                append_element(item, f"{{{ITUNES}}}duration", str(enclosure.duration))
        else:
            # many readers support only one enclosure per item (best practices, "enclosure")
            _append_medium(item, enclosure)


def _append_medium(item: Element, enclosure: Enclosure) -> None:
    duration = str(enclosure.duration) if enclosure.duration else None
    medium = append_element(
        item, f"{{{MEDIA}}}content", url=enclosure.url, type=enclosure.media_type, duration=duration
    )
    if enclosure.title:
        append_element(medium, f"{{{MEDIA}}}title", enclosure.title, type="plain")


def _enclosure_attributes(enclosure: Enclosure) -> dict[str, str]:
    """Returns the three required attributes; an unknown length is 0."""
    return {
        "url": enclosure.url,
        "length": str(enclosure.length or 0),
        "type": enclosure_type(enclosure),
    }


def _append_link(parent: Element, relation: str, url: str, **attributes: str | None) -> None:
    append_element(parent, f"{{{ATOM}}}link", "", rel=relation, href=url, **attributes)
