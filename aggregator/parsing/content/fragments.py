"""Parses a fragment of a publisher's HTML into a tree, edits it, and writes it as HTML again.

The tree is for rewriting only. It is no safer than the publisher's markup: ``sanitise`` decides afterwards what readers
may see. The parser follows the HTML standard in its tokens, not in its tree: ``source`` and ``track`` have children.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lxml import etree, html

Tag = etree._Element
"""An element of a fragment."""

_MEDIA = ("img", "picture", "audio", "video", "iframe", "object", "embed", "svg", "math", "figure", "input", "source")

_READ_BY_SCRIPTS = etree.XPath(
    "descendant::*[@*[starts-with(name(), 'data-')] or self::blockquote[@*] or contains(@class, 'fb-') "
    "or contains(@class, 'embed')]"
)
_MAY_HIDE = etree.XPath("descendant::*[@style or @hidden or @aria-hidden or @class]")
# The caller bounds the depth of open elements; the parser's own limit would drop the text below it.
_PARSER = etree.HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True, huge_tree=True)
_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=html.HtmlElement,
        comment=html.HtmlComment,
        pi=html.HtmlProcessingInstruction,
        entity=html.HtmlEntity,
    )
)


def parse_markup(markup: str) -> Tag | None:
    """Parses a fragment into one element around all of it; returns None if it cannot be parsed."""
    try:
        document = etree.fromstring(f"<html><body>{markup}", _PARSER)
    except (etree.LxmlError, ValueError):
        return None
    bodies = [] if document is None else list(document.iterchildren("body"))
    if len(bodies) != 1:
        return None
    root: Tag = bodies[0]
    document.remove(root)
    root.tail = None
    for embed in list(root.iter("embed")):
        _empty(embed)
    return root


def _empty(element: Tag) -> None:
    """Moves the content of a void element behind it: it has no end tag, and the parser takes all that follows."""
    parent, tail = element.getparent(), element.tail or ""
    if parent is None:
        return
    content = list(element)
    element.text, element.tail = None, element.text
    if content:
        content[-1].tail = (content[-1].tail or "") + tail
        place = parent.index(element) + 1
        parent[place:place] = content
    else:
        element.tail = (element.tail or "") + tail


def inner_markup(root: Tag) -> str:
    """Returns the HTML inside an element."""
    written = etree.tostring(root, method="html", encoding="unicode", with_tail=False)
    return written[written.index(">") + 1 : written.rindex("</")]


def new_element(tag: str, text: str = "", **attributes: str) -> Tag:
    """Creates an element; ``_`` in a name of an attribute is written as ``-``."""
    element = _PARSER.makeelement(tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    element.text = text or None
    return element


def remove_attribute(element: Tag, name: str) -> None:
    """Removes an attribute, if the element has it."""
    if name in element.attrib:
        del element.attrib[name]


def remove_element(element: Tag) -> None:
    """Removes an element with its content; the text after it stays."""
    if element.getparent() is not None:
        cast("html.HtmlElement", element).drop_tree()


def unwrap_element(element: Tag) -> None:
    """Removes an element; its content stays."""
    if element.getparent() is not None:
        cast("html.HtmlElement", element).drop_tag()


def replace_element(old: Tag, new: Tag) -> None:
    """Puts an element in the place of another; the text after it stays."""
    parent = old.getparent()
    if parent is not None:
        new.tail, old.tail = old.tail, None
        parent.replace(old, new)


def text_in(element: Tag) -> str:
    """Returns the text inside an element on one line."""
    return " ".join("".join(map(str, element.itertext())).split())


def has_media(element: Tag) -> bool:
    """Returns True if an element contains a picture, player, formula or form control."""
    return next(element.iter(*_MEDIA), None) is not None


def elements_of(root: Tag, *tags: str) -> list[Tag]:
    """Returns the elements below ``root`` with these names, or all, in document order, as a list that may be edited."""
    found = root.iter(*tags) if tags else root.iter(etree.Element)
    return [element for element in found if element is not root]


def elements_of_scripts(root: Tag) -> list[Tag]:
    """Returns the elements that scripts read: those with ``data-`` attributes or a class, and quotes."""
    return cast("list[Tag]", _READ_BY_SCRIPTS(root))


def elements_that_hide(root: Tag) -> list[Tag]:
    """Returns the elements that have one of the attributes by which an element is hidden."""
    return cast("list[Tag]", _MAY_HIDE(root))


def words_of_class(element: Tag) -> frozenset[str]:
    """Returns the classes of an element."""
    return frozenset((element.get("class") or "").split())


def ancestors_of(element: Tag, *tags: str) -> Iterator[Tag]:
    """Returns the elements around an element with these names, the nearest first."""
    return element.iterancestors(*tags)


def lift_from_paragraph(block: Tag) -> None:
    """Moves a block out of its paragraph, which is divided: a paragraph ends where a block begins.

    Elements inside the paragraph that contain nothing but the block are removed.
    """
    while (parent := block.getparent()) is not None and parent.tag in ("p", "a", "span", "strong", "em", "b", "i"):
        if len(parent) == 1 and not (parent.text or "").strip() and not (block.tail or "").strip():
            outer = parent.getparent()
            if outer is None:
                return
            block.tail = None
            replace_element(parent, block)
        elif parent.tag == "p":
            _divide_paragraph(parent, block)
        else:
            return


def _divide_paragraph(paragraph: Tag, block: Tag) -> None:
    outer = paragraph.getparent()
    if outer is None:
        return
    rest = new_element("p", block.tail or "")
    block.tail = None
    rest.extend(list(block.itersiblings()))
    rest.tail, paragraph.tail = paragraph.tail, None
    place = outer.index(paragraph) + 1
    outer.insert(place, block)
    if (rest.text or "").strip() or len(rest):
        outer.insert(place + 1, rest)
    else:
        block.tail = rest.tail
