"""How does the tree that trafilatura found become HTML whose lines can be dropped one by one?

It does not decide what is dropped. trafilatura answers in its own vocabulary (``head``, ``item``,
``lb``, …; its document settings name them all); here each becomes the HTML element it stands for,
and each paragraph that line breaks divide becomes several, so that one line is one element.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy

from lxml import etree

from aggregator.extraction.text_of_html import Line, lines_of

_NAMES = {"list": "ul", "item": "li", "quote": "blockquote", "code": "pre", "row": "tr", "lb": "br"}
_INLINE = ("hi", "ref", "del", "span", "a", "sup", "sub")
_CONTAINERS = frozenset({"div", "blockquote"})
_PHRASING = frozenset({"br"})


def to_html(body: etree._Element) -> etree._Element:
    """The tree as a ``div`` of headings, paragraphs, lists, quotes, tables and preformatted text.

    The given tree is left as it was. Links, emphasis and images are gone, their words are not.
    """
    root = deepcopy(body)
    root.tag, root.tail = "div", None
    etree.strip_elements(root, "graphic", "img", with_tail=False)
    etree.strip_tags(root, *_INLINE, etree.Comment, etree.ProcessingInstruction)
    for element in root.iter():
        element.tag = _html_name(element)
        element.attrib.clear()
    for element in list(root.iter(*_CONTAINERS)):
        _wrap_loose_text(element)
    for paragraph in list(root.iter("p")):
        _split_at_breaks(paragraph)
    return root


def paragraphs(text: str) -> etree._Element:
    """Plain text, one paragraph per line, as a ``div`` of paragraphs."""
    root = etree.Element("div")
    for line in text.splitlines():
        etree.SubElement(root, "p").text = line
    return root


def without(lines: tuple[Line, ...], root: etree._Element, dropped: Collection[int]) -> etree._Element:
    """``root`` without the lines whose numbers are given, and without what they leave empty.

    An element that holds other lines too stays whole: better one line too many than one too few.
    """
    for number in dropped:
        element = lines[number].element
        if element is root or len(lines_of(element)) != 1:
            continue
        while (parent := element.getparent()) is not None:
            _remove(element, parent)
            if parent is root or lines_of(parent):
                break
            element = parent
    return root


def _remove(element: etree._Element, parent: etree._Element) -> None:
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _html_name(element: etree._Element) -> str:
    if element.tag == "head":
        level = element.get("rend", "h2")
        return level if level in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
    if element.tag == "cell":
        return "th" if element.get("role") == "head" else "td"
    return _NAMES.get(str(element.tag), str(element.tag))


def _wrap_loose_text(container: etree._Element) -> None:
    """Text that stands directly in a container gets a paragraph of its own."""
    children = list(container)
    loose = etree.Element("p")
    loose.text, container.text = container.text, None
    container.insert(0, loose)
    for child in children:
        if child.tag in _PHRASING:
            loose.append(child)
            continue
        tail, child.tail = child.tail, None
        loose = etree.Element("p")
        loose.text = tail
        child.addnext(loose)
    for paragraph in list(container.iterchildren("p")):
        if not len(paragraph) and not (paragraph.text or "").strip():
            container.remove(paragraph)


def _split_at_breaks(paragraph: etree._Element) -> None:
    """``<p>one<br>two</p>`` becomes two paragraphs."""
    for line_break in reversed(list(paragraph.iterchildren("br"))):
        rest = etree.Element("p")
        rest.text, line_break.tail = line_break.tail, None
        rest.extend(list(line_break.itersiblings()))
        paragraph.remove(line_break)
        tail, paragraph.tail = paragraph.tail, None
        paragraph.addnext(rest)
        rest.tail = tail
