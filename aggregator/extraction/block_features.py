"""What can be told in numbers of a block of a page, that may say whether it belongs to the article?

It does not judge: ``forest`` does. Every number is about the block, its neighbours and the text that
the engine found; none is about the rest of the page, so that a menu more or less changes nothing. The
engine's opinion counts twice: of the block itself, and of the blocks that are built alike. Where it
has none, a branch of prose beside its text tells a section that it missed from a box of links.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np

from aggregator.extraction.block_overlap import shares
from aggregator.extraction.block_position import HINTS, Place, Surroundings, steps_to_hints
from aggregator.extraction.dom_branches import Fork, Spine
from aggregator.extraction.headline import agreement
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.words import words

Numbers = np.ndarray[Any, np.dtype[Any]]
Column = Numbers | Sequence[float]

FOUND = 0.5
"""Share of a block that must stand in a text for the block to be of it."""

_LINKED = 0.8
_MENU_WORDS = 12
_PROSE_WORDS = 10
_SOME_WORDS = 8
_REACH = 12
"""Blocks before and after the engine's text that are looked at whatever they are."""

_KINDS = {
    "p": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 6, "h6": 6, "li": 7, "tr": 8, "td": 8, "th": 8, "blockquote": 9,
    "pre": 10, "figcaption": 11, "dt": 12, "dd": 12, "div": 13, "section": 13, "article": 13,
}  # fmt: skip
_OTHER_KIND = 14
_HINTS = tuple(f"to_{name}" for name in HINTS)
_ENDS = tuple(".!?…。！？؟۔।:")
_CLOSES = "'\"”’»)]）」』"
_DIGIT = re.compile(r"\d")
_CAPITAL = re.compile(r"(?<!\S)[\"'“‘(]?[^\W\d_a-zß-öø-ÿ]")
_ADDRESS = ("http:", "https:", "www.")
_MOST_STEPS = 12
_TITLE_WORDS = 60
_SUMMARY_WORDS = 80
_AGREES = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """A block that may be of the article; ``found`` is the share of it that the engine found."""

    block: Block
    found: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Contenders:
    """The contenders of a page in its order; ``traits`` has for each name a number for each of them."""

    each: tuple[Contender, ...]
    traits: Mapping[str, Column]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Groups:
    """For each block, of all blocks of its kind: their words, the share found, their share of the engine's text.

    ``number`` is the same for the blocks of a kind.
    """

    number: Numbers
    size: Numbers
    found: Numbers
    of_text: Numbers


def contenders(
    blocks: Sequence[Block], *, engine: str, publisher: str, titles: Sequence[str], summaries: Sequence[str] = ()
) -> Contenders:
    """The blocks worth a judgement, with their traits, in page order.

    ``engine`` is the text that trafilatura found, ``publisher`` the publisher's own copy of the body,
    or ""; ``titles`` and ``summaries`` are what the article is called and said to be about. Links alone
    and what stands far from everything else are no contenders.
    """
    lines = set(engine.splitlines())
    seen = [block for block in blocks if not _is_menu(block) or block.text in lines]
    return _Page(seen, engine=engine, publisher=publisher, titles=titles, summaries=summaries).contenders()


def _is_menu(block: Block) -> bool:
    return block.linked > _LINKED and len(block.words) < _MENU_WORDS


class _Page:
    """What is known of all blocks before one is looked at; columns have a number for each block."""

    def __init__(
        self, blocks: Sequence[Block], *, engine: str, publisher: str, titles: Sequence[str], summaries: Sequence[str]
    ) -> None:
        self.blocks = blocks
        self.titles, self.summaries = ([set(words(text)) for text in texts] for texts in (titles, summaries))
        self.found, self.published = np.array(shares(blocks, engine)), np.array(shares(blocks, publisher))
        is_found = self.found >= FOUND
        self.sizes = np.array([block.size for block in blocks])
        self.ends_sentence = np.array([_ends_sentence(block.text) for block in blocks], dtype=np.bool_)
        self.is_prose = (self.sizes >= _PROSE_WORDS) & self.ends_sentence
        of_text = np.flatnonzero(is_found).tolist()
        prose = np.flatnonzero(is_found & self.is_prose).tolist()
        self.first, self.last = (of_text[0], of_text[-1]) if of_text else (0, 0)
        self.first_prose, self.last_prose = (prose[0], prose[-1]) if prose else (self.first, self.last)
        self.headline = _headline(blocks, titles)
        self.counts = Counter(block.words for block in blocks)
        self.linked = np.array([block.linked for block in blocks])
        self.linked_sizes = self.linked * self.sizes
        self.kinds = np.array([_KINDS.get(str(block.element.tag), _OTHER_KIND) for block in blocks])
        self.text_sizes = np.where(is_found, self.sizes, 0.0)
        self.before = _running(self.text_sizes)
        self.all_before = _running(self.sizes)
        self.linked_before = _running(self.linked_sizes)
        self.total = float(self.before[-1]) or 1.0
        self.parents = self._groups(_parent)
        self.grandparents = self._groups(_grandparent)
        self.looks = self._groups(_look)
        self.spine = Spine(zip((block.element for block in blocks), self.text_sizes.tolist(), strict=True))
        self.branches = self._groups(self._branch)
        self.surroundings = Surroundings()
        self.main_depth = max(
            ((self.parents.of_text[number], self._place(blocks[number]).depth) for number in of_text), default=(0, 0)
        )[1]
        copy_size = len(words(publisher))
        confirmed = float(_running(self.text_sizes * self.published)[-1])
        self.has_copy = copy_size > 0
        self.copy_found = confirmed / copy_size if copy_size else -1

    def _place(self, block: Block) -> Place:
        return self.surroundings.of(block.element)

    def _branch(self, block: Block) -> Hashable:
        return self.spine.fork(block.element).branch

    def _groups(self, kind: Callable[[Block], Hashable]) -> _Groups:
        numbers: dict[Hashable, int] = {}
        number = np.array([numbers.setdefault(kind(block), len(numbers)) for block in self.blocks], dtype=np.intp)
        size, found = _sums(number, self.sizes), _sums(number, self.text_sizes)
        return _Groups(number=number, size=size, found=found / size, of_text=found / self.total)

    def contenders(self) -> Contenders:
        """Those in or near the engine's text, and prose anywhere."""
        number = np.arange(len(self.blocks))
        chosen = np.flatnonzero(
            (self.found > 0)
            | ((self.sizes >= _SOME_WORDS) & (self.linked < FOUND))
            | ((self.first - _REACH <= number) & (number <= self.last + _REACH))
        )
        blocks = [self.blocks[place] for place in chosen.tolist()]
        traits = {
            **self._own(chosen, blocks),
            **self._standing(chosen, [self._place(block) for block in blocks]),
            **self._branching(chosen, [self.spine.fork(block.element) for block in blocks]),
            **self._opinions(chosen),
            **self._neighbours(chosen),
        }
        found = self.found[chosen].tolist()
        each = tuple(Contender(block=block, found=share) for block, share in zip(blocks, found, strict=True))
        return Contenders(each=each, traits=traits)

    def _own(self, chosen: Numbers, blocks: Sequence[Block]) -> dict[str, Column]:
        texts = [block.text for block in blocks]
        return {
            "size": np.minimum(self.sizes[chosen], 300.0),
            "linked": self.linked[chosen],
            "strong": [block.strong for block in blocks],
            "ends_sentence": self.ends_sentence[chosen],
            "digits": [len(_DIGIT.findall(text)) / len(text) for text in texts],
            "capitals": [len(_CAPITAL.findall(text)) / (text.count(" ") + 1) for text in texts],
            "address": [any(mark in text for mark in _ADDRESS) for text in texts],
            "kind": self.kinds[chosen],
            "times": [min(self.counts[block.words], 5) for block in blocks],
            "title": [_likeness(block, self.titles, longest=_TITLE_WORDS) for block in blocks],
            "summary": [_likeness(block, self.summaries, longest=_SUMMARY_WORDS) for block in blocks]
            if self.summaries
            else np.full(len(chosen), -1),
        }

    def _standing(self, chosen: Numbers, places: Sequence[Place]) -> dict[str, Column]:
        depth = np.array([place.depth for place in places], dtype=np.intp)
        return {
            "depth": depth,
            "below_main": np.clip(depth - self.main_depth, -9, 9),
            **dict(zip(_HINTS, steps_to_hints(places).T, strict=True)),
            "after_headline": np.full(len(chosen), -50)
            if self.headline is None
            else np.clip(chosen - self.headline, -20, 40),
            "after_first": np.clip(chosen - self.first, -15, 30),
            "before_last": np.clip(self.last - chosen, -15, 30),
            "after_first_prose": np.clip(chosen - self.first_prose, -15, 30),
            "before_last_prose": np.clip(self.last_prose - chosen, -15, 30),
        }

    def _branching(self, chosen: Numbers, forks: Sequence[Fork]) -> dict[str, Column]:
        branch = self.branches
        prose_sizes = np.where(self.is_prose, self.sizes, 0.0)
        return {
            "to_spine": [min(fork.steps, _MOST_STEPS) for fork in forks],
            "above_end": [min(fork.above_end, _MOST_STEPS) for fork in forks],
            "branch_linked": (_sums(branch.number, self.linked_sizes) / branch.size)[chosen],
            "branch_prose": (_sums(branch.number, prose_sizes) / branch.size)[chosen],
        }

    def _opinions(self, chosen: Numbers) -> dict[str, Column]:
        count = len(chosen)
        return {
            "found": self.found[chosen],
            "parent_found": self.parents.found[chosen],
            "parent_of_text": self.parents.of_text[chosen],
            "parent_size": np.minimum(self.parents.size[chosen], 1000.0),
            "grandparent_found": self.grandparents.found[chosen],
            "grandparent_of_text": self.grandparents.of_text[chosen],
            "look_found": self.looks.found[chosen],
            "look_of_text": self.looks.of_text[chosen],
            "look_size": np.minimum(self.looks.size[chosen], 1000.0),
            "text_before": self.before[chosen] / self.total,
            "words_before": np.log1p(self.before[chosen]),
            "words_after": np.log1p(self.before[-1] - self.before[chosen + 1]),
            "words": np.full(count, log1p(self.total)),
            "published": self.published[chosen] if self.has_copy else np.full(count, -1),
            "copy_found": np.full(count, self.copy_found),
        }

    def _neighbours(self, chosen: Numbers) -> dict[str, Column]:
        return {
            "found_near": self._share_around(self.before, chosen, 2),
            "found_around": self._share_around(self.before, chosen, 6),
            "linked_around": self._share_around(self.linked_before, chosen, 6),
            "size_before": self._sizes_beside(chosen, -1),
            "size_after": self._sizes_beside(chosen, 1),
        }

    def _sizes_beside(self, chosen: Numbers, step: int) -> Numbers:
        """The words of the blocks so many steps from the chosen ones, -1 where there is none."""
        padded = np.concatenate(([-1], np.minimum(self.sizes, 100.0), [-1]))
        beside: Numbers = padded[chosen + 1 + step]
        return beside

    def _share_around(self, running: Numbers, chosen: Numbers, reach: int) -> Numbers:
        """Of the words of each block and so many around it, the share that a running sum counts."""
        start, end = np.maximum(chosen - reach, 0), np.minimum(chosen + reach + 1, len(self.blocks))
        share: Numbers = (running[end] - running[start]) / (self.all_before[end] - self.all_before[start])
        return share


def _sums(groups: Numbers, column: Numbers) -> Numbers:
    """For each block the sum of a column's numbers of its group."""
    sums: Numbers = np.bincount(groups, column)[groups]
    return sums


def _running(column: Numbers) -> Numbers:
    """The sums of all numbers before each, and of all; one by one, so that zeros between them change no digit."""
    return np.concatenate(([0.0], np.cumsum(column)))


def _likeness(block: Block, texts: Sequence[set[str]], *, longest: int) -> float:
    """The Jaccard similarity of words with the text that a block of at most so many words is most like."""
    if len(block.words) > longest:
        return 0.0
    own = set(block.words)
    both = [(len(own & text), len(text)) for text in texts]
    return max([shared / (len(own) + size - shared) for shared, size in both], default=0.0)


def _ends_sentence(text: str) -> bool:
    return text.rstrip(_CLOSES).endswith(_ENDS)


def _headline(blocks: Sequence[Block], titles: Sequence[str]) -> int | None:
    """The first-level heading that agrees with a title, else the first one."""
    headings = [number for number, block in enumerate(blocks) if block.element.tag == "h1"]
    agreeing = (
        number for number in headings if any(agreement(blocks[number].text, title) >= _AGREES for title in titles)
    )
    return next(agreeing, headings[0] if headings else None)


def _parent(block: Block) -> Hashable:
    return block.element.getparent()


def _grandparent(block: Block) -> Hashable:
    parent = block.element.getparent()
    return None if parent is None else parent.getparent()


def _look(block: Block) -> Hashable:
    """Blocks of the same element and class in parents of the same element and class look alike."""
    element, parent = block.element, block.element.getparent()
    above = (None, None) if parent is None else (parent.tag, parent.get("class"))
    return (element.tag, element.get("class"), *above)
