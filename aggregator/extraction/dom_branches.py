"""What else stands in the part of a page that holds something beside the article's blocks?

A table or a picture between two paragraphs may be the article's or an insertion's. The *branch* of
it, the largest element around it that holds no block of the article, tells: what has a branch to
itself belongs to the text it divides, what shares it with words of its own is a box.

While it is still asked which blocks are the article's, the *spine* stands in for them: the elements
around most of the text that the engine found, one inside the other. Whatever leaves it has a branch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from aggregator.extraction.words import words

NOWHERE = 99
"""Steps to the end of a spine from where there is none."""

_SILENT = ("script", "style", "noscript", "template", "svg", "button")


def around(elements: Iterable[etree._Element]) -> set[etree._Element]:
    """The elements and all that stand around one of them."""
    found: set[etree._Element] = set()
    for element in elements:
        found.update(path_from_known(element, found)[1])
    return found


def branch_of(element: etree._Element, article: set[etree._Element]) -> etree._Element:
    """The largest element around one that is not ``around`` the article's blocks."""
    return next(iter(path_from_known(element, article)[1]), element)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fork:
    """How an element hangs on the spine: by the largest element around it that is outside, so many steps up.

    ``branch`` is None for the spine itself; ``above_end`` tells how far above the spine's last element
    it leaves, ``NOWHERE`` where there is no spine.
    """

    branch: etree._Element | None
    steps: int
    above_end: int


class Spine:
    """The elements that hold more than half of a text, from the root of the page down."""

    def __init__(self, pieces: Iterable[tuple[etree._Element, float]]) -> None:
        """``pieces`` are the elements that the text stands in, with their words of it."""
        held: dict[etree._Element, float] = defaultdict(float)
        total = 0.0
        for element, size in pieces:
            total += size
            above: etree._Element | None = element
            while size and above is not None:
                held[above] += size
                above = above.getparent()
        spine = {element for element, size in held.items() if 2 * size > total}
        last = next(iter(spine - {element.getparent() for element in spine}), None)
        self._forks: dict[etree._Element | None, Fork] = {None: Fork(branch=None, steps=0, above_end=NOWHERE)}
        while last is not None:
            self._forks[last] = Fork(branch=None, steps=0, above_end=len(self._forks) - 1)
            last = last.getparent()

    def fork(self, element: etree._Element) -> Fork:
        """Where an element of the page hangs."""
        above, path = path_from_known(element, self._forks)
        fork = self._forks[above]
        for below in path:
            branch = below if fork.branch is None else fork.branch
            fork = self._forks[below] = Fork(branch=branch, steps=fork.steps + 1, above_end=fork.above_end)
        return fork


def path_from_known(
    element: etree._Element, known: Container[etree._Element | None]
) -> tuple[etree._Element | None, list[etree._Element]]:
    """The nearest known element at or above one, None when there is none, and those from below it down to the one."""
    path: list[etree._Element] = []
    above: etree._Element | None = element
    while above is not None and above not in known:
        path.append(above)
        above = above.getparent()
    return above, path[::-1]


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
