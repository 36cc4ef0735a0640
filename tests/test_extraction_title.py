"""Choosing the headline among a page's titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.title import TitleWitnesses, choose_title, without_outlet

HEADLINE = "Ferry crews reach pay deal after nine days"

CHOICES = [
    pytest.param(TitleWitnesses(), None, id="nobody says anything"),
    pytest.param(TitleWitnesses(headings=(HEADLINE,)), HEADLINE, id="a heading alone"),
    pytest.param(
        TitleWitnesses(headings=("Harbour Gazette", HEADLINE), social="Ferry crews reach pay deal"),
        HEADLINE,
        id="the heading that another witness confirms",
    ),
    pytest.param(
        TitleWitnesses(headings=("Business",), headline=HEADLINE, document="Harbour Gazette"),
        HEADLINE,
        id="the structured headline beats a section's heading",
    ),
    pytest.param(
        TitleWitnesses(social=f"{HEADLINE} - Harbour Gazette", outlets=("Harbour Gazette",)),
        HEADLINE,
        id="the outlet is cut from the social title",
    ),
    pytest.param(
        TitleWitnesses(headings=("The Daily Boat",), feed=HEADLINE), HEADLINE, id="the feed's title is a witness too"
    ),
    pytest.param(
        TitleWitnesses(headings=("  ",), document=f"{HEADLINE} | Harbour Gazette"), HEADLINE, id="an empty heading"
    ),
]


@pytest.mark.parametrize(("witnesses", "wanted"), CHOICES)
def test_the_headline_is_the_title_that_witnesses_agree_on(witnesses: TitleWitnesses, wanted: str | None) -> None:
    assert choose_title(witnesses) == wanted


CUTS = [
    pytest.param(f"{HEADLINE} | Harbour Gazette", (), HEADLINE, id="a short segment after a bar"),
    pytest.param(f"{HEADLINE} | Transport | Harbour Gazette", (), HEADLINE, id="several of them"),
    pytest.param(f"Opinion | {HEADLINE}", (), HEADLINE, id="a section before a bar"),
    pytest.param(
        f"{HEADLINE} – Harbour Gazette",
        ("harbourgazette.example",),
        f"{HEADLINE} – Harbour Gazette",
        id="an address alone does not tell the words of a name",
    ),
    pytest.param(f"{HEADLINE} – Harbour Gazette", ("Harbour Gazette",), HEADLINE, id="a dash and the outlet's name"),
    pytest.param(f"{HEADLINE} - harbourgazette", ("Harbour Gazette",), HEADLINE, id="the name written otherwise"),
    pytest.param("Harbour Gazette: a life", ("Harbour Gazette",), "Harbour Gazette: a life", id="a colon is no mark"),
    pytest.param("Rain - and then snow", ("Harbour Gazette",), "Rain - and then snow", id="a dash within a headline"),
    pytest.param("Harbour Gazette", ("Harbour Gazette",), "Harbour Gazette", id="only the outlet"),
    pytest.param("渡船罢工结束_港口日报", ("港口日报",), "渡船罢工结束", id="chinese underscore"),
]


@pytest.mark.parametrize(("title", "outlets", "wanted"), CUTS)
def test_only_the_outlet_is_cut_from_a_title(title: str, outlets: tuple[str, ...], wanted: str) -> None:
    assert without_outlet(title, outlets) == wanted


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_cutting_the_outlet_twice_is_cutting_it_once(title: str, outlets: list[str]) -> None:
    once = without_outlet(title, outlets)
    assert without_outlet(once, outlets) == once
