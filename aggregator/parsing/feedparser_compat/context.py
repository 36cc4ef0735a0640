"""What does feedparser carry from one element of a document to the next?

Which feed or entry is being filled and from how deep, the language and the base that hold, and how
attributes and texts are read under them. It knows no element by name: see ``elements``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from feedparser.api import StrictFeedParser
from feedparser.urls import make_safe_absolute_uri

from aggregator.parsing.feedparser_compat.names import RDF, XML, Attributes, Element, Names, Unknown
from aggregator.parsing.feedparser_compat.values import UnusualError, repaired, sound
from aggregator.parsing.feedparser_compat.xhtml import xhtml_in

DEEPEST = 20
"""Levels of elements within an entry that are followed."""

_MOST_ATTRIBUTES = 50
_BASE = f"{{{XML}}}base"
# Others feedparser corrects, resolves against themselves, or repairs only when something is resolved against them.
_CERTAIN_BASE = re.compile(r"(?:https?://(?!/)|(?![^/?#]*:))[!-~]*")

XHTML = "application/xhtml+xml"
TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html",
    "xhtml": XHTML, "application/xhtml+xml": XHTML,
}  # fmt: skip
"""What feedparser makes of a stated type of text."""

# Attributes by which an element is read; under a foreign namespace feedparser takes them for its own.
_READ = frozenset(
    {
        "about", "base", "domain", "filesize", "href", "ispermalink", "label", "lang", "lastmod", "length", "medium",
        "mode", "path", "port", "protocol", "rel", "scheme", "src", "term", "text", "type", "uri", "url", "version",
        "width",
    }
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """Where elements stand: how deep, and in which language."""

    depth: int
    language: str | None


@dataclass(slots=True)
class Carried:
    """The state between elements; ``context`` is the feed or the entry that is filled."""

    names: Names
    atom: bool = False
    atom_10: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    in_entry: bool = False
    depths: dict[str, int] = field(default_factory=dict)
    title_depth: int = -1
    has_content: bool = False
    has_bases: bool = False
    base: str = ""
    bases: list[str] = field(default_factory=list)
    based: Element | None = None

    def enter(self, element: Element) -> None:
        """Go by the ``xml:base`` of an element, one of the few that may state it."""
        if not self.has_bases:
            return
        self.based = element
        if stated := element.get(_BASE):
            if not _CERTAIN_BASE.fullmatch(stated):
                raise UnusualError
            self.base = make_safe_absolute_uri(self.base, str(stated)) or self.base
        self.bases.append(self.base)

    def leave(self) -> None:
        """Go by the base of the element around; feedparser stays with the inner one if there is none."""
        if self.has_bases:
            self.bases.pop()
            self.base = (self.bases and self.bases[-1]) or self.base

    def harmless_tree(self, element: Element, *, allowed: frozenset[str], depth: int = 0) -> None:
        """An element of which nothing is read; elements in it must be of no account either."""
        self.attributes(element)
        if depth > DEEPEST:
            raise UnusualError
        for child in element:
            name = self.names[child.tag]
            if name is not Unknown.HARMLESS and name not in allowed:
                raise UnusualError
            self.harmless_tree(child, allowed=allowed, depth=depth + 1)

    def attributes(self, element: Element) -> Attributes:
        """The attributes by the names feedparser gives them; ``xml:base`` was dealt with on entering."""
        found: Attributes = {}
        keys = element.keys()
        if not keys:
            return found
        if len(keys) > _MOST_ATTRIBUTES:  # before their values are asked for, which costs quadratic time
            raise UnusualError
        for key, value in element.items():
            name = str(key)
            if name.startswith("{"):
                uri, _, local = name[1:].rpartition("}")
                prefix = {XML: "xml", RDF: "rdf"}.get(uri)
                if prefix is None and local.lower() in _READ:
                    raise UnusualError
                name = f"{prefix}:{local}" if prefix else name
            name = name.lower()
            if name == "xml:base" and element is self.based:
                continue
            if name in found or name in ("base", "xml:base") or not name.isascii():
                raise UnusualError
            found[name] = str(value).lower() if name in ("rel", "type") else str(value)
        return found

    def store(self, name: str, value: object, depth: int) -> None:
        """Keep a value: in entries one from deeper down does not replace one from above."""
        if self.in_entry:
            if depth > self.depths.get(name, depth):
                return
            self.depths[name] = depth
        self.context[name] = value

    def popped(self, element: Element) -> str:
        """The text of an element as feedparser repairs it."""
        no_children(element)
        return repaired((element.text or "").strip())

    def resolved(self, text: str) -> str:
        """A text that is an address, against the base that holds; none stays none."""
        if self.base and not text.isascii():
            raise UnusualError  # it is repaired when it was resolved
        return sound(text, base=self.base) if text else text

    def detail(
        self, element: Element, attributes: Attributes, place: Place, default: str, *, guessed: bool = True
    ) -> dict[str, Any]:
        """A text with its type and language; outside Atom plain text that looks like HTML is taken for it."""
        kind = TYPES.get(attributes.get("type", default))
        if kind is None or attributes.get("mode") == "base64":
            raise UnusualError
        if kind == XHTML:
            if not self.atom:
                raise UnusualError
            text = xhtml_in(element, attributes=self.attributes, unwrapped=self.atom_10)
        else:
            no_children(element)
            text = (element.text or "").strip()
        if guessed and not self.atom and kind == "text/plain" and StrictFeedParser.looks_like_html(text):
            kind = "text/html"
        language = place.language.replace("_", "-") if place.language else place.language
        return {"type": kind, "language": language, "base": self.base, "value": repaired(text)}


def no_children(element: Element) -> None:
    """A text in which elements stand is not plain."""
    if len(element):
        raise UnusualError


def language_of(attributes: Attributes, outside: str | None) -> str | None:
    """The language stated here, none if it is stated to be none, else the one around."""
    stated = attributes.get("xml:lang", attributes.get("lang"))
    return outside if stated is None else stated or None


def inside_of(place: Place, attributes: Attributes) -> Place:
    """The place of the children of an element that stands at ``place``."""
    return Place(place.depth + 1, language_of(attributes, place.language))
