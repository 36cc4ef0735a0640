"""Parses a plain RSS or Atom document without feedparser, into the values that feedparser returns.

feedparser spends most of a poll on calls between Python functions. Documents that use only the constructions of
nearly all feeds are read here from lxml's tree.

The rule: the result equals feedparser's result in every value that ``xml_feed_reader`` reads, or there is no
result and feedparser parses the document. So this is an accept-list. A document is plain if

- it is well-formed, has no DOCTYPE and no processing instruction except its declaration and stylesheets,
  and ``xml_repair`` would not change it;
- its root is RSS 0.90 to 2.0, Atom 0.3 or Atom 1.0, and its namespaces make no name ambiguous
  (see ``names``);
- every element is one that is read here, or one that feedparser has no handler for and whose name is no value
  that is read; texts contain no elements except XHTML where their type is XHTML; and the rarely used
  handlers (base64, images of entries) are not called.

Plain documents are read exactly as feedparser with ``corrected_handlers`` reads them, including its oddities: which of
two titles counts, when a second description is content, texts that were encoded twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from aggregator.parsing.feedparser_compat.context import ElementScope, check_no_children, child_scope, element_language
from aggregator.parsing.feedparser_compat.elements import CATEGORY_CHILDREN, ElementReader
from aggregator.parsing.feedparser_compat.names import (
    ATOM,
    ATOM_03,
    RDF,
    RSS_090,
    RSS_10,
    VERSION_NAMESPACES,
    Attributes,
    ElementNames,
    UnhandledElement,
)
from aggregator.parsing.feedparser_compat.values import NotPlainError
from aggregator.parsing.xml_repair import ILLEGAL_CHARACTERS, XML_DECLARATION
from aggregator.parsing.xml_tree import XmlElement

_PROLOG = re.compile(
    r"\s*(?:(?:<\?xml-stylesheet\s[^<>]{0,500}\?>|<!--[^<>]{0,2000}-->)\s*)*<(?:\w{1,20}:)?(?:rss|feed|rdf)[\s>]",
    re.IGNORECASE,
)
_HISTORY = "http://purl.org/syndication/history/1.0"
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_IN_IMAGE = frozenset({"title", "link", "description", "url", "width", "height"})
_IN_TEXT_INPUT = frozenset({"title", "link", "description", "name"})
_RDF = f"{{{RDF}}}RDF"
_ITEMS = re.compile(r"(?:\{[^{}]*\})?items")


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedparserResult:
    """The values of a document, named and structured as in feedparser's result.

    ``version`` is feedparser's name of the format. ``complete`` is True if the document declares that it holds every
    entry of the feed (RFC 5005 section 2).
    """

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    complete: bool = False


def parse_plain_document(text: str, *, base: str) -> FeedparserResult | None:
    """Parses a document without XML declaration, whose URL is ``base``; returns None if it is not plain."""
    prolog = _PROLOG.match(text)
    if prolog is None or text.find("<?", prolog.end()) >= 0:
        return None
    parser = etree.XMLPullParser(
        events=("start-ns",), resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(text.encode())
        root = parser.close()
        names = ElementNames.of(cast("tuple[str, str]", declaration) for _, declaration in parser.read_events())
        if names is None:
            return None
        return _Reader(names=names, document_url=base, has_xml_base="xml:base" in text).read_document(root)
    except (etree.XMLSyntaxError, NotPlainError):
        return None


def strip_declaration(text: str) -> str:
    """Returns the document without its XML declaration, unless that contains illegal characters."""
    declaration = XML_DECLARATION.match(text)
    return text[declaration.end() :] if declaration and not ILLEGAL_CHARACTERS.search(declaration[0]) else text


@dataclass(slots=True)
class _Reader(ElementReader):
    """The reader of one document; ``ElementReader`` reads the elements inside its feed and entries."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def read_document(self, root: XmlElement) -> FeedparserResult:
        self.push_base(root)
        attributes = self.read_attributes(root)
        version = self._version(root, attributes)
        self.is_atom, self.is_atom_10 = version.startswith("atom"), version == "atom10"
        scope = ElementScope(2, element_language(attributes, None))
        feed = self.context
        if scope.language and root.tag != _RDF:
            feed["language"] = scope.language.replace("_", "-")
        if self.is_atom:
            self._read_feed(root, scope)
        else:
            self._read_root(root, scope, is_rdf=root.tag == _RDF)
        if not version and not self.entries:
            raise NotPlainError
        return FeedparserResult(version=version, feed=feed, entries=self.entries, complete=self._is_complete(root))

    def _version(self, root: XmlElement, attributes: Attributes) -> str:
        version_namespaces = self.names.namespaces & VERSION_NAMESPACES
        uri, _, local = root.tag.rpartition("}")
        uri = uri[1:].lower()
        if (uri, local) == ("", "rss") and version_namespaces <= {ATOM}:
            version = attributes.get("version", "")
            return _VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")
        if root.tag == _RDF and version_namespaces <= {RSS_10}:
            return "rss10" if version_namespaces else ""  # feedparser reports no version for a misspelt namespace
        if root.tag == _RDF and version_namespaces == {RSS_090} == {(root.nsmap.get(None) or "").lower()}:
            return "rss090"
        if (uri, local) == (ATOM, "feed") and version_namespaces == {ATOM}:
            return "atom10"
        if (uri, local, attributes.get("version")) == (ATOM_03, "feed", "0.3") and not version_namespaces:
            return "atom03"
        raise NotPlainError

    def _read_root(self, root: XmlElement, scope: ElementScope, *, is_rdf: bool) -> None:
        """Reads the channel, and in RDF the entries and images after it."""
        channels = 0
        for child in root:
            name = self.names[child.tag]
            if name == "channel" and not channels:
                channels += 1
                self.push_base(child)
                self._read_feed(child, child_scope(scope, self._container_attributes(child)))
                self.pop_base()
            elif is_rdf and channels and name in ("item", "image", "textinput"):
                self._read_feed_child(child, name, scope)
            else:
                raise NotPlainError

    def _read_feed(self, feed: XmlElement, scope: ElementScope) -> None:
        for child in feed:
            self._read_feed_child(child, self.names[child.tag], scope)

    def _read_feed_child(self, child: XmlElement, name: str | UnhandledElement, scope: ElementScope) -> None:
        if name in ("item", "entry"):
            self._read_entry(child, scope)
        elif name in ("image", "textinput"):
            self._read_image(child, scope, allowed=_IN_IMAGE if name == "image" else _IN_TEXT_INPUT)
        elif name == "itunes_category":
            self.check_harmless(child, allowed=CATEGORY_CHILDREN)
        elif name == "cloud":
            check_no_children(child)
            self.context["cloud"] = self.read_attributes(child)
        elif _ITEMS.fullmatch(child.tag):
            self.check_harmless(child, allowed=frozenset())
        else:
            self.read_child(child, name, scope)

    def _read_entry(self, entry: XmlElement, scope: ElementScope) -> None:
        self.push_base(entry)
        attributes = self._container_attributes(entry)
        feed = self.context
        self.context, self.in_entry, self.value_depths, self.title_depth = {}, True, {}, -1
        self.entries.append(self.context)
        if about := attributes.get("rdf:about"):
            self.context["id"] = about
        inner_scope = child_scope(scope, attributes)
        for child in entry:
            self.read_child(child, self.names[child.tag], inner_scope)
        self.context, self.in_entry, self.has_content = feed, False, False
        self.pop_base()

    def _container_attributes(self, element: XmlElement) -> Attributes:
        """Returns the attributes of a channel or entry; raises ``NotPlainError`` for those of CDF, which are values."""
        attributes = self.read_attributes(element)
        if "href" in attributes or "lastmod" in attributes:
            raise NotPlainError
        return attributes

    def _read_image(self, element: XmlElement, scope: ElementScope, *, allowed: frozenset[str]) -> None:
        """Checks the image or text input of a feed: no value is read, but its title affects which feed title counts."""
        self.read_attributes(element)
        self.title_depth = -1
        for child in element:
            name = self.names[child.tag]
            self.read_attributes(child)
            check_no_children(child)
            # After a foreign element without prefix, feedparser no longer knows that it is inside.
            if name not in allowed and not (name is UnhandledElement.HARMLESS and child.prefix):
                raise NotPlainError
            if name == "title" and self.element_text(child).strip():
                self.title_depth = scope.depth + 1

    def _is_complete(self, root: XmlElement) -> bool:
        if _HISTORY not in self.names.namespaces:
            return False
        feed_elements = set()
        for element in root.iterdescendants(f"{{{_HISTORY}}}*"):
            parent = element.getparent()
            parent_name = None if parent is None else self.names[parent.tag]
            if parent_name in ("channel", "feed"):
                feed_elements.add(element.tag)
            elif parent_name not in ("item", "entry"):
                raise NotPlainError
        return f"{{{_HISTORY}}}complete" in feed_elements and f"{{{_HISTORY}}}archive" not in feed_elements
