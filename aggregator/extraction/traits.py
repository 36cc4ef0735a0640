"""What can be told in numbers of a block of a page, that may say whether it belongs to the article?

It does not judge: ``forest`` does. Every number is about the block, its neighbours and the text that
the engine found; none is about the rest of the page, so that a menu more or less changes nothing. The
engine's opinion counts twice: of the block itself, and of the blocks that are built alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log1p

from aggregator.extraction.blocks import Block
from aggregator.extraction.overlap import shares
from aggregator.extraction.surroundings import HINTS, INSIDE, Surroundings
from aggregator.extraction.title import agreement
from aggregator.extraction.words import words

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
_INSIDE = tuple(f"in_{name}" for name in INSIDE)
_HINTS = tuple(f"to_{name}" for name in HINTS)
_ENDS = tuple(".!?…。！？؟۔।:")
_CLOSES = "'\"”’»)]）」』"
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)")
_DIGIT = re.compile(r"\d")
_CAPITAL = re.compile(r"(?<!\S)[\"'“‘(]?[^\W\d_a-zß-öø-ÿ]")
_ADDRESS = ("http:", "https:", "www.")
_TITLE_WORDS = 60
_AGREES = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """A block that may be of the article; ``found`` is the share of it that the engine found."""

    block: Block
    found: float
    traits: dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """How much text blocks of one kind have, and how much of it the engine found."""

    size: float
    found: float
    of_text: float


def contenders(blocks: Sequence[Block], *, engine: str, publisher: str, titles: Sequence[str]) -> tuple[Contender, ...]:
    """The blocks worth a judgement, with their traits, in page order.

    ``engine`` is the text that trafilatura found, ``publisher`` the publisher's own copy of the body,
    or "". Links alone and what stands far from everything else are no contenders.
    """
    lines = set(engine.splitlines())
    seen = [block for block in blocks if not _is_menu(block) or block.text in lines]
    return _Page(seen, engine=engine, publisher=publisher, titles=titles).contenders()


def _is_menu(block: Block) -> bool:
    return block.linked > _LINKED and len(block.words) < _MENU_WORDS


class _Page:
    """What is known of all blocks before one is looked at; lists are by the block's number."""

    def __init__(self, blocks: Sequence[Block], *, engine: str, publisher: str, titles: Sequence[str]) -> None:
        self.blocks = blocks
        self.title_words = [set(words(title)) for title in titles]
        self.found, self.published = shares(blocks, engine), shares(blocks, publisher)
        is_found = [share >= FOUND for share in self.found]
        of_text = [number for number, own in enumerate(is_found) if own]
        prose = [number for number in of_text if _is_prose(blocks[number])]
        self.first, self.last = (of_text[0], of_text[-1]) if of_text else (0, 0)
        self.first_prose, self.last_prose = (prose[0], prose[-1]) if prose else (self.first, self.last)
        self.headline = _headline(blocks, titles)
        self.counts = Counter(block.words for block in blocks)
        self.sizes = [block.size for block in blocks]
        self.text_sizes = [size if own else 0.0 for size, own in zip(self.sizes, is_found, strict=True)]
        self.before = [0.0, *accumulate(self.text_sizes)]
        self.all_before = [0.0, *accumulate(self.sizes)]
        self.linked_before = [
            0.0,
            *accumulate(block.linked * size for block, size in zip(blocks, self.sizes, strict=True)),
        ]
        self.total = self.before[-1] or 1.0
        self.parents = self._groups(_parent)
        self.grandparents = self._groups(_grandparent)
        self.looks = self._groups(_look)
        self.surroundings = Surroundings()
        self.main_depth = max(
            ((self.parents[_parent(blocks[number])].of_text, self._depth(number)) for number in of_text), default=(0, 0)
        )[1]
        self.copy_size = len(words(publisher))
        confirmed = [size * share for size, share in zip(self.text_sizes, self.published, strict=True)]
        self.text_published = sum(confirmed) / self.total if self.copy_size else -1
        self.copy_found = sum(confirmed) / self.copy_size if self.copy_size else -1

    def _depth(self, number: int) -> int:
        return self.surroundings.of(self.blocks[number].element).depth

    def _groups(self, kind: Callable[[Block], Hashable]) -> dict[Hashable, _Group]:
        sizes: dict[Hashable, float] = defaultdict(float)
        found: dict[Hashable, float] = defaultdict(float)
        for block, size, text_size in zip(self.blocks, self.sizes, self.text_sizes, strict=True):
            key = kind(block)
            sizes[key] += size
            found[key] += text_size
        return {
            key: _Group(size=size, found=found[key] / (size or 1.0), of_text=found[key] / self.total)
            for key, size in sizes.items()
        }

    def contenders(self) -> tuple[Contender, ...]:
        """Those in or near the engine's text, and prose anywhere."""
        return tuple(
            Contender(block=block, found=self.found[number], traits=self.traits(number))
            for number, block in enumerate(self.blocks)
            if self.found[number] > 0
            or (self.sizes[number] >= _SOME_WORDS and block.linked < FOUND)
            or self.first - _REACH <= number <= self.last + _REACH
        )

    def traits(self, number: int) -> dict[str, float]:
        """All traits of one block by their names."""
        return {**self._own(number), **self._standing(number), **self._opinions(number), **self._neighbours(number)}

    def _own(self, number: int) -> dict[str, float]:
        block, text = self.blocks[number], self.blocks[number].text
        tokens = text.count(" ") + 1
        return {
            "size": min(self.sizes[number], 300.0),
            "linked": block.linked,
            "strong": block.strong,
            "ends_sentence": _ends_sentence(text),
            "sentences": len(_SENTENCE_END.findall(text)),
            "digits": len(_DIGIT.findall(text)) / len(text),
            "capitals": len(_CAPITAL.findall(text)) / tokens,
            "address": any(mark in text for mark in _ADDRESS),
            "kind": _KINDS.get(str(block.element.tag), _OTHER_KIND),
            "times": min(self.counts[block.words], 5),
            "title": self._agreement(block),
        }

    def _agreement(self, block: Block) -> float:
        """With the title that it is most like: the Jaccard similarity of their words."""
        if len(block.words) > _TITLE_WORDS:
            return 0.0
        own = set(block.words)
        return max((len(own & title) / len(own | title) for title in self.title_words), default=0.0)

    def _standing(self, number: int) -> dict[str, float]:
        place = self.surroundings.of(self.blocks[number].element)
        return {
            "depth": place.depth,
            "below_main": _clip(place.depth - self.main_depth, -9, 9),
            **dict(zip(_INSIDE, place.inside, strict=True)),
            **dict(zip(_HINTS, place.steps, strict=True)),
            "after_headline": -50 if self.headline is None else _clip(number - self.headline, -20, 40),
            "after_first": _clip(number - self.first, -15, 30),
            "before_last": _clip(self.last - number, -15, 30),
            "after_first_prose": _clip(number - self.first_prose, -15, 30),
            "before_last_prose": _clip(self.last_prose - number, -15, 30),
        }

    def _opinions(self, number: int) -> dict[str, float]:
        block = self.blocks[number]
        parent, grandparent, look = (
            self.parents[_parent(block)],
            self.grandparents[_grandparent(block)],
            self.looks[_look(block)],
        )
        return {
            "found": self.found[number],
            "parent_found": parent.found,
            "parent_of_text": parent.of_text,
            "parent_size": min(parent.size, 1000.0),
            "grandparent_found": grandparent.found,
            "grandparent_of_text": grandparent.of_text,
            "look_found": look.found,
            "look_of_text": look.of_text,
            "look_size": min(look.size, 1000.0),
            "text_before": self.before[number] / self.total,
            "words_before": log1p(self.before[number]),
            "words_after": log1p(self.before[-1] - self.before[number + 1]),
            "words": log1p(self.total),
            "published": self.published[number] if self.copy_size else -1,
            "copy_found": self.copy_found,
            "text_published": self.text_published,
        }

    def _neighbours(self, number: int) -> dict[str, float]:
        before, after = self._neighbour(number - 1), self._neighbour(number + 1)
        return {
            "found_near": self._share_around(self.before, number, 2),
            "found_around": self._share_around(self.before, number, 6),
            "linked_around": self._share_around(self.linked_before, number, 6),
            "size_before": -1 if before is None else min(self.sizes[number - 1], 100.0),
            "size_after": -1 if after is None else min(self.sizes[number + 1], 100.0),
            "linked_before": -1 if before is None else before.linked,
            "linked_after": -1 if after is None else after.linked,
            "kind_before": 0 if before is None else _KINDS.get(str(before.element.tag), _OTHER_KIND),
            "kind_after": 0 if after is None else _KINDS.get(str(after.element.tag), _OTHER_KIND),
        }

    def _share_around(self, running: Sequence[float], number: int, reach: int) -> float:
        """Of the words of a block and so many around it, the share that a running sum counts."""
        start, end = max(0, number - reach), min(len(self.blocks), number + reach + 1)
        return (running[end] - running[start]) / (self.all_before[end] - self.all_before[start])

    def _neighbour(self, number: int) -> Block | None:
        return self.blocks[number] if 0 <= number < len(self.blocks) else None


def _is_prose(block: Block) -> bool:
    return block.size >= _PROSE_WORDS and _ends_sentence(block.text)


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


def _clip(value: int, low: int, high: int) -> int:
    return low if value < low else min(value, high)
