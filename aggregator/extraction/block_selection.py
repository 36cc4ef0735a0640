"""Selects the blocks of a page that are its article, and gives a reason for each removed line.

It has three sources: the engine's text (the engine is trafilatura), which shows where the article is; the
publisher's copy of the body (JSON-LD, or the feed's content), if there is one; and the markup. The block
classifier combines them for each block; then the rules of ``line_removal`` remove single lines. If the
result is in doubt, the engine's text is used unchanged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from lxml import etree

from aggregator.extraction import jsonld_body_end, line_removal
from aggregator.extraction.block_classifier import BlockClassifier
from aggregator.extraction.block_features import MIN_SHARE_IN_TEXT, CandidateBlock, CandidateBlocks, candidate_blocks
from aggregator.extraction.block_position import CLASS_HINTS, MarkupPositions
from aggregator.extraction.dom_branches import branch_of, visible_word_count, with_ancestors
from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.extraction.words import words
from aggregator.model.extraction import RemovedLine

_KEEP_BLOCK = 0.5
"""Least probability to keep a block of the engine's text."""
_KEEP_TABLE = 0.25
"""Least probability of one row or paragraph to keep all of a table or quote of the engine's text."""
_KEEP_LIST = 0.4
"""Least mean probability of the items to keep all of a list of the engine's text."""
_ADD_BLOCK = 0.45
"""Least probability to add a block that is not in the engine's text."""
_MIN_SHARE_OF_ENGINE = 0.4
"""If the result has a smaller share of the words of the engine's blocks, the classifier is not trusted."""
_MIN_SHARE_IN_BLOCKS = 0.5
"""The least share of the engine's text that the selected blocks must have, if they are few."""
_ENOUGH_WORDS = 80
"""From this number of words the blocks need no such share: the rest of the engine's text comes from a script."""

_MAX_WORDS_BESIDE_TABLE = 12
"""The most words (heading, source) in a branch of the page that counts as having only tables."""

_LISTS = ("ul", "ol", "dl", "pre")
_OUTSIDE_HINTS = tuple(CLASS_HINTS.index(name) for name in ("related", "share", "promo", "comment", "side", "meta"))
_MAX_LINKED = 0.5
"""The largest share of linked words in a list of the article that the engine left out."""

_KEPT_TOGETHER = ("table", "blockquote")

_REJECTED = "rejected by the block classifier"
_AFTER_END = "after the end of the publisher's copy of the text"


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockSelection:
    """The article's blocks in page order, and the lines that were removed from the text found at first."""

    blocks: tuple[Block, ...]
    cuts: tuple[RemovedLine, ...]


def select_blocks(
    blocks: Sequence[Block],
    *,
    engine_text: str,
    publisher_text: str,
    known: line_removal.KnownMetadata,
    classifier: BlockClassifier,
) -> BlockSelection:
    """Selects the article among the blocks of a page.

    ``engine_text`` is the text that trafilatura found, ``publisher_text`` the publisher's copy; both have
    one paragraph per line and are "" if there is none.
    """
    engine_lines = engine_text.splitlines()
    if any(
        engine_failed(engine_lines, publisher_text)
        for engine_failed in (
            jsonld_body_end.is_other_text,
            jsonld_body_end.is_teaser,
            jsonld_body_end.has_joined_paragraphs,
        )
    ):
        return _without_noise([(block, True) for block in _paragraphs(publisher_text)], publisher_text, known)
    candidates = candidate_blocks(
        blocks,
        engine_text=engine_text,
        publisher_text=publisher_text,
        titles=known.titles,
        summaries=known.summaries,
    )
    classified = _classified(candidates, classifier)
    if _word_count(block for block, accepted in classified if accepted) < min(
        _ENOUGH_WORDS, _MIN_SHARE_IN_BLOCKS * len(words(engine_text))
    ):
        return _without_noise([(block, True) for block in _paragraphs(engine_text)], publisher_text, known)
    return _without_noise(classified, publisher_text, known)


def _classified(candidates: CandidateBlocks, classifier: BlockClassifier) -> list[tuple[Block, bool]]:
    """The blocks of the engine's text and the added ones; each is True if it is accepted for the article."""
    rated = list(zip(candidates.each, classifier.probabilities(candidates.features), strict=True))
    engine_words = _word_count(candidate.block for candidate in candidates.each if candidate.found >= MIN_SHARE_IN_TEXT)
    kept_together = _kept_together(rated)
    classified = [
        (
            candidate,
            probability >= _KEEP_BLOCK or _container(candidate) in kept_together
            if candidate.found >= MIN_SHARE_IN_TEXT
            else probability >= _ADD_BLOCK,
        )
        for candidate, probability in rated
    ]
    classified = _with_lists(_with_tables(classified))
    if (
        _word_count(candidate.block for candidate, accepted in classified if accepted)
        < _MIN_SHARE_OF_ENGINE * engine_words
    ):
        return [(candidate.block, True) for candidate in candidates.each if candidate.found >= MIN_SHARE_IN_TEXT]
    return [
        (candidate.block, accepted)
        for candidate, accepted in classified
        if accepted or candidate.found >= MIN_SHARE_IN_TEXT
    ]


def _with_tables(classified: Sequence[tuple[CandidateBlock, bool]]) -> list[tuple[CandidateBlock, bool]]:
    """Accepts also the tables between the article's blocks that are alone in their branch of the page."""
    accepted_numbers = [number for number, (_, accepted) in enumerate(classified) if accepted]
    if not accepted_numbers:
        return list(classified)
    article = with_ancestors(classified[number][0].block.element for number in accepted_numbers)
    inside = range(accepted_numbers[0], accepted_numbers[-1])
    tables = {
        table
        for number in inside
        if classified[number][0].found < MIN_SHARE_IN_TEXT
        and classified[number][0].block.element.tag == "tr"
        and (table := _container(classified[number][0])) is not None
    }
    alone = {table for table in tables - article if _has_only_tables(branch_of(table, article))}
    return [
        (
            candidate,
            accepted or (number in inside and candidate.block.element.tag == "tr" and _container(candidate) in alone),
        )
        for number, (candidate, accepted) in enumerate(classified)
    ]


def _with_lists(classified: Sequence[tuple[CandidateBlock, bool]]) -> list[tuple[CandidateBlock, bool]]:
    """Accepts also the lists, definitions and code between two accepted paragraphs that are their siblings.

    A list in which most is links, or whose class names another part of the page, is a box.
    """
    elements = {candidate.block.element for candidate, accepted in classified if accepted}
    flows = {parent: list(parent) for element in elements if (parent := element.getparent()) is not None}
    positions = MarkupPositions()
    accepted_lists: set[etree._Element] = set()
    for candidate, accepted in classified:
        if accepted or candidate.block.linked > _MAX_LINKED:
            continue
        listed = _outermost_list(candidate.block.element, flows)
        if listed is not None and listed not in accepted_lists and _is_between(listed, flows, elements, positions):
            accepted_lists.add(listed)
    return [
        (candidate, accepted or _outermost_list(candidate.block.element, flows) in accepted_lists)
        for candidate, accepted in classified
    ]


def _outermost_list(element: etree._Element, flows: Container[etree._Element]) -> etree._Element | None:
    """The list or code around an element that is a child of a parent of accepted blocks."""
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in _LISTS and ancestor.getparent() in flows:
            return ancestor
    return None


def _is_between(
    listed: etree._Element,
    flows: Mapping[etree._Element, Sequence[etree._Element]],
    accepted: Collection[etree._Element],
    positions: MarkupPositions,
) -> bool:
    """True if accepted paragraphs of the same parent are before and after the list, and it is no box of links.

    A paragraph that ends in a colon announces its list, also at the end of the article.
    """
    parent = listed.getparent()
    if parent is None:
        return False
    siblings = flows[parent]
    number = siblings.index(listed)
    before, after = ([one for one in part if one in accepted] for part in (siblings[:number], siblings[number + 1 :]))
    is_announced = bool(before) and before[-1] is siblings[number - 1] and _ends_in_colon(before[-1])
    if not is_announced and not all(any(one.tag == "p" for one in part) for part in (before, after)):
        return False
    position, parent_position = positions.of(listed), positions.of(parent)
    if any(position.hints[hint] > parent_position.depth for hint in _OUTSIDE_HINTS):
        return False
    linked = sum(visible_word_count(link) for link in listed.iter("a"))
    return linked <= _MAX_LINKED * visible_word_count(listed)


def _ends_in_colon(element: etree._Element) -> bool:
    """True if the text of an element announces what follows it."""
    return "".join(map(str, element.itertext())).rstrip().endswith((":", "："))


def _has_only_tables(branch: etree._Element) -> bool:
    rows = sum(visible_word_count(row) for row in branch.iter("tr") if next(row.iter("table"), None) is None)
    return visible_word_count(branch) - rows <= _MAX_WORDS_BESIDE_TABLE


def _kept_together(rated: Sequence[tuple[CandidateBlock, float]]) -> set[etree._Element | None]:
    """The tables, quotes and lists of which all blocks of the engine's text are kept."""
    parts: dict[etree._Element | None, list[float]] = defaultdict(list)
    for candidate, probability in rated:
        if candidate.found >= MIN_SHARE_IN_TEXT:
            parts[_container(candidate)].append(probability)
    return {
        container
        for container, probabilities in parts.items()
        if container is not None
        and (
            max(probabilities) >= _KEEP_TABLE if container.tag in _KEPT_TOGETHER else fmean(probabilities) >= _KEEP_LIST
        )
    }


def _container(candidate: CandidateBlock) -> etree._Element | None:
    """The table of a row, the quote of a paragraph or the list of an item."""
    element = candidate.block.element
    if element.tag == "tr":
        return next(element.iterancestors("table"), None)
    if element.tag == "blockquote":
        return element
    parent = element.getparent()
    return parent if parent is not None and (element.tag == "li" or parent.tag == "blockquote") else None


def _word_count(blocks: Iterable[Block]) -> int:
    return sum(len(block.words) for block in blocks)


def _paragraphs(text: str) -> tuple[Block, ...]:
    root = etree.Element("div")
    for line in text.splitlines():
        etree.SubElement(root, "p").text = line
    return blocks_of(root)


def _without_noise(
    classified: Sequence[tuple[Block, bool]], publisher_text: str, known: line_removal.KnownMetadata
) -> BlockSelection:
    # The line rules must see a list heading that the classifier rejected: the items below it may be accepted.
    checked = [
        number
        for number, (block, accepted) in enumerate(classified)
        if accepted or line_removal.is_list_heading(block.text)
    ]
    lines = [classified[number][0].text for number in checked]
    end = jsonld_body_end.end_of_article(lines, publisher_text)
    reasons = {
        number: removal.reason
        for removal in line_removal.find_lines_to_remove(lines[:end], known)
        if classified[number := checked[removal.line]][0].element.tag != "tr"
    }
    reasons |= dict.fromkeys(checked[end:], _AFTER_END)
    remaining: list[Block] = []
    removed: list[RemovedLine] = []
    for number, (block, accepted) in enumerate(classified):
        reason = reasons.get(number)
        if reason is None and not accepted:
            reason = line_removal.removal_reason(block.text) or _REJECTED
        if reason is None:
            remaining.append(block)
        else:
            removed.append(RemovedLine(text=block.text, reason=reason, after=len(remaining)))
    return BlockSelection(blocks=tuple(remaining), cuts=tuple(removed))
