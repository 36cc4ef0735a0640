"""Shares of blocks in another text: long blocks by their words, short ones by their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.extraction.block_overlap import block_shares
from aggregator.extraction.page_blocks import Block, blocks_of

LONG = (
    "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies.",
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "Travellers had waited on the piers for hours, some of them with tents, since the strike began.",
)


def _blocks(*texts: str) -> tuple[Block, ...]:
    root = etree.Element("div")
    for text in texts:
        etree.SubElement(root, "p").text = text
    return blocks_of(root)


def test_a_long_block_is_found_wherever_it_stands() -> None:
    assert block_shares(_blocks(*LONG), f"{LONG[2]}\n{LONG[0]}") == [1.0, 0.0, 1.0]


def test_paragraphs_that_the_other_text_runs_together_are_found() -> None:
    assert block_shares(_blocks(*LONG), " ".join(LONG)) == [1.0, 1.0, 1.0]


def test_a_block_that_is_there_in_part_is_found_in_part() -> None:
    (share,) = block_shares(_blocks("one two three four five six seven eight nine ten"), "one two three four five six")
    assert share == 3 / 7


def test_a_heading_counts_where_it_stands_and_not_in_the_table_of_contents() -> None:
    blocks = _blocks("Pros", "Night boats", LONG[0], "Night boats", LONG[1], "Pros", LONG[2], "Pros")
    text = "\n".join((LONG[0], "Night boats", LONG[1], "Pros", LONG[2]))
    assert block_shares(blocks, text) == [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]


def test_a_line_that_the_page_has_twice_counts_once() -> None:
    teaser = "Ten piers that one should see before winter"
    blocks = _blocks(LONG[0], teaser, LONG[1], teaser)
    assert block_shares(blocks, "\n".join((LONG[0], teaser, LONG[1]))) == [1.0, 1.0, 1.0, 0.0]


def test_nothing_is_found_in_an_empty_text() -> None:
    assert block_shares(_blocks(*LONG), " \n") == [0.0, 0.0, 0.0]


@given(st.lists(st.sampled_from([*LONG, "Pros", "Night boats", "A line"]), max_size=8), st.text(max_size=60))
def test_shares_are_shares_and_one_for_each_block(texts: list[str], other: str) -> None:
    blocks = _blocks(*texts)
    found = block_shares(blocks, other)
    assert len(found) == len(blocks)
    assert all(0.0 <= share <= 1.0 for share in found)


@given(st.lists(st.sampled_from(LONG), max_size=6, unique=True))
def test_a_text_holds_all_of_itself(texts: list[str]) -> None:
    assert block_shares(_blocks(*texts), "\n".join(texts)) == [1.0] * len(texts)
