"""What does feedparser call an element, and does it do more with it than keep its text?

``plain`` reads documents as feedparser would, so it names elements as feedparser does and asks
feedparser itself which names it has handlers for. A document whose namespaces make that ambiguous
has no ``Names``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from feedparser.api import StrictFeedParser
from lxml import etree

Element = etree._Element  # lxml's elements have no public class
Attributes = dict[str, str]

ATOM = "http://www.w3.org/2005/atom"
ATOM_03 = "http://purl.org/atom/ns#"
RSS_10 = "http://purl.org/rss/1.0/"
RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"

VERSIONING = frozenset({ATOM, RSS_10, RSS_090})
"""Namespaces whose mere declaration makes feedparser decide on a format."""

PREFIXES: dict[str, str] = {uri.lower(): prefix.lower() for uri, prefix in StrictFeedParser.namespaces.items()}
"""feedparser's prefix for each namespace it knows, all in lower case."""

# An element without a handler becomes one value of the entry or feed around it, under its own name.
# These names stand for values that something reads, or that feedparser's handlers build on.
_TAKEN = frozenset(
    {
        "author", "authors", "category", "channel", "content", "contributors", "copyright", "created", "date",
        "date_parsed", "description", "enclosures", "entries", "expired", "feed", "generator", "guid", "guidislink",
        "href", "id", "image", "issued", "items", "language", "license", "link", "links", "modified", "published",
        "publisher", "rights", "source", "subtitle", "summary", "tagline", "tags", "textinput", "title", "updated",
        "url", "where",
    }
)  # fmt: skip
_TAKEN_BEGINNINGS = frozenset(
    {
        "author", "contributor", "copyright", "created", "date", "description", "expired", "generator", "info",
        "issued", "license", "modified", "published", "publisher", "rights", "subtitle", "summary", "tagline", "title",
        "updated", "validity",
    }
)  # fmt: skip


class Unknown(StrEnum):
    """What is said of an element that feedparser has no handler for."""

    HARMLESS = "harmless"
    AMBIGUOUS = "ambiguous"


class Names(dict[str, "str | Unknown"]):
    """The names of one document's elements, by lxml's ``{URI}local``: feedparser's name if it has a handler for it.

    They follow from the namespaces the document declares anywhere, as (prefix, URI). It is a dictionary
    because nearly every name was asked for before.
    """

    def __init__(self, declared: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.namespaces = frozenset(uri.lower() for _, uri in declared)
        self._prefixes = {uri: prefix.lower() for prefix, uri in declared}

    @classmethod
    def of(cls, declared: Iterable[tuple[str, str]]) -> Names | None:
        """None if a prefix stands for two namespaces, an unknown namespace has two, or one stands for another's."""
        pairs = frozenset(declared)
        if any(not prefix.isascii() or "backend.userland.com/rss" in uri.lower() for prefix, uri in pairs):
            return None
        meant = {(prefix.lower(), PREFIXES.get(uri.lower(), uri)) for prefix, uri in pairs if prefix}
        unknown = [uri for _, uri in pairs if uri.lower() not in PREFIXES]
        if len({prefix for prefix, _ in meant}) < len(meant) or len(set(unknown)) < len(unknown):
            return None
        customary = {PREFIXES[uri.lower()] for _, uri in pairs if uri.lower() in PREFIXES}
        if any(prefix in customary and prefix != meaning for prefix, meaning in meant):
            return None
        return cls(pairs)

    def __missing__(self, tag: str) -> str | Unknown:
        name = self[tag] = self._found(tag)
        return name

    def _found(self, tag: str) -> str | Unknown:
        uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        prefix = PREFIXES.get(uri.lower())
        if prefix is None:
            prefix = self._prefixes.get(uri, "")
        return _meaning(f"{prefix}_{local.lower()}" if prefix else local.lower())


@lru_cache(maxsize=2000)
def _meaning(name: str) -> str | Unknown:
    """The name, if feedparser has a handler for it or its value is read all the same."""
    if not name.isascii():
        return Unknown.AMBIGUOUS
    if hasattr(StrictFeedParser, f"_start_{name}") or hasattr(StrictFeedParser, f"_end_{name}"):
        return name
    if name in ("comments", "feedburner_origlink"):  # no handlers, but values that are read
        return name
    if name in _TAKEN or name.partition("_")[0] in _TAKEN_BEGINNINGS:
        return Unknown.AMBIGUOUS
    return Unknown.HARMLESS
