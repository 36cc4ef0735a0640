"""How does an article read without the lines that its outlet prints on every page?

It works on a text that was extracted already, when it is new and again when more is known of its outlet.
Which lines those are is ``boilerplate``'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml import etree

from aggregator.extraction import repeated_lines
from aggregator.extraction.html_to_text import Line, html_inside, lines_of, parse_fragment
from aggregator.extraction.uncut_text import lines_before_cuts
from aggregator.model.extraction import Cleaned, CutLine, ExtractedPage, Lines


def cleaned(text: Cleaned, pages: Sequence[Lines]) -> Cleaned:
    """The text without the lines that enough of the outlet's other ``pages`` have too; they are cuts now."""
    found = repeated_lines.cuts(text.text.splitlines(), pages)
    return without_lines(text, {cut.line: cut.reason for cut in found}) if found else text


def without_lines(text: Cleaned, reasons: Mapping[int, str]) -> Cleaned:
    """The text without the lines of these numbers, which become cuts for these reasons.

    A line that shares its element with others stays: better one line too many than one too few.
    """
    root = parse_fragment(text.html)
    lines = lines_of(root)
    found = {number: reason for number, reason in reasons.items() if _stands_alone(lines[number], root)}
    if not found:
        return text
    for number in found:
        _take_out(lines[number].element, root)
    return Cleaned(
        text="\n".join(line.text for number, line in enumerate(lines) if number not in found),
        html=html_inside(root),
        cuts=_with(text.cuts, {number: (lines[number].text, reason) for number, reason in found.items()}),
    )


def known_to_outlet(page: ExtractedPage, pages: Sequence[Lines]) -> ExtractedPage:
    """A page that was just read: its text cleaned by what its outlet's other pages show, and its own lines noted."""
    marks = repeated_lines.marks(lines_before_cuts(page.text, page.cuts))
    text = cleaned(Cleaned(text=page.text, html=page.html, cuts=page.cuts), pages)
    return replace(page, text=text.text, html=text.html, cuts=text.cuts, marks=marks)


def _stands_alone(line: Line, root: etree._Element) -> bool:
    return line.element is not root and len(lines_of(line.element)) == 1


def _take_out(element: etree._Element, root: etree._Element) -> None:
    """Remove an element, and those around it that then say nothing; what stands behind it stays."""
    while element is not root and (parent := element.getparent()) is not None:
        before, tail = element.getprevious(), element.tail or ""
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)
        if lines_of(parent):
            return
        element = parent


def _with(cuts: Sequence[CutLine], found: dict[int, tuple[str, str]]) -> tuple[CutLine, ...]:
    """All cuts in their order, counted by the lines that are kept now."""

    def kept_above(number: int) -> int:
        return number - sum(gone < number for gone in found)

    placed = [(cut.after, 0, replace(cut, after=kept_above(cut.after))) for cut in cuts]
    placed += [
        (number, 1, CutLine(text=text, reason=reason, after=kept_above(number)))
        for number, (text, reason) in found.items()
    ]
    return tuple(cut for _, _, cut in sorted(placed, key=lambda place: place[:2]))
