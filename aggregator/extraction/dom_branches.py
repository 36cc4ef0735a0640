"""Finds the branch of a page that contains an element but no block of the article.

A table or picture between two paragraphs may belong to the article or to a box. Its *branch* is the largest
element around it that contains no block of the article. If the table or picture is alone in its branch, it belongs
to the article; if the branch has other text, it is a box.

Before the article's blocks are known, the *main path* is used instead: the nested elements that contain most of
the text that the engine found. Every element outside the main path is in a branch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from aggregator.extraction.words import words

NO_MAIN_PATH = 99
"""The value of ``above_end`` if there is no main path."""

_INVISIBLE = ("script", "style", "noscript", "template", "svg", "button")


def with_ancestors(elements: Iterable[etree._Element]) -> set[etree._Element]:
    """The set of the elements and all their ancestors."""
    result: set[etree._Element] = set()
    for element in elements:
        result.update(path_from_known(element, result)[1])
    return result


def branch_of(element: etree._Element, article: set[etree._Element]) -> etree._Element:
    """The largest element that contains ``element`` but is not in ``article``.

    ``article`` is the set ``with_ancestors`` of the article's blocks.
    """
    return next(iter(path_from_known(element, article)[1]), element)


@dataclass(frozen=True, kw_only=True, slots=True)
class BranchPoint:
    """The point where the branch of an element leaves the main path.

    ``branch`` is the largest element around it outside the main path, or None if it is on the main path.
    ``steps`` is the number of elements up to the main path. ``above_end`` is the number of elements between that
    point and the last element of the main path, ``NO_MAIN_PATH`` if there is no main path.
    """

    branch: etree._Element | None
    steps: int
    above_end: int


class MainPath:
    """The nested elements that contain more than half of a text, from the root of the page down."""

    def __init__(self, pieces: Iterable[tuple[etree._Element, float]]) -> None:
        """``pieces`` are the elements with text, each with its number of words of the text."""
        word_counts: dict[etree._Element, float] = defaultdict(float)
        total = 0.0
        for element, size in pieces:
            total += size
            ancestor: etree._Element | None = element
            while size and ancestor is not None:
                word_counts[ancestor] += size
                ancestor = ancestor.getparent()
        path = {element for element, size in word_counts.items() if 2 * size > total}
        last = next(iter(path - {element.getparent() for element in path}), None)
        self._points: dict[etree._Element | None, BranchPoint] = {
            None: BranchPoint(branch=None, steps=0, above_end=NO_MAIN_PATH)
        }
        while last is not None:
            self._points[last] = BranchPoint(branch=None, steps=0, above_end=len(self._points) - 1)
            last = last.getparent()

    def branch_point(self, element: etree._Element) -> BranchPoint:
        """The point where the branch of an element of the page leaves the main path."""
        ancestor, path = path_from_known(element, self._points)
        point = self._points[ancestor]
        for descendant in path:
            branch = descendant if point.branch is None else point.branch
            point = self._points[descendant] = BranchPoint(
                branch=branch, steps=point.steps + 1, above_end=point.above_end
            )
        return point


def path_from_known(
    element: etree._Element, known: Container[etree._Element | None]
) -> tuple[etree._Element | None, list[etree._Element]]:
    """The nearest known element and the path from it (without it) down to ``element``.

    The nearest known element is ``element`` itself or an ancestor, or None if none is known.
    """
    path: list[etree._Element] = []
    ancestor: etree._Element | None = element
    while ancestor is not None and ancestor not in known:
        path.append(ancestor)
        ancestor = ancestor.getparent()
    return ancestor, path[::-1]


def visible_word_count(element: etree._Element) -> int:
    """The number of visible words in an element, without the text after it."""
    return sum(len(words(text)) for text in visible_text(element))


def visible_text(element: etree._Element) -> Iterator[str]:
    """The pieces of visible text in an element, without the text after it."""
    if not isinstance(element.tag, str) or element.tag in _INVISIBLE:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from visible_text(child)
        if child.tail:
            yield child.tail
