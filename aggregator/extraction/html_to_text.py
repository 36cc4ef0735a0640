"""What does this HTML say, as plain text with one paragraph per line?

It does not choose: menus and advertisements become lines like everything else. A line is what stands
between two block boundaries; cells of a table row share a line, with " | " between them. Captions of
pictures are no text, unless there is no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import cast

from lxml import etree, html

from aggregator.extraction.html_tree import parser

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"head", "iframe", "noscript", "script", "style", "svg", "template", "textarea", "title"})
_SILENT_IN_TEXT = _SILENT | {"figcaption"}
_CELL_BOUNDARY = " | "
_MAX_DEPTH = 200
_PARSER = parser()
_SPACE = re.compile(r"\s+")
_INVISIBLE = " \u200b\ufeff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of text and the element it is the text of."""

    text: str
    element: etree._Element


def parse_fragment(markup: str) -> etree._Element:
    """The fragment inside a ``div``; markup that cannot be parsed at all gives an empty one."""
    try:
        return cast("etree._Element", html.fragment_fromstring(markup, create_parent="div", parser=_PARSER))
    except (etree.LxmlError, ValueError, AssertionError):
        return etree.Element("div")


def html_inside(root: etree._Element) -> str:
    """The HTML of what stands in an element, loose text included: what ``parse_fragment`` was given."""
    children = "".join(etree.tostring(child, method="html", encoding="unicode") for child in root)
    return f"{escape(root.text or '', quote=False)}{children}".strip()


def text_of_html(markup: str) -> str:
    """Plain text of an HTML fragment: one paragraph per line, spaces collapsed, no empty lines."""
    return "\n".join(line.text for line in lines_of(parse_fragment(markup)))


def lines_of(root: etree._Element) -> tuple[Line, ...]:
    """The lines under ``root`` in reading order; those of captions only where nothing else is said."""
    return _lines(root, _SILENT_IN_TEXT) or _lines(root, _SILENT)


def _lines(root: etree._Element, silent: frozenset[str]) -> tuple[Line, ...]:
    lines: list[Line] = []
    pieces: list[str] = []
    owner = root
    for piece in _pieces(root, root, 0, silent):
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        if text := _tidy("".join(pieces)):
            lines.append(Line(text=text, element=owner))
        pieces.clear()
        owner = piece
    if text := _tidy("".join(pieces)):
        lines.append(Line(text=text, element=owner))
    return tuple(lines)


def _pieces(
    element: etree._Element, owner: etree._Element, depth: int, silent: frozenset[str]
) -> Iterator[str | etree._Element]:
    """Text, and at each boundary the element that owns the text after it."""
    if depth > _MAX_DEPTH:
        yield " ".join(str(text) for text in element.itertext())
        return
    if element.text:
        yield element.text
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in silent:
            pass
        elif tag in _BLOCKS:
            yield child
            yield from _pieces(child, child, depth + 1, silent)
            yield owner
        elif tag == "br":
            yield owner
        else:
            if tag in _CELLS:
                yield _CELL_BOUNDARY
            yield from _pieces(child, owner, depth + 1, silent)
        if child.tail:
            yield child.tail


def _tidy(text: str) -> str:
    """Spaces collapsed; cell boundaries stand only between two cells that say something."""
    cells = (_SPACE.sub(" ", cell).strip(_INVISIBLE) for cell in text.split(_CELL_BOUNDARY))
    return _CELL_BOUNDARY.join(cell for cell in cells if cell)
