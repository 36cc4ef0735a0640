"""Renders the selected blocks, pictures and players of a page as HTML.

A list, definition list, table or ``details`` of which every block is selected keeps its markup. Of any other, headings,
paragraphs, items, quotes and rows keep their kind; neighbours in one list, quote or table share one element.
Preformatted text keeps its lines. All other blocks become paragraphs. Links, emphasis and formulas stay if the block is
the complete text of its element. A picture or player comes after the paragraph, list, quote or table before it. The
result has the publisher's markup and must be sanitised.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from lxml import etree

from aggregator.extraction.html_to_text import inner_html, is_formula_picture
from aggregator.extraction.page_blocks import BOUNDARIES, Block, blocks_of
from aggregator.extraction.page_pictures import Picture
from aggregator.extraction.page_players import PagePlayer
from aggregator.parsing.content.allowed_markup import MATH_TAGS
from aggregator.parsing.content.fragments import remove_element

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = MATH_TAGS | {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "rp",
    "rt", "ruby", "s", "samp", "small", "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip
_MEANINGLESS = frozenset({"big", "font", "nobr", "span"})
_KEPT_WHOLE = ("ul", "ol", "dl", "table", "details")
_SHOWN_APART = (
    "img", "picture", "source", "iframe", "video", "audio", "object", "embed", "svg", "script", "style", "noscript",
    "button",
)  # fmt: skip
"""Elements that are no text, and come after the container as pictures and players, or not at all."""

_LINE_TAGS = ("div", "p")
"""Elements that are lines of preformatted text; with any other block in it, it is no text of lines."""
_OTHER_BLOCKS = tuple(sorted(BOUNDARIES.difference(_LINE_TAGS)))
_LINE_END = "\ufdd0"  # a noncharacter, which no text contains
_LINE_ENDS = re.compile(rf"\n?{_LINE_END}(?:\n?{_LINE_END})*\n?")

_MAX_STEPS = 4
"""Number of elements above a block that are searched for its list item or quote."""
_MAX_SPAN = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Container:
    """The container of a block, or None; ``is_whole``: all of it is shown; ``item``: the item of a block in a list."""

    element: etree._Element | None = None
    item: etree._Element | None = None
    is_whole: bool = False


def blocks_to_html(blocks: Sequence[Block], media: Sequence[Picture | PagePlayer] = ()) -> str:
    """Renders the blocks in their order, with the pictures and players between them."""
    waiting = deque(sorted(media, key=lambda medium: medium.after))
    containers = _Containers(selected=frozenset((block.element, block.text) for block in blocks))
    pieces: list[str] = []
    rendered = 0
    pairs = [(containers.container_of(block), block) for block in blocks]
    for element, group in groupby(pairs, key=lambda pair: pair[0].element):
        for part in [list(group)] if element is not None else [[pair] for pair in group]:
            while waiting and waiting[0].after <= rendered:
                pieces.append(_figure(waiting.popleft()))
            pieces.append(_group_html(part[0][0], part))
            rendered += len(part)
    return "".join((*pieces, *map(_figure, waiting)))


def _figure(medium: Picture | PagePlayer) -> str:
    if isinstance(medium, PagePlayer):
        return medium.markup
    caption = f"<figcaption>{escape(medium.caption, quote=False)}</figcaption>" if medium.caption else ""
    return f'<figure><img src="{escape(medium.url)}" alt="{escape(medium.alt)}">{caption}</figure>'


@dataclass(kw_only=True, slots=True)
class _Containers:
    """The containers of the blocks of one article; ``selected`` are all its blocks, by element and text."""

    selected: frozenset[tuple[etree._Element, str]]
    is_complete: dict[etree._Element, bool] = field(default_factory=dict)

    def container_of(self, block: Block) -> _Container:
        """The outermost container of which all is selected, else the nearest list, quote or table."""
        element = block.element
        for ancestor in [*element.iterancestors(*_KEPT_WHOLE)][::-1]:
            if self._is_complete(ancestor):
                return _Container(element=ancestor, is_whole=True)
        if element.tag in _KEPT_WHOLE and self._is_complete(element):
            return _Container(element=element, is_whole=True)
        for ancestor in (element, *element.iterancestors("pre")):
            if ancestor.tag == "pre" and next(ancestor.iterdescendants(*_OTHER_BLOCKS), None) is None:
                return _Container(element=ancestor)
        return _nearest_container(element)

    def _is_complete(self, container: etree._Element) -> bool:
        known = self.is_complete.get(container)
        if known is None:
            inner = blocks_of(container)
            is_layout = (
                container.tag == "table" and next(container.iterdescendants("table", *_HEADINGS), None) is not None
            )
            known = not is_layout and all((block.element, block.text) in self.selected for block in inner)
            self.is_complete[container] = known
        return known


def _nearest_container(element: etree._Element) -> _Container:
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
        if ancestor.tag in ("dt", "dd"):
            return _Container(element=next(ancestor.iterancestors("dl"), None), item=ancestor)
    return _Container()


def _group_html(container: _Container, pairs: Sequence[tuple[_Container, Block]]) -> str:
    """The HTML of neighbouring blocks in one container, or of one block outside of them."""
    blocks = [block for _, block in pairs]
    element = container.element
    if element is None:
        return "".join(map(_single_block, blocks))
    if container.is_whole:
        return _whole(element)
    if element.tag == "pre":
        return f"<pre>{escape(_preformatted_text(element), quote=False)}</pre>"
    if element.tag == "blockquote":
        return f"<blockquote>{''.join(map(_paragraph, blocks))}</blockquote>"
    if element.tag == "table":
        return f"<table>{''.join(map(_row, blocks))}</table>"
    items = [(item, [block for _, block in group]) for item, group in groupby(pairs, key=lambda pair: pair[0].item)]
    if element.tag == "dl":
        return f"<dl>{''.join(_item(str(item.tag) if item is not None else 'dd', part) for item, part in items)}</dl>"
    name = "ol" if element.tag == "ol" else "ul"
    return f"<{name}>{''.join(_item('li', part) for _, part in items)}</{name}>"


def _whole(element: etree._Element) -> str:
    """The markup of a container, with the spans that were removed for the engine."""
    copy = deepcopy(element)
    copy.tail = None
    for part in list(copy.iter(*_SHOWN_APART)):
        if part.tag != "img" or not is_formula_picture(part):
            remove_element(part)
    for cell in copy.iter("td", "th"):
        for name in ("colspan", "rowspan"):
            if (span := cell.get(f"data-{name}", "")).isdecimal() and int(span) <= _MAX_SPAN:
                cell.set(name, span)
    return etree.tostring(copy, method="html", encoding="unicode")


def _preformatted_text(element: etree._Element) -> str:
    """Returns the text of an element with its line ends; a paragraph or ``div`` in it has a line of its own."""
    copy = deepcopy(element)
    copy.tail = None
    for line_break in copy.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    for part in copy.iterdescendants(*_LINE_TAGS):
        part.text = f"{_LINE_END}{part.text or ''}"
        part.tail = f"{_LINE_END}{part.tail or ''}"
    text = "".join(map(str, copy.itertext()))
    return _LINE_ENDS.sub("\n", text).strip("\n").rstrip()


def _single_block(block: Block) -> str:
    tag = str(block.element.tag)
    return f"<{tag}{_id(block)}>{_inline_html(block)}</{tag}>" if tag in _HEADINGS else _paragraph(block)


def _paragraph(block: Block) -> str:
    return f"<p{_id(block)}>{_inline_html(block)}</p>"


def _id(block: Block) -> str:
    """The id of a block's element, to which footnotes and contents may link."""
    name = block.element.get("id")
    return f' id="{escape(name)}"' if name else ""


def _item(tag: str, blocks: Sequence[Block]) -> str:
    content = _inline_html(blocks[0]) if len(blocks) == 1 else "".join(map(_paragraph, blocks))
    return f"<{tag}{_id(blocks[0]) if len(blocks) == 1 else ''}>{content}</{tag}>"


def _inline_html(block: Block) -> str:
    """The text of a block, with its links and emphasis if it is the complete text of its element."""
    element = block.element
    if not len(element) or not all(part.tag in _INLINE | _MEANINGLESS for part in element.iterdescendants()):
        return escape(block.text, quote=False)
    copy = deepcopy(element)
    etree.strip_tags(copy, *_MEANINGLESS)
    pictures: dict[etree._Element, str] = {}
    for image in list(copy.iter("img")):
        if is_formula_picture(image):
            pictures[image] = image.get("alt") or ""
        else:
            remove_element(image)
    is_complete = " ".join(_text_with(copy, pictures).split()) == block.text
    return inner_html(copy) if is_complete else escape(block.text, quote=False)


def _text_with(element: etree._Element, pictures: Mapping[etree._Element, str]) -> str:
    """The text of an element with the alternative texts of its formulas."""
    inner = "".join(_text_with(part, pictures) + (part.tail or "") for part in element)
    return pictures.get(element, "") + (element.text or "") + inner


def _row(block: Block) -> str:
    tag = "td" if next(block.element.iterchildren("td"), None) is not None else "th"
    cells = (f"<{tag}>{escape(cell, quote=False)}</{tag}>" for cell in block.text.split(" | "))
    return f"<tr>{''.join(cells)}</tr>"
