"""Stores what one element adds to the current feed or entry, as feedparser does.

``ElementReader`` maps each element name to a method or to one value. For an element that feedparser treats in a way
not reproduced here it raises ``NotPlainError``; ``fast_parser`` has the rule. The state between elements is
in ``context``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aggregator.parsing.feedparser_compat.context import (
    MAX_DEPTH_IN_ENTRY,
    TEXT_TYPES,
    ElementScope,
    check_no_children,
    child_scope,
    element_language,
)
from aggregator.parsing.feedparser_compat.media_tree import MediaNode, add_medium, add_text, media_node, media_root
from aggregator.parsing.feedparser_compat.names import Attributes, UnhandledElement
from aggregator.parsing.feedparser_compat.people import AuthorAndCategoryReader
from aggregator.parsing.feedparser_compat.values import NotPlainError, resolve_address, set_href
from aggregator.parsing.xml_tree import XmlElement

CATEGORY_CHILDREN = frozenset({"itunes_category"})
_IN_SOURCE = frozenset({"title", "id", "updated", "published", "author", "category", "rights", "subtitle"})
_IN_CHAPTERS = frozenset({"psc_chapter"})
_IN_PERSON = frozenset({"name", "email", "uri", "url", "itunes_name", "itunes_email"})

_HTML = ("text/html", "application/xhtml+xml")
_UNKNOWN_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


@dataclass(slots=True)
class ElementReader(AuthorAndCategoryReader):
    """The reader of the elements that a feed and its entries have in common.

    ``open_media`` are the elements of Media RSS around the current one, outermost first.
    """

    open_media: list[MediaNode] = field(default_factory=list)

    def read_child(self, child: XmlElement, name: str | UnhandledElement, scope: ElementScope) -> None:
        """Reads one element of an entry, or of a feed where it means the same."""
        if self.has_xml_base:
            self.push_base(child)
        self._read(child, name, scope)
        if self.has_xml_base:
            self.pop_base()

    def _read(self, child: XmlElement, name: str | UnhandledElement, scope: ElementScope) -> None:
        if name is UnhandledElement.HARMLESS:
            self._read_unhandled(child, scope)
        elif reader := _READERS.get(name):
            attributes = self.read_attributes(child)
            has_language = "xml:lang" in attributes or "lang" in attributes
            own_place = (
                ElementScope(scope.depth, element_language(attributes, scope.language)) if has_language else scope
            )
            reader(self, child, attributes, own_place)
        elif value := _VALUES.get(name):
            self.read_attributes(child)
            self.store_value(value, self.element_text(child), scope.depth)
        elif name in ("contributor", "itunes_owner"):
            self.check_harmless(child, allowed=_IN_PERSON)
        elif name in _UNREAD and not len(child):
            self.read_attributes(child)
        elif name in _UNREAD_TEXTS:
            self.text_detail(child, self.read_attributes(child), scope, "text/plain")
        elif name == "psc_chapters":
            self._check_chapters(child)
        else:
            raise NotPlainError

    def _read_unhandled(self, element: XmlElement, scope: ElementScope) -> None:
        """Reads the children of an element that adds no value itself, one level deeper."""
        attributes = self.read_attributes(element)
        if not len(element):
            return
        if scope.depth > MAX_DEPTH_IN_ENTRY:
            raise NotPlainError
        inner_scope = child_scope(scope, attributes)
        for child in element:
            self.read_child(child, self.names[child.tag], inner_scope)

    def _read_title(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        detail = self.text_detail(element, attributes, scope, "text/plain", detect_html=False)
        if not -1 < self.title_depth <= scope.depth:
            self.store_value("title", detail["value"], scope.depth)
            self.context["title_detail"] = detail
        if detail["value"]:
            self.title_depth = scope.depth

    def _read_link(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        link = dict(attributes)
        link.setdefault("rel", "alternate")
        link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
        set_href(link)
        links = self.context.setdefault("links", [])
        links.append(link)
        text = self.element_text(element)
        if "href" in link:
            link["href"] = resolve_address(link["href"], base=self.base)
            if link["rel"] == "alternate" and TEXT_TYPES.get(link["type"], link["type"]) in _HTML:
                self.context["link"] = link["href"]
            return
        text = self.resolve_text(text)
        address = _UNKNOWN_REFERENCE.sub(r"&\1", text.replace("&amp;", "&") if self.in_entry else text)
        self.context["link"] = address
        if address or not self.in_entry:
            link["href"] = address

    def _read_guid(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        is_link = attributes.get("ispermalink", "true") == "true"
        guid = self.element_text(element)
        if is_link:
            guid = self.resolve_text(guid)
        self.store_value("id", guid, scope.depth)
        self.context.setdefault("guidislink", is_link and "link" not in self.context)
        if is_link:
            self.context.setdefault("link", guid)

    def _read_description(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        if "summary" in self.context and not self.has_content:
            self._read_content(element, attributes, scope)
            return
        detail = self.text_detail(element, attributes, scope, "text/html")
        if self.in_entry:
            self.store_value("summary", detail["value"], scope.depth)
            self.context["summary_detail"] = detail

    def _read_summary(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        if "summary" in self.context and not self.has_content:
            self._read_content(element, attributes, scope)
            return
        detail = self.text_detail(element, attributes, scope, "text/plain")
        self.store_value("summary", detail["value"], scope.depth)
        self.context["summary_detail"] = detail

    def _read_content(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        if "src" in attributes:
            raise NotPlainError
        self._add_content(self.text_detail(element, attributes, scope, "text/plain"))

    def _read_content_encoded(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        self._add_content(self.text_detail(element, attributes, scope, "text/html"))

    def _add_content(self, detail: dict[str, Any]) -> None:
        self.has_content = True
        if self.in_entry:
            self.context.setdefault("content", []).append(detail)
        self.context.setdefault("summary", detail["value"])

    def _read_enclosure(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        check_no_children(element)
        link = dict(attributes)
        set_href(link)
        self.context.setdefault("links", []).append({**link, "rel": "enclosure"})

    def _read_source(self, element: XmlElement, _attributes: Attributes, scope: ElementScope) -> None:
        if not self.in_entry:
            raise NotPlainError
        if len(element):
            self._read_atom_source(element, scope)
            return
        title = self.element_text(element)
        self.context["source"] = {"title": title} if title else {}
        self.title_depth = -1

    def _read_atom_source(self, element: XmlElement, scope: ElementScope) -> None:
        """Reads the feed that an entry was copied from: in Atom, a feed inside the entry."""
        if (
            scope.depth > MAX_DEPTH_IN_ENTRY
            or (element.text or "").strip()
            or any((child.tail or "").strip() for child in element)
        ):
            raise NotPlainError
        entry, self.context, self.in_entry, self.title_depth = self.context, {}, False, -1
        inner_scope = ElementScope(scope.depth + 1, scope.language)
        for child in element:
            name = self.names[child.tag]
            # feedparser might store the text of any other element as that of the source.
            if name not in _IN_SOURCE and (len(child) or (child.text or "").strip()):
                raise NotPlainError
            self.read_child(child, name, inner_scope)
        title = self.context.get("title")
        self.context, self.in_entry, self.title_depth = entry, True, -1
        self.context["source"] = {"title": title} if title else {}

    def _read_medium(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        if scope.depth > MAX_DEPTH_IN_ENTRY:
            raise NotPlainError
        if "url" in attributes:
            attributes = {**attributes, "url": self.resolve_text(attributes["url"])}
        node = media_node("group" if self.names[element.tag] == "media_group" else "content", attributes)
        add_medium(self._medium(), node)
        self.open_media.append(node)
        inner_scope = ElementScope(scope.depth + 1, scope.language)
        for child in element:
            self.read_child(child, self.names[child.tag], inner_scope)
        self.open_media.pop()

    def _medium(self) -> MediaNode:
        return self.open_media[-1] if self.open_media else media_root(self.context)

    def _read_media_text(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        detail = self.text_detail(element, attributes, scope, "text/plain")
        add_text(self._medium(), str(self.names[element.tag]).removeprefix("media_"), detail)

    def _read_podcast_text(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        detail = self.text_detail(element, attributes, scope, "text/plain")
        self.context[f"{self.names[element.tag]}_detail"] = detail

    def _read_podcast_file(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        check_no_children(element)
        self.context.setdefault(str(self.names[element.tag]), []).append(attributes)

    def _read_media_thumbnail(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        url = self.resolve_text(self.element_text(element))
        self.context.setdefault("media_thumbnail", []).append({"url": url, **attributes} if url else attributes)

    def _read_itunes_image(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        check_no_children(element)
        if address := attributes.get("href") or attributes.get("url"):
            self.context["image"] = {"href": address}

    def _check_chapters(self, element: XmlElement) -> None:
        """Checks chapters, of which nothing is read: feedparser fails on a chapter without ``start``."""
        self.check_harmless(element, allowed=_IN_CHAPTERS)
        if not all(child.get("start") for child in element.iterdescendants()):
            raise NotPlainError

    def _read_comments(self, element: XmlElement, _attributes: Attributes, scope: ElementScope) -> None:
        check_no_attributes(element)
        self.store_value("comments", self.resolve_text(self.element_text(element)), scope.depth)

    def _read_unhandled_value(self, element: XmlElement, _attributes: Attributes, scope: ElementScope) -> None:
        check_no_attributes(element)
        self.store_value(str(self.names[element.tag]), self.element_text(element), scope.depth)


def check_no_attributes(element: XmlElement) -> None:
    """Raises ``NotPlainError`` for attributes, also ``xml:base``: feedparser stores them instead of the text."""
    if element.attrib:
        raise NotPlainError


_READERS: dict[str, Callable[[ElementReader, XmlElement, Attributes, ElementScope], None]] = {
    "title": ElementReader._read_title,
    "dc_title": ElementReader._read_title,
    "media_title": ElementReader._read_media_text,
    "link": ElementReader._read_link,
    "guid": ElementReader._read_guid,
    "id": ElementReader._read_guid,
    "description": ElementReader._read_description,
    "dc_description": ElementReader._read_description,
    "media_description": ElementReader._read_media_text,
    "media_text": ElementReader._read_media_text,
    "media_credit": ElementReader._read_media_text,
    "summary": ElementReader._read_summary,
    "itunes_summary": ElementReader._read_podcast_text,
    "itunes_subtitle": ElementReader._read_podcast_text,
    "googleplay_description": ElementReader._read_podcast_text,
    "podcast_transcript": ElementReader._read_podcast_file,
    "podcast_chapters": ElementReader._read_podcast_file,
    "content": ElementReader._read_content,
    "content_encoded": ElementReader._read_content_encoded,
    "author": ElementReader.read_author,
    "dc_creator": ElementReader.read_author,
    "dc_author": ElementReader.read_author,
    "itunes_author": ElementReader.read_author,
    "managingeditor": ElementReader.read_author,
    "category": ElementReader.read_category,
    "dc_subject": ElementReader.read_category,
    "keywords": ElementReader.read_category,
    "media_category": ElementReader.read_media_category,
    "itunes_category": ElementReader.read_itunes_category,
    "itunes_keywords": ElementReader.read_itunes_keywords,
    "media_keywords": ElementReader.read_media_keywords,
    "enclosure": ElementReader._read_enclosure,
    "source": ElementReader._read_source,
    "itunes_image": ElementReader._read_itunes_image,
    "itunes_link": ElementReader._read_itunes_image,
    "media_content": ElementReader._read_medium,
    "media_group": ElementReader._read_medium,
    "media_thumbnail": ElementReader._read_media_thumbnail,
    "feedburner_origlink": ElementReader._read_unhandled_value,
    "itunes_duration": ElementReader._read_unhandled_value,
    "comments": ElementReader._read_comments,
}
"""The methods for elements that are more than one value, by element name."""

_VALUES = {
    "language": "language", "dc_language": "language",
    "published": "published", "issued": "published", "pubdate": "published", "dcterms_issued": "published",
    "updated": "updated", "modified": "updated", "lastbuilddate": "updated", "dc_date": "updated",
    "dcterms_modified": "updated", "created": "created", "dcterms_created": "created",
}  # fmt: skip
"""The names of values, by element name, for elements that are one value."""

_UNREAD = frozenset({
    "rights", "copyright", "dc_rights", "subtitle", "tagline", "info", "feedburner_browserfriendly",
    "generator", "webmaster", "dc_publisher", "dc_contributor", "expirationdate", "itunes_block", "itunes_explicit",
    "georss_point", "georss_line", "georss_polygon", "georss_box", "media_rating",
    "media_restriction", "media_license", "media_player", "creativecommons_license",
    "cc_license",
})  # fmt: skip
"""Elements with handlers in feedparser whose values ``xml_feed_reader`` does not read."""

_UNREAD_TEXTS = frozenset({"rights", "copyright", "dc_rights", "subtitle", "tagline"})
"""Those of them that may contain XHTML."""
