"""What does a digest look like as an RSS 2.0 feed?

RSS 2.0 with the modules readers know: content:encoded, dc, atom:link and media. It follows the RSS
Advisory Board's best practices. The words come from ``content``; the links from ``links``.
"""

from __future__ import annotations

from html import escape

from aggregator.model import DigestPage, Enclosure, StoryView
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
from aggregator.publishing.dates import rfc3339, rfc5322
from aggregator.publishing.xml import (
    ATOM,
    CONTENT,
    DC,
    MEDIA,
    Element,
    append,
    append_plain_title,
    document_root,
    serialise,
)

_NAMESPACES: dict[str | None, str] = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA}
_UNKNOWN_TYPE = "application/octet-stream"


def render_rss(page: DigestPage) -> bytes:
    """The page as an RSS 2.0 document, UTF-8."""
    rss = document_root("rss", _NAMESPACES, version="2.0")
    channel = append(rss, "channel")
    own = links.service_url(page, links.feed_path(page.name, links.FeedFormat.RSS))
    append_plain_title(channel, "title", one_line(page.title))
    append(channel, "link", page.home_url)
    append(
        channel, "description", escape(f"{one_line(page.title)}: every story once, with every outlet that carried it")
    )
    append(channel, "lastBuildDate", rfc5322(page.updated_at))
    append(channel, "generator", "aggregator")
    _append_link(channel, "self", links.feed_url(page, links.FeedFormat.RSS), type=links.FeedFormat.RSS.media_type)
    for relation, url in links.paging(page, own):
        _append_link(channel, relation, url)
    for story in page.stories:
        _append_item(channel, story)
    return serialise(rss)


def _append_item(channel: Element, story: StoryView) -> None:
    item = append(channel, "item")
    append_plain_title(item, "title", headline(story))
    append(item, "link", story.lead.url)
    append(item, "guid", story.uri, isPermaLink="false")
    append(item, "pubDate", rfc5322(story.published_at))
    append(item, f"{{{ATOM}}}updated", rfc3339(story.updated_at))
    for name in bylines(story):
        append(item, f"{{{DC}}}creator", name)
    if credit := one_line(story.credit or ""):
        append(item, f"{{{DC}}}contributor", credit)
    if language := language_tag(story):
        append(item, f"{{{DC}}}language", language)
    for category in words_of(story.categories):
        append(item, "category", category)
    if summary := excerpt(story.text):
        append(item, "description", escape(summary, quote=False))
    append(item, f"{{{CONTENT}}}encoded", story_content(story))
    if story.comments_url:
        append(item, "comments", story.comments_url)
    append(item, "source", one_line(story.lead.feed) or one_line(story.lead.outlet), url=story.lead.feed_url)
    for relation, copy in other_links(story):
        _append_link(item, relation, copy.url, type="text/html", title=link_title(copy))
    _append_media(item, story)


def _append_media(item: Element, story: StoryView) -> None:
    if story.image:
        # A thumbnail, not media:content: readers list the latter among the entry's attachments.
        append(item, f"{{{MEDIA}}}thumbnail", url=story.image)
    for number, enclosure in enumerate(story.enclosures):
        if number == 0:
            append(item, "enclosure", **_enclosure_attributes(enclosure))
        else:
            # One enclosure per item is all that every reader understands (best practices, "enclosure").
            append(item, f"{{{MEDIA}}}content", url=enclosure.url, type=enclosure.media_type)


def _enclosure_attributes(enclosure: Enclosure) -> dict[str, str]:
    """All three attributes are required; 0 is the length of a file whose length is not known."""
    return {
        "url": enclosure.url,
        "length": str(enclosure.length or 0),
        "type": enclosure.media_type or _UNKNOWN_TYPE,
    }


def _append_link(parent: Element, relation: str, url: str, **attributes: str | None) -> None:
    append(parent, f"{{{ATOM}}}link", "", rel=relation, href=url, **attributes)
