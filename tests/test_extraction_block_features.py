"""Features of blocks, the choice of candidate blocks, and independence of the rest of the page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.block_features import candidate_blocks
from aggregator.extraction.page_blocks import blocks_of
from tests.thoroughness import examples

TITLE = "Ferry crews reach pay deal after nine days"
PROSE = (
    "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies.",
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "The union said the rise of four per cent was less than it had asked for but more than it had feared.",
)
PAGE = f"<main><h1>{TITLE}</h1><div class='article-body'>{''.join(f'<p>{line}</p>' for line in PROSE)}</div></main>"


def _contenders(
    markup: str, *, engine_text: str = "\n".join(PROSE), publisher_text: str = "", summaries: Sequence[str] = ()
) -> dict[str, dict[str, float | bool]]:
    """The features of each contender by its text."""
    blocks = blocks_of(html.fragment_fromstring(markup, create_parent="div"))
    found = candidate_blocks(
        blocks, engine_text=engine_text, publisher_text=publisher_text, titles=(TITLE,), summaries=summaries
    )
    rows = zip(*found.features.values(), strict=True)
    return {
        one.block.text: dict(zip(found.features, row, strict=True)) for one, row in zip(found.each, rows, strict=True)
    }


def _traits(of_one: dict[str, float | bool], *names: str) -> dict[str, float | bool]:
    return {name: of_one[name] for name in names}


def test_a_paragraph_of_the_text_is_told_by_itself_its_place_and_its_likes() -> None:
    features = _traits(
        _contenders(PAGE)[PROSE[1]],
        "size", "found", "kind", "ends_sentence", "parent_found", "parent_of_text", "look_of_text", "after_first",
        "before_last", "after_headline", "to_body", "published", "text_before",
    )  # fmt: skip
    assert features == {
        "size": 16,
        "found": 1.0,
        "kind": 1,
        "ends_sentence": True,
        "parent_found": 1.0,
        "parent_of_text": 1.0,
        "look_of_text": 1.0,
        "after_first": 1,
        "before_last": 1,
        "after_headline": 2,
        "to_body": 1,
        "published": -1,
        "text_before": pytest.approx(18 / 56),
    }


def test_a_headline_is_told_by_the_title() -> None:
    features = _traits(_contenders(PAGE)[TITLE], "title", "found", "kind", "parent_found", "after_headline")
    assert features == {"title": 1.0, "found": 0.0, "kind": 2, "parent_found": 0.0, "after_headline": 0}


def test_the_publishers_copy_confirms() -> None:
    found = _contenders(PAGE, publisher_text=" ".join(PROSE[:2]))
    assert [found[line]["published"] for line in PROSE] == [1.0, 1.0, 0.0]
    assert found[PROSE[0]]["copy_found"] == 1.0


def test_a_page_without_an_engines_text_has_its_prose_for_contenders() -> None:
    assert set(_contenders(PAGE + "<p>Menu</p>" * 30, engine_text="")) >= set(PROSE)


def test_links_alone_are_no_contenders_unless_the_engine_found_them() -> None:
    link = "Ten piers to see"
    markup = f"{PAGE}<p><a href='/piers'>{link}</a></p>"
    assert link not in _contenders(markup)
    assert link in _contenders(markup, engine_text="\n".join((*PROSE, link)))


MENUS = st.lists(
    st.sampled_from(["Home", "World", "Sport", "My account", "Harbours and boats"]), min_size=1, max_size=9
)


@settings(max_examples=examples(30))
@given(MENUS, st.sampled_from(["<nav>{}</nav>", "<div>{}</div>", "<ul class='menu'>{}</ul>"]), st.booleans())
def test_a_menu_anywhere_outside_moves_no_number(entries: list[str], around: str, above: bool) -> None:
    menu = around.format("".join(f"<li><a href='/{number}'>{entry}</a></li>" for number, entry in enumerate(entries)))
    assert _contenders(menu + PAGE if above else PAGE + menu) == _contenders(PAGE)


def test_a_standfirst_is_told_by_what_the_page_says_in_short() -> None:
    standfirst = "Members vote by a narrow margin to end the strike"
    page = f"<p>{standfirst}</p>{PAGE}"
    assert _contenders(page, summaries=("The margin is narrow.", f"{standfirst}."))[standfirst]["summary"] == 1.0
    assert _contenders(page, summaries=(f"{standfirst}.",))[PROSE[0]]["summary"] < 0.3
    assert _contenders(page)[standfirst]["summary"] == -1


def test_a_section_that_the_engine_missed_is_told_from_a_box_by_its_branch() -> None:
    missed = "Tickets that were bought before the strike are good until the end of the season."
    teaser = "Ten piers where the coffee is hot and the view worth the wait"
    box = f"<aside><p><a href='/piers'>{teaser}</a></p><p>{'<a href=/all>All of our piers and ports</a> ' * 3}</p></aside>"
    found = _contenders(f"<div>{PAGE}<section><p>{missed}</p></section>{box}</div>")
    names = ("to_spine", "above_end", "branch_prose", "branch_linked")
    assert _traits(found[missed], *names) == {"to_spine": 2, "above_end": 2, "branch_prose": 1.0, "branch_linked": 0.0}
    assert _traits(found[teaser], *names) == {"to_spine": 2, "above_end": 2, "branch_prose": 0.0, "branch_linked": 1.0}
    assert found[PROSE[0]]["above_end"] == 0


def test_a_page_without_blocks_has_no_contenders() -> None:
    found = candidate_blocks((), engine_text="", publisher_text="", titles=())
    assert found.each == ()
    assert {len(column) for column in found.features.values()} == {0}
