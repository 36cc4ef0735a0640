"""Positions of blocks in the markup: depth, and hints in class names."""

from __future__ import annotations

import pytest
from lxml import html

from aggregator.extraction.block_position import (
    CLASS_HINTS,
    MAX_HINT_DISTANCE,
    MarkupPosition,
    MarkupPositions,
    hint_distances,
)


def _place(markup: str) -> MarkupPosition:
    tree = html.fragment_fromstring(markup, create_parent="div")
    (element,) = tree.xpath("//p")
    return MarkupPositions().of(element)


def _steps(markup: str) -> dict[str, int]:
    (steps,) = hint_distances([_place(markup)]).tolist()
    return dict(zip(CLASS_HINTS, steps, strict=True))


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        pytest.param("class='related-stories'", "related", id="related"),
        pytest.param("class='Article__Body'", "body", id="body, whatever the case"),
        pytest.param("id='newsletter-signup'", "promo", id="an id counts like a class"),
        pytest.param("class='c-ads'", "promo", id="ads as a word"),
        pytest.param("class='wp-caption'", "caption", id="caption"),
        pytest.param("class='comments-area'", "comment", id="comments"),
    ],
)
def test_a_name_is_a_hint_at_its_distance(names: str, hint: str) -> None:
    assert _steps(f"<div {names}><div><p>x</p></div></div>")[hint] == 2


def test_what_is_named_nowhere_is_far() -> None:
    assert set(_steps("<div><p class='zz'>x</p></div>").values()) == {MAX_HINT_DISTANCE}


def test_ads_are_a_word_and_not_a_part_of_one() -> None:
    assert _steps("<div class='roads'><p>x</p></div>")["promo"] == MAX_HINT_DISTANCE


def test_depth_counts_from_the_root() -> None:
    assert _place("<div><p>x</p></div>").depth == 3
