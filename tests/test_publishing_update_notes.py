"""What changed in a story, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.update_notes import describe_changes

TEXT = "The ferry sails at nine.\nFares stay as they are.\nThe harbour master is content."


@pytest.mark.parametrize(
    ("title", "text", "note"),
    [
        pytest.param("Ferry sails", TEXT, "", id="nothing"),
        pytest.param("Ferry stays", TEXT, "headline changed: Ferry sails → Ferry stays", id="a headline"),
        pytest.param("FERRY  sails!", TEXT, "", id="a headline in capitals"),
        pytest.param("Ferry sails", TEXT + "\nTickets go on sale.", "1 paragraph added", id="a paragraph more"),
        pytest.param("Ferry sails", TEXT + "\nOne.\nAnother.", "2 paragraphs added", id="two more"),
        pytest.param("Ferry sails", TEXT.rpartition("\n")[0], "1 paragraph removed", id="one fewer"),
        pytest.param("Ferry sails", TEXT.replace("nine", "ten"), "1 paragraph changed", id="a fact"),
        pytest.param("Ferry sails", TEXT.replace("stay", "do not stay"), "1 paragraph changed", id="a not"),
        pytest.param("Ferry sails", TEXT.replace("harbour", "harbuor"), "", id="two letters swapped"),
        pytest.param("Ferry sails", TEXT.replace("content", "contentt"), "", id="a letter too many"),
        pytest.param("Ferry sails", TEXT.replace(".", ""), "", id="punctuation"),
        pytest.param("Ferry sails", TEXT.replace("nine.", "nine. Or at 10."), "1 paragraph changed", id="a sentence"),
    ],
)
def test_a_note_says_what_a_reader_would_miss(title: str, text: str, note: str) -> None:
    assert describe_changes(("Ferry sails", TEXT), (title, text)) == note


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("million", "billion"),
        ("legal", "illegal"),
        ("17:30", "17:31"),
        ("1.500", "1500"),
        ("can't", "can"),
        ("ports", "posts"),
        ("boats", "boat"),
        ("B12345", "B12346"),
    ],
)
def test_another_word_or_number_is_no_misspelling(before: str, after: str) -> None:
    assert describe_changes(("", f"It is {before} there."), ("", f"It is {after} there.")) == "1 paragraph changed"


@pytest.mark.parametrize(("before", "after"), [("harbor", "harbro"), ("harbor", "harboor")])
def test_a_wrong_letter_in_a_word_of_six_letters_is_a_misspelling(before: str, after: str) -> None:
    assert describe_changes(("", f"It is {before} there."), ("", f"It is {after} there.")) == ""


def test_a_change_past_what_is_compared_is_told() -> None:
    long = "\n".join(f"Paragraph {number}." for number in range(400))
    assert describe_changes(("", long), ("", long + "\nThe end.")) == "changed far down"


@given(st.text(), st.text())
def test_what_stayed_the_same_is_never_told(title: str, text: str) -> None:
    assert describe_changes((title, text), (title, text)) == ""


@pytest.mark.parametrize(
    ("one", "other", "misspelt"),
    [
        ("harbor", "harbox", True),
        ("harbor", "hrabor", True),
        ("harbor", "hxrbor", True),
        ("harbor", "harbour", True),
        ("harbor", "hharbor", True),
        ("harbor", "harbors", True),
        ("harbor", "xarbor", False),
        ("harbor", "aharbor", False),
        ("harbor", "harborss", False),
        ("harbor", "harxxr", False),
        ("harbor", "hxrbox", False),
        ("harbor", "harorb", False),
        ("harbor", "haxxbor", False),
        ("harbor", "harb0r", False),
        ("boats", "boatss", False),
        ("harbor", "harb", False),
        ("m.v.ab", "m.v.ac", False),
    ],
)
def test_one_wrong_missing_or_extra_letter_after_the_first_is_a_misspelling(
    one: str, other: str, misspelt: bool
) -> None:
    for before, after in ((one, other), (other, one)):
        note = describe_changes(("", f"It is {before} there."), ("", f"It is {after} there."))
        assert note == ("" if misspelt else "1 paragraph changed")


def test_a_note_names_the_headline_and_every_kind_of_change_with_its_number() -> None:
    before = "The ferry sails at nine.\nFares stay as they are.\nThe old harbour closes.\nLast words here."
    after = "The ferry sails at ten.\nFares rise as they do.\nLast words here.\nNew at the end.\nAnd another."
    assert describe_changes(("Old\nhead", before), (" New head", after)) == (
        "headline changed: Old head → New head; 2 paragraphs added; 2 paragraphs changed; 1 paragraph removed"
    )


@pytest.mark.parametrize(("before", "after"), [("", "Head"), ("Head", ""), ("\n", "Head"), ("Can’t", "CAN'T")])
def test_a_headline_that_was_missing_is_no_change(before: str, after: str) -> None:
    assert describe_changes((before, TEXT), (after, TEXT)) == ""


def test_a_paragraph_without_words_is_no_paragraph() -> None:
    assert describe_changes(("", TEXT), ("", TEXT + "\n* * *")) == ""
    assert describe_changes(("", TEXT + "\n***"), ("", TEXT)) == ""


def test_a_long_text_that_changed_near_is_not_said_to_have_changed_far_down() -> None:
    long = "\n".join(f"Paragraph {number}." for number in range(400))
    assert describe_changes(("", long), ("", long)) == ""
    near = long.replace("Paragraph 0.", "Paragraph zero.") + "\nThe end."
    assert describe_changes(("", long), ("", near)) == "1 paragraph changed"
    short = "\n".join(f"Paragraph {number}." for number in range(9))
    assert describe_changes(("", short), ("", short + "!")) == ""
