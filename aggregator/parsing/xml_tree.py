"""How is a small XML document read as a tree, safely: sitemaps, lists of subscriptions?

Nothing is fetched, no entity is resolved, and lxml's own limits on depth and size hold. Feeds have a way of their own.
"""

from __future__ import annotations

from lxml import etree

from aggregator.parsing.xml_repair import ILLEGAL

Element = etree._Element
"""lxml gives the class of its elements no public name."""


def xml_tree(text: str, *, recover: bool = False) -> Element | None:
    """The root; None if the text is no XML, or has what ``mending`` takes out first."""
    if not recover and (ILLEGAL.search(text) or "<!DOCTYPE" in text):
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


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
