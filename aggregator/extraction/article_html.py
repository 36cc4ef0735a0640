"""How do the chosen blocks of a page become HTML again?

It chooses nothing. Headings, paragraphs, items of lists, quotes, rows of tables and preformatted text
come back as what they were, each list, quote and table once for all its neighbours; anything else is a
paragraph. Links and emphasis stay where a block is all of its element, and a picture comes after the
paragraph, or the whole list, quote or table, that it stands behind. What comes out is the publisher's
markup, to be sanitised before anyone sees it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from itertools import groupby

from lxml import etree

from aggregator.extraction.html_to_text import html_inside
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.page_pictures import Picture

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WITHIN_A_LINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "strong", "sub", "sup", "time", "u", "var",
})  # fmt: skip
_WITHOUT_MEANING = frozenset({"big", "font", "nobr", "span"})
_NEAR = 4
"""How far above a block its list item or quote is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Setting:
    """The list, quote or table a block stands in, and in a list its item; None for neither."""

    whole: etree._Element | None = None
    item: etree._Element | None = None


def to_html(blocks: Sequence[Block], pictures: Sequence[Picture] = ()) -> str:
    """The blocks in their order, and the pictures among them."""
    rest = deque(pictures)
    pieces: list[str] = []
    done = 0
    pairs = [(_setting(block), block) for block in blocks]
    for whole, group in groupby(pairs, key=lambda pair: pair[0].whole):
        for part in [list(group)] if whole is not None else [[pair] for pair in group]:
            while rest and rest[0].after <= done:
                pieces.append(_figure(rest.popleft()))
            pieces.append(_whole(whole, part))
            done += len(part)
    return "".join((*pieces, *map(_figure, rest)))


def _figure(picture: Picture) -> str:
    caption = f"<figcaption>{escape(picture.caption, quote=False)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.address)}" alt="{escape(picture.alt)}">{caption}</figure>'


def _setting(block: Block) -> _Setting:
    element = block.element
    if element.tag == "tr":
        return _Setting(whole=next(element.iterancestors("table"), None))
    if element.tag in _HEADINGS:
        return _Setting()
    for steps, above in enumerate((element, *element.iterancestors())):
        if steps > _NEAR:
            break
        if above.tag == "blockquote":
            return _Setting(whole=above)
        if above.tag == "li":
            return _Setting(whole=above.getparent(), item=above)
    return _Setting()


def _whole(whole: etree._Element | None, pairs: Sequence[tuple[_Setting, Block]]) -> str:
    blocks = [block for _, block in pairs]
    if whole is None:
        return "".join(map(_alone, blocks))
    if whole.tag == "blockquote":
        return f"<blockquote>{''.join(map(_paragraph, blocks))}</blockquote>"
    if whole.tag == "table":
        return f"<table>{''.join(map(_row, blocks))}</table>"
    name = "ol" if whole.tag == "ol" else "ul"
    items = groupby(pairs, key=lambda pair: pair[0].item)
    return f"<{name}>{''.join(_item([block for _, block in group]) for _, group in items)}</{name}>"


def _alone(block: Block) -> str:
    tag = str(block.element.tag)
    if tag == "pre":
        return f"<pre>{escape(block.text, quote=False)}</pre>"
    return f"<{tag}>{_words(block)}</{tag}>" if tag in _HEADINGS else _paragraph(block)


def _paragraph(block: Block) -> str:
    return f"<p>{_words(block)}</p>"


def _item(blocks: Sequence[Block]) -> str:
    return f"<li>{_words(blocks[0]) if len(blocks) == 1 else ''.join(map(_paragraph, blocks))}</li>"


def _words(block: Block) -> str:
    """What a block says, with its links and emphasis if its element holds nothing else."""
    element = block.element
    if not len(element) or not all(part.tag in _WITHIN_A_LINE | _WITHOUT_MEANING for part in element.iterdescendants()):
        return escape(block.text, quote=False)
    whole = deepcopy(element)
    etree.strip_tags(whole, *_WITHOUT_MEANING)
    is_all = " ".join("".join(map(str, whole.itertext())).split()) == block.text
    return html_inside(whole) if is_all else escape(block.text, quote=False)


def _row(block: Block) -> str:
    tag = "td" if next(block.element.iterchildren("td"), None) is not None else "th"
    cells = (f"<{tag}>{escape(cell, quote=False)}</{tag}>" for cell in block.text.split(" | "))
    return f"<tr>{''.join(cells)}</tr>"
