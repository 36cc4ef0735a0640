"""Writes XML that every parser accepts, for any text.

A thin layer over lxml's tree. It drops the characters that XML 1.0 forbids, so no other module has to. Of feeds it
knows only the namespaces.
"""

from __future__ import annotations

import re

from lxml import etree

Element = etree._Element
"""The class of lxml's elements, which has no public name."""

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
ARCHIVE = f"{{{HISTORY}}}archive"
"""The element that marks an archive document (RFC 5005 section 4)."""
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEX_REFERENCES = {"&": "#x26", "<": "#x3C"}


def legal_text(text: str) -> str:
    """Removes the characters that XML 1.0 (section 2.2) forbids, including lone surrogates."""
    return _ILLEGAL.sub("", text)


def document_root(tag: str, namespaces: dict[str | None, str], **attributes: str) -> Element:
    """Creates the root of a document with the namespaces by prefix (None: the default namespace)."""
    root = etree.Element(tag, nsmap=namespaces)  # type: ignore[arg-type]  # the stubs forget the default namespace
    for name, value in attributes.items():
        root.set(name, legal_text(value))
    return root


def append_element(parent: Element, tag: str, text: str = "", /, **attributes: str | None) -> Element:
    """Appends a child with this text; skips attributes whose value is None; an attribute can be named ``text``."""
    child = etree.SubElement(parent, tag)
    if legal := legal_text(text):
        child.text = legal
    for name, value in attributes.items():
        if value is not None:
            child.set(name, legal_text(value))
    return child


def append_plain_title(parent: Element, tag: str, text: str) -> Element:
    """Appends a child whose ``&`` and ``<`` are hexadecimal references.

    For an XML parser this equals ``append_element``. Readers that scan RSS without a parser treat ``&amp;`` and
    ``&lt;`` in a title as markup. So the RSS Advisory Board's best practices (section "Character Data") require
    ``&#x26;`` and ``&#x3C;``.
    """
    child = append_element(parent, tag)
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
    """Serialises the document as UTF-8 with an XML declaration, indented where that changes no text."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written
