"""Parses a small XML document into a tree, safely: sitemaps and subscription lists.

Nothing is fetched, no entity is resolved, and lxml's own limits on depth and size apply. Feeds are parsed by
``xml_feed_reader``.
"""

from __future__ import annotations

from lxml import etree

from aggregator.parsing.xml_repair import ILLEGAL_CHARACTERS

XmlElement = etree._Element
"""lxml's class of elements, which has no public name there."""


def parse_xml_tree(text: str, *, recover: bool = False) -> XmlElement | None:
    """Returns the root; None if the text is not XML, or contains characters or a DOCTYPE that ``xml_repair`` removes.

    With ``recover``, an ill-formed text is read as far as possible.
    """
    if not recover and (ILLEGAL_CHARACTERS.search(text) or "<!DOCTYPE" in text):
        return None
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def local_name(element: XmlElement) -> str:
    """Returns the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
