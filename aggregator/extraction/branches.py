"""What else stands in the part of a page that holds something beside the article's blocks?

A table or a picture between two paragraphs may be the article's or an insertion's. The *branch* of
it, the largest element around it that holds no block of the article, tells: what has a branch to
itself belongs to the text it divides, what shares it with words of its own is a box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from aggregator.extraction.words import words

_SILENT = ("script", "style", "noscript", "template", "svg", "button")


def around(elements: Iterable[etree._Element]) -> set[etree._Element]:
    """The elements and all that stand around one of them."""
    found: set[etree._Element] = set()
    for element in elements:
        above: etree._Element | None = element
        while above is not None and above not in found:
            found.add(above)
            above = above.getparent()
    return found


def branch_of(element: etree._Element, article: set[etree._Element]) -> etree._Element:
    """The largest element around one that is not ``around`` the article's blocks."""
    branch = element
    while (above := branch.getparent()) is not None and above not in article:
        branch = above
    return branch


def words_said(element: etree._Element) -> int:
    """How many words under an element a reader sees; not what follows it."""
    return sum(len(words(text)) for text in spoken(element))


def spoken(element: etree._Element) -> Iterator[str]:
    """The pieces of text under an element that a reader sees; not what follows it."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from spoken(child)
        if child.tail:
            yield child.tail
