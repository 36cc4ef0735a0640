"""Splits a page into blocks of text.

A block is the text between two boundaries: the start or end of a block element, or a line break. A table
row of short cells is one block, with " | " between the cells. Menus (``nav``), scripts and form controls
are never part of an article and give no blocks. This module does not decide which blocks are the article.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from aggregator.extraction.html_to_text import is_formula_picture
from aggregator.extraction.words import words

BOUNDARIES = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
"""Elements at which a block begins and ends."""

_IGNORED = frozenset({
    "audio", "button", "canvas", "datalist", "head", "iframe", "input", "link", "map", "meta", "nav",
    "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_EMPHASIS = frozenset({"b", "strong", "em", "i"})
_CELLS = ("td", "th")
_CELL_BOUNDARY = " | "
_MAX_ROW_CHARACTERS = 300
_MAX_CELL_CHILDREN = 4
_INVISIBLE = " \u200b\ufeff"
_MAX_DEPTH = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A block of text and the element that contains it.

    ``linked`` and ``strong`` are the shares (0 to 1) of its characters that are in links and in emphasis.
    """

    text: str
    words: tuple[str, ...]
    element: etree._Element
    linked: float
    strong: float

    @property
    def size(self) -> float:
        """The number of its words; two characters of a script without spaces count as one word."""
        return min(len(self.words), len(self.text) / 2)


def blocks_of(root: etree._Element) -> tuple[Block, ...]:
    """The blocks under ``root`` in document order, without those that have no word."""
    builder = _BlockBuilder()
    builder.read(root, owner=root, linked=False, strong=False, depth=0)
    builder.close(root)
    return tuple(builder.blocks)


@dataclass(kw_only=True, slots=True)
class _BlockBuilder:
    """Collects pieces of text and makes a block of them at each boundary."""

    blocks: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    total: int = 0
    linked: int = 0
    strong: int = 0

    def read(self, element: etree._Element, *, owner: etree._Element, linked: bool, strong: bool, depth: int) -> None:
        if element.text:
            self.add(element.text, linked, strong)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _IGNORED or depth > _MAX_DEPTH:
                pass
            elif tag == "tr" and _is_row(child):
                self.close(owner)
                self.add(_row_text(child), linked, strong)
                self.linked = max(self.linked, min(self.total, _linked_characters(child)))
                self.close(child)
            elif tag in BOUNDARIES:
                self.close(owner)
                self.read(child, owner=child, linked=linked, strong=strong, depth=depth + 1)
                self.close(child)
            elif tag == "br":
                self.close(owner)
            elif tag == "img" and is_formula_picture(child):
                self.add(child.get("alt") or "", linked, strong)
            else:
                self.read(
                    child,
                    owner=owner,
                    linked=linked or tag == "a",
                    strong=strong or tag in _EMPHASIS,
                    depth=depth + 1,
                )
            if child.tail:
                self.add(child.tail, linked, strong)

    def add(self, text: str, linked: bool, strong: bool) -> None:
        self.pieces.append(text)
        size = len(text.strip())
        self.total += size
        self.linked += size * linked
        self.strong += size * strong

    def close(self, owner: etree._Element) -> None:
        if self.total:
            text = " ".join("".join(self.pieces).split()).strip(_INVISIBLE)
            if block_words := words(text):
                self.blocks.append(
                    Block(
                        text=text,
                        words=block_words,
                        element=owner,
                        linked=self.linked / self.total,
                        strong=self.strong / self.total,
                    )
                )
        self.pieces.clear()
        self.total = self.linked = self.strong = 0


def _is_row(row: etree._Element) -> bool:
    """True if the row belongs to a table of data, not to a page that uses tables for its layout."""
    cells = list(row.iterchildren(*_CELLS))
    return (
        len(cells) > 1
        and all(len(cell) <= _MAX_CELL_CHILDREN for cell in cells)
        and next(row.iter("table", *_IGNORED), None) is None
        and sum(len(text) for text in row.itertext()) <= _MAX_ROW_CHARACTERS
    )


def _row_text(row: etree._Element) -> str:
    cells = (" ".join(" ".join(map(str, cell.itertext())).split()) for cell in row.iterchildren(*_CELLS))
    return _CELL_BOUNDARY.join(cell for cell in cells if cell)


def _linked_characters(row: etree._Element) -> int:
    return sum(len(text) for link in row.iter("a") for text in link.itertext())
