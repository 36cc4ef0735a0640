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


ACROSS, WITHIN = "near copy across outlets", "near copy within one outlet"
OTHER_VALUES, FEW_SHARED, OTHER_LEAD = "other numbers and names", "shared passages", "other lead"
REVISED = "revised copy across outlets"


def broken(own: str, runs: int, length: int, *, last: int | None = None) -> str:
    """Some shared runs of words, and after each a word of one's own."""
    names = ("abcdefgh" if own.islower() else "ABCDEFGH")[:runs]
    return " ".join(f"{name}:{length if name != names[-1] else last or length} {own}:1" for name in names)


def slots(*values: str, between: int = 8) -> str:
    """Shared words with these values between them."""
    names = "abcdefghijklmnopqrst"
    return " ".join(f"{name}:{between} ={value}" for name, value in zip(names, values, strict=False)) + f" z:{between}"


NAMES = ("Ayr", "Bray", "Cork", "Derry", "Ennis", "Foxford", "Galway")
AGREEING = (*NAMES, "70", "80", "90")

EDGES = [
    # one text, the other, one outlet, the rule
    ("a:19", "a:19 y:41", False, "too short to compare"),
    ("a:20", "a:20 y:41", False, FEW_SHARED),
    ("a:40", "y:40", False, "nothing shared"),
    ("a:29 x:71", "a:29 y:81", False, "little shared"),
    ("a:30 x:70", "a:30 y:80", False, FEW_SHARED),
    # at least 30 shared words
    ("a:29 x:11", "a:29 y:150", False, FEW_SHARED),
    ("a:30 x:10", "a:30 y:150", False, ACROSS),
    ("a:29 x:21", "a:29 y:50", False, FEW_SHARED),
    ("a:30 x:20", "a:30 y:50", False, REVISED),
    ("A:47 X:17", "A:47 Y:200", False, FEW_SHARED),
    ("A:48 X:16", "A:48 Y:200", False, ACROSS),
    # how much of the shorter text
    ("a:59 x:41", "a:59 y:241", False, FEW_SHARED),
    ("a:60 x:40", "a:60 y:240", False, ACROSS),
    ("a:74 x:26", "a:74 y:76", True, FEW_SHARED),
    ("a:75 x:25", "a:75 y:75", True, WITHIN),
    # how much of it in one order
    ("a:49 b:21 x:30", "b:21 a:49 y:230", False, "shared passages in another order"),
    ("a:50 b:20 x:30", "b:20 a:50 y:230", False, ACROSS),
    # how long the shared passages are on average
    (broken("x", 8, 7, last=6), broken("y", 8, 7, last=6), False, "shared phrases"),
    (broken("x", 8, 7), broken("y", 8, 7), False, ACROSS),
    (broken("X", 8, 11), broken("Y", 8, 11), False, "shared phrases"),
    (broken("X", 8, 12), broken("Y", 8, 12), False, ACROSS),
    # how much of the longer text
    ("a:60", "a:60 y:341", False, "small part of the longer text"),
    ("a:60", "a:60 y:340", False, ACROSS),
    ("a:60", "a:60 y:91", True, "small part of the longer text"),
    ("a:60", "a:60 y:90", True, WITHIN),
    # so much that the lead does not matter
    ("x:11 a:89", "y:207 a:89", False, OTHER_LEAD),
    ("x:10 a:90", "y:211 a:90", False, OTHER_LEAD),
    ("x:10 a:90", "y:210 a:90", False, ACROSS),
    ("x:10 a:90", "y:61 a:90", True, WITHIN),
    # a lead of one's own before what the other begins with
    ("x:61 a:179", "y:18 a:179 z:103", False, OTHER_LEAD),
    ("x:60 a:180", "y:19 a:180 z:101", False, OTHER_LEAD),
    ("x:60 a:180", "y:18 a:180 z:102", False, ACROSS),
    ("x:60 a:180", "y:18 a:180 z:102", True, OTHER_LEAD),
    ("y:18 a:180 z:12", "x:61 a:180", False, OTHER_LEAD),
    ("y:18 a:180 z:12", "x:60 a:180", False, ACROSS),
    ("y:19 a:180 z:12", "x:60 a:180", False, OTHER_LEAD),
    # how much of both beginnings
    ("x:46 a:80", "y:45 a:80 z:175", False, OTHER_LEAD),
    ("x:45 a:80", "y:46 a:80 z:174", False, OTHER_LEAD),
    ("x:45 a:80", "y:45 a:80 z:175", False, ACROSS),
    ("X:73 A:120", "Y:72 A:120 Z:288", False, OTHER_LEAD),
    ("X:72 A:120", "Y:72 A:120 Z:288", False, ACROSS),
    ("x:54 a:84", "y:54 a:84 z:3", False, OTHER_LEAD),
    ("x:54 a:84", "y:54 a:84 z:2", False, ACROSS),
    ("x:55 a:84", "y:54 a:84", False, OTHER_LEAD),
    # two versions of one report
    ("a:45 x:55", "a:45 y:135", False, REVISED),
    ("a:45 x:55", "a:45 y:135", True, FEW_SHARED),
    ("a:44 x:56", "a:44 y:132", False, FEW_SHARED),
    ("a:45 x:55", "a:45 y:136", False, FEW_SHARED),
    ("a:42 x:50 b:8", "b:8 a:42 y:150", False, REVISED),
    ("a:41 x:50 b:9", "b:9 a:41 y:150", False, FEW_SHARED),
    ("x:36 a:50 z:14", "a:50 y:150", False, REVISED),
    ("x:37 a:50 z:13", "a:50 y:150", False, FEW_SHARED),
    (f"{broken('x', 5, 10)} z:45", f"{broken('y', 5, 10)} u:95", False, REVISED),
    (f"{broken('x', 5, 10, last=9)} z:44", f"{broken('y', 5, 10, last=9)} u:90", False, FEW_SHARED),
    # one other value in sixty shared words
    ("a:29 =14 b:30", "a:29 =15 b:30", False, OTHER_VALUES),
    ("a:30 =14 b:30", "a:30 =15 b:30", False, REVISED),
    ("a:29 =14 b:30", "a:29 =15 b:30", True, OTHER_VALUES),
    ("a:30 =14 b:30", "a:30 =15 b:30", True, WITHIN),
    ("A:47 =14 B:48", "A:47 =15 B:48", False, OTHER_VALUES),
    ("A:48 =14 B:48", "A:48 =15 B:48", False, REVISED),
    # one other value among a few
    (slots("14", "Ayr", "Bray", "Cork"), slots("15", "Ayr", "Bray", "Cork"), False, OTHER_VALUES),
    (slots("14", *NAMES[:4]), slots("15", *NAMES[:4]), False, REVISED),
    (slots("14", *NAMES[:4]), slots("15", *NAMES[:4]), True, OTHER_VALUES),
    # three other numbers, and half of all numbers
    (slots("11", "12", "13", *AGREEING), slots("21", "22", "23", *AGREEING), False, OTHER_VALUES),
    (slots("11", "12", "13", "60", *AGREEING), slots("21", "22", "23", "60", *AGREEING), False, REVISED),
    (slots("11", "12", *NAMES), slots("21", "22", *NAMES), False, REVISED),
]


def test_each_rule_decides_from_its_limit_on() -> None:
    for one, other, same, rule in EDGES:
        first = document(invented(one))
        second = document(invented(other), outlet=first.outlet if same else "two.example", article_id=2)
        forth, back = judge(first, second), judge(second, first)
        assert {forth.rule, back.rule} == {rule}, (one, other)
        measured = rule not in ("too short to compare", "nothing shared")
        assert (forth.evidence.shared > 0) is (back.evidence.shared > 0) is measured, (one, other)


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
