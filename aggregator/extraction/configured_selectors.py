"""What of a page did the configuration of its feed name: what to drop, and what is the body?

It does not know how a body is found on other pages; ``page`` does that where nothing is named, or where
what is named is not there. Selectors were checked by ``selectors`` when the configuration was read.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree, html

from aggregator.extraction.html_to_text import parse_fragment, text_of_html
from aggregator.parsing.sanitise import sanitise
from aggregator.selectors import selected_by
from aggregator.settings.feeds_file import PageSettings

_TAKEN = "its body is what the configuration takes"
_MISSED = "nothing on the page is what the configuration takes"


def drop(tree: etree._Element, wanted: PageSettings) -> None:
    """Take out of the page what its configuration drops; the text behind an element stays."""
    for selector in wanted.drop:
        for element in list(selected_by(selector, tree)):
            if isinstance(element, html.HtmlElement) and element.getparent() is not None:
                element.drop_tree()


def take(tree: etree._Element, wanted: PageSettings, *, base: str) -> etree._Element | None:
    """A ``div`` of what the configuration takes from a page, safe to show; None when that holds no text."""
    if not wanted.take:
        return None
    chosen = {element for selector in wanted.take for element in selected_by(selector, tree)}
    markup = "".join(
        etree.tostring(element, method="html", encoding="unicode", with_tail=False)
        for element in _outermost(tree, chosen)
    )
    safe = sanitise(markup, base=base)
    return parse_fragment(safe) if text_of_html(safe) else None


def note(wanted: PageSettings, taken: etree._Element | None) -> str:
    """What the reason of the text should say of ``take``: nothing where the configuration says nothing."""
    if not wanted.take:
        return ""
    return _MISSED if taken is None else _TAKEN


def noted(reason: str, note: str) -> str:
    """A reason with its note, if there is one."""
    return f"{reason}; {note}" if note else reason


def _outermost(tree: etree._Element, chosen: set[etree._Element]) -> Iterator[etree._Element]:
    """The chosen elements that stand in no other one, in the order of the page."""
    for element in tree.iter():
        if element in chosen and not any(ancestor in chosen for ancestor in element.iterancestors()):
            yield element
