"""Defines a published feed and its entries, independent of the format.

Atom, RSS and JSON Feed are three ways to write these values. Stories become entries here, issues in ``issue_entries``,
alerts in ``operator_feed``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import Content, CopyView, StoryView
from aggregator.publishing import entry_content
from aggregator.publishing.date_formats import rfc3339
from aggregator.publishing.digest_urls import FeedDocumentUrls
from aggregator.publishing.player_frames import first_poster


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryLink:
    """An additional link of an entry: its relation (RFC 4287 section 4.2.7.2), URL and title."""

    relation: str
    url: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedSource:
    """The feed of an entry; ``updated_at`` is the newest known time of a change of the feed."""

    url: str
    title: str
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedEntry:
    """One entry as every format writes it.

    ``uri`` never changes. ``url`` is the page that a reader opens; ``content`` is HTML, "" if the entry is only a
    link; ``contributor`` is the credited agency. ``extension`` is the ``_aggregator`` object of JSON Feed.
    """

    uri: str
    url: str
    title: str
    published_at: datetime
    updated_at: datetime
    authors: tuple[str, ...]
    summary: str = ""
    content: str = ""
    contributor: str = ""
    language: str | None = None
    categories: tuple[str, ...] = ()
    links: tuple[EntryLink, ...] = ()
    comments_url: str | None = None
    origin: PublishedSource | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    extension: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFeed:
    """One document of a feed: its URLs, those of its neighbours, and its entries in order.

    ``description`` describes the feed in one line. ``archive`` says that the document does not change any more
    (RFC 5005 section 4); ``hubs`` push the feed (WebSub).
    """

    uri: str
    title: str
    description: str
    home_url: str
    icon_url: str
    address: FeedDocumentUrls
    updated_at: datetime
    entries: tuple[PublishedEntry, ...]
    archive: bool = False
    hubs: tuple[str, ...] = ()


def story_entry(story: StoryView, amount: Content = Content.FULL) -> PublishedEntry:
    """Makes a story into an entry with this amount of its text."""
    return PublishedEntry(
        uri=story.uri,
        url=story.lead.url,
        title=entry_content.headline(story),
        published_at=story.published_at,
        updated_at=story.updated_at,
        authors=entry_content.byline_names(story),
        summary="" if amount is Content.LINK else entry_content.excerpt(story.text),
        content=_CONTENT[amount](story),
        contributor=entry_content.one_line(story.credit or ""),
        language=entry_content.language_tag(story),
        categories=entry_content.distinct_lines(story.categories),
        links=(*_copy_links(story), *_discussion_links(story)),
        comments_url=story.comments_url or next((url for url, _ in entry_content.discussions(story)), None),
        origin=_origin(story.lead),
        image=story.image or first_poster(story.html),
        enclosures=entry_content.distinct_files(story.enclosures),
        extension=_extension(story),
    )


_CONTENT = {
    Content.FULL: entry_content.story_content,
    Content.SUMMARY: entry_content.summary_content,
    Content.LINK: entry_content.link_content,
}


def _origin(lead: CopyView) -> PublishedSource:
    title = entry_content.one_line(lead.feed) or entry_content.one_line(lead.outlet)
    return PublishedSource(url=lead.feed_url, title=title, updated_at=lead.published_at)


def _copy_links(story: StoryView) -> Iterator[EntryLink]:
    for relation, copy in entry_content.copy_links(story):
        yield EntryLink(relation=relation, url=copy.url, title=entry_content.link_title(copy))


def _discussion_links(story: StoryView) -> Iterator[EntryLink]:
    for url, copy in entry_content.discussions(story):
        if url != story.lead.url:
            yield EntryLink(relation="related", url=url, title=entry_content.discussion_title(copy))


def _extension(story: StoryView) -> dict[str, Any]:
    return {
        "story_id": story.key,
        "copies": [_copy(copy) for copy in story.copies],
        "credit": entry_content.one_line(story.credit or "") or None,
        "first_seen": rfc3339(story.first_seen_at),
        "update_note": entry_content.one_line(story.update_note) or None,
    }


def _copy(copy: CopyView) -> dict[str, Any]:
    return {
        "url": copy.url,
        "outlet": copy.outlet,
        "feed": copy.feed,
        "title": entry_content.one_line(copy.title),
        "published": rfc3339(copy.published_at),
        "verdict": copy.relation,
        "similarity": round(copy.similarity, 4),
        **({"discussed_at": copy.discussion_url} if copy.discussion_url else {}),
    }
