r"""Keeps formulas: as MathML where the publisher has it, else as TeX in ``\(…\)`` or ``\[…\]``.

KaTeX, MathJax and MediaWiki write a formula several times: for the eye, for screen readers, and as its source. One of
them stays. The annotations of MathML are removed, because feed readers that know no MathML would show them as text.
"""

from __future__ import annotations

import re

from aggregator.parsing.content.fragments import (
    Tag,
    ancestors_of,
    elements_of,
    new_element,
    parse_markup,
    remove_attribute,
    remove_element,
    replace_element,
    text_in,
    unwrap_element,
    words_of_class,
)

_RENDERINGS = frozenset({"katex", "katex-display", "mwe-math-element", "MathJax", "MathJax_Display", "MathJax_SVG"})
_MATHJAX_2 = re.compile(r"(?:^|\s)(?:MathJax|MJX|mjx)[\w-]*")
_TEX_ATTRIBUTES = ("data-latex", "data-tex", "data-math", "data-formula", "data-expr", "data-katex")
_MATH_CLASS = re.compile(r"math|latex|katex|formula|equation|tex", re.IGNORECASE)
_ANNOTATIONS = ("annotation", "annotation-xml")


def rewrite_formulas(root: Tag) -> None:
    """Reduces every formula below ``root`` to one form, which no style hides."""
    for element in elements_of(root, "span", "div", "mjx-container", "amp-mathml", "math-renderer", "tex-math"):
        if element.getparent() is not None:
            _rewrite_rendering(element)
    for script in elements_of(root, "script"):
        _rewrite_source(script)
    for formula in elements_of(root, "math"):
        _simplify(formula)


def _rewrite_rendering(element: Tag) -> None:
    classes = words_of_class(element)
    is_rendering = element.tag == "mjx-container" or bool(classes & _RENDERINGS)
    formula = next(element.iter("math"), None) if is_rendering else None
    if formula is None and is_rendering and "<math" in (stated := element.get("data-mathml") or ""):
        parsed = parse_markup(stated)
        formula = None if parsed is None else next(parsed.iter("math"), None)
    if formula is not None:
        if "katex-display" in classes or "MathJax_Display" in classes or element.get("display") == "true":
            formula.set("display", "block")
        formula.tail = None
        replace_element(element, formula)
        return
    has_class = element.tag in ("amp-mathml", "math-renderer", "mjx-container") or _MATH_CLASS.search(" ".join(classes))
    if has_class and not text_in(element) and next(element.iter("svg", "img"), None) is None:
        source = next((text for name in _TEX_ATTRIBUTES if (text := (element.get(name) or "").strip())), "")
        if source:
            _put_source(element, source, is_block=element.get("display") == "true")


def _rewrite_source(script: Tag) -> None:
    """Replaces the source of a formula in a script, and what MathJax made of it before the script, by one of them."""
    kind = (script.get("type") or "").lower()
    source = (script.text or "").strip()
    if not kind.startswith("math/") or not source:
        return
    formula = None
    while (previous := script.getprevious()) is not None and _MATHJAX_2.match(previous.get("class") or ""):
        if (previous.tail or "").strip():
            break
        formula = next(previous.iter("math"), None) if formula is None else formula
        remove_element(previous)
    before = script.getprevious()
    if formula is None and before is not None and before.tag == "math" and not (before.tail or "").strip():
        remove_element(script)
    elif formula is None and kind.startswith("math/mml"):
        parsed = parse_markup(source)
        formula = None if parsed is None else next(parsed.iter("math"), None)
    if formula is not None:
        formula.tail = None
        replace_element(script, formula)
    elif script.getparent() is not None:
        _put_source(script, source, is_block="display" in kind)


def _put_source(element: Tag, source: str, *, is_block: bool) -> None:
    if not source.startswith(("\\(", "\\[", "$")):
        source = f"\\[{source}\\]" if is_block else f"\\({source}\\)"
    replace_element(element, new_element("span", source))


def _simplify(formula: Tag) -> None:
    """Removes the annotations of a formula; one without any other content becomes its alternative text."""
    source = ""
    for annotation in [one for one in formula.iter(*_ANNOTATIONS)]:  # noqa: C416  # the tree is edited
        if "tex" in (annotation.get("encoding") or "").lower():
            source = source or text_in(annotation)
        remove_element(annotation)
    for part in list(formula.iter("semantics")):
        unwrap_element(part)
    alternative = (formula.get("alttext") or source).strip()
    if not text_in(formula) and alternative:
        _put_source(formula, alternative, is_block=formula.get("display") == "block")
    elif alternative:
        formula.set("alttext", alternative)
    for ancestor in list(ancestors_of(formula, "span", "div")):
        if "display" in (ancestor.get("style") or "") and "none" in (ancestor.get("style") or ""):
            remove_attribute(ancestor, "style")  # screen readers get the formula, others its picture
