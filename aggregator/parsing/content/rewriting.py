"""Rewrites a publisher's HTML for readers that run no scripts and know no styles of the publisher.

``rewrite_markup`` does all steps in their order. What it returns is the publisher's markup still: ``sanitise`` decides
afterwards what readers may see.
"""

from __future__ import annotations

import re

from aggregator.parsing.content.anchors import rewrite_anchors
from aggregator.parsing.content.drawings import rewrite_drawings
from aggregator.parsing.content.formulas import rewrite_formulas
from aggregator.parsing.content.fragments import (
    Tag,
    elements_of,
    inner_markup,
    new_element,
    parse_markup,
    remove_attribute,
    remove_element,
    replace_element,
    text_in,
)
from aggregator.parsing.content.hidden_elements import remove_hidden_elements
from aggregator.parsing.content.lazy_pictures import rewrite_pictures
from aggregator.parsing.content.player_elements import rewrite_players
from aggregator.parsing.urls import absolute_url

_NEEDS_REWRITING = re.compile(
    r"<(?:iframe|i?frame|object|embed|applet|noscript|svg|math|input|video|audio|picture|image|template|textarea|xmp|"
    r"listing|dir|menu|amp-|lite-|mjx-|youtube-|video-js|fencedframe|style\b|"
    r"script\b[^<>]*(?:\bsrc\s*=|math/|template|html))"
    r"|[\s\"'/](?:srcset|style|hidden|id|name|cite|aria-hidden|data-[\w-]+)(?=[\s=/>])"
    r"|data:image|href\s*=\s*[\"']?\s*\#|\b(?:wp-block-embed|sr-only|screen-reader|visually-?hidden|katex|MathJax)"
    r"|(?:width|height)\s*=\s*[\"']?[01](?:px)?[\"'\s>]",
    re.IGNORECASE,
)
"""What a text must contain to be changed here; others need no tree."""

_URL_ATTRIBUTES = ("href", "src", "poster", "cite")
_ABSOLUTE = re.compile(r"https?://|mailto:|data:|#", re.IGNORECASE)
_PREFORMATTED = ("xmp", "listing", "textarea")
_LISTS = ("dir", "menu")


def rewrite_markup(markup: str, *, base: str, page: str | None = None) -> str:
    """Returns HTML with the same content in elements that feed readers show.

    ``base`` is the base URL of relative addresses, ``page`` the page of the entry. A text without any of the elements
    and attributes that are rewritten is returned as it is.
    """
    if not needs_rewriting(markup) or (root := parse_markup(markup)) is None:
        return markup
    rewrite_formulas(root)
    remove_hidden_elements(root)
    rewrite_pictures(root, base=base)
    rewrite_players(root, base=base)
    rewrite_drawings(root)
    _rewrite_controls(root)
    _complete_media(root, base)
    rewrite_anchors(root, base=base, page=page, key=f"{base}\n{markup}")
    for name in _URL_ATTRIBUTES:
        for element in root.iterfind(f".//*[@{name}]"):
            _resolve(element, name, base)
    return inner_markup(root)


def needs_rewriting(markup: str) -> bool:
    """Returns True if a text has an element or attribute that is rewritten."""
    return _NEEDS_REWRITING.search(markup) is not None


def _rewrite_controls(root: Tag) -> None:
    """Makes check boxes and radio buttons signs, and elements of old HTML their successors."""
    for control in elements_of(root, "input"):
        kind = (control.get("type") or "").lower()
        is_on = control.get("checked") is not None
        sign = {"checkbox": "☑" if is_on else "☐", "radio": "◉" if is_on else "○"}.get(kind, "")
        if sign:
            tail = control.tail or ""
            control.tail = sign + (tail if not tail or tail[0].isspace() else f" {tail}")
        remove_element(control)
    for old in elements_of(root, *_PREFORMATTED):
        if text_in(old):
            replace_element(old, new_element("pre", "".join(map(str, old.itertext()))))
    for old in elements_of(root, *_LISTS):
        old.tag = "ul"


def _complete_media(root: Tag, base: str) -> None:
    """Adds the link to a recording for programs that play none, as the content of its element."""
    for media in elements_of(root, "amp-video", "amp-audio"):
        media.tag = str(media.tag).removeprefix("amp-")
    for media in elements_of(root, "video", "audio"):
        sources = [media.get("src"), *(source.get("src") for source in media.iter("source"))]
        urls = [url for source in sources if source and (url := absolute_url(source, base=base))]
        if urls:
            _make_playable(media, urls[0])


def _make_playable(media: Tag, url: str) -> None:
    parts = [new_element(str(part.tag), **{str(name): str(value) for name, value in part.items()})
             for part in media.iter("source", "track")]  # fmt: skip
    link = next(media.iter("a"), None)
    label = text_in(link) if link is not None else ""
    address = link.get("href") if link is not None else None
    for child in list(media):
        media.remove(child)
    media.text = None
    media.extend(parts)
    media.append(new_element("a", label or media.get("title") or str(media.tag).capitalize(), href=address or url))


def _resolve(element: Tag, attribute: str, base: str) -> None:
    """Makes an address absolute; the attribute is removed if there is no base, or another scheme."""
    address = element.get(attribute) or ""
    if _ABSOLUTE.match(address):
        return
    path, mark, fragment = address.partition("#")
    url = absolute_url(path, base=base) if path.strip() else None
    if url:
        element.set(attribute, f"{url}{mark}{fragment}")
    else:
        remove_attribute(element, attribute)
