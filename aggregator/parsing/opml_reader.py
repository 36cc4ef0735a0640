"""Parses a subscription list (OPML 1.0 and 2.0).

Programs write OPML in many ways. What can be understood is read, and the rest is reported. Folders become tags. No
part of the document is trusted: each feed is validated like one that a person wrote into the configuration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from aggregator.configuration.loading import error_message
from aggregator.configuration.settings_dump import YamlValue, feed_values
from aggregator.model.parsing import Unreadable
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.sanitise import plain_text
from aggregator.parsing.xml_tree import XmlElement, local_name, parse_xml_tree
from aggregator.settings.feeds_file import FeedSettings
from aggregator.url_credentials import without_userinfo

SETTINGS_NAMESPACE = "urn:aggregator:feed-settings"
"""The namespace of this service's own settings, which are attributes of an outline."""

_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)
_NO_SETTINGS = frozenset({"url"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedOutline:
    """A part of a subscription list that was not read: its title, URL or setting, and the reason."""

    what: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriptions:
    """The feeds of a subscription list, as settings by key, and the parts that were not read."""

    feeds: tuple[Mapping[str, YamlValue], ...] = ()
    skipped: tuple[SkippedOutline, ...] = ()


@dataclass
class _OutlineReader:
    feeds: list[Mapping[str, YamlValue]] = field(default_factory=list)
    skipped: list[SkippedOutline] = field(default_factory=list)

    def skip(self, what: str, reason: str) -> None:
        self.skipped.append(SkippedOutline(what=what, reason=reason))

    def read(self, outline: XmlElement, folders: tuple[str, ...]) -> None:
        """Adds the feed of an outline, or the reason why it has none."""
        attributes = {str(name).lower(): str(value) for name, value in outline.attrib.items() if "}" not in str(name)}
        title = plain_text(attributes.get("title") or attributes.get("text") or "").strip()
        url = attributes.get("xmlurl", "").strip()
        if not url:
            if attributes.get("type", "").lower() in ("rss", "atom", "include", "link") or attributes.get("url"):
                self.skip(title or "an outline without a title", "it has no feed URL (xmlUrl)")
            return
        settings = dict(self._own_settings(outline, title or url))
        tags = settings.pop("tags", None)
        if tags is None:
            tags = tuple(dict.fromkeys((*folders, *_categories(attributes.get("category", "")))))
        feed_settings: dict[str, Any] = {"url": _web_url(url)}
        if title and "title" not in settings:
            feed_settings["title"] = title
        feed_settings |= {key: value for key, value in settings.items() if value != ""}
        if tags:
            feed_settings["tags"] = tags
        self._add_feed(feed_settings, title or without_userinfo(url))

    def _own_settings(self, outline: XmlElement, title: str) -> Iterator[tuple[str, Any]]:
        known = set(FeedSettings.model_fields) - _NO_SETTINGS
        for name, value in outline.attrib.items():
            namespace, _, key = str(name).lstrip("{").rpartition("}")
            if namespace != SETTINGS_NAMESPACE:
                continue
            if key in known:
                yield key, _value(str(value))
            else:
                self.skip(title, f"the setting {key} is unknown")

    def _add_feed(self, feed_settings: dict[str, Any], what: str) -> None:
        """Validates and adds a feed; leaves out invalid settings, or the whole feed if its URL is invalid."""
        while True:
            try:
                feed = FeedSettings.model_validate(feed_settings)
            except ValidationError as error:
                errors = {
                    str(details["loc"][0]) if details["loc"] else "headers": details for details in error.errors()
                }
                for key, details in errors.items():
                    reason = error_message(details)
                    self.skip(what, reason if key == "url" else f"the setting {key} is left out: {reason}")
                if "url" in errors or not errors.keys() & feed_settings.keys():
                    return
                feed_settings = {key: value for key, value in feed_settings.items() if key not in errors}
            else:
                self.feeds.append(feed_values(feed))
                return


def read_opml(body: bytes) -> Subscriptions | Unreadable:
    """Parses a subscription list in any encoding; a document that is not well-formed is read as far as possible."""
    text = decode_document(body, content_type=None).text
    root = parse_xml_tree(text)
    if root is None:
        root = parse_xml_tree(text, recover=True)
    if root is None or local_name(root).lower() != "opml":
        return Unreadable(reason="this is not an OPML document")
    reader = _OutlineReader()
    # A stack instead of recursion: a document may be nested without limit.
    stack: list[tuple[XmlElement, tuple[str, ...]]] = [(root, ())]
    while stack:
        element, folders = stack.pop()
        inner = folders
        if local_name(element).lower() == "outline":
            reader.read(element, folders)
            name = " ".join(plain_text(element.get("text") or element.get("title") or "").split())
            if len(element) and not element.get("xmlUrl") and name:
                inner = (*folders, name)
        stack.extend((child, inner) for child in reversed(element))
    return Subscriptions(feeds=tuple(reader.feeds), skipped=tuple(reader.skipped))


def setting_to_attribute(value: YamlValue) -> str:
    """Converts a setting to the value of an attribute: a text stays as it is, any other value becomes JSON."""
    if isinstance(value, str) and not _is_json(value):
        return value
    return json.dumps(value, ensure_ascii=False)


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


def _web_url(url: str) -> str:
    """Returns the URL without the pseudo-scheme ``feed:``."""
    web = _FEED_SCHEME.sub("", url, count=1)
    return f"https:{web}" if web.startswith("//") else web
