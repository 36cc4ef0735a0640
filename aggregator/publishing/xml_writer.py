"""How is XML written that every parser accepts, whatever the text holds?

A thin layer over lxml's tree: characters that XML 1.0 forbids are dropped here and nowhere else has
to think of them. It knows nothing of feeds beyond the names of the vocabularies they use.
"""

from __future__ import annotations

import re

from lxml import etree

Element = etree._Element
"""lxml gives the class of its elements no public name."""

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
ARCHIVE = f"{{{HISTORY}}}archive"
"""The mark of a document that does not change any more (RFC 5005 section 4)."""
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEX_REFERENCES = {"&": "#x26", "<": "#x3C"}


def legal_text(text: str) -> str:
    """The text without characters that XML 1.0 (section 2.2) forbids, lone surrogates among them."""
    return _ILLEGAL.sub("", text)


def document_root(tag: str, namespaces: dict[str | None, str], **attributes: str) -> Element:
    """The root of a new document that declares the namespaces, prefix to name (None: the default one)."""
    root = etree.Element(tag, nsmap=namespaces)  # type: ignore[arg-type]  # the stubs forget the default namespace
    for name, value in attributes.items():
        root.set(name, legal_text(value))
    return root


def append(parent: Element, tag: str, text: str = "", /, **attributes: str | None) -> Element:
    """Add a child with this text; an attribute whose value is None is left out, and may be called ``text`` too."""
    child = etree.SubElement(parent, tag)
    if legal := legal_text(text):
        child.text = legal
    for name, value in attributes.items():
        if value is not None:
            child.set(name, legal_text(value))
    return child


def append_plain_title(parent: Element, tag: str, text: str) -> Element:
    """Add a child whose ``&`` and ``<`` are hexadecimal references.

    To an XML parser this equals ``append``. Readers that scan RSS without one take ``&amp;`` and
    ``&lt;`` in a title for markup; the RSS Advisory Board's best practices (section "Character Data")
    therefore ask for ``&#x26;`` and ``&#x3C;``.
    """
    child = append(parent, tag)
    last: Element | None = None
    for piece in re.split("([&<])", legal_text(text)):
        if reference := _HEX_REFERENCES.get(piece):
            last = etree.Entity(reference)
            child.append(last)
        elif last is None:
            child.text = piece
        else:
            last.tail = piece
    return child


def serialise(root: Element) -> bytes:
    """The document as UTF-8 with an XML declaration, indented where that changes no text."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written
