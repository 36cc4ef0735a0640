"""Renders the selected blocks and pictures of a page as HTML.

Headings, paragraphs, list items, quotes, table rows and preformatted text keep their kind; neighbouring items of a
list, quote or table share one element. All other blocks become paragraphs. Links and emphasis stay if the block is
the complete text of its element. A picture comes after its preceding paragraph, list, quote or table. The result has
the publisher's markup and must be sanitised.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from itertools import groupby

from lxml import etree

from aggregator.extraction.html_to_text import inner_html
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.page_pictures import Picture

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "strong", "sub", "sup", "time", "u", "var",
})  # fmt: skip
_MEANINGLESS = frozenset({"big", "font", "nobr", "span"})
_MAX_STEPS = 4
"""Number of elements above a block that are searched for its list item or quote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Container:
    """The list, quote or table of a block, or None; and the list item of a block in a list."""

    element: etree._Element | None = None
    item: etree._Element | None = None


def blocks_to_html(blocks: Sequence[Block], pictures: Sequence[Picture] = ()) -> str:
    """Renders the blocks in their order, with the pictures between them."""
    waiting = deque(pictures)
    pieces: list[str] = []
    rendered = 0
    pairs = [(_container(block), block) for block in blocks]
    for element, group in groupby(pairs, key=lambda pair: pair[0].element):
        for part in [list(group)] if element is not None else [[pair] for pair in group]:
            while waiting and waiting[0].after <= rendered:
                pieces.append(_figure(waiting.popleft()))
            pieces.append(_group_html(element, part))
            rendered += len(part)
    return "".join((*pieces, *map(_figure, waiting)))


def _figure(picture: Picture) -> str:
    caption = f"<figcaption>{escape(picture.caption, quote=False)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.alt)}">{caption}</figure>'


def _container(block: Block) -> _Container:
    element = block.element
    if element.tag == "tr":
        return _Container(element=next(element.iterancestors("table"), None))
    if element.tag in _HEADINGS:
        return _Container()
    for steps, ancestor in enumerate((element, *element.iterancestors())):
        if steps > _MAX_STEPS:
            break
        if ancestor.tag == "blockquote":
            return _Container(element=ancestor)
        if ancestor.tag == "li":
            return _Container(element=ancestor.getparent(), item=ancestor)
    return _Container()


def _group_html(element: etree._Element | None, pairs: Sequence[tuple[_Container, Block]]) -> str:
    """The HTML of neighbouring blocks in one list, quote or table, or of one block outside of them."""
    blocks = [block for _, block in pairs]
    if element is None:
        return "".join(map(_single_block, blocks))
    if element.tag == "blockquote":
        return f"<blockquote>{''.join(map(_paragraph, blocks))}</blockquote>"
    if element.tag == "table":
        return f"<table>{''.join(map(_row, blocks))}</table>"
    name = "ol" if element.tag == "ol" else "ul"
    items = groupby(pairs, key=lambda pair: pair[0].item)
    return f"<{name}>{''.join(_item([block for _, block in group]) for _, group in items)}</{name}>"


def _single_block(block: Block) -> str:
    tag = str(block.element.tag)
    if tag == "pre":
        return f"<pre>{escape(block.text, quote=False)}</pre>"
    return f"<{tag}>{_inline_html(block)}</{tag}>" if tag in _HEADINGS else _paragraph(block)


def _paragraph(block: Block) -> str:
    return f"<p>{_inline_html(block)}</p>"


def _item(blocks: Sequence[Block]) -> str:
    return f"<li>{_inline_html(blocks[0]) if len(blocks) == 1 else ''.join(map(_paragraph, blocks))}</li>"


def _inline_html(block: Block) -> str:
    """The text of a block, with its links and emphasis if it is the complete text of its element."""
    element = block.element
    if not len(element) or not all(part.tag in _INLINE | _MEANINGLESS for part in element.iterdescendants()):
        return escape(block.text, quote=False)
    copy = deepcopy(element)
    etree.strip_tags(copy, *_MEANINGLESS)
    is_complete = " ".join("".join(map(str, copy.itertext())).split()) == block.text
    return inner_html(copy) if is_complete else escape(block.text, quote=False)


def _row(block: Block) -> str:
    tag = "td" if next(block.element.iterchildren("td"), None) is not None else "th"
    cells = (f"<{tag}>{escape(cell, quote=False)}</{tag}>" for cell in block.text.split(" | "))
    return f"<tr>{''.join(cells)}</tr>"
