"""Removes elements that a browser does not show: the preview line of a newsletter, trackers, labels of icons.

An element that a script shows later is as hidden for readers of a feed as for readers without scripts. If nothing
would be left, the whole text stays: then a script shows the article itself.
"""

from __future__ import annotations

import re

from aggregator.parsing.content.fragments import (
    Tag,
    ancestors_of,
    elements_of,
    elements_that_hide,
    has_media,
    remove_element,
    text_in,
    words_of_class,
)
from aggregator.parsing.content.players import known_urls

_NOT_DISPLAYED = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
_INVISIBLE = re.compile(r"(?:^|;)\s*visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_VISIBLE = re.compile(r"visibility\s*:\s*visible", re.IGNORECASE)
_NO_HEIGHT = re.compile(r"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_CLIPPED = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_NO_FONT = re.compile(r"(?:^|;)\s*font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.IGNORECASE)
_FONT = re.compile(r"font(?:-size)?\s*:", re.IGNORECASE)
_ANIMATED = re.compile(r"animat|wow|fade|reveal|aos", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SCREEN_RULES = re.compile(r"/\*.*?\*/|@[^{};]{0,500}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]{0,20}\.[A-Za-z_][\w-]{0,60}")
_CLASS_NAME = re.compile(r"\.([A-Za-z_][\w-]{0,60})")
_HIDING_NAME = re.compile(r"pre-?header|preview|hidden|hide|invisible", re.IGNORECASE)
_MAX_SHEET = 100_000
_SCREEN_READER_ONLY = frozenset({
    "sr-only", "screen-reader-text", "screen-reader-only", "visually-hidden", "visuallyhidden", "u-visually-hidden",
    "assistive-text", "element-invisible", "a11y-hidden", "elementor-screen-only", "show-for-sr",
})  # fmt: skip
_MAX_LABEL_WORDS = 12
"""A longer text for screen readers is more than the label of a control, and stays."""


def remove_hidden_elements(root: Tag) -> None:
    """Removes the elements below ``root`` that a browser does not show."""
    classes = _classes_not_displayed(root)
    hidden = [
        element
        for element in elements_that_hide(root)
        if _is_hidden(element) or (classes and not words_of_class(element).isdisjoint(classes))
    ]
    known = set(hidden)
    outermost = [element for element in hidden if known.isdisjoint(ancestors_of(element))]
    if not outermost or _hides_everything(root, outermost):
        return
    for element in outermost:
        _move_players_out(element)
        remove_element(element)


def _move_players_out(element: Tag) -> None:
    """Keeps the videos that a consent form hides: a reader sees them after a click."""
    for frame in list(element.iter("iframe", "amp-iframe")):
        if frame is not element and next(known_urls(map(str, frame.values())), None) is not None:
            frame.tail = None
            element.addprevious(frame)


def _classes_not_displayed(root: Tag) -> frozenset[str]:
    """Returns the classes that the style sheets of a text never display, as newsletters hide their preview line.

    Rules for some screens do not count, and neither do those that a script undoes: the content of a menu or dropdown.
    """
    hidden: set[str] = set()
    displayed: set[str] = set()
    for sheet in root.iter("style"):
        for selectors, declarations in _RULE.findall(_SCREEN_RULES.sub("", sheet.text or "")[:_MAX_SHEET]):
            names = _CLASS_NAME.findall(selectors)
            is_final = "important" in declarations or "mso-hide" in declarations or _HIDING_NAME.search(selectors)
            if not _NOT_DISPLAYED.search(declarations):
                displayed.update(names if "display" in declarations else ())
            elif is_final and all(_SIMPLE_SELECTOR.fullmatch(selector.strip()) for selector in selectors.split(",")):
                hidden.update(names)
    return frozenset(hidden - displayed)


def _hides_everything(root: Tag, hidden: list[Tag]) -> bool:
    """Returns True if no text or picture is outside the hidden elements, but some text is inside."""
    inside = {descendant for element in hidden for descendant in element.iter()}
    texts = [root.text or "", *(element.tail or "" for element in hidden)]
    for element in elements_of(root):
        if element not in inside:
            texts += [element.text or "", element.tail or ""]
            if element.tag in ("img", "iframe", "video", "audio", "object", "svg", "math"):
                return False
    return not "".join(texts).strip() and any(len(text_in(element).split()) > _MAX_LABEL_WORDS for element in hidden)


def _is_hidden(element: Tag) -> bool:
    style = element.get("style") or ""
    if element.tag in ("img", "iframe"):
        return _is_bare(element) and _NOT_DISPLAYED.search(style) is not None
    if element.tag in ("script", "template", "source", "noscript"):
        return False
    if (element.get("hidden") is not None and element.get("hidden") != "until-found") or _NOT_DISPLAYED.search(style):
        return True
    if style and _is_styled_away(element, style):
        return True
    if element.get("aria-hidden") == "true" and not has_media(element) and not _has_word(element):
        return True
    if element.get("aria-hidden") == "true" and element.tag == "a" and (element.get("href") or "").startswith("#"):
        return True  # the mark beside a heading that links to it
    classes = words_of_class(element)
    return bool(classes & _SCREEN_READER_ONLY) and not has_media(element) and _is_label(element)


def _is_styled_away(element: Tag, style: str) -> bool:
    if _INVISIBLE.search(style):
        is_animated = _ANIMATED.search(f"{element.get('class')} {style}") is not None
        return not is_animated and not any(_VISIBLE.search(one.get("style") or "") for one in element.iter())
    if _NO_HEIGHT.search(style) and _CLIPPED.search(style):
        return not has_media(element)  # a box around a player has its height as padding
    if _NO_FONT.search(style):
        descendants = [one for one in element.iter() if one is not element]
        return not has_media(element) and not any(_FONT.search(one.get("style") or "") for one in descendants)
    return False


def _is_bare(element: Tag) -> bool:
    """Returns True for an image or frame without a lazy address: one with it is shown by a script."""
    return not any("-" in str(name) for name in element.keys())  # noqa: SIM118  # lxml's attributes


def _has_word(element: Tag) -> bool:
    return any(character.isalnum() for character in text_in(element))


def _is_label(element: Tag) -> bool:
    return len(text_in(element).split()) <= _MAX_LABEL_WORDS
