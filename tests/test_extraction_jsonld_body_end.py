"""Comparison of the extracted text with the publisher's copy of the body."""

from __future__ import annotations

import pytest

from aggregator.extraction.jsonld_body_end import end_of_article, is_other_text, is_teaser

STANDFIRST = "Nine days of silence on the quays are over."
FIRST = "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies."
SECOND = "Boats will leave again from Wednesday morning, though the night service needs another week to return."
THIRD = "The union said the rise of four per cent was less than it had asked for but more than it had feared."
POINTER = "Rhubarb without an oven, three recipes."
OTHER = "Three recipes for rhubarb that need no oven, by our cook, who has tried them all in her own kitchen."

CASES = [
    pytest.param(
        [FIRST, SECOND, THIRD, POINTER], f"{FIRST} {SECOND} {THIRD}", 3, id="what follows the last confirmed line goes"
    ),
    pytest.param([FIRST, SECOND, OTHER], f"{FIRST} {SECOND}", 3, id="a third of the text is too much to cut"),
    pytest.param([STANDFIRST, FIRST, SECOND], f"{FIRST} {SECOND}", 3, id="a standfirst above the copy stays"),
    pytest.param([FIRST, SECOND, THIRD], FIRST, 3, id="a copy that is only a teaser is not believed"),
    pytest.param([FIRST, SECOND], f"{OTHER} {OTHER}", 2, id="a copy of another article is not believed"),
    pytest.param([FIRST, OTHER], "", 2, id="no copy"),
    pytest.param([], FIRST, 0, id="no lines"),
    pytest.param(["短い文です"], "と", 1, id="a copy shorter than a shingle"),
]


@pytest.mark.parametrize(("lines", "body", "wanted"), CASES)
def test_the_article_ends_where_both_agree(lines: list[str], body: str, wanted: int) -> None:
    assert end_of_article(lines, body) == wanted


LONG = " ".join(f"sentence number {number} tells something of its own." for number in range(40))


@pytest.mark.parametrize(
    ("lines", "body", "wanted"),
    [
        pytest.param([OTHER], LONG, True, id="a much longer and different text"),
        pytest.param([], LONG, True, id="nothing was extracted"),
        pytest.param([LONG[:900]], LONG, False, id="a longer version of the same text"),
        pytest.param([OTHER], FIRST, False, id="a short copy proves nothing"),
        pytest.param([OTHER] * 9, LONG, False, id="not twice as long"),
    ],
)
def test_the_copy_is_taken_only_when_the_extraction_caught_something_else(
    lines: list[str], body: str, wanted: bool
) -> None:
    assert is_other_text(lines, body) is wanted


def test_a_teaser_is_the_beginning_of_a_much_longer_copy() -> None:
    copy = [f"On day {number} the crews of pier {number} said again what they had said before." for number in range(30)]
    other = [f"Kettle {number} boils in {number} minutes and pours without a drop beside." for number in range(4)]
    body = "\n".join(copy)
    assert is_teaser(copy[:2], body)
    assert not is_teaser([*copy[:2], *other], body)
    assert not is_teaser(copy[:20], body)
    assert not is_teaser(copy[:2], "\n".join(copy[:6]))
