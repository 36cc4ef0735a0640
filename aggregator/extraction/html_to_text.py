"""Converts HTML to plain text with one paragraph per line.

It selects nothing: menus and advertisements become lines too. A line is the text between two block boundaries.
The cells of a table row are on one line, with " | " between them. Preformatted text keeps its lines. A picture of a
formula is its alternative text. Captions are left out, unless there is no other text; links to players always.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import cast

from lxml import etree, html

from aggregator.extraction.html_tree import html_parser

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_IGNORED = frozenset({
    "audio", "head", "iframe", "noscript", "script", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_IGNORED_WITH_CAPTIONS = _IGNORED | {"figcaption"}
_CELL_BOUNDARY = " | "
_MAX_DEPTH = 200
_FORMULA_PICTURE = re.compile(r"latex|/math/(?:render|svg)|mathjax|codecogs|mimetex|mathtex", re.IGNORECASE)
_PARSER = html_parser()
_SPACE = re.compile(r"\s+")
_INVISIBLE = " \u200b\ufeff"


@dataclass(frozen=True, kw_only=True, slots=True)
class TextLine:
    """One line of text and the element that contains it."""

    text: str
    element: etree._Element


def parse_fragment(markup: str) -> etree._Element:
    """Parses an HTML fragment into a ``div``; markup that cannot be parsed gives an empty one."""
    try:
        return cast("etree._Element", html.fragment_fromstring(markup, create_parent="div", parser=_PARSER))
    except (etree.LxmlError, ValueError, AssertionError):
        return etree.Element("div")


def inner_html(root: etree._Element) -> str:
    """The HTML inside an element, with its text: the inverse of ``parse_fragment``."""
    children = "".join(etree.tostring(child, method="html", encoding="unicode") for child in root)
    return f"{escape(root.text or '', quote=False)}{children}".strip()


def text_of_html(markup: str) -> str:
    """Converts an HTML fragment to plain text: one paragraph per line, spaces collapsed, no empty lines."""
    return "\n".join(line.text for line in text_lines(parse_fragment(markup)))


def text_lines(root: etree._Element) -> tuple[TextLine, ...]:
    """The lines under ``root`` in document order; captions only if there is no other text."""
    return _lines(root, _IGNORED_WITH_CAPTIONS) or _lines(root, _IGNORED)


def is_formula_picture(image: etree._Element) -> bool:
    """True for a picture of a formula, which is a part of its sentence."""
    return _FORMULA_PICTURE.search(f"{image.get('class')} {image.get('src')}") is not None


def _lines(root: etree._Element, ignored: frozenset[str]) -> tuple[TextLine, ...]:
    lines: list[TextLine] = []
    pieces: list[str] = []
    owner = root
    for piece in _pieces(root, root, 0, ignored):
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        if text := _collapsed("".join(pieces)):
            lines.append(TextLine(text=text, element=owner))
        pieces.clear()
        owner = piece
    if text := _collapsed("".join(pieces)):
        lines.append(TextLine(text=text, element=owner))
    return tuple(lines)


def _pieces(  # one branch for each kind of element
    element: etree._Element, owner: etree._Element, depth: int, ignored: frozenset[str]
) -> Iterator[str | etree._Element]:
    """Pieces of text, and at each boundary the element that contains the text after it."""
    if depth > _MAX_DEPTH:
        yield " ".join(str(text) for text in element.itertext())
        return
    is_preformatted = owner.tag == "pre"
    if element.text:
        yield from _text_pieces(element.text, owner, is_preformatted)
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in ignored or (tag == "figure" and child.get("data-player")):
            pass
        elif tag in _BLOCKS:
            yield child
            yield from _pieces(child, child, depth + 1, ignored)
            yield owner
        elif tag == "br":
            yield owner
        elif tag == "img":
            yield (child.get("alt") or "") if is_formula_picture(child) else ""
        else:
            if tag in _CELLS:
                yield _CELL_BOUNDARY
            yield from _pieces(child, owner, depth + 1, ignored)
        if child.tail:
            yield from _text_pieces(child.tail, owner, is_preformatted)


def _text_pieces(text: str, owner: etree._Element, is_preformatted: bool) -> Iterator[str | etree._Element]:
    """The text, in preformatted text with a boundary at each line end."""
    first, *others = text.split("\n") if is_preformatted else [text]
    yield first
    for line in others:
        yield owner
        yield line


def _collapsed(text: str) -> str:
    """The text with collapsed spaces, and without empty table cells."""
    cells = (_SPACE.sub(" ", cell).strip(_INVISIBLE) for cell in text.split(_CELL_BOUNDARY))
    return _CELL_BOUNDARY.join(cell for cell in cells if cell)
