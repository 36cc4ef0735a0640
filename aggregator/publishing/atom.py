"""Renders a feed as Atom 1.0 (RFC 4287, with paging by RFC 5005)."""

from __future__ import annotations

from aggregator.publishing.date_formats import rfc3339
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.published_entries import PublishedEntry, PublishedFeed, PublishedSource
from aggregator.publishing.xml_writer import (
    ARCHIVE,
    ATOM,
    HISTORY,
    MEDIA,
    XML_LANG,
    Element,
    append_element,
    document_root,
    serialise,
)

_A = f"{{{ATOM}}}"


def render_atom(feed: PublishedFeed) -> bytes:
    """Renders the feed as an Atom document in UTF-8."""
    root = document_root(f"{_A}feed", {None: ATOM, "fh": HISTORY, "media": MEDIA})
    append_element(root, f"{_A}id", feed.uri)
    append_element(root, f"{_A}title", feed.title, type="text")
    append_element(root, f"{_A}updated", rfc3339(feed.updated_at))
    _append_person(root, "author", feed.title)
    append_element(root, f"{_A}generator", "aggregator")
    append_element(root, f"{_A}icon", feed.icon_url)
    _append_link(root, "self", feed.address.own(FeedFormat.ATOM), type=FeedFormat.ATOM.media_type)
    _append_link(root, "alternate", feed.home_url, type="text/html")
    for hub in feed.hubs:
        _append_link(root, "hub", hub)
    for relation, url in feed.address.neighbours(FeedFormat.ATOM):
        _append_link(root, relation, url)
    if feed.archive:
        append_element(root, ARCHIVE)
    for entry in feed.entries:
        _append_entry(root, entry)
    return serialise(root)


def _append_entry(root: Element, entry: PublishedEntry) -> None:
    element = append_element(root, f"{_A}entry")
    if entry.language:
        element.set(XML_LANG, entry.language)
    append_element(element, f"{_A}id", entry.uri)
    append_element(element, f"{_A}title", entry.title, type="text")
    append_element(element, f"{_A}published", rfc3339(entry.published_at))
    append_element(element, f"{_A}updated", rfc3339(entry.updated_at))
    for name in entry.authors:
        _append_person(element, "author", name)
    if entry.contributor:
        _append_person(element, "contributor", entry.contributor)
    for category in entry.categories:
        append_element(element, f"{_A}category", term=category)
    _append_links(element, entry)
    if entry.summary:
        append_element(element, f"{_A}summary", entry.summary, type="text")
    if entry.content:
        append_element(element, f"{_A}content", entry.content, type="html")
    if entry.origin:
        _append_source(element, entry.origin)
    if entry.image:
        # A thumbnail, not media:content: readers list the latter among the entry's attachments.
        append_element(element, f"{{{MEDIA}}}thumbnail", url=entry.image)


def _append_links(element: Element, entry: PublishedEntry) -> None:
    _append_link(element, "alternate", entry.url, type="text/html")
    for link in entry.links:
        _append_link(element, link.relation, link.url, type="text/html", title=link.title)
    if entry.comments_url:
        _append_link(element, "replies", entry.comments_url, type="text/html")  # RFC 4685 section 4
    for enclosure in entry.enclosures:
        length = None if enclosure.length is None else str(enclosure.length)
        _append_link(
            element, "enclosure", enclosure.url, type=enclosure.media_type, length=length, title=enclosure.title
        )


def _append_source(element: Element, origin: PublishedSource) -> None:
    """Appends the source feed of the entry (RFC 4287 section 4.2.11)."""
    source = append_element(element, f"{_A}source")
    append_element(source, f"{_A}id", origin.url)
    append_element(source, f"{_A}title", origin.title, type="text")
    append_element(source, f"{_A}updated", rfc3339(origin.updated_at))
    _append_link(source, "self", origin.url)


def _append_person(parent: Element, role: str, name: str) -> None:
    append_element(append_element(parent, f"{_A}{role}"), f"{_A}name", name)


def _append_link(parent: Element, relation: str, url: str, **attributes: str | None) -> None:
    append_element(parent, f"{_A}link", "", rel=relation, href=url, **attributes)
