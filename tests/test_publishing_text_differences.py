"""What a copy changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.text_differences import (
    LONGEST_PARAGRAPH,
    MOST_PARAGRAPHS,
    ChangeKind,
    TextDifferences,
    compare_texts,
)

KEPT, LEAD, COPY = ChangeKind.KEPT, ChangeKind.ONLY_IN_LEAD, ChangeKind.ONLY_IN_COPY
WORDS = st.lists(st.sampled_from(["the", "ferry", "sails", "at", "night", "海", "は", "\n"]), max_size=60).map(" ".join)


def told(found: TextDifferences) -> list[list[tuple[ChangeKind, str]]]:
    return [[(span.change, span.text) for span in paragraph.spans] for paragraph in found.paragraphs]


@pytest.mark.parametrize(
    ("lead", "copy", "expected"),
    [
        pytest.param("One.\nTwo.", "One. \n\n Two.", [[(KEPT, "One.")], [(KEPT, "Two.")]], id="only white space"),
        pytest.param(
            "The ferry will sail at night from Monday.",
            "The ferry will sail by day from Monday.",
            [[(KEPT, "The ferry will sail "), (LEAD, "at night "), (COPY, "by day "), (KEPT, "from Monday.")]],
            id="words replaced",
        ),
        pytest.param(
            "TOWN (AP) - The ferry will sail at night.",
            "The ferry will sail at night.",
            [[(LEAD, "TOWN (AP) - "), (KEPT, "The ferry will sail at night.")]],
            id="a dateline dropped",
        ),
        pytest.param("One.\nTwo.", "One.", [[(KEPT, "One.")], [(LEAD, "Two.")]], id="a paragraph dropped"),
        pytest.param("One.", "One.\nTwo.", [[(KEPT, "One.")], [(COPY, "Two.")]], id="a paragraph added"),
        pytest.param(
            "All new here.", "Nothing alike.", [[(LEAD, "All new here.")], [(COPY, "Nothing alike.")]], id="other words"
        ),
        pytest.param(
            "a b c x d e f g h",
            "a b c y d z f g h",
            [[(KEPT, "a b c "), (LEAD, "x d e "), (COPY, "y d z "), (KEPT, "f g h")]],
            id="a lone word between two changes goes with them",
        ),
        pytest.param(
            "島の船は夜も出る。",
            "島の船は朝も出る。",
            [[(KEPT, "島の船は"), (LEAD, "夜"), (COPY, "朝"), (KEPT, "も出る。")]],
            id="a script without spaces",
        ),
        pytest.param("", "One.", [[(COPY, "One.")]], id="an empty lead"),
        pytest.param("", "", [], id="nothing at all"),
    ],
)
def test_a_copy_is_woven_into_the_lead(lead: str, copy: str, expected: list[list[tuple[ChangeKind, str]]]) -> None:
    assert told(compare_texts(lead, copy)) == expected


def bare(text: str) -> str:
    return "".join(text.split())


@given(WORDS, WORDS)
def test_each_side_reads_as_its_text(lead: str, copy: str) -> None:
    found = compare_texts(lead, copy)
    assert bare("".join(span.text for each in found.paragraphs for span in each.lead_spans)) == bare(lead)
    assert bare("".join(span.text for each in found.paragraphs for span in each.copy_spans)) == bare(copy)


@given(WORDS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert compare_texts(text, text).none


def test_a_difference_is_not_none_and_comes_in_runs() -> None:
    found = compare_texts("One.\nTwo.\nThree.\nFour.", "One.\nTwo.\nThree.\nFive six.")
    assert not found.none
    assert [(kept, len(run)) for kept, run in found.runs] == [(True, 3), (False, 2)]


def test_what_goes_on_too_long_is_cut_and_says_so() -> None:
    short = "\n".join(f"Line {number}." for number in range(MOST_PARAGRAPHS))
    assert not compare_texts(short, short).cut
    cut = compare_texts(short + "\nOne more.", short)
    assert (cut.cut, cut.none, len(cut.paragraphs)) == (True, True, MOST_PARAGRAPHS)


def test_a_paragraph_that_runs_on_is_split() -> None:
    endless = " ".join(str(number) for number in range(LONGEST_PARAGRAPH + 1))
    assert [paragraph.kept for paragraph in compare_texts(endless, endless).paragraphs] == [True, True]


def test_a_block_too_large_to_align_is_replaced_whole() -> None:
    lead = "\n".join(f"same words here {number}" for number in range(60))
    copy = "\n".join(f"same words here {number}!" for number in range(60))
    assert [p.spans[0].change for p in compare_texts(lead, copy).paragraphs] == [LEAD] * 60 + [COPY] * 60


def lines(number: int, *, mark: str = "") -> str:
    return "\n".join(f"Line number {each} of the text{mark}." for each in range(number))


def test_three_hundred_paragraphs_of_eight_hundred_words_are_compared() -> None:
    whole, longer = compare_texts(lines(300), lines(300)), compare_texts(lines(300), lines(301))
    assert (whole.cut, len(whole.paragraphs), longer.cut, len(longer.paragraphs)) == (False, 300, True, 300)
    assert compare_texts(lines(301), lines(300)).cut
    one, two = " ".join(["word"] * 800), " ".join(["word"] * 801)
    assert [len(compare_texts(text, text).paragraphs) for text in (one, two)] == [1, 2]
    assert told(compare_texts(two, two))[1] == [(KEPT, "word")]


def test_up_to_two_thousand_five_hundred_pairs_of_paragraphs_are_aligned() -> None:
    aligned = compare_texts(lines(50), lines(50, mark=" now"))
    assert [len(paragraph.spans) for paragraph in aligned.paragraphs] == [3] * 50
    replaced = compare_texts(lines(51), lines(50, mark=" now"))
    assert [paragraph.spans[0].change for paragraph in replaced.paragraphs] == [LEAD] * 51 + [COPY] * 50


@pytest.mark.parametrize(
    ("lead", "copy", "together"),
    [
        pytest.param("a b x x x", "a b y y y", True, id="two fifths of the words"),
        pytest.param("a b x x x x", "a b y y y", False, id="less than that"),
        pytest.param("a a x x x", "a b y y y", False, id="a word counts as often as it stands in both"),
    ],
)
def test_paragraphs_with_two_fifths_of_their_words_in_common_are_one(lead: str, copy: str, together: bool) -> None:
    assert len(compare_texts(lead, copy).paragraphs) == (1 if together else 2)


@pytest.mark.parametrize(
    ("lead", "copy", "spans"),
    [
        pytest.param(
            "a x b c y d",
            "a z b c w d",
            [(KEPT, "a "), (LEAD, "x "), (COPY, "z "), (KEPT, "b c "), (LEAD, "y "), (COPY, "w "), (KEPT, "d")],
            id="two words between two changes stay",
        ),
        pytest.param("a b c d", "a b c d e", [(KEPT, "a b c d "), (COPY, "e")], id="a word more at the end"),
        pytest.param("e a b c d", "a b c d", [(LEAD, "e "), (KEPT, "a b c d")], id="a word fewer at the begin"),
        pytest.param(
            "a x c y e f g",
            "a c e f g",
            [(KEPT, "a "), (LEAD, "x c y "), (COPY, "c "), (KEPT, "e f g")],
            id="two dropped",
        ),
    ],
)
def test_words_that_changed_stand_between_those_that_stayed(
    lead: str, copy: str, spans: list[tuple[ChangeKind, str]]
) -> None:
    (paragraph,) = compare_texts(lead, copy).paragraphs
    joined = [(span.change, span.text.strip()) for span in paragraph.spans]
    assert joined == [(change, text.strip()) for change, text in spans]


def test_changed_paragraphs_come_in_the_order_of_both_texts() -> None:
    lead = "Only in the lead.\nThe ferry sails at night.\nKept."
    copy = "The ferry sails by day.\nWritten by the copy.\nKept.\nThe end of it."
    assert [[span.change for span in paragraph.spans] for paragraph in compare_texts(lead, copy).paragraphs] == [
        [LEAD],
        [KEPT, LEAD, COPY],
        [COPY],
        [KEPT],
        [COPY],
    ]
    found = compare_texts(lead, copy)
    assert (found.none, found.cut, found.paragraphs[3].kept, found.paragraphs[1].kept) == (False, False, True, False)
    assert [(kept, len(run)) for kept, run in found.runs] == [(False, 3), (True, 1), (False, 1)]


def test_the_best_alignment_is_chosen_not_the_first() -> None:
    lead = "a b c d e\nf g h i j"
    copy = "f g c d e\na b c d x\nf g h i y"
    paragraphs = compare_texts(lead, copy).paragraphs
    assert [paragraph.spans[0].change for paragraph in paragraphs] == [COPY, KEPT, KEPT]
