"""Maps the elements of a document to feedparser's names for them.

feedparser's parser class itself shows which names have handlers. A document whose namespaces make the names
ambiguous has no ``ElementNames`` and is not plain (see ``fast_parser``).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from aggregator.parsing.feedparser_compat.corrected_handlers import RSS_11, StrictParser

Attributes = dict[str, str]

ATOM = "http://www.w3.org/2005/atom"
ATOM_03 = "http://purl.org/atom/ns#"
RSS_10 = "http://purl.org/rss/1.0/"
RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"

VERSION_NAMESPACES = frozenset({ATOM, RSS_10, RSS_11, RSS_090})
"""Namespaces by whose declaration, even unused, feedparser decides the format."""

PREFIX_BY_NAMESPACE: dict[str, str] = {uri.lower(): prefix.lower() for uri, prefix in StrictParser.namespaces.items()}
"""feedparser's prefix by namespace URI, for the namespaces that it knows; both in lower case."""

# feedparser stores an element without a handler as a value of the entry or feed around it, under its own name.
# These names are values that ``xml_feed_reader`` reads, or that feedparser's handlers use.
_RESERVED_NAMES = frozenset(
    {
        "author", "authors", "category", "channel", "content", "contributors", "copyright", "created", "date",
        "date_parsed", "description", "enclosures", "entries", "expired", "feed", "generator", "guid", "guidislink",
        "href", "id", "image", "issued", "items", "language", "license", "link", "links", "modified", "published",
        "publisher", "rights", "source", "subtitle", "summary", "tagline", "tags", "textinput", "title", "updated",
        "url", "where",
    }
)  # fmt: skip
_RESERVED_PREFIXES = frozenset(
    {
        "author", "contributor", "copyright", "created", "date", "description", "expired", "generator", "info",
        "issued", "license", "modified", "published", "publisher", "rights", "subtitle", "summary", "tagline", "title",
        "updated", "validity",
    }
)  # fmt: skip


class UnhandledElement(StrEnum):
    """The effect of an element that feedparser has no handler for."""

    HARMLESS = "harmless"
    AMBIGUOUS = "ambiguous"


class ElementNames(dict[str, str | UnhandledElement]):
    """feedparser's names of one document's elements, by lxml's ``{URI}local``; ``UnhandledElement`` without a handler.

    They depend on all namespaces that the document declares, as (prefix, URI). It is a dictionary, filled on
    demand, because nearly every look-up repeats an earlier one.
    """

    def __init__(self, declared: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.namespaces = frozenset(uri.lower() for _, uri in declared)
        self._prefixes = {uri: prefix.lower() for prefix, uri in declared}

    @classmethod
    def of(cls, declared: Iterable[tuple[str, str]]) -> ElementNames | None:
        """Returns the names for these declarations, or None if they are ambiguous.

        Ambiguous are: a prefix with two namespaces, a namespace unknown to feedparser with two prefixes, and
        the customary prefix of one namespace bound to another.
        """
        pairs = frozenset(declared)
        if any(not prefix.isascii() or "backend.userland.com/rss" in uri.lower() for prefix, uri in pairs):
            return None
        bound = {(prefix.lower(), PREFIX_BY_NAMESPACE.get(uri.lower(), uri)) for prefix, uri in pairs if prefix}
        unknown = [uri for _, uri in pairs if uri.lower() not in PREFIX_BY_NAMESPACE]
        if len({prefix for prefix, _ in bound}) < len(bound) or len(set(unknown)) < len(unknown):
            return None
        customary = {PREFIX_BY_NAMESPACE[uri.lower()] for _, uri in pairs if uri.lower() in PREFIX_BY_NAMESPACE}
        if any(prefix in customary and prefix != meaning for prefix, meaning in bound):
            return None
        return cls(pairs)

    def __missing__(self, tag: str) -> str | UnhandledElement:
        name = self[tag] = self._resolve(tag)
        return name

    def _resolve(self, tag: str) -> str | UnhandledElement:
        uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        prefix = PREFIX_BY_NAMESPACE.get(uri.lower())
        if prefix is None:
            prefix = self._prefixes.get(uri, "")
        return _name_or_effect(f"{prefix}_{local.lower()}" if prefix else local.lower())


@lru_cache(maxsize=2000)
def _name_or_effect(name: str) -> str | UnhandledElement:
    """Returns the name if feedparser has a handler for it or ``xml_feed_reader`` reads its value."""
    if not name.isascii():
        return UnhandledElement.AMBIGUOUS
    if hasattr(StrictParser, f"_start_{name}") or hasattr(StrictParser, f"_end_{name}"):
        return name
    if name in ("comments", "feedburner_origlink", "itunes_duration"):  # without handlers, but their values are read
        return name
    if name in _RESERVED_NAMES or name.partition("_")[0] in _RESERVED_PREFIXES:
        return UnhandledElement.AMBIGUOUS
    return UnhandledElement.HARMLESS
