"""Sanitises publishers' HTML, and converts between HTML and plain text.

Only this module imports nh3. ``sanitise`` is an allow-list: it keeps the elements that feed readers show and makes
relative addresses absolute. ``content.allowed_markup`` has the list. ``markup_text`` and ``text_to_markup`` convert
between markup and text; ``titles`` reads titles and names. Nothing here decides which part of a page is the article,
or removes boilerplate.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Literal

import nh3

from aggregator.parsing.content.allowed_markup import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_TAGS,
    HTML_TAGS,
    REMOVED_WITH_CONTENT,
    SET_ATTRIBUTES,
    URL_SCHEMES,
    check_attribute,
)
from aggregator.parsing.content.foreign_markup import close_elements, remove_foreign_markup, unwrap_cdata
from aggregator.parsing.content.rewriting import needs_rewriting, rewrite_markup
from aggregator.parsing.urls import normalise_url

MAX_OPEN_ELEMENTS = 256
"""Open elements in one text; more take HTML parsers quadratic time, so all markup of such a text is removed."""

_NOT_PLAIN = re.compile("[<>&\xa0\r]")
"""Characters that an HTML parser may change; a text without them needs no parser."""

# Matches nh3's output, with lower-case names and double quotes, which most publishers write too.
_RELATIVE_ADDRESS = re.compile(r'="(?:(?<= href=")|(?<= src=")|(?<= cite=")|(?<= poster="))(?!https?://|mailto:)')

_IMAGE = re.compile(r'<img((?: [a-z]+(?:="[^"]*")?)*)>')
_TINY_IMAGE = re.compile(r' (?:width|height)="[01](?:px)?"')
_TRACKING_PIXEL = re.compile(
    r' src="https?://(?:feeds\.feedburner\.com/~r/|pixel\.wp\.com/|stats\.wordpress\.com/|feedsportal\.com/|'
    r"pixel\.quantserve\.com/|b\.scorecardresearch\.com/|(?:www\.)?google-analytics\.com/|ad\.doubleclick\.net/)"
)
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*)")
_ANY_MARKUP = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|(script|style)\b.*?(?:</\1\s*>|\Z)|[A-Za-z/!?][^<>]*>?)", re.DOTALL | re.IGNORECASE
)
_NEVER_NESTED = frozenset(
    {"area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "param",
     "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr"}
)  # fmt: skip
"""Void elements, and those with an optional end tag: without it they are not nested."""

_PARAGRAPH = re.compile(r"\n\s*\n")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NONCHARACTERS = ("\ufffe", "\uffff")

_MAX_REFERENCES = 1_000
"""Character references in one text node; nh3 takes quadratic time in their number."""


def sanitise(markup: str, *, base: str, page: str | None = None) -> str:
    """Returns HTML that is safe to show: allowed elements, http(s) and mailto addresses, made absolute with ``base``.

    ``page`` is the page of the entry, where links to parts of the page lead. Players become links with a poster, and
    late pictures get their address (``content.rewriting``). Scripts, styles and forms are removed with their content.
    The text of unknown elements stays. Tracking pixels and images without an address are removed. A text with more
    than ``MAX_OPEN_ELEMENTS`` loses all markup.
    """
    if not markup.strip():
        return ""
    markup = storable(markup)
    if not _NOT_PLAIN.search(markup) and not markup.startswith("\ufeff"):
        return markup.strip()
    markup = close_elements(remove_foreign_markup(unwrap_cdata(markup)))
    if _max_open_elements(markup) > MAX_OPEN_ELEMENTS:
        markup = html.escape(_ANY_MARKUP.sub(" ", markup), quote=False)
    is_rewritten = needs_rewriting(markup)
    if is_rewritten:
        markup = rewrite_markup(markup, base=base, page=page)
    if markup.count("&") > _MAX_REFERENCES:
        markup = "<".join(map(_separate_references, markup.split("<")))
    clean = _RICH.clean(markup) if is_rewritten else _clean(markup, base)
    if "<img" in clean:
        clean = _IMAGE.sub(_keep_visible_image, clean)
    if "&#" in markup:  # a reference may be a forbidden character or a carriage return
        clean = storable(clean).replace("\r\n", "\n").replace("\r", "\n")
    return clean.strip()


def text_to_markup(text: str) -> str:
    """Converts plain text to HTML: paragraphs at empty lines, ``<br>`` at line ends, everything escaped."""
    return break_lines(html.escape(storable(text), quote=False))


def break_lines(markup: str) -> str:
    """Marks the paragraphs and line ends of HTML that has no elements; its character references stay.

    Lines that are all indented were broken by the program that wrote the document, and are joined.
    """
    text = markup.replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = (block.strip() for block in _PARAGRAPH.split(text))
    return "".join(f"<p>{_broken(block)}</p>" for block in paragraphs if block)


def _broken(paragraph: str) -> str:
    first, *others = paragraph.split("\n")
    is_wrapped = all(line.startswith(("  ", "\t")) for line in others)
    return " ".join((first, *map(str.strip, others))) if is_wrapped else "<br>".join((first, *others))


def markup_text(markup: str) -> str:
    """Returns the text of HTML on one line, without elements; for comparison, not for display."""
    if "<" in markup:
        markup = _ANY_MARKUP.sub(" ", markup)
    if "&" in markup:
        markup = html.unescape(markup)
    return fold_space(markup)


def fold_space(text: str) -> str:
    """Folds white space to single spaces; no other white space is printable, and that check is faster."""
    return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())


def storable(text: str) -> str:
    """Returns text that XML, UTF-8 and PostgreSQL can store: without control characters, U+FFFD for lone surrogates."""
    if text.isprintable() or _is_storable(text):
        return text
    return _SURROGATE.sub("\ufffd", _UNSTORABLE.sub("", text))


def _is_storable(text: str) -> bool:
    """True if ``storable`` would not change a text; a check of bytes takes half the time of two patterns."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return len(encoded.translate(None, _CONTROLS)) == len(encoded) and not any(map(text.__contains__, _NONCHARACTERS))


def _separate_references(piece: str) -> str:
    """Inserts comments, which nh3 removes, so that no text node has more than ``_MAX_REFERENCES`` references."""
    references = piece.split("&")
    groups = (references[start : start + _MAX_REFERENCES] for start in range(0, len(references), _MAX_REFERENCES))
    return "<!---->&".join("&".join(group) for group in groups)


def _clean(markup: str, base: str) -> str:
    """Sanitises with nh3: twice only if the first output shows a relative address that the pattern did not find."""
    if not _RELATIVE_ADDRESS.search(markup):
        clean = _WITHOUT_BASE.clean(markup)
        if not _RELATIVE_ADDRESS.search(clean):
            return clean
    return _resolving_cleaner(base).clean(markup)


def _cleaner(relative: Literal["pass_through", "deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    """Returns a cleaner for texts that ``rewriting`` does not change: those have none of the other attributes."""
    return nh3.Cleaner(
        tags=HTML_TAGS,
        clean_content_tags=REMOVED_WITH_CONTENT | {"math", "svg"},
        attributes={element: names - _CHECKED for element, names in ALLOWED_ATTRIBUTES.items() if element in _SIMPLE},
        set_tag_attribute_values=SET_ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        url_relative=relative,
    )


_SIMPLE = HTML_TAGS | {"*"}
_CHECKED = {"id", "srcset", "cite", "data-player"}
# Creating a cleaner costs as much as cleaning a short text, and most texts have only absolute addresses.
_WITHOUT_BASE = _cleaner("pass_through")


@lru_cache(maxsize=512)
def _resolving_cleaner(base: str) -> nh3.Cleaner:
    """Returns a cleaner that makes addresses absolute; without a usable base it removes relative ones."""
    usable = normalise_url(base)
    return _cleaner(("rewrite_with_base", usable) if usable else "deny")


# For rewritten texts, whose addresses are absolute: formulas, drawings, anchors, candidates of pictures.
_RICH = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    clean_content_tags=REMOVED_WITH_CONTENT,
    attributes=ALLOWED_ATTRIBUTES,
    attribute_filter=check_attribute,
    set_tag_attribute_values=SET_ATTRIBUTES,
    url_schemes=URL_SCHEMES | {"data"},
    url_relative=lambda address: address if address.startswith("#") else None,
)


def _max_open_elements(markup: str) -> int:
    """Returns an upper bound of the elements that are open at once; end tags are paired by name."""
    if markup.count("<") - markup.count("</") <= MAX_OPEN_ELEMENTS:  # too few elements are opened
        return 0
    tags = _TAG.findall(markup)
    names = {tag: tag.lstrip("/").lower() for tag in set(tags)}
    counted = {tag: name for tag, name in names.items() if name not in _NEVER_NESTED}
    open_now = dict.fromkeys(counted.values(), 0)
    total = deepest = 0
    for tag in tags:
        name = counted.get(tag)
        if name is None:
            continue
        if tag[0] != "/":
            open_now[name] += 1
            total += 1
            if total > deepest:  # noqa: PLR1730  # calling max would take half of the time
                deepest = total
        elif open_now[name]:
            open_now[name] -= 1
            total -= 1
    return deepest


def _keep_visible_image(image: re.Match[str]) -> str:
    attributes = image[1]
    hidden = " src=" not in attributes or _TINY_IMAGE.search(attributes) or _TRACKING_PIXEL.search(attributes)
    return "" if hidden else image.group()
