"""Keeps feedparser's state between the elements of a document.

The state is the feed or entry that is being filled, the depth at which each of its values was found, the
language and the ``xml:base``. This module also reads attributes and texts under that state. It knows no
element by name: see ``elements``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from feedparser.api import StrictFeedParser

from aggregator.parsing.feedparser_compat.names import RDF, XML, Attributes, ElementNames, UnhandledElement
from aggregator.parsing.feedparser_compat.values import (
    XHTML_TYPE,
    NotPlainError,
    join_address,
    repair_text,
    resolve_address,
    usual_type,
)
from aggregator.parsing.feedparser_compat.xhtml import serialise_xhtml
from aggregator.parsing.xml_tree import XmlElement

MAX_DEPTH_IN_ENTRY = 20
"""Levels of nested elements that are read within an entry."""

_MAX_ATTRIBUTES = 50
_BASE = f"{{{XML}}}base"
# feedparser corrects any other base, or repairs it only when it resolves something.
_CERTAIN_BASE = re.compile(r"(?:https?://(?!/)|(?![^/?#]*:))[!-~]*")

TEXT_TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html",
    "xhtml": XHTML_TYPE, "application/xhtml+xml": XHTML_TYPE,
}  # fmt: skip
"""feedparser's media type for each ``type`` attribute of a text."""

# Attributes that elements are read by. In a foreign namespace feedparser reads them as if they had none.
_ATTRIBUTES_READ = frozenset(
    {
        "about", "base", "domain", "filesize", "href", "ispermalink", "label", "lang", "lastmod", "length", "medium",
        "mode", "path", "port", "protocol", "rel", "scheme", "src", "term", "text", "type", "uri", "url", "version",
        "width",
    }
)  # fmt: skip


@dataclass(slots=True)
class ElementScope:
    """The depth and the language of sibling elements."""

    depth: int
    language: str | None


@dataclass(slots=True)
class ParserState:
    """The parser's state between elements.

    ``context`` is feedparser's name for the feed or entry that is being filled. ``value_depths`` holds the
    depth of each value of the current entry, ``title_depth`` that of its title (-1: none yet). ``base_element`` is
    the element whose ``xml:base`` was applied last; the outermost one is relative to ``document_url``.
    """

    names: ElementNames
    document_url: str = ""
    is_atom: bool = False
    is_atom_10: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    in_entry: bool = False
    value_depths: dict[str, int] = field(default_factory=dict)
    title_depth: int = -1
    has_content: bool = False
    has_xml_base: bool = False
    base: str = ""
    base_stack: list[str] = field(default_factory=list)
    base_element: XmlElement | None = None

    def push_base(self, element: XmlElement) -> None:
        """Applies the ``xml:base`` of an element; called at the start of each element that may have one."""
        if not self.has_xml_base:
            return
        self.base_element = element
        if stated := element.get(_BASE):
            if not _CERTAIN_BASE.fullmatch(stated):
                raise NotPlainError
            self.base = join_address(self.base or self.document_url, str(stated)) or self.base
        self.base_stack.append(self.base)

    def pop_base(self) -> None:
        """Restores the base of the surrounding element."""
        if self.has_xml_base:
            self.base_stack.pop()
            self.base = self.base_stack[-1] if self.base_stack else ""

    def check_harmless(self, element: XmlElement, *, allowed: frozenset[str], depth: int = 0) -> None:
        """Checks an element that adds no value.

        Raises ``NotPlainError`` if an element inside it has a handler in feedparser and is not ``allowed``.
        """
        self.read_attributes(element)
        if depth > MAX_DEPTH_IN_ENTRY:
            raise NotPlainError
        for child in element:
            name = self.names[child.tag]
            if name is not UnhandledElement.HARMLESS and name not in allowed:
                raise NotPlainError
            self.check_harmless(child, allowed=allowed, depth=depth + 1)

    def read_attributes(self, element: XmlElement) -> Attributes:
        """Returns the attributes by feedparser's names, without an ``xml:base`` that ``push_base`` applied."""
        attributes: Attributes = {}
        keys = element.keys()
        if not keys:
            return attributes
        if len(keys) > _MAX_ATTRIBUTES:  # checked before the values are read, which takes quadratic time
            raise NotPlainError
        for key, value in element.items():
            name = str(key)
            if name.startswith("{"):
                uri, _, local = name[1:].rpartition("}")
                prefix = {XML: "xml", RDF: "rdf"}.get(uri)
                if prefix is None and local.lower() in _ATTRIBUTES_READ:
                    raise NotPlainError
                name = f"{prefix}:{local}" if prefix else name
            name = name.lower()
            if name == "xml:base" and element is self.base_element:
                continue
            if name in attributes or name in ("base", "xml:base") or not name.isascii():
                raise NotPlainError
            attributes[name] = str(value).lower() if name in ("rel", "type") else str(value)
        return attributes

    def store_value(self, name: str, value: object, depth: int) -> None:
        """Stores a value; in an entry, a deeper value does not replace a shallower one."""
        if self.in_entry:
            if depth > self.value_depths.get(name, depth):
                return
            self.value_depths[name] = depth
        self.context[name] = value

    def element_text(self, element: XmlElement) -> str:
        """Returns the text of an element without children, repaired as feedparser repairs it."""
        check_no_children(element)
        return repair_text((element.text or "").strip())

    def resolve_text(self, text: str) -> str:
        """Resolves a text that is a URL against the current base; an empty text stays empty."""
        if self.base and not text.isascii():
            raise NotPlainError  # feedparser repairs it after it is resolved
        return resolve_address(text, base=self.base) if text else text

    def text_detail(
        self,
        element: XmlElement,
        attributes: Attributes,
        scope: ElementScope,
        default: str,
        *,
        detect_html: bool = True,
    ) -> dict[str, Any]:
        """Returns a text with its type, language and base, as feedparser's ``*_detail`` values.

        ``default`` is the type of a text without ``type``. With ``detect_html``, outside Atom, a plain text that
        looks like HTML is HTML.
        """
        stated = usual_type(attributes.get("type", ""))
        media_type = TEXT_TYPES.get(stated or default)
        if media_type is None or attributes.get("mode") == "base64":
            raise NotPlainError
        if media_type == XHTML_TYPE:
            if not self.is_atom:
                raise NotPlainError
            text = serialise_xhtml(element, read_attributes=self.read_attributes, unwrap_div=self.is_atom_10)
        else:
            check_no_children(element)
            text = (element.text or "").strip()
        if detect_html and not self.is_atom and media_type == "text/plain" and StrictFeedParser.looks_like_html(text):
            media_type = "text/html"
        language = scope.language.replace("_", "-") if scope.language else scope.language
        return {
            "type": media_type,
            "language": language,
            "base": self.base,
            "value": repair_text(text),
            "stated": bool(stated),
            "encoding": attributes.get("mode", ""),
        }


def check_no_children(element: XmlElement) -> None:
    """Raises ``NotPlainError`` if a text contains elements."""
    if len(element):
        raise NotPlainError


def element_language(attributes: Attributes, outside: str | None) -> str | None:
    """Returns the language of an element: its own, None if that is empty, else the surrounding one (``outside``)."""
    stated = attributes.get("xml:lang", attributes.get("lang"))
    return outside if stated is None else stated or None


def child_scope(scope: ElementScope, attributes: Attributes) -> ElementScope:
    """Returns the depth and language of the children of an element with ``scope``."""
    return ElementScope(scope.depth + 1, element_language(attributes, scope.language))
