"""Removes the lines that an outlet repeats on its pages from the text of an article.

It works on an extracted text: once when the text is new, and again when more pages of the outlet are known.
``repeated_lines`` finds the lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml import etree

from aggregator.extraction import repeated_lines
from aggregator.extraction.html_to_text import TextLine, inner_html, parse_fragment, text_lines
from aggregator.extraction.original_lines import original_lines
from aggregator.model.extraction import CleanedText, ExtractedPage, LineHashes, RemovedLine


def remove_outlet_lines(text: CleanedText, pages: Sequence[LineHashes]) -> CleanedText:
    """Removes the lines that enough of the outlet's other ``pages`` have too, and adds them to ``cuts``."""
    found = repeated_lines.find_repeated_lines(text.text.splitlines(), pages)
    return remove_lines(text, {cut.line: cut.reason for cut in found}) if found else text


def remove_lines(text: CleanedText, reasons: Mapping[int, str]) -> CleanedText:
    """Removes lines from a text and its HTML, and adds them to ``cuts``.

    ``reasons`` maps line numbers to reasons. A line that shares its element with other lines stays: one line
    too many is better than one too few.
    """
    root = parse_fragment(text.html)
    lines = text_lines(root)
    removed = {number: reason for number, reason in reasons.items() if _has_own_element(lines[number], root)}
    if not removed:
        return text
    for number in removed:
        _remove_element(lines[number].element, root)
    return CleanedText(
        text="\n".join(line.text for number, line in enumerate(lines) if number not in removed),
        html=inner_html(root),
        cuts=_merged(text.cuts, {number: (lines[number].text, reason) for number, reason in removed.items()}),
    )


def clean_page(page: ExtractedPage, pages: Sequence[LineHashes]) -> ExtractedPage:
    """Removes the outlet's repeated lines from a new page and adds the hashes of the page's lines (``marks``).

    ``pages`` are the lines of the outlet's other pages.
    """
    hashes = repeated_lines.line_hashes(original_lines(page.text, page.cuts))
    text = remove_outlet_lines(CleanedText(text=page.text, html=page.html, cuts=page.cuts), pages)
    return replace(page, text=text.text, html=text.html, cuts=text.cuts, marks=hashes)


def _has_own_element(line: TextLine, root: etree._Element) -> bool:
    return line.element is not root and len(text_lines(line.element)) == 1


def _remove_element(element: etree._Element, root: etree._Element) -> None:
    """Removes an element, and its ancestors that have no text then; the text after it stays."""
    while element is not root and (parent := element.getparent()) is not None:
        before, tail = element.getprevious(), element.tail or ""
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)
        if text_lines(parent):
            return
        element = parent


def _merged(earlier: Sequence[RemovedLine], removed: dict[int, tuple[str, str]]) -> tuple[RemovedLine, ...]:
    """The earlier and the new removed lines in order; ``after`` counts the lines that remain now."""

    def remaining_above(number: int) -> int:
        return number - sum(other < number for other in removed)

    positioned = [(line.after, 0, replace(line, after=remaining_above(line.after))) for line in earlier]
    positioned += [
        (number, 1, RemovedLine(text=text, reason=reason, after=remaining_above(number)))
        for number, (text, reason) in removed.items()
    ]
    return tuple(line for _, _, line in sorted(positioned, key=lambda entry: entry[:2]))
