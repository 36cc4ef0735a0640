"""Is this document so plain that it can be read without feedparser, and what would feedparser say of it?

feedparser spends most of a poll on calls between Python functions. Documents that use only what
nearly all feeds use are read here from lxml's tree instead, into the same values.

The rule: what is given is what feedparser gives, in every value that ``xml_feed`` looks at, or
nothing is given and feedparser reads the document. So this is an accept-list. A document is plain if

- it is well-formed, has no DOCTYPE and no processing instruction but its declaration and stylesheets,
  and needs no mending (``mending`` would hand it on unchanged);
- its root is RSS 0.90 to 2.0, Atom 0.3 or Atom 1.0, and its namespaces leave no doubt about
  names (``naming``);
- every element is one that is read below, or one for which feedparser has no handler and whose name
  stands for nothing that is read; texts hold no elements but XHTML where they say so, and the handlers
  that lead off the beaten path (base64, pictures of entries) are not called.

What feedparser does with plain documents is followed to the letter, oddities included: which of two
titles counts, when a second description is content, texts that were encoded twice, what is a name
and what an address in an author.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from aggregator.parsing.feedparser_compat.context import Place, inside_of, language_of, no_children
from aggregator.parsing.feedparser_compat.elements import IN_CATEGORY, Elements
from aggregator.parsing.feedparser_compat.names import (
    ATOM,
    ATOM_03,
    RDF,
    RSS_090,
    RSS_10,
    VERSIONING,
    Attributes,
    Element,
    Names,
    Unknown,
)
from aggregator.parsing.feedparser_compat.values import UnusualError
from aggregator.parsing.xml_repair import DECLARATION, ILLEGAL

_HEAD = re.compile(
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
class Found:
    """What was found in a document, named and shaped as feedparser does."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    complete: bool = False


def found_in(text: str) -> Found | None:
    """What feedparser would find in ``text``, a document without declaration; None if it is not plain."""
    head = _HEAD.match(text)
    if head is None or text.find("<?", head.end()) >= 0:
        return None
    parser = etree.XMLPullParser(
        events=("start-ns",), resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(text.encode())
        root = parser.close()
        names = Names.of(cast("tuple[str, str]", declaration) for _, declaration in parser.read_events())
        return _Reader(names=names, has_bases="xml:base" in text).document(root) if names is not None else None
    except (etree.XMLSyntaxError, UnusualError):
        return None


def without_declaration(text: str) -> str:
    """The document behind its XML declaration, if that needs no mending."""
    declaration = DECLARATION.match(text)
    return text[declaration.end() :] if declaration and not ILLEGAL.search(declaration[0]) else text


@dataclass(slots=True)
class _Reader(Elements):
    """One document; ``Elements`` reads what stands in its feed and its entries."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def document(self, root: Element) -> Found:
        self.enter(root)
        attributes = self.attributes(root)
        version = self._version(root, attributes)
        self.atom, self.atom_10 = version.startswith("atom"), version == "atom10"
        place = Place(2, language_of(attributes, None))
        feed = self.context
        if place.language and root.tag != _RDF:
            feed["language"] = place.language.replace("_", "-")
        if self.atom:
            self._children_of_feed(root, place)
        else:
            self._children_of_root(root, place, is_rdf=root.tag == _RDF)
        if not version and not self.entries:
            raise UnusualError
        return Found(version=version, feed=feed, entries=self.entries, complete=self._is_complete(root))

    def _version(self, root: Element, attributes: Attributes) -> str:
        deciding = self.names.namespaces & VERSIONING
        uri, _, local = root.tag.rpartition("}")
        uri = uri[1:].lower()
        if (uri, local) == ("", "rss") and deciding <= {ATOM}:
            version = attributes.get("version", "")
            return _VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")
        if root.tag == _RDF and deciding <= {RSS_10}:
            return "rss10" if deciding else ""  # of a namespace that is spelled wrong feedparser knows no version
        if root.tag == _RDF and deciding == {RSS_090} == {(root.nsmap.get(None) or "").lower()}:
            return "rss090"
        if (uri, local) == (ATOM, "feed") and deciding == {ATOM}:
            return "atom10"
        if (uri, local, attributes.get("version")) == (ATOM_03, "feed", "0.3") and not deciding:
            return "atom03"
        raise UnusualError

    def _children_of_root(self, root: Element, place: Place, *, is_rdf: bool) -> None:
        """The channel, and what RDF puts beside it."""
        channels = 0
        for child in root:
            name = self.names[child.tag]
            if name == "channel" and not channels:
                channels += 1
                self.enter(child)
                self._children_of_feed(child, inside_of(place, self._attributes_of_whole(child)))
                self.leave()
            elif is_rdf and channels and name in ("item", "image", "textinput"):
                self._child_of_feed(child, name, place)
            else:
                raise UnusualError

    def _children_of_feed(self, feed: Element, place: Place) -> None:
        for child in feed:
            self._child_of_feed(child, self.names[child.tag], place)

    def _child_of_feed(self, child: Element, name: str | Unknown, place: Place) -> None:
        if name in ("item", "entry"):
            self._entry(child, place)
        elif name in ("image", "textinput"):
            self._picture(child, place, allowed=_IN_IMAGE if name == "image" else _IN_TEXT_INPUT)
        elif name == "itunes_category":
            self.harmless_tree(child, allowed=IN_CATEGORY)
        elif name == "cloud":
            no_children(child)
            self.context["cloud"] = self.attributes(child)
        elif _ITEMS.fullmatch(child.tag):
            self.harmless_tree(child, allowed=frozenset())
        else:
            self.child(child, name, place)

    def _entry(self, entry: Element, place: Place) -> None:
        self.enter(entry)
        attributes = self._attributes_of_whole(entry)
        feed = self.context
        self.context, self.in_entry, self.depths, self.title_depth = {}, True, {}, -1
        self.entries.append(self.context)
        if about := attributes.get("rdf:about"):
            self.context["id"] = about
        inside = inside_of(place, attributes)
        for child in entry:
            self.child(child, self.names[child.tag], inside)
        self.context, self.in_entry, self.has_content = feed, False, False
        self.leave()

    def _attributes_of_whole(self, element: Element) -> Attributes:
        """The attributes of a channel or an entry, which in CDF hold its values."""
        attributes = self.attributes(element)
        if "href" in attributes or "lastmod" in attributes:
            raise UnusualError
        return attributes

    def _picture(self, element: Element, place: Place, *, allowed: frozenset[str]) -> None:
        """The image or text field of a feed: nothing of it is read, but its title counts in the order of titles."""
        self.attributes(element)
        self.title_depth = -1
        for child in element:
            name = self.names[child.tag]
            self.attributes(child)
            no_children(child)
            # A foreign element without prefix ends feedparser's idea of being inside.
            if name not in allowed and not (name is Unknown.HARMLESS and child.prefix):
                raise UnusualError
            if name == "title" and self.popped(child).strip():
                self.title_depth = place.depth + 1

    def _is_complete(self, root: Element) -> bool:
        if _HISTORY not in self.names.namespaces:
            return False
        said = set()
        for element in root.iterdescendants(f"{{{_HISTORY}}}*"):
            around = element.getparent()
            of_whom = None if around is None else self.names[around.tag]
            if of_whom in ("channel", "feed"):
                said.add(element.tag)
            elif of_whom not in ("item", "entry"):
                raise UnusualError
        return f"{{{_HISTORY}}}complete" in said and f"{{{_HISTORY}}}archive" not in said
