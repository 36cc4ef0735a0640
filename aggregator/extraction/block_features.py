"""Computes the features of a page's blocks, for the block classifier.

Every feature is about the block, its neighbours and the engine's text (the engine is trafilatura). None is
about the rest of the page, so that a larger menu changes nothing. The engine's result counts twice: for the
block itself, and for the blocks with the same markup. Where the engine found nothing, the branch of the
page shows if a block is in a section that the engine missed (prose) or in a box of links.

The names of the features are stored in ``article_blocks.json``: a renamed feature needs a new model file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np

from aggregator.extraction.block_overlap import block_shares
from aggregator.extraction.block_position import CLASS_HINTS, MarkupPosition, MarkupPositions, hint_distances
from aggregator.extraction.dom_branches import BranchPoint, MainPath
from aggregator.extraction.headline import title_similarity
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.words import words

Numbers = np.ndarray[Any, np.dtype[Any]]
Column = Numbers | Sequence[float]

MIN_SHARE_IN_TEXT = 0.5
"""A block belongs to a text that contains at least this share of it."""

_MENU_LINKED = 0.8
_MAX_MENU_WORDS = 12
_MIN_PROSE_WORDS = 10
_MIN_CANDIDATE_WORDS = 8
_CANDIDATE_DISTANCE = 12
"""Number of blocks before and after the engine's text that are always candidates."""

_ELEMENT_KINDS = {
    "p": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 6, "h6": 6, "li": 7, "tr": 8, "td": 8, "th": 8, "blockquote": 9,
    "pre": 10, "figcaption": 11, "dt": 12, "dd": 12, "div": 13, "section": 13, "article": 13,
}  # fmt: skip
_OTHER_KIND = 14
_HINT_FEATURES = tuple(f"to_{name}" for name in CLASS_HINTS)
_SENTENCE_ENDS = tuple(".!?…。！？؟۔।:")
_CLOSING_MARKS = "'\"”’»)]）」』"
_DIGIT = re.compile(r"\d")
_CAPITAL = re.compile(r"(?<!\S)[\"'“‘(]?[^\W\d_a-zß-öø-ÿ]")
_URL_PARTS = ("http:", "https:", "www.")
_MAX_STEPS = 12
_MAX_TITLE_WORDS = 60
_MAX_SUMMARY_WORDS = 80
_MIN_TITLE_SIMILARITY = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateBlock:
    """A block that may belong to the article; ``found`` is the share of it that is in the engine's text."""

    block: Block
    found: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateBlocks:
    """The candidate blocks of a page in page order; ``features`` maps each name to one number per block."""

    each: tuple[CandidateBlock, ...]
    features: Mapping[str, Column]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Groups:
    """The blocks of a page in groups; each column has one value per block, the value of its group.

    ``number`` identifies the group. ``size`` is the number of words of its blocks, ``found`` the share of
    them in the engine's text, ``of_text`` the group's share of the engine's text.
    """

    number: Numbers
    size: Numbers
    found: Numbers
    of_text: Numbers


def candidate_blocks(
    blocks: Sequence[Block],
    *,
    engine_text: str,
    publisher_text: str,
    titles: Sequence[str],
    summaries: Sequence[str] = (),
) -> CandidateBlocks:
    """Selects the blocks that may belong to the article, with their features, in page order.

    ``engine_text`` is the text that trafilatura found, ``publisher_text`` the publisher's copy of the body
    or "". ``titles`` and ``summaries`` are those of the page and of the feed entry. Blocks of links alone
    and short blocks far from the engine's text are no candidates.
    """
    engine_lines = set(engine_text.splitlines())
    considered = [block for block in blocks if not _is_menu(block) or block.text in engine_lines]
    page = _PageColumns(
        considered, engine_text=engine_text, publisher_text=publisher_text, titles=titles, summaries=summaries
    )
    return page.candidates()


def _is_menu(block: Block) -> bool:
    return block.linked > _MENU_LINKED and len(block.words) < _MAX_MENU_WORDS


class _PageColumns:
    """Values that are computed once for all blocks of a page; a column has one number per block."""

    def __init__(
        self,
        blocks: Sequence[Block],
        *,
        engine_text: str,
        publisher_text: str,
        titles: Sequence[str],
        summaries: Sequence[str],
    ) -> None:
        self.blocks = blocks
        self.titles, self.summaries = ([set(words(text)) for text in texts] for texts in (titles, summaries))
        self.found, self.published = (
            np.array(block_shares(blocks, engine_text)),
            np.array(block_shares(blocks, publisher_text)),
        )
        is_found = self.found >= MIN_SHARE_IN_TEXT
        self.sizes = np.array([block.size for block in blocks])
        self.ends_sentence = np.array([_ends_sentence(block.text) for block in blocks], dtype=np.bool_)
        self.is_prose = (self.sizes >= _MIN_PROSE_WORDS) & self.ends_sentence
        found_blocks = np.flatnonzero(is_found).tolist()
        prose = np.flatnonzero(is_found & self.is_prose).tolist()
        self.first, self.last = (found_blocks[0], found_blocks[-1]) if found_blocks else (0, 0)
        self.first_prose, self.last_prose = (prose[0], prose[-1]) if prose else (self.first, self.last)
        self.headline = _headline(blocks, titles)
        self.counts = Counter(block.words for block in blocks)
        self.linked = np.array([block.linked for block in blocks])
        self.linked_sizes = self.linked * self.sizes
        self.kinds = np.array([_ELEMENT_KINDS.get(str(block.element.tag), _OTHER_KIND) for block in blocks])
        self.text_sizes = np.where(is_found, self.sizes, 0.0)
        self.text_before = _cumulative(self.text_sizes)
        self.all_before = _cumulative(self.sizes)
        self.linked_before = _cumulative(self.linked_sizes)
        self.text_total = float(self.text_before[-1]) or 1.0
        self.parents = self._groups(_parent)
        self.grandparents = self._groups(_grandparent)
        self.same_markup = self._groups(_markup_key)
        self.main_path = MainPath(zip((block.element for block in blocks), self.text_sizes.tolist(), strict=True))
        self.branches = self._groups(self._branch)
        self.positions = MarkupPositions()
        self.main_depth = max(
            ((self.parents.of_text[number], self._position(blocks[number]).depth) for number in found_blocks),
            default=(0, 0),
        )[1]
        copy_size = len(words(publisher_text))
        confirmed = float(_cumulative(self.text_sizes * self.published)[-1])
        self.has_copy = copy_size > 0
        self.copy_found = confirmed / copy_size if copy_size else -1

    def _position(self, block: Block) -> MarkupPosition:
        return self.positions.of(block.element)

    def _branch(self, block: Block) -> Hashable:
        return self.main_path.branch_point(block.element).branch

    def _groups(self, group_key: Callable[[Block], Hashable]) -> _Groups:
        numbers: dict[Hashable, int] = {}
        number = np.array([numbers.setdefault(group_key(block), len(numbers)) for block in self.blocks], dtype=np.intp)
        size, found = _sums(number, self.sizes), _sums(number, self.text_sizes)
        return _Groups(number=number, size=size, found=found / size, of_text=found / self.text_total)

    def candidates(self) -> CandidateBlocks:
        """The blocks in or near the engine's text, and longer blocks anywhere that are not mostly links."""
        number = np.arange(len(self.blocks))
        chosen = np.flatnonzero(
            (self.found > 0)
            | ((self.sizes >= _MIN_CANDIDATE_WORDS) & (self.linked < MIN_SHARE_IN_TEXT))
            | ((self.first - _CANDIDATE_DISTANCE <= number) & (number <= self.last + _CANDIDATE_DISTANCE))
        )
        blocks = [self.blocks[index] for index in chosen.tolist()]
        features = {
            **self._own_features(chosen, blocks),
            **self._position_features(chosen, [self._position(block) for block in blocks]),
            **self._branch_features(chosen, [self.main_path.branch_point(block.element) for block in blocks]),
            **self._engine_features(chosen),
            **self._neighbour_features(chosen),
        }
        found = self.found[chosen].tolist()
        each = tuple(CandidateBlock(block=block, found=share) for block, share in zip(blocks, found, strict=True))
        return CandidateBlocks(each=each, features=features)

    def _own_features(self, chosen: Numbers, blocks: Sequence[Block]) -> dict[str, Column]:
        texts = [block.text for block in blocks]
        return {
            "size": np.minimum(self.sizes[chosen], 300.0),
            "linked": self.linked[chosen],
            "strong": [block.strong for block in blocks],
            "ends_sentence": self.ends_sentence[chosen],
            "digits": [len(_DIGIT.findall(text)) / len(text) for text in texts],
            "capitals": [len(_CAPITAL.findall(text)) / (text.count(" ") + 1) for text in texts],
            "address": [any(part in text for part in _URL_PARTS) for text in texts],
            "kind": self.kinds[chosen],
            "times": [min(self.counts[block.words], 5) for block in blocks],
            "title": [_best_similarity(block, self.titles, max_words=_MAX_TITLE_WORDS) for block in blocks],
            "summary": [_best_similarity(block, self.summaries, max_words=_MAX_SUMMARY_WORDS) for block in blocks]
            if self.summaries
            else np.full(len(chosen), -1),
        }

    def _position_features(self, chosen: Numbers, positions: Sequence[MarkupPosition]) -> dict[str, Column]:
        depth = np.array([position.depth for position in positions], dtype=np.intp)
        return {
            "depth": depth,
            "below_main": np.clip(depth - self.main_depth, -9, 9),
            **dict(zip(_HINT_FEATURES, hint_distances(positions).T, strict=True)),
            "after_headline": np.full(len(chosen), -50)
            if self.headline is None
            else np.clip(chosen - self.headline, -20, 40),
            "after_first": np.clip(chosen - self.first, -15, 30),
            "before_last": np.clip(self.last - chosen, -15, 30),
            "after_first_prose": np.clip(chosen - self.first_prose, -15, 30),
            "before_last_prose": np.clip(self.last_prose - chosen, -15, 30),
        }

    def _branch_features(self, chosen: Numbers, branch_points: Sequence[BranchPoint]) -> dict[str, Column]:
        branch = self.branches
        prose_sizes = np.where(self.is_prose, self.sizes, 0.0)
        return {
            "to_spine": [min(point.steps, _MAX_STEPS) for point in branch_points],
            "above_end": [min(point.above_end, _MAX_STEPS) for point in branch_points],
            "branch_linked": (_sums(branch.number, self.linked_sizes) / branch.size)[chosen],
            "branch_prose": (_sums(branch.number, prose_sizes) / branch.size)[chosen],
        }

    def _engine_features(self, chosen: Numbers) -> dict[str, Column]:
        count = len(chosen)
        return {
            "found": self.found[chosen],
            "parent_found": self.parents.found[chosen],
            "parent_of_text": self.parents.of_text[chosen],
            "parent_size": np.minimum(self.parents.size[chosen], 1000.0),
            "grandparent_found": self.grandparents.found[chosen],
            "grandparent_of_text": self.grandparents.of_text[chosen],
            "look_found": self.same_markup.found[chosen],
            "look_of_text": self.same_markup.of_text[chosen],
            "look_size": np.minimum(self.same_markup.size[chosen], 1000.0),
            "text_before": self.text_before[chosen] / self.text_total,
            "words_before": np.log1p(self.text_before[chosen]),
            "words_after": np.log1p(self.text_before[-1] - self.text_before[chosen + 1]),
            "words": np.full(count, log1p(self.text_total)),
            "published": self.published[chosen] if self.has_copy else np.full(count, -1),
            "copy_found": np.full(count, self.copy_found),
        }

    def _neighbour_features(self, chosen: Numbers) -> dict[str, Column]:
        return {
            "found_near": self._share_around(self.text_before, chosen, 2),
            "found_around": self._share_around(self.text_before, chosen, 6),
            "linked_around": self._share_around(self.linked_before, chosen, 6),
            "size_before": self._neighbour_sizes(chosen, -1),
            "size_after": self._neighbour_sizes(chosen, 1),
        }

    def _neighbour_sizes(self, chosen: Numbers, offset: int) -> Numbers:
        """The words of the blocks at this offset from the chosen ones, -1 if there is no such block."""
        padded = np.concatenate(([-1], np.minimum(self.sizes, 100.0), [-1]))
        neighbours: Numbers = padded[chosen + 1 + offset]
        return neighbours

    def _share_around(self, cumulative: Numbers, chosen: Numbers, reach: int) -> Numbers:
        """The share of counted words in each block and ``reach`` blocks on both sides.

        ``cumulative`` has the running sum of the counted words.
        """
        start, end = np.maximum(chosen - reach, 0), np.minimum(chosen + reach + 1, len(self.blocks))
        share: Numbers = (cumulative[end] - cumulative[start]) / (self.all_before[end] - self.all_before[start])
        return share


def _sums(groups: Numbers, column: Numbers) -> Numbers:
    """For each block, the sum of a column over the block's group."""
    sums: Numbers = np.bincount(groups, column)[groups]
    return sums


def _cumulative(column: Numbers) -> Numbers:
    """The sum of all numbers before each index, and the total.

    The numbers are added one by one, so that zeros between them do not change the rounding.
    """
    return np.concatenate(([0.0], np.cumsum(column)))


def _best_similarity(block: Block, texts: Sequence[set[str]], *, max_words: int) -> float:
    """The highest Jaccard similarity of the block's words with one of the texts; 0 for a block that is too long."""
    if len(block.words) > max_words:
        return 0.0
    block_words = set(block.words)
    sizes = [(len(block_words & text), len(text)) for text in texts]
    return max([shared / (len(block_words) + size - shared) for shared, size in sizes], default=0.0)


def _ends_sentence(text: str) -> bool:
    return text.rstrip(_CLOSING_MARKS).endswith(_SENTENCE_ENDS)


def _headline(blocks: Sequence[Block], titles: Sequence[str]) -> int | None:
    """The number of the first h1 that is similar to a title, else of the first h1; None if there is no h1."""
    headings = [number for number, block in enumerate(blocks) if block.element.tag == "h1"]
    similar = (
        number
        for number in headings
        if any(title_similarity(blocks[number].text, title) >= _MIN_TITLE_SIMILARITY for title in titles)
    )
    return next(similar, headings[0] if headings else None)


def _parent(block: Block) -> Hashable:
    return block.element.getparent()


def _grandparent(block: Block) -> Hashable:
    parent = block.element.getparent()
    return None if parent is None else parent.getparent()


def _markup_key(block: Block) -> Hashable:
    """The same for blocks with the same element and class in parents with the same element and class."""
    element, parent = block.element, block.element.getparent()
    above = (None, None) if parent is None else (parent.tag, parent.get("class"))
    return (element.tag, element.get("class"), *above)
