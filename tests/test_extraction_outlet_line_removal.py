"""Removal of the outlet's repeated lines from a new text and from a stored one."""

from __future__ import annotations

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.original_lines import restore_removed_lines
from aggregator.extraction.outlet_line_removal import clean_page, remove_outlet_lines
from aggregator.extraction.repeated_lines import line_hashes
from aggregator.model.extraction import CleanedText, ExtractedPage, RemovedLine

SENTENCES = [f"The harbour master said on day {n} that the ferries would sail again by Monday." for n in range(12)]
OTHER = [f"The council heard on day {n} that the bridge would be painted before the summer." for n in range(12)]
PROMPT = RemovedLine(text="Subscribe now", reason="call to action", after=2)


def text(*parts: str, cuts: tuple[RemovedLine, ...] = ()) -> CleanedText:
    html = "".join(parts)
    return CleanedText(text=text_of_html(html), html=html, cuts=cuts)


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def test_a_line_that_another_page_has_goes_from_text_and_html_and_is_kept_as_a_cut() -> None:
    before = text("<h2>In Brief</h2>", paragraphs(SENTENCES), "<ul><li>Most read</li></ul>", cuts=(PROMPT,))
    after = remove_outlet_lines(before, [line_hashes(["In brief", *OTHER, "Most read"])])
    assert after == CleanedText(
        text="\n".join(SENTENCES),
        html=paragraphs(SENTENCES),
        cuts=(
            RemovedLine(text="In Brief", reason="on 2 of 2 pages of the outlet", after=0),
            RemovedLine(text="Subscribe now", reason="call to action", after=1),
            RemovedLine(text="Most read", reason="on 2 of 2 pages of the outlet", after=12),
        ),
    )


def test_what_stands_behind_a_cut_line_stays() -> None:
    html = f"<div><p>Most read</p>{escape('A < B, he said')}<p>{SENTENCES[0]}</p></div>"
    after = remove_outlet_lines(text(html, paragraphs(SENTENCES[1:])), [line_hashes(["Most read", *OTHER])])
    assert after.html.startswith("<div>A &lt; B, he said<p>")
    assert after.text.splitlines()[:2] == ["A < B, he said", SENTENCES[0]]


def test_a_line_that_shares_its_element_stays() -> None:
    before = text("Most read<p>Inside</p>", paragraphs(SENTENCES))
    assert remove_outlet_lines(before, [line_hashes(["Most read", *OTHER])]) == before


def test_a_text_of_an_unknown_outlet_is_as_it_was() -> None:
    before = text(paragraphs(SENTENCES), "<p>Most read</p>")
    assert remove_outlet_lines(before, []) == before


def test_a_page_notes_its_lines_as_they_were_found() -> None:
    before = text(paragraphs(SENTENCES), "<p>Most read</p>")
    page = ExtractedPage(text=before.text, html=before.html, title="T", cuts=(PROMPT,))
    after = clean_page(page, [line_hashes(["Most read", *OTHER])])
    assert after.marks == line_hashes([*SENTENCES[:2], "Subscribe now", *SENTENCES[2:], "Most read"])
    assert (after.text, after.title) == ("\n".join(SENTENCES), "T")


LINES = st.lists(st.sampled_from([*SENTENCES[:4], "Most read", "In brief", "Subscribe now"]), min_size=1, max_size=9)


@given(LINES, st.lists(LINES, max_size=6), st.data())
def test_the_text_is_that_of_its_html_and_nothing_is_lost(
    lines: list[str], pages: list[list[str]], data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(0, len(lines)), max_size=4).map(sorted))
    cuts = tuple(RemovedLine(text=f"cut {number}", reason="why", after=after) for number, after in enumerate(places))
    before = text(paragraphs(lines), cuts=cuts)
    after = remove_outlet_lines(before, [line_hashes(page) for page in pages])
    assert after.text == text_of_html(after.html)
    assert _whole(after) == _whole(before)
    again = remove_outlet_lines(after, [line_hashes(page) for page in pages])
    assert _whole(again) == _whole(before)


def _whole(found: CleanedText) -> list[str]:
    return [
        line.text if isinstance(line, RemovedLine) else line for line in restore_removed_lines(found.text, found.cuts)
    ]
