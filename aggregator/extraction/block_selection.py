"""Which blocks of a page are its article, and why are the others not?

It reads no page. Three witnesses have looked at it already: the engine (trafilatura), which finds
where the article is; the publisher's own copy of the body (JSON-LD, or the feed's content), where there
is one; and the markup. The forest weighs them block by block, the rules of ``clean`` have the last word
on single lines. Whatever of this is in doubt leaves the engine's text as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from lxml import etree

from aggregator.extraction import jsonld_body_end, line_cuts
from aggregator.extraction.block_classifier import Forest
from aggregator.extraction.block_features import FOUND, Contender, Contenders, contenders
from aggregator.extraction.dom_branches import around, branch_of, words_said
from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.extraction.words import words
from aggregator.model.extraction import CutLine

_KEEP = 0.5
"""Likelihood from which a block that the engine found is kept."""
_KEEP_ROW = 0.25
"""Likelihood of one row or paragraph from which the table or quote that the engine found is kept whole."""
_KEEP_LIST = 0.4
"""Mean likelihood of its items from which a list that the engine found is kept whole."""
_ADD = 0.45
"""Likelihood from which a block that the engine left out is taken in."""
_TOO_LITTLE = 0.4
"""Share of the engine's text below which the judgement is not believed."""
_IN_BLOCKS = 0.5
"""Share of the engine's text that must be found among the blocks, where those are few."""
_ENOUGH = 80
"""Words from which the blocks are an article without that: what the engine has besides is a script's."""

_BESIDE_A_TABLE = 12
"""Words that may stand beside a table that has a branch of the page to itself: its heading, its source."""

_WHOLES = ("table", "blockquote")

_UNLIKE = "unlike the article in place and shape"
_BELOW = "below the end of the publisher's own copy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """The article's blocks in order, and what was cut out of the text that was first found."""

    kept: tuple[Block, ...]
    cuts: tuple[CutLine, ...]


def select(
    blocks: Sequence[Block], *, engine: str, publisher: str, known: line_cuts.Known, forest: Forest
) -> Selection:
    """The article among the blocks of a page.

    ``engine`` is the text trafilatura found, ``publisher`` the publisher's own copy, both one paragraph
    per line and "" when there is none.
    """
    lines = engine.splitlines()
    if any(
        doubt(lines, publisher)
        for doubt in (jsonld_body_end.is_elsewhere, jsonld_body_end.is_teaser, jsonld_body_end.is_flattened)
    ):
        return _cleaned([(block, True) for block in _paragraphs(publisher)], publisher, known)
    found = contenders(blocks, engine=engine, publisher=publisher, titles=known.titles, summaries=known.summaries)
    judged = _judged(found, forest)
    if _size(block for block, own in judged if own) < min(_ENOUGH, _IN_BLOCKS * len(words(engine))):
        return _cleaned([(block, True) for block in _paragraphs(engine)], publisher, known)
    return _cleaned(judged, publisher, known)


def _judged(found: Contenders, forest: Forest) -> list[tuple[Block, bool]]:
    """What the engine found or the forest takes in, and whether the forest holds it for the article."""
    weighed = list(zip(found.each, forest.likelihoods(found.traits), strict=True))
    engine = _size(contender.block for contender in found.each if contender.found >= FOUND)
    whole = _kept_whole(weighed)
    judged = [
        (contender, likely >= _KEEP or _whole(contender) in whole if contender.found >= FOUND else likely >= _ADD)
        for contender, likely in weighed
    ]
    judged = _with_tables(judged)
    if _size(contender.block for contender, own in judged if own) < _TOO_LITTLE * engine:
        return [(contender.block, True) for contender in found.each if contender.found >= FOUND]
    return [(contender.block, own) for contender, own in judged if own or contender.found >= FOUND]


def _with_tables(judged: Sequence[tuple[Contender, bool]]) -> list[tuple[Contender, bool]]:
    """The same, and the tables that divide the article and have their branch of the page to themselves."""
    own = [number for number, (_, is_own) in enumerate(judged) if is_own]
    if not own:
        return list(judged)
    article = around(judged[number][0].block.element for number in own)
    inside = range(own[0], own[-1])
    tables = {
        table
        for number in inside
        if judged[number][0].found < FOUND
        and judged[number][0].block.element.tag == "tr"
        and (table := _whole(judged[number][0])) is not None
    }
    alone = {table for table in tables - article if _has_only_tables(branch_of(table, article))}
    return [
        (contender, is_own or (number in inside and contender.block.element.tag == "tr" and _whole(contender) in alone))
        for number, (contender, is_own) in enumerate(judged)
    ]


def _has_only_tables(branch: etree._Element) -> bool:
    rows = sum(words_said(row) for row in branch.iter("tr") if next(row.iter("table"), None) is None)
    return words_said(branch) - rows <= _BESIDE_A_TABLE


def _kept_whole(weighed: Sequence[tuple[Contender, float]]) -> set[etree._Element | None]:
    """The tables, quotes and lists of which what the engine found stays together."""
    parts: dict[etree._Element | None, list[float]] = defaultdict(list)
    for contender, likely in weighed:
        if contender.found >= FOUND:
            parts[_whole(contender)].append(likely)
    return {
        whole
        for whole, likelihoods in parts.items()
        if whole is not None
        and (max(likelihoods) >= _KEEP_ROW if whole.tag in _WHOLES else fmean(likelihoods) >= _KEEP_LIST)
    }


def _whole(contender: Contender) -> etree._Element | None:
    """The table of a row, the quote of a paragraph, the list of an item."""
    element = contender.block.element
    if element.tag == "tr":
        return next(element.iterancestors("table"), None)
    if element.tag == "blockquote":
        return element
    parent = element.getparent()
    return parent if parent is not None and (element.tag == "li" or parent.tag == "blockquote") else None


def _size(blocks: Iterable[Block]) -> int:
    return sum(len(block.words) for block in blocks)


def _paragraphs(text: str) -> tuple[Block, ...]:
    root = etree.Element("div")
    for line in text.splitlines():
        etree.SubElement(root, "p").text = line
    return blocks_of(root)


def _cleaned(judged: Sequence[tuple[Block, bool]], publisher: str, known: line_cuts.Known) -> Selection:
    # A label that the forest is right to drop must still be seen: it heads what it was wrong to keep.
    read = [number for number, (block, own) in enumerate(judged) if own or line_cuts.heads_a_list(block.text)]
    lines = [judged[number][0].text for number in read]
    end = jsonld_body_end.end_of_article(lines, publisher)
    noise = {
        number: cut.reason
        for cut in line_cuts.cuts(lines[:end], known)
        if judged[number := read[cut.line]][0].element.tag != "tr"
    }
    noise |= dict.fromkeys(read[end:], _BELOW)
    kept: list[Block] = []
    cuts: list[CutLine] = []
    for number, (block, own) in enumerate(judged):
        reason = noise.get(number)
        if reason is None and not own:
            reason = line_cuts.reason_for(block.text) or _UNLIKE
        if reason is None:
            kept.append(block)
        else:
            cuts.append(CutLine(text=block.text, reason=reason, after=len(kept)))
    return Selection(kept=tuple(kept), cuts=tuple(cuts))
