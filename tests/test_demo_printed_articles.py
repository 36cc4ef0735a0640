from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.demo.printed_articles import PrintedArticle, print_articles
from aggregator.demo.sample_stories import Insertion, Printing, SampleRevision, SampleStory, load_stories
from tests.demo_printed import FIRST, NOW, SECOND, the

INSTANTS = st.timedeltas(min_value=timedelta(days=-9000), max_value=timedelta(days=30_000)).map(lambda gap: NOW + gap)


def story(
    *printings: Printing, agency: str | None = "Corvus Wire", text: str = "Frost on {day}.\n\nThaw later."
) -> SampleStory:
    return SampleStory(
        name="frost",
        topic="world",
        place="Tarn",
        agency=agency,
        byline="Ida Moor",
        caption="Frost.",
        photo="Ida Moor",
        summary="It froze.",
        text=text,
        printings=printings,
    )


def printing(outlet: str, **changes: object) -> Printing:
    return Printing.model_validate({"outlet": outlet, "headline": "Frost!", "minutes_ago": 60} | changes)


@pytest.mark.parametrize(
    ("outlet", "paragraphs", "byline"),
    [
        pytest.param(
            "corvus",
            ("TARN, Mar 3 (Corvus Wire) — Frost on Tuesday.", "Thaw later."),
            "Ida Moor",
            id="the agency itself",
        ),
        pytest.param(
            "courier", ("Tarn (Corvus Wire) – Frost on Tuesday.", "Thaw later."), "Corvus Wire", id="in the dateline"
        ),
        pytest.param("meridian", ("Frost on Tuesday.", "Thaw later."), "Corvus Wire", id="in the byline only"),
        pytest.param(
            "tidewater", ("Frost on Tuesday.", "Thaw later.", "(Corvus Wire)"), "Corvus Wire", id="in a closing line"
        ),
    ],
)
def test_every_house_credits_the_agency_in_its_own_way(outlet: str, paragraphs: tuple[str, ...], byline: str) -> None:
    (article,) = print_articles([story(printing(outlet))], now=NOW)
    assert (article.paragraphs, article.byline) == (paragraphs, byline)


def test_a_house_signs_what_its_own_people_wrote() -> None:
    (article,) = print_articles([story(printing("courier"), agency=None)], now=NOW)
    assert (article.paragraphs, article.byline) == (("Frost on Tuesday.", "Thaw later."), "Ida Moor")


def test_a_cut_an_edit_and_a_paragraph_of_the_outlets_own_are_applied_in_that_order() -> None:
    text = "One frost.\n\nTwo.\n\nThree."
    changed = printing(
        "meridian", paragraphs=2, swaps=[("One frost", "A frost")], insertion=Insertion(after=1, text="Here too.")
    )
    (article,) = print_articles([story(changed, text=text)], now=NOW)
    assert article.paragraphs == ("A frost.", "Here too.", "Two.")


def test_a_revision_waits_for_the_tick_and_moves_the_time_of_the_update_only() -> None:
    revision = SampleRevision(swaps=(("Thaw later", "Thaw on {day}"),), more="\nCorrection: it did not freeze.\n")
    frost = story(printing("meridian", revision=revision))
    ((before,), (after,)) = (print_articles([frost], now=NOW, tick=tick) for tick in (0, 1))
    printed_at = NOW - timedelta(minutes=60)
    assert before.paragraphs == ("Frost on Tuesday.", "Thaw later.")
    assert after.paragraphs == ("Frost on Tuesday.", "Thaw on Tuesday.", "Correction: it did not freeze.")
    assert (before.published_at, before.updated_at) == (printed_at, printed_at)
    assert (after.published_at, after.updated_at, after.path) == (printed_at, NOW, before.path)


def test_the_weekday_is_that_of_the_first_printing_in_every_copy() -> None:
    frost = story(printing("courier", minutes_ago=10), printing("meridian", minutes_ago=60 * 24))
    assert {article.paragraphs[0][-8:] for article in print_articles([frost], now=NOW)} == {" Monday."}


@pytest.mark.parametrize(
    ("mistaken", "says"),
    [
        pytest.param(printing("gazette"), "no outlet 'gazette'", id="an outlet that does not exist"),
        pytest.param(
            printing("courier", swaps=[("Snow", "Frost")]), "does not contain 'Snow'", id="words not in the text"
        ),
    ],
)
def test_a_printing_that_cannot_be_made_is_refused(mistaken: Printing, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        print_articles([story(mistaken)], now=NOW)


def test_the_tick_adds_the_late_copy_and_changes_the_revised_article_only() -> None:
    before = {(article.outlet.slug, article.story.name): article for article in FIRST}
    after = {(article.outlet.slug, article.story.name): article for article in SECOND}
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {("meridian", "bridge"), ("corvus", "battery")}
    assert not before.keys() - after.keys()


def test_the_revised_report_corrects_its_figure_and_says_so() -> None:
    revised, copy = the("corvus", "battery"), the("ledger", "battery")
    assert "to employ 430 people" in revised.text
    assert revised.paragraphs[-1].startswith("Correction:")
    assert "to employ 340 people" in copy.text


def test_every_article_has_an_address_of_its_own() -> None:
    assert len({(article.outlet.slug, article.path) for article in SECOND}) == len(SECOND)


def test_the_words_of_an_address_are_plain_ascii() -> None:
    assert all(re.fullmatch(r"/[A-Za-z0-9/.?=-]+", article.path) for article in SECOND)


def test_copies_carry_another_headline_and_another_wording_than_the_agency() -> None:
    for article in SECOND:
        if article.story.agency == "Corvus Wire" and article.outlet.slug != "corvus":
            original = the("corvus", article.story.name)
            assert article.headline != original.headline
            assert article.text != original.text


@given(now=INSTANTS)
def test_the_same_moment_prints_the_same_paper_newest_first_and_nothing_from_the_future(now: datetime) -> None:
    articles = print_articles(load_stories(), now=now, tick=1)
    assert articles == print_articles(load_stories(), now=now, tick=1)
    assert all(newer.published_at >= older.published_at for newer, older in pairwise(articles))
    assert all(article.published_at <= article.updated_at <= now for article in articles)


def test_copies_share_most_of_the_shorter_text_and_different_stories_less_than_half() -> None:
    shares = {
        (one.story.name, other.story.name, one.outlet.slug, other.outlet.slug): _shared(one, other)
        for one, other in combinations(SECOND, 2)
    }
    assert {key for key, share in shares.items() if share >= 0.9} == {key for key in shares if key[0] == key[1]}
    assert max(share for key, share in shares.items() if key[0] != key[1]) < 0.5


def test_independent_reports_of_one_event_quote_the_same_people() -> None:
    for agency, own in (("ferry", "ferry-pier"), ("port", "port-market")):
        (report,) = (article for article in SECOND if article.story.name == own)
        quotes = set(re.findall("“[^”]{30,}”", report.text))
        assert quotes & set(re.findall("“[^”]{30,}”", the("corvus", agency).text))


def _shared(one: PrintedArticle, other: PrintedArticle) -> float:
    """The share of the shorter text's runs of five words that the other has too."""
    runs = [set(zip(*(words[start:] for start in range(5)), strict=False)) for words in (_words(one), _words(other))]
    return len(runs[0] & runs[1]) / min(map(len, runs))


def _words(article: PrintedArticle) -> list[str]:
    return re.findall(r"\w+", article.text.lower())
