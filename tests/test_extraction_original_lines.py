"""A text with its removed lines is the complete extracted text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.original_lines import restore_removed_lines
from aggregator.model.extraction import RemovedLine

LINES = st.lists(st.tuples(st.text("abc", min_size=1, max_size=3), st.booleans()), max_size=12)


def test_cut_lines_stand_where_they_stood() -> None:
    label = RemovedLine(text="Politics", reason="section name", after=0)
    prompt = RemovedLine(text="Subscribe", reason="call to action", after=1)
    assert restore_removed_lines("One.\nTwo.", (label, prompt)) == (label, "One.", prompt, "Two.")


def test_a_text_that_is_another_than_was_cut_loses_nothing() -> None:
    far = RemovedLine(text="Subscribe", reason="call to action", after=9)
    assert restore_removed_lines("One.", (far,)) == ("One.", far)


@given(LINES)
def test_what_was_cut_goes_back_to_its_place(lines: list[tuple[str, bool]]) -> None:
    above = [sum(not gone for _, gone in lines[:n]) for n in range(len(lines))]
    cuts = [RemovedLine(text=text, reason="why", after=above[n]) for n, (text, gone) in enumerate(lines) if gone]
    kept = "\n".join(text for text, gone in lines if not gone)
    whole = restore_removed_lines(kept, cuts)
    assert [line.text if isinstance(line, RemovedLine) else line for line in whole] == [text for text, _ in lines]
