"""Renders a feed as JSON Feed 1.1 (jsonfeed.org/version/1.1).

An item also has an ``_aggregator`` object, from which a program can read the merged copies and their similarity.
"""

from __future__ import annotations

import json
from typing import Any

from aggregator.model.parsing import Enclosure
from aggregator.publishing.date_formats import rfc3339
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.entry_content import enclosure_type
from aggregator.publishing.published_entries import PublishedEntry, PublishedFeed
from aggregator.publishing.xml_writer import legal_text

_VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: PublishedFeed) -> bytes:
    """Renders the feed as a JSON Feed document in UTF-8."""
    neighbours = dict(feed.address.neighbours(FeedFormat.JSON))
    written = {
        "version": _VERSION,
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.address.own(FeedFormat.JSON),
        "next_url": neighbours.get("prev-archive" if feed.archive else "next"),
        "icon": feed.icon_url,
        "favicon": feed.icon_url,
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs] or None,
        "items": [_item(entry) for entry in feed.entries],
    }
    return (json.dumps(_written(written), ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: PublishedEntry) -> dict[str, Any]:
    return {
        "id": entry.uri,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary or None,
        "content_html": entry.content,  # content_html or content_text is required
        "image": entry.image,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.categories) or None,
        "language": entry.language,
        "attachments": [_attachment(enclosure) for enclosure in entry.enclosures] or None,
        "_aggregator": entry.extension,
    }


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return {
        "url": enclosure.url,
        "mime_type": enclosure_type(enclosure),
        "title": enclosure.title,
        "size_in_bytes": enclosure.length,
        "duration_in_seconds": enclosure.duration,
    }


def _written(value: Any) -> Any:
    """Returns the value to write: legal text as in the other formats, without absent members.

    Only the credit in ``_aggregator`` stays as null, because programs read it.
    """
    match value:
        case str():
            return legal_text(value)
        case list():
            return [_written(element) for element in value]
        case dict():
            return {name: _written(member) for name, member in value.items() if member is not None or name == "credit"}
        case _:
            return value
