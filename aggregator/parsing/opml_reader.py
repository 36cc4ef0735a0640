"""Parses a subscription list in OPML 1.0 and 2.0.

Programs write OPML in many ways. What can be understood is read, and the rest is reported. Folders become tags.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aggregator.model.parsing import Unreadable
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.subscription_list import SubscriptionCollector, Subscriptions, web_url
from aggregator.parsing.titles import plain_text
from aggregator.parsing.xml_repair import ILLEGAL_CHARACTERS, repair_markup
from aggregator.parsing.xml_tree import XmlElement, local_name, parse_xml_tree
from aggregator.plurals import number_of
from aggregator.settings.feeds_file import FeedSettings
from aggregator.url_credentials import without_userinfo

SETTINGS_NAMESPACE = "urn:aggregator:feed-settings"
"""The namespace of this service's own settings, which are attributes of an outline.

A document that declares it was written by this service, so its encoding is known.
"""
OPML = "an OPML document"
"""The format, as reports name it."""

_NO_SETTINGS = frozenset({"url"})
_START = re.compile(r"<(?:\?xml|!DOCTYPE|(?:\w{1,20}:)?opml)\b", re.IGNORECASE)
_VALUE = re.compile(
    r"=\s*(?:\"(?:[^\"<]|<(?!/?(?:outline|body|opml)\b))*\"|'(?:[^'<]|<(?!/?(?:outline|body|opml)\b))*')", re.IGNORECASE
)
_FEED_URL_ATTRIBUTES = ("xmlurl", "feedurl", "rssurl")
_FEED_TYPES = ("rss", "atom", "rdf", "feed", "json", "xml")
_OTHER_FEEDS = {
    "html+xpath": "a web page",
    "xml+xpath": "an XML document",
    "json+dotnotation": "a JSON document",
    "json+dotpath": "a JSON document",
    "html+xpath+json+dotnotation": "a web page",
}
"""Types of FreshRSS for feeds that it makes itself, and what it makes them from."""

_SETTINGS_OF_TT_RSS = frozenset({"tt-rss-prefs", "tt-rss-labels", "tt-rss-filters"})
_FRESHRSS = "https://freshrss.org/opml"
_SELECTORS = {"cssFullContent": "take", "cssContentFilter": "drop", "cssFullContentFilter": "drop"}
"""The selectors of FreshRSS, and our keys of ``page``."""

_PROGRAMS = {_FRESHRSS: "FreshRSS", "frss": "FreshRSS", "urn:forumzilla:": "Thunderbird", "fz": "Thunderbird"}


@dataclass
class _OutlineReader:
    collector: SubscriptionCollector = field(default_factory=SubscriptionCollector)
    foreign: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def read(self, outline: XmlElement, folders: tuple[str, ...]) -> tuple[str, ...] | None:
        """Adds the feed of an outline, or the reason why it has none; returns the folders of the outlines inside.

        Returns None if the outlines inside are not feeds.
        """
        attributes = _attributes(outline)
        title = plain_text(attributes.get("title") or attributes.get("text") or "").strip()
        if title in _SETTINGS_OF_TT_RSS:
            self.collector.skip(title, "these are settings of Tiny Tiny RSS, not feeds")
            return None
        url = _feed_url(attributes)
        if url:
            self._add(outline, attributes, url, title, folders)
            return folders
        if not len(outline) or "url" in attributes:
            self.collector.skip(title or "an outline without a title", _reason_without_url(attributes))
        folder = " ".join(plain_text(attributes.get("text") or attributes.get("title") or "").split())
        return (*folders, folder) if folder else folders

    def _add(
        self, outline: XmlElement, attributes: Mapping[str, str], url: str, title: str, folders: tuple[str, ...]
    ) -> None:
        what = title or without_userinfo(web_url(url))
        if source := _OTHER_FEEDS.get(attributes.get("type", "").lower()):
            self.collector.skip(what, f"FreshRSS makes this feed from {source}; the service reads feeds only")
            return
        settings = dict(self._own_settings(outline, what))
        if page := self._selectors(outline):
            settings.setdefault("page", page)
        tags = settings.pop("tags", None)
        if tags is None:
            tags = tuple(dict.fromkeys((*folders, *_categories(attributes.get("category", "")))))
        feed: dict[str, Any] = {"url": url}
        if title and "title" not in settings:
            feed["title"] = title
        feed |= {key: value for key, value in settings.items() if value != ""}
        if tags:
            feed["tags"] = tags
        self.collector.add(feed, what=what)

    def _own_settings(self, outline: XmlElement, title: str) -> Iterator[tuple[str, Any]]:
        known = set(FeedSettings.model_fields) - _NO_SETTINGS
        for namespace, key, value in _qualified(outline):
            if namespace != SETTINGS_NAMESPACE:
                continue
            if key in known:
                yield key, _value(value)
            else:
                self.collector.skip(title, f"the setting {key} is unknown")

    def _selectors(self, outline: XmlElement) -> Mapping[str, tuple[str, ...]]:
        """Returns the selectors that FreshRSS uses for the pages of a feed; counts the settings that are not read."""
        selectors: dict[str, tuple[str, ...]] = {}
        for namespace, key, value in _qualified(outline):
            if not namespace or namespace == SETTINGS_NAMESPACE:
                continue
            program = _PROGRAMS.get(namespace, namespace)
            if program == "FreshRSS" and key in _SELECTORS:
                selectors[_SELECTORS[key]] = (value,)
            else:
                self.foreign[program][key] += 1
        return selectors

    def skipped_settings(self) -> Iterator[tuple[str, str]]:
        """Yields the programs whose settings were not read, with the reason."""
        for program, keys in self.foreign.items():
            feeds = number_of(max(keys.values()), "feed")
            yield f"settings of {program}", f"the service has no such settings: {', '.join(sorted(keys))} ({feeds})"


def read_opml(body: bytes) -> Subscriptions | Unreadable:
    """Parses a subscription list in any encoding; a document that is not well-formed is read as far as possible."""
    root, problems = _parse(_decode(body))
    if root is None or local_name(root).lower() != "opml":
        return Unreadable(reason="this is not an OPML document")
    reader = _OutlineReader()
    # A stack instead of recursion: a document may be nested without limit.
    stack: list[tuple[XmlElement, tuple[str, ...]]] = [(root, ())]
    while stack:
        element, folders = stack.pop()
        inner: tuple[str, ...] | None = folders
        if local_name(element).lower() == "outline":
            inner = reader.read(element, folders)
        if inner is not None:
            stack.extend((child, inner) for child in reversed(element))
    for what, reason in reader.skipped_settings():
        reader.collector.skip(what, reason)
    return Subscriptions(
        format=OPML, feeds=reader.collector.feeds, skipped=tuple(reader.collector.skipped), problems=problems
    )


def _decode(body: bytes) -> str:
    """Decodes a document; one of our own is UTF-8, and none of its characters is taken for a fault."""
    if SETTINGS_NAMESPACE.encode() in body:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return decode_document(body, content_type=None).text


def _parse(text: str) -> tuple[XmlElement | None, tuple[str, ...]]:
    """Returns the root and the problems of the document."""
    start = _START.search(text)
    if start is None:
        return None, ()
    text = text[start.start() :]
    root = parse_xml_tree(text)
    if root is not None:
        return root, ()
    repaired = repair_markup(_VALUE.sub(lambda value: value.group().replace("<", "&lt;"), text))
    if isinstance(repaired, Unreadable):
        repaired = text
    root = parse_xml_tree(repaired)
    if root is not None:
        return root, () if "<!DOCTYPE" in text else ("it is not well-formed XML; its errors were repaired",)
    root = parse_xml_tree(repaired, recover=True)
    return root, ("it is not well-formed XML; feeds near its errors may be missing",)


def _attributes(outline: XmlElement) -> Mapping[str, str]:
    """Returns the attributes without a namespace; their names in small letters, without hyphens and underscores."""
    return {
        key.lower().replace("_", "").replace("-", ""): value
        for namespace, key, value in _qualified(outline)
        if not namespace
    }


def _qualified(outline: XmlElement) -> Iterator[tuple[str, str, str]]:
    """Yields namespace, name and value of each attribute; for an undeclared prefix, the prefix is the namespace."""
    for name, value in outline.attrib.items():
        namespace, _, key = str(name).lstrip("{").rpartition("}")
        if not namespace:
            namespace, _, key = key.rpartition(":")
        yield namespace.removeprefix("urn:undeclared:"), key, str(value)


def _feed_url(attributes: Mapping[str, str]) -> str:
    named = next((url for name in _FEED_URL_ATTRIBUTES if (url := attributes.get(name, "").strip())), "")
    if named or not attributes.get("type", "").lower().startswith(_FEED_TYPES):
        return named
    return attributes.get("url", "").strip()


def _reason_without_url(attributes: Mapping[str, str]) -> str:
    page = attributes.get("htmlurl") or attributes.get("url")
    kind = attributes.get("type", "").lower()
    if kind == "vfolder":
        return "it is a search in other feeds; write a digest with where instead"
    if page and (kind == "include" or page.lower().endswith(".opml")):
        return f"it refers to another list; add that with: aggregator feeds import {without_userinfo(page)}"
    if page:
        return f"it has no feed URL (xmlUrl); look for one with: aggregator feeds discover {without_userinfo(page)}"
    return "it has no feed URL (xmlUrl)"


def setting_to_attribute(value: object) -> str:
    """Converts a setting to the value of an attribute.

    A text stays as it is. A text that JSON or XML would change becomes JSON, and so does any other value.
    """
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if ILLEGAL_CHARACTERS.search(value):
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False) if _is_json(value) else value


def _value(attribute: str) -> Any:
    return json.loads(attribute) if _is_json(attribute) else attribute


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _categories(attribute: str) -> Iterator[str]:
    """Returns the tags of a ``category`` attribute: commas separate paths, slashes their parts (OPML 2.0)."""
    for path in attribute.split(","):
        yield from (label for part in path.split("/") if (label := part.strip()))
