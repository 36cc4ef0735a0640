"""Checks the configured selectors, and selects elements of a page with them.

A selector is CSS, or XPath 1.0 if it begins with ``/``, ``./`` or ``(``. It is compiled when the configuration is
read, so that an error is reported with its line. XPath is limited to selecting elements: only its own functions, no
variables, no namespaces, and no axis that visits the whole page from every element. A selector that is slow all
the same ends with its worker, which has a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from aggregator.settings.length_limits import LONGEST_SELECTOR

_XPATH = re.compile(r"\.?/|\(")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALLED = re.compile(r"(?<!::)\b([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*\(")
_PREFIXED = re.compile(r"[\w-]+:(?!:)[\w*]")
_WHOLE_PAGE = re.compile(r"\b(?:following|preceding)\s*::")
_NO_ELEMENT = re.compile(r"(?:@|attribute\s*::\s*)[\w*-]+\s*$|(?:text|comment|processing-instruction)\s*\([^()]*\)\s*$")
_FUNCTIONS = frozenset({
    "and", "boolean", "ceiling", "comment", "concat", "contains", "count", "div", "false", "floor", "id", "lang",
    "last", "local-name", "mod", "name", "node", "normalize-space", "not", "number", "or", "position",
    "processing-instruction", "round", "starts-with", "string", "string-length", "substring", "substring-after",
    "substring-before", "sum", "text", "translate", "true",
})  # fmt: skip
"""The core functions of XPath 1.0, and the operators and node tests that may precede a bracket."""
_BLANK = etree.fromstring("<html><body><p/></body></html>")


def check_selector(selector: str) -> str:
    """Returns the selector without surrounding spaces; raises ValueError, with a message for users, if invalid."""
    selector = selector.strip()
    if not selector:
        raise ValueError("the selector is empty; write CSS or XPath")
    if len(selector) > LONGEST_SELECTOR:
        raise ValueError(f"a selector has at most {LONGEST_SELECTOR} characters, not {len(selector)}")
    if _XPATH.match(selector) and (reason := _refused(selector)):
        raise ValueError(f"{selector!r} cannot be used: {reason}")
    try:
        selected = _compiled(selector)(_BLANK)
    except SelectorError as error:
        raise ValueError(f"{selector!r} is not a CSS selector: {error}") from error
    except (etree.XPathError, ValueError) as error:
        raise ValueError(f"{selector!r} is not an XPath expression: {str(error) or 'invalid expression'}") from error
    returns_elements = isinstance(selected, list)
    if not returns_elements:
        raise ValueError(f"{selector!r} cannot be used: it returns a value, not elements")
    return selector


def select_elements(selector: str, tree: etree._Element) -> Iterator[etree._Element]:
    """Yields the elements that a selector selects, in page order; none if the XPath evaluation fails."""
    try:
        found = cast("list[object]", _compiled(selector)(tree))
    except etree.XPathError:
        return
    for element in found:
        if isinstance(element, etree._Element) and isinstance(element.tag, str):
            yield element


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath:
    path = selector if _XPATH.match(selector) else HTMLTranslator().css_to_xpath(selector)
    return etree.XPath(path, regexp=False, smart_strings=False)


def _refused(xpath: str) -> str | None:
    """Returns the reason why an XPath expression is not allowed, or None."""
    bare = _LITERAL.sub("''", xpath)
    if "$" in bare:
        return "variables are not supported"
    if _PREFIXED.search(bare):
        return "namespaces are not supported"
    if _WHOLE_PAGE.search(bare):
        return "following:: and preceding:: visit the whole page; write following-sibling:: or the path of the element"
    if unknown := next((name for name in _CALLED.findall(bare) if name not in _FUNCTIONS), None):
        return f"the function {unknown}() is not supported"
    if _NO_ELEMENT.search(bare):
        return "it returns text or attributes, not elements"
    return None
