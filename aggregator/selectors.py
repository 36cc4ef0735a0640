"""Which elements of a page does a selector mean that a person wrote into the configuration?

A selector is CSS, or XPath 1.0 when it begins with ``/``, ``./`` or ``(``. It is compiled where the
configuration is read, so that a wrong one is told with its line. XPath is bounded to what selects:
its own functions, no variables, no namespaces, no axis that runs through the whole page from every
element. What takes long all the same is killed with the worker that runs it.
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
"""XPath 1.0's core functions, with the operators and node tests that may stand before a bracket."""
_BLANK = etree.fromstring("<html><body><p/></body></html>")


def check_selector(selector: str) -> str:
    """The selector without spaces around it; raises ValueError, in words for people, when it cannot be used."""
    selector = selector.strip()
    if not selector:
        raise ValueError("a selector is CSS or XPath, not an empty text")
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
    gives_elements = isinstance(selected, list)
    if not gives_elements:
        raise ValueError(f"{selector!r} cannot be used: it gives a value, not elements")
    return selector


def selected_by(selector: str, tree: etree._Element) -> Iterator[etree._Element]:
    """The elements of a page that a selector means, in the order of the page; none when it cannot be run to its end."""
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
    """Why an XPath expression is not run, if it is not."""
    bare = _LITERAL.sub("''", xpath)
    if "$" in bare:
        return "there are no variables"
    if _PREFIXED.search(bare):
        return "pages have no namespaces"
    if _WHOLE_PAGE.search(bare):
        return "following:: and preceding:: run through the whole page; write following-sibling:: or the element's path"
    if unknown := next((name for name in _CALLED.findall(bare) if name not in _FUNCTIONS), None):
        return f"{unknown}() is not among the functions that may be used"
    if _NO_ELEMENT.search(bare):
        return "it gives text or attributes, not elements"
    return None
