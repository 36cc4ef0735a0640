"""Choice of the headline among a page's titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.headline import TitleCandidates, choose_headline, title_similarity

HEADLINE = "Ferry crews reach pay deal after nine days"
OTHERWISE = "Nine-day strike ends as ferry crews reach pay deal"

CHOICES = [
    pytest.param(TitleCandidates(), None, id="nobody says anything"),
    pytest.param(TitleCandidates(headings=(HEADLINE,)), HEADLINE, id="a heading alone"),
    pytest.param(
        TitleCandidates(headings=(f"{HEADLINE} - Gazette",), outlets=("Gazette",)), HEADLINE, id="without its outlet"
    ),
    pytest.param(
        TitleCandidates(headings=("Harbour Gazette", HEADLINE), social="Ferry crews reach pay deal"),
        HEADLINE,
        id="the heading that another witness confirms",
    ),
    pytest.param(
        TitleCandidates(headings=(HEADLINE, HEADLINE.upper()), social=HEADLINE), HEADLINE, id="the first of two equals"
    ),
    pytest.param(
        TitleCandidates(headings=(*(["Sport"] * 300), HEADLINE), document=HEADLINE), HEADLINE, id="one of many headings"
    ),
    pytest.param(
        TitleCandidates(headings=("Business",), headline=HEADLINE, document="Harbour Gazette"),
        HEADLINE,
        id="the structured headline beats a section's heading",
    ),
    pytest.param(
        TitleCandidates(headings=(f"LIVE {HEADLINE}",), headline=HEADLINE, social=HEADLINE),
        HEADLINE,
        id="two structured titles of one voice beat the heading",
    ),
    pytest.param(
        TitleCandidates(headings=(HEADLINE,), headline=OTHERWISE, social=OTHERWISE, document=f"{HEADLINE} | Gazette"),
        HEADLINE,
        id="but not a heading that the document's title repeats",
    ),
    pytest.param(
        TitleCandidates(headings=(HEADLINE,), headline=OTHERWISE, social="Ferries: strike over"),
        HEADLINE,
        id="nor when they differ",
    ),
    pytest.param(
        TitleCandidates(headings=(HEADLINE,), headline="How to travel by ferry this week"),
        HEADLINE,
        id="a long heading that shares a telling word with a title for machines",
    ),
    pytest.param(
        TitleCandidates(headings=("渡船罢工九天后结束",), headline="北港渡船明日恢复航行"),
        "渡船罢工九天后结束",
        id="a pair of characters tells as much",
    ),
    pytest.param(
        TitleCandidates(headings=("Sign in to read on now",), headline=HEADLINE),
        HEADLINE,
        id="a long heading that shares nothing is not it",
    ),
    pytest.param(
        TitleCandidates(headings=("More about ferry crews",), headline="Ferry traffic is back to normal at last"),
        "Ferry traffic is back to normal at last",
        id="nor is a short one",
    ),
    pytest.param(
        TitleCandidates(social=f"{HEADLINE} - Harbour Gazette", outlets=("Harbour Gazette",)),
        HEADLINE,
        id="the outlet is cut from the social title",
    ),
    pytest.param(
        TitleCandidates(headings=(f"{HEADLINE} – Transport",), document=HEADLINE, sections=("Transport",)),
        HEADLINE,
        id="a section is cut from a heading",
    ),
    pytest.param(
        TitleCandidates(headline="Ferry crews reach pay deal after…", social=HEADLINE),
        HEADLINE,
        id="a headline that was cut off is completed",
    ),
    pytest.param(
        TitleCandidates(headline="Ferry crews reach pay deal after...", document="Something else"),
        "Ferry crews reach pay deal after...",
        id="or stays when nobody knows how it goes on",
    ),
    pytest.param(
        TitleCandidates(headline="The end…", social="The end… of an era"), "The end…", id="few words complete nothing"
    ),
    pytest.param(
        TitleCandidates(headings=("The Daily Boat",), feed=HEADLINE), HEADLINE, id="the feed's title is a witness too"
    ),
    pytest.param(
        TitleCandidates(headings=("  ",), document=f"{HEADLINE} | Harbour Gazette"), HEADLINE, id="an empty heading"
    ),
]


@pytest.mark.parametrize(("witnesses", "wanted"), CHOICES)
def test_the_headline_is_the_title_that_witnesses_agree_on(witnesses: TitleCandidates, wanted: str | None) -> None:
    assert choose_headline(witnesses) == wanted


@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=30), st.text(max_size=30))
def test_the_headline_is_part_of_what_somebody_said(headings: list[str], social: str, document: str) -> None:
    chosen = choose_headline(TitleCandidates(headings=tuple(headings), social=social, document=document))
    said = [" ".join(title.split()) for title in (*headings, social, document)]
    assert chosen is None or any(" ".join(chosen.split()) in title for title in said)


@given(st.text(max_size=30), st.text(max_size=30))
def test_agreement_is_mutual(one: str, other: str) -> None:
    assert title_similarity(one, other) == title_similarity(other, one)
