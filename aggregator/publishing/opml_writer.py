"""Renders the feeds as OPML 2.0.

Other readers find titles, URLs and folders. This program finds all settings too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lxml import etree

from aggregator.configuration.settings_dump import YamlValue, feed_values
from aggregator.parsing.opml_reader import SETTINGS_NAMESPACE, setting_to_attribute
from aggregator.publishing.xml_writer import Element, append_element, document_root, legal_text, serialise
from aggregator.settings.feeds_file import FeedSettings
from aggregator.url_credentials import without_userinfo

_SECRET = frozenset({"headers", "headers_to"})
_ELSEWHERE = frozenset({"url"})


def render_opml(
    feeds: Sequence[FeedSettings],
    *,
    title: str,
    titles: Mapping[str, str],
    settings: bool = True,
    secrets: bool = False,
) -> bytes:
    """Renders the feeds in folders by their first tag.

    ``titles`` are the titles of feeds without a configured one, by name. ``settings`` writes our own keys as
    attributes; ``secrets`` writes passwords and header fields too. The namespace of our keys is always declared: by
    it ``opml_reader`` knows that the encoding is certain.
    """
    root = document_root("opml", {"ag": SETTINGS_NAMESPACE}, version="2.0")
    append_element(append_element(root, "head"), "title", title)
    body = append_element(root, "body")
    folders: defaultdict[str, list[FeedSettings]] = defaultdict(list)
    for feed in feeds:
        folders[feed.tags[0] if feed.tags else ""].append(feed)
    for folder, inside in folders.items():
        parent = _append_outline(body, folder) if legal_text(folder).strip() else body
        for feed in inside:
            _append_feed(parent, feed, titles, settings=settings, secrets=secrets)
    return serialise(root)


def _append_outline(parent: Element, title: str, **attributes: str | None) -> Element:
    """Appends an outline; readers show its ``text`` (OPML 2.0), and some need ``title`` too."""
    return append_element(parent, "outline", "", text=title, title=title, **attributes)


def _append_feed(
    parent: Element, feed: FeedSettings, titles: Mapping[str, str], *, settings: bool, secrets: bool
) -> None:
    name = feed.name or ""
    title = feed.title or titles.get(name) or name
    outline = _append_outline(
        parent,
        title,
        type="rss",
        xmlUrl=feed.url if secrets else without_userinfo(feed.url),
        category=",".join(feed.tags) or None,
    )
    if not settings:
        return
    written: dict[str, YamlValue] = {"title": "", **feed_values(feed), "name": name}
    for key, value in written.items():
        if key not in _ELSEWHERE and (secrets or key not in _SECRET):
            outline.set(etree.QName(SETTINGS_NAMESPACE, key), legal_text(setting_to_attribute(value)))
