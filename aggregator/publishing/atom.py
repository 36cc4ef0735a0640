"""What does a digest look like as an Atom 1.0 feed (RFC 4287, paged by RFC 5005)?

One entry per story. The entry's id is the story's tag URI, so it survives a change of the lead;
``updated`` is the story's, which one more copy does not move. The words come from ``content``.
"""

from __future__ import annotations

from aggregator.model import CopyView, DigestPage, StoryView
from aggregator.publishing import links
from aggregator.publishing.content import (
    bylines,
    excerpt,
    headline,
    language_tag,
    link_title,
    one_line,
    other_links,
    story_content,
    words_of,
)
from aggregator.publishing.dates import rfc3339
from aggregator.publishing.xml import ATOM, MEDIA, XML_LANG, Element, append, document_root, serialise

_A = f"{{{ATOM}}}"


def render_atom(page: DigestPage) -> bytes:
    """The page as an Atom feed document, UTF-8."""
    feed = document_root(f"{_A}feed", {None: ATOM, "media": MEDIA})
    own = links.service_url(page, links.feed_path(page.name, links.FeedFormat.ATOM))
    append(feed, f"{_A}id", page.uri)
    append(feed, f"{_A}title", one_line(page.title), type="text")
    append(feed, f"{_A}updated", rfc3339(page.updated_at))
    _append_person(feed, "author", one_line(page.title) or page.name)
    append(feed, f"{_A}generator", "aggregator")
    append(feed, f"{_A}icon", links.service_url(page, "/favicon.svg"))
    _append_link(feed, "self", links.feed_url(page, links.FeedFormat.ATOM), type=links.FeedFormat.ATOM.media_type)
    _append_link(feed, "alternate", page.home_url, type="text/html")
    for relation, url in links.paging(page, own):
        _append_link(feed, relation, url)
    for story in page.stories:
        _append_entry(feed, story)
    return serialise(feed)


def _append_entry(feed: Element, story: StoryView) -> None:
    entry = append(feed, f"{_A}entry")
    if language := language_tag(story):
        entry.set(XML_LANG, language)
    append(entry, f"{_A}id", story.uri)
    append(entry, f"{_A}title", headline(story), type="text")
    append(entry, f"{_A}published", rfc3339(story.published_at))
    append(entry, f"{_A}updated", rfc3339(story.updated_at))
    for name in bylines(story):
        _append_person(entry, "author", name)
    if credit := one_line(story.credit or ""):
        _append_person(entry, "contributor", credit)
    for category in words_of(story.categories):
        append(entry, f"{_A}category", term=category)
    _append_links(entry, story)
    if summary := excerpt(story.text):
        append(entry, f"{_A}summary", summary, type="text")
    append(entry, f"{_A}content", story_content(story), type="html")
    _append_source(entry, story.lead)
    if story.image:
        # A thumbnail, not media:content: readers list the latter among the entry's attachments.
        append(entry, f"{{{MEDIA}}}thumbnail", url=story.image)


def _append_links(entry: Element, story: StoryView) -> None:
    _append_link(entry, "alternate", story.lead.url, type="text/html")
    for relation, copy in other_links(story):
        _append_link(entry, relation, copy.url, type="text/html", title=link_title(copy))
    if story.comments_url:
        _append_link(entry, "replies", story.comments_url, type="text/html")  # RFC 4685 section 4
    for enclosure in story.enclosures:
        length = None if enclosure.length is None else str(enclosure.length)
        _append_link(entry, "enclosure", enclosure.url, type=enclosure.media_type, length=length)


def _append_source(entry: Element, lead: CopyView) -> None:
    """The feed the leading copy came from (RFC 4287 section 4.2.11).

    Its ``updated`` is the copy's own time: the newest of that feed we are sure of.
    """
    source = append(entry, f"{_A}source")
    append(source, f"{_A}id", lead.feed_url)
    append(source, f"{_A}title", one_line(lead.feed) or one_line(lead.outlet), type="text")
    append(source, f"{_A}updated", rfc3339(lead.published_at))
    _append_link(source, "self", lead.feed_url)


def _append_person(parent: Element, role: str, name: str) -> None:
    append(append(parent, f"{_A}{role}"), f"{_A}name", name)


def _append_link(parent: Element, relation: str, url: str, **attributes: str | None) -> None:
    append(parent, f"{_A}link", "", rel=relation, href=url, **attributes)
