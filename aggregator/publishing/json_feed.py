"""What does a digest look like as a JSON Feed 1.1 (jsonfeed.org/version/1.1)?

Beside what the format defines, each item has an ``_aggregator`` object, from which a program can read
which copies were merged and how alike they are. The words come from ``content``.
"""

from __future__ import annotations

import json
from typing import Any

from aggregator.model import CopyView, DigestPage, Enclosure, StoryView
from aggregator.publishing import links
from aggregator.publishing.content import (
    bylines,
    excerpt,
    headline,
    language_tag,
    one_line,
    story_content,
    words_of,
)
from aggregator.publishing.dates import rfc3339
from aggregator.publishing.xml import legal_text

_VERSION = "https://jsonfeed.org/version/1.1"


def render_json(page: DigestPage) -> bytes:
    """The page as a JSON Feed document, UTF-8."""
    own = links.service_url(page, links.feed_path(page.name, links.FeedFormat.JSON))
    feed = {
        "version": _VERSION,
        "title": one_line(page.title),
        "home_page_url": page.home_url,
        "feed_url": links.feed_url(page, links.FeedFormat.JSON),
        "next_url": dict(links.paging(page, own)).get("next"),
        "icon": links.service_url(page, "/favicon.svg"),
        "favicon": links.service_url(page, "/favicon.svg"),
        "items": [_item(story) for story in page.stories],
    }
    return (json.dumps(_written(feed), ensure_ascii=False, indent=1) + "\n").encode()


def _item(story: StoryView) -> dict[str, Any]:
    return {
        "id": story.uri,
        "url": story.lead.url,
        "title": headline(story),
        "summary": excerpt(story.text) or None,
        "content_html": story_content(story),
        "image": story.image,
        "date_published": rfc3339(story.published_at),
        "date_modified": rfc3339(story.updated_at),
        "authors": [{"name": name} for name in bylines(story)],
        "tags": list(words_of(story.categories)) or None,
        "language": language_tag(story),
        "attachments": [_attachment(enclosure) for enclosure in story.enclosures] or None,
        "_aggregator": {
            "story_id": story.key,
            "copies": [_copy(copy) for copy in story.copies],
            "credit": one_line(story.credit or "") or None,
            "first_seen": rfc3339(story.first_seen_at),
        },
    }


def _copy(copy: CopyView) -> dict[str, Any]:
    return {
        "url": copy.url,
        "outlet": copy.outlet,
        "feed": copy.feed,
        "title": one_line(copy.title),
        "published": rfc3339(copy.published_at),
        "verdict": copy.relation,
        "similarity": round(copy.similarity, 4),
    }


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return {
        "url": enclosure.url,
        "mime_type": enclosure.media_type or "application/octet-stream",
        "size_in_bytes": enclosure.length,
    }


def _written(value: Any) -> Any:
    """The value as it is written: text made legal as in the other formats, absent members left out.

    Only the credit inside ``_aggregator`` stays as null: programs look for it there.
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
