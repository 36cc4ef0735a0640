"""Keeps drawings (inline SVG) that are pictures, and removes icons.

Styles become attributes, because ``sanitise`` removes styles; text in ``foreignObject`` becomes text of the drawing.
What a drawing could do besides showing something, ``sanitise`` removes.
"""

from __future__ import annotations

import re

from aggregator.parsing.content.fragments import (
    Tag,
    ancestors_of,
    elements_of,
    new_element,
    remove_element,
    replace_element,
    text_in,
)

_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "image", "use")
_MIN_SIZE = 40.0
"""A drawing with a smaller width or height, in pixels, is an icon."""
_MAX_ICON_SHAPES = 8
_ICON_CLASS = re.compile(
    r"(?:^|[\s_-])(?:icons?|fa|bi|octicon|glyph|emoji|svg-inline--fa|lucide|feather)(?:$|[\s_-])", re.IGNORECASE
)
_NUMBER = re.compile(r"\s*([\d.]{1,12})\s*(px)?\s*")
_VIEW = re.compile(r"[\d.eE+-]+[\s,]+[\d.eE+-]+[\s,]+([\d.]{1,12})[\s,]+([\d.]{1,12})")
_DECLARATION = re.compile(r"([a-z-]{2,30})\s*:\s*([^;{}]{1,200})")
_CLASS_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,1000})\}")
_CLASS_NAME = re.compile(r"\.([A-Za-z_][\w-]{0,60})")
_SAFE_VALUE = re.compile(r"[\w#.,%() +-]{1,120}")
_MAX_RULES = 200

PRESENTATION = frozenset({
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "opacity", "stop-color",
    "stop-opacity", "font-family", "font-size", "font-style", "font-weight", "text-anchor", "dominant-baseline",
    "letter-spacing", "visibility", "display", "color", "clip-path", "clip-rule", "mask", "marker-start", "marker-mid",
    "marker-end", "paint-order",
})  # fmt: skip
"""The properties that are attributes of drawings too (SVG 2, section "Presentation attributes")."""


def rewrite_drawings(root: Tag) -> None:
    """Removes icons below ``root``, and makes the styles of other drawings attributes."""
    for drawing in elements_of(root, "svg"):
        if next(ancestors_of(drawing, "svg"), None) is not None or drawing.getparent() is None:
            continue
        if _is_icon(drawing):
            remove_element(drawing)
            continue
        _inline_styles(drawing)
        _name(drawing)
        for foreign in elements_of(drawing, "foreignobject"):
            _make_text(foreign)


def _is_icon(drawing: Tag) -> bool:
    shapes = [shape for shape in drawing.iter(*_SHAPES)]  # noqa: C416  # counted and searched
    own_ids = {element.get("id") for element in drawing.iter() if element.get("id")}
    references = [shape for shape in shapes if shape.tag == "use"]
    if not shapes or (len(references) == len(shapes) and not any(_reference(use) in own_ids for use in references)):
        return True
    if any(size < _MIN_SIZE for size in _sizes(drawing)):
        return True
    if _ICON_CLASS.search(drawing.get("class") or "") or drawing.get("focusable") == "false":
        return True
    is_control = next(ancestors_of(drawing, "a", "button"), None) is not None
    is_plain = len(shapes) <= _MAX_ICON_SHAPES and not any(shape.tag in ("text", "image") for shape in shapes)
    return is_plain and (is_control or drawing.get("aria-hidden") == "true")


def _reference(use: Tag) -> str:
    return (use.get("href") or use.get("xlink:href") or "").removeprefix("#")


def _sizes(drawing: Tag) -> list[float]:
    """Returns the stated width and height in pixels, else those of the view box."""
    stated = [_NUMBER.fullmatch(drawing.get(name) or "") for name in ("width", "height")]
    numbers = [match[1] for match in stated if match]
    if not numbers and (view := _VIEW.fullmatch((drawing.get("viewbox") or "").strip())):
        numbers = [view[1], view[2]]
    return [float(number) for number in numbers if number.count(".") <= 1 and number != "."]


def _inline_styles(drawing: Tag) -> None:
    by_class: dict[str, dict[str, str]] = {}
    for sheet in elements_of(drawing, "style"):
        for selectors, declarations in _CLASS_RULE.findall(sheet.text or "")[:_MAX_RULES]:
            for name in _CLASS_NAME.findall(selectors):
                by_class.setdefault(name, {}).update(_declared(declarations))
        remove_element(sheet)
    for element in drawing.iter():
        styles: dict[str, str] = {}
        for name in (element.get("class") or "").split():
            styles |= by_class.get(name, {})
        for name, value in (styles | _declared(element.get("style") or "")).items():
            element.set(name, value)


def _declared(declarations: str) -> dict[str, str]:
    return {
        name: value.strip()
        for name, value in _DECLARATION.findall(declarations)
        if name in PRESENTATION and _SAFE_VALUE.fullmatch(value.replace("!important", "").strip())
    }


def _name(drawing: Tag) -> None:
    """Makes the title of a drawing its label: ``sanitise`` removes titles, in which HTML and SVG parsers differ."""
    for title in elements_of(drawing, "title", "desc", "metadata"):
        if title.getparent() is drawing and title.tag == "title" and text_in(title):
            drawing.set("role", "img")
            drawing.set("aria-label", text_in(title))
        remove_element(title)


def _make_text(foreign: Tag) -> None:
    """Makes a piece of HTML in a drawing a text at the same place."""
    label = text_in(foreign)
    if not label:
        remove_element(foreign)
        return
    place = {name: foreign.get(name) or "0" for name in ("x", "y")}
    replace_element(foreign, new_element("text", label, **place, dominant_baseline="hanging"))
