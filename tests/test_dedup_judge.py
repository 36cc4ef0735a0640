"""Copies are recognised however they were cut and edited; different texts never are copies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import prepare_text
from aggregator.dedup.thresholds import Thresholds
from aggregator.dedup.value_conflicts import compare_slots
from aggregator.model.dedup import Evidence, Relation
from tests.judge_limits import limit_cases
from tests.reports import (
    CHINESE,
    GERMAN,
    HARBOUR,
    JAPANESE,
    LOCAL,
    QUOTE,
    RIVAL,
    cut,
    document,
    edited,
    invented,
    weather,
)

COPIES = [
    pytest.param(HARBOUR, HARBOUR, id="word for word"),
    pytest.param(HARBOUR, HARBOUR.upper().replace("\n", "\n\n"), id="other case and spacing"),
    pytest.param(HARBOUR, f"VESSLEY, March 3 (Corvus Wire) — {HARBOUR}", id="with a dateline"),
    pytest.param(HARBOUR, cut(HARBOUR, 5), id="three paragraphs off the end"),
    pytest.param(HARBOUR, cut(HARBOUR, 3), id="cut to three paragraphs"),
    pytest.param(HARBOUR, f"{cut(HARBOUR, 6)}\n{LOCAL}", id="cut, with a paragraph of its own"),
    pytest.param(HARBOUR, edited(HARBOUR, 40), id="an edit in every forty words"),
    pytest.param(HARBOUR, f"{HARBOUR}\nSign up for our morning newsletter.\n© 2026 One Example", id="with furniture"),
    pytest.param(GERMAN, f"{GERMAN}\nQuelle: dpa", id="German"),
    pytest.param(CHINESE, f"新华社维斯利3月3日电（记者王明）{cut(CHINESE, 4)}", id="Chinese, cut, with a dateline"),
    pytest.param(JAPANESE, cut(JAPANESE, 3), id="Japanese, cut"),
    pytest.param(CHINESE, CHINESE.replace("发现", "發現").replace("这台机器", "這台機器"), id="traditional characters"),
]

OWN_LEAD = (
    "The council of Aldermouth will hear the manager of the port on Thursday, since the crane belongs to a company "
    "in which the town has held a third of the shares for eleven years. Its lawyers asked for more time on Friday, "
    "and neighbours have hung sheets with questions from their balconies ever since the night of the alarm, while "
    "the company that owns the other two cranes declined to say who had serviced theirs."
)
LONG = f"{HARBOUR}\n{RIVAL}\n{QUOTE}\n{LOCAL}"

NO_COPIES = [
    pytest.param(HARBOUR, RIVAL, id="two reports of one event"),
    pytest.param(f"{HARBOUR}\n{QUOTE}", f"{RIVAL}\n{QUOTE}", id="two reports with one quote"),
    pytest.param(HARBOUR, GERMAN, id="another language"),
    pytest.param(weather("Aldermouth", 14, 3, 22, 35), weather("Brinkwater", 9, -2, 41, 80), id="weather of two towns"),
    pytest.param(HARBOUR, "", id="no text"),
    pytest.param("Live updates", "Live updates", id="the same stub"),
    pytest.param(CHINESE, JAPANESE, id="two languages of one script"),
]


@pytest.mark.parametrize(("one", "other"), COPIES)
def test_a_copy_in_another_outlet_is_recognised(one: str, other: str) -> None:
    verdict = judge(document(one), document(other, outlet="two.example", article_id=2))
    assert verdict.relation.merges, verdict


@pytest.mark.parametrize(("one", "other"), NO_COPIES)
@pytest.mark.parametrize("outlet", ["one.example", "two.example"])
def test_different_texts_are_never_copies(one: str, other: str, outlet: str) -> None:
    verdict = judge(document(one), document(other, outlet=outlet, article_id=2))
    assert not verdict.relation.merges, verdict


@pytest.mark.parametrize("kept", [3, 4, 5])
def test_a_desk_may_put_a_lead_of_its_own_before_what_another_begins_with(kept: int) -> None:
    with_lead = f"{OWN_LEAD}\n{HARBOUR}\n{cut(RIVAL, kept)}"
    across = judge(document(LONG), document(with_lead, outlet="two.example", article_id=2))
    assert across.relation is Relation.NEAR_COPY, across
    within = judge(document(LONG), document(with_lead, article_id=2))
    assert not within.relation.merges, within


def test_who_quotes_a_report_after_a_lead_and_before_more_has_not_copied_it() -> None:
    quoting = f"{OWN_LEAD}\n{HARBOUR}\n{GERMAN}"
    verdict = judge(document(f"{HARBOUR}\n{QUOTE}\n{LOCAL}"), document(quoting, outlet="two.example", article_id=2))
    assert verdict.relation is Relation.EXCERPT, verdict
    assert verdict.rule == "other lead"


def test_the_same_address_with_another_text_is_no_copy() -> None:
    url = "https://one.example/crane"
    verdict = judge(document(HARBOUR, url=url), document(RIVAL, outlet="two.example", article_id=2, url=url))
    assert not verdict.relation.merges


def test_the_evidence_says_what_is_shared() -> None:
    verdict = judge(document(HARBOUR), document(cut(HARBOUR, 4), outlet="two.example", article_id=2))
    assert verdict.relation is Relation.NEAR_COPY
    assert verdict.evidence.shorter == pytest.approx(1.0)
    assert 0.4 < verdict.evidence.longer < 0.7
    assert verdict.evidence.passage.startswith("The old harbour crane of Vessley")
    assert verdict.evidence.conflicts == ()


def test_other_numbers_and_names_are_named_as_conflicts() -> None:
    verdict = judge(
        document(weather("Aldermouth", 14, 3, 22, 35)),
        document(weather("Brinkwater", 9, -2, 41, 80), outlet="two.example", article_id=2),
    )
    assert verdict.rule == "other numbers and names"
    assert len(verdict.evidence.conflicts) >= 3


def test_a_short_text_inside_a_long_one_is_an_excerpt() -> None:
    long = "\n".join([RIVAL, LOCAL, GERMAN, RIVAL.replace("crane", "tower").replace("Vessley", "Ostrand")] * 2)
    verdict = judge(
        document(cut(HARBOUR, 2)), document(f"{long}\n{cut(HARBOUR, 2)}", outlet="two.example", article_id=2)
    )
    assert verdict.relation is Relation.EXCERPT


def test_a_stricter_threshold_is_obeyed() -> None:
    pair = document(HARBOUR), document(edited(HARBOUR, 15), outlet="two.example", article_id=2)
    assert judge(*pair).relation.merges
    strict = Thresholds(across=0.99, within=0.99, revised=0.99)
    assert not judge(*pair, thresholds=strict).relation.merges


def test_prepared_documents_are_judged_as_plain_ones() -> None:
    one, other = document(HARBOUR), document(cut(HARBOUR, 5), outlet="two.example", article_id=2)
    assert judge(prepare_text(one), prepare_text(other)) == judge(one, other)


@given(st.permutations(HARBOUR.split("\n")), st.integers(1, 8), st.booleans())
def test_the_order_of_a_pair_does_not_matter(lines: list[str], kept: int, same: bool) -> None:
    one = document(HARBOUR)
    other = document("\n".join(lines[:kept]), outlet="one.example" if same else "two.example", article_id=2)
    forth, back = judge(one, other), judge(other, one)
    assert (forth.relation, forth.rule, forth.evidence.shorter) == (back.relation, back.rule, back.evidence.shorter)


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_have_a_verdict(one: str, other: str) -> None:
    judge(document(one), document(other, outlet="two.example", article_id=2))


def test_the_evidence_of_equal_texts_quotes_them_from_their_first_word() -> None:
    evidence = judge(document(HARBOUR), document(HARBOUR, outlet="two.example", article_id=2)).evidence
    assert " ".join(HARBOUR.split()).startswith(evidence.passage.rstrip("…"))
    assert len(evidence.passage) == 160
    assert (evidence.shorter, evidence.longer, evidence.shared) == (1.0, 1.0, len(HARBOUR.split()))


def test_the_evidence_counts_the_lines_left_out_of_both_texts() -> None:
    notice = "© 2026 One Example"
    one, other = (
        document(f"{HARBOUR}\n{notice}"),
        document(f"{cut(HARBOUR, 6)}\n{notice}", outlet="two.example", article_id=2),
    )
    assert judge(one, other).evidence.left_out == 2


def test_little_that_two_texts_share_is_measured_in_both() -> None:
    verdict = judge(document(f"{QUOTE}\n{RIVAL}"), document(f"{HARBOUR}\n{QUOTE}", outlet="two.example", article_id=2))
    assert verdict.rule == "little shared"
    assert verdict.evidence.shared == len(QUOTE.split())
    assert 0 < verdict.evidence.longer < verdict.evidence.shorter < Thresholds().related


def test_the_numbers_of_a_template_that_differ_are_counted() -> None:
    one, other = (prepare_text(document(weather(*page))) for page in (("Ayr", 14, 3, 22, 35), ("Ayr", 14, 3, 41, 80)))
    slots = compare_slots(one, other)
    assert (slots.numbers_differing, slots.conflicts) == (2, ("35 / 80", "22 / 41"))
    assert slots.numbers > 2


@pytest.mark.parametrize(
    ("words", "outlet", "titles", "rule"),
    [
        pytest.param(7, "two.example", ("Crane falls", "Crane falls"), "equal but too short", id="seven words"),
        pytest.param(8, "two.example", ("Crane falls", "Crane falls"), "equal text", id="eight words, one title"),
        pytest.param(
            19,
            "two.example",
            ("Crane falls", "Crane fell"),
            "equal stub under another title",
            id="nineteen, two titles",
        ),
        pytest.param(20, "two.example", ("Crane falls", "Vote ends"), "equal text", id="twenty words of two outlets"),
        pytest.param(
            59, "one.example", ("Crane falls", "Vote ends"), "equal stub under another title", id="59 of one outlet"
        ),
        pytest.param(59, "one.example", ("Crane falls", "Crane fell"), "equal text", id="59, half the title shared"),
        pytest.param(60, "one.example", ("Crane falls", "Vote ends"), "equal text", id="sixty words of one outlet"),
    ],
)
def test_how_long_an_equal_text_must_be_under_which_title(
    words: int, outlet: str, titles: tuple[str, str], rule: str
) -> None:
    text = " ".join(HARBOUR.split()[:words])
    one, other = document(text, title=titles[0]), document(text, outlet=outlet, article_id=2, title=titles[1])
    verdict = judge(one, other)
    assert verdict.rule == rule
    assert (verdict.relation is Relation.EXACT) == (rule == "equal text")
    assert verdict.evidence.shared == words


def test_each_rule_decides_from_its_limit_on() -> None:
    for case in limit_cases():
        forth, back = judge(case.one, case.other), judge(case.other, case.one)
        assert {forth.rule, back.rule} == {case.rule}, case
        measured = case.rule not in ("too short to compare", "nothing shared")
        assert (forth.evidence.shared > 0) is (back.evidence.shared > 0) is measured, case


def test_a_revised_copy_needs_three_quarters_of_the_share_that_others_need() -> None:
    for words, rule in ((45, "revised copy across outlets"), (44, "shared passages")):
        one = document(invented(f"a:{words} x:{120 - words}"))
        other = document(invented(f"a:{words} y:130"), outlet="two.example", article_id=2)
        assert judge(one, other, thresholds=Thresholds(across=0.5, revised_in_order=0.3)).rule == rule


def test_the_evidence_measures_both_texts_and_quotes_the_first() -> None:
    notice = "© 2026 One Example"
    one = document(f"{invented('x:4 b:10 a:26 =14 c:20')}\n{notice}")
    other = document(invented("a:26 =15 c:20 y:1 b:10 z:9").capitalize(), outlet="two.example", article_id=2)
    measured: dict[str, Any] = {
        "shorter": 56 / 61,
        "longer": 56 / 67,
        "shared": 56,
        "conflicts": ("14 / 15",),
        "left_out": 1,
    }
    assert judge(one, other).evidence == Evidence(**measured, passage=invented("a:26"), passage_at=(14, 0))
    assert judge(other, one).evidence == Evidence(**measured, passage=invented("a:26").capitalize(), passage_at=(0, 14))


def test_the_evidence_of_equal_texts_counts_the_lines_left_out_of_both() -> None:
    one, other = document(HARBOUR), document(f"{HARBOUR}\n© 2026 Two\nSign up here", article_id=2)
    assert judge(one, other).evidence.left_out == 2


@pytest.mark.parametrize(
    ("titles", "least", "equal"),
    [
        pytest.param(
            ("Harbour crane comes down", "Crane in harbour to be removed"), 0.5, True, id="half of the shorter"
        ),
        pytest.param(("Crane comes down", "Crane to be removed"), 0.5, False, id="a third of the shorter"),
        pytest.param(("Crane", "Crane"), 1.0, True, id="one word, and all of it"),
        pytest.param(("", ""), 0.5, False, id="no titles"),
    ],
)
def test_short_equal_texts_of_one_outlet_share_a_part_of_the_shorter_title(
    titles: tuple[str, str], least: float, equal: bool
) -> None:
    one, other = (document(invented("a:40"), article_id=number, title=title) for number, title in enumerate(titles))
    assert (judge(one, other, thresholds=Thresholds(exact_titles=least)).rule == "equal text") is equal
