"""Applies the selectors of a feed's configuration to a page: elements to drop, elements that are the body.

``page_extraction`` finds the body if no selector is configured for it, or if none matches. ``selectors``
checked the selectors when the configuration was read.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree, html

from aggregator.extraction.html_to_text import parse_fragment, text_of_html
from aggregator.parsing.sanitise import sanitise
from aggregator.selectors import select_elements
from aggregator.settings.feeds_file import PageSettings

_MATCHED = "text selected by the configuration"
_NOT_MATCHED = "the configured selectors found no text"


def remove_configured(tree: etree._Element, wanted: PageSettings) -> None:
    """Removes the elements that a ``drop`` selector matches; the text after an element stays."""
    for selector in wanted.drop:
        for element in list(select_elements(selector, tree)):
            if isinstance(element, html.HtmlElement) and element.getparent() is not None:
                element.drop_tree()


def select_configured_body(tree: etree._Element, wanted: PageSettings, *, base: str) -> etree._Element | None:
    """Returns a ``div`` with the sanitised elements that a ``take`` selector matches; None if they have no text."""
    if not wanted.take:
        return None
    chosen = {element for selector in wanted.take for element in select_elements(selector, tree)}
    markup = "".join(
        etree.tostring(element, method="html", encoding="unicode", with_tail=False)
        for element in _outermost(tree, chosen)
    )
    safe = sanitise(markup, base=base, page=base)
    return parse_fragment(safe) if text_of_html(safe) else None


def selector_note(wanted: PageSettings, body: etree._Element | None) -> str:
    """The note on the configured selectors for the reason of the text; "" if none is configured for the body."""
    if not wanted.take:
        return ""
    return _NOT_MATCHED if body is None else _MATCHED


def with_note(reason: str, addition: str) -> str:
    """The reason with the note added, if there is one."""
    return f"{reason}; {addition}" if addition else reason


def _outermost(tree: etree._Element, chosen: set[etree._Element]) -> Iterator[etree._Element]:
    """The chosen elements that are inside no other chosen one, in page order."""
    for element in tree.iter():
        if element in chosen and not any(ancestor in chosen for ancestor in element.iterancestors()):
            yield element
