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
