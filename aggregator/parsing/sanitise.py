"""Sanitises publishers' HTML, and converts between HTML and plain text.

Only this module imports nh3. ``sanitise`` is an allow-list: it keeps the elements that feed readers show and makes
relative addresses absolute. ``plain_text`` and ``text_to_markup`` convert between markup and text. Nothing here
decides which part of a page is the article, or removes boilerplate.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Literal

import nh3

from aggregator.parsing.urls import normalise_url

MAX_TITLE_LENGTH = 500
"""Characters of a title, author or category; longer ones are shortened at a word boundary."""

MAX_OPEN_ELEMENTS = 256
"""Open elements in one text; more take HTML parsers quadratic time, so all markup of such a text is removed."""

_TAGS = {
    "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main",
    "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span",
    "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt",
    "u", "ul", "var", "video", "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
    "video": {"src", "poster", "controls", "width", "height"},
}
_SCHEMES = {"http", "https", "mailto"}
_REMOVED_WITH_CONTENT = {
    "applet", "frameset", "head", "iframe", "math", "noembed", "noframes", "object", "script", "select", "style", "svg",
    "template", "textarea", "title",
}  # fmt: skip

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

# Markup in a title is a formatting tag, an end tag, or any tag with an attribute. Any other tag
# is text: "the <main> element", "List<T>".
_TITLE_TAG = re.compile(
    r"<(script|style|iframe|noscript)\b[^<>]{0,500}>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)"
    r"|</?(?:a|abbr|b|bdi|bdo|big|blink|blockquote|body|br|button|center|cite|code|del|dfn|div|em|embed|font|form|h[1-6]|"
    r"hr|i|iframe|img|input|ins|kbd|li|link|mark|marquee|math|meta|nobr|object|ol|p|pre|q|rp|rt|ruby|s|samp|script|small|"
    r"span|strike|strong|style|sub|sup|svg|table|td|template|textarea|tr|tt|u|ul|var|video|wbr|xmp)(?![\w.:-])"
    r"(?:(?:\"[^\"<]{0,500}\"|'[^'<]{0,500}'|[^<>\"']){0,500}>|[^<>]{0,500}>)"
    r"|</[A-Za-z][\w:-]{0,40}\s*>"
    r"|<[A-Za-z][\w:-]{0,40}[\s/][^<>]{0,500}=[^<>]{0,500}>",
    re.IGNORECASE | re.DOTALL,
)
_LINE_BREAKING_TAG = re.compile(r"<(?:br|p|div|li|h[1-6]|tr|td|hr)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n\s*\n")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NONCHARACTERS = ("\ufffe", "\uffff")

# An explicit list, because the tables of unicodedata differ between versions of Python. The joiners
# U+200C and U+200D are not in it: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)

_MAX_REFERENCES = 1_000
"""Character references in one text node; nh3 takes quadratic time in their number."""


def sanitise(markup: str, *, base: str) -> str:
    """Returns HTML that is safe to show: allowed elements, http(s) and mailto addresses, made absolute with ``base``.

    Scripts, styles, frames and forms are removed with their content. The text of unknown elements stays. Tracking
    pixels and images without an address are removed. A text with more than ``MAX_OPEN_ELEMENTS`` loses all markup.
    """
    if not markup.strip():
        return ""
    markup = storable(markup)
    if not _NOT_PLAIN.search(markup) and not markup.startswith("\ufeff"):
        return markup.strip()
    if _max_open_elements(markup) > MAX_OPEN_ELEMENTS:
        markup = html.escape(_ANY_MARKUP.sub(" ", markup), quote=False)
    if markup.count("&") > _MAX_REFERENCES:
        markup = "<".join(map(_separate_references, markup.split("<")))
    clean = _clean(markup, base)
    if "<img" in clean:
        clean = _IMAGE.sub(_keep_visible_image, clean)
    if "&#" in markup:  # a reference may be a forbidden character or a carriage return
        clean = storable(clean).replace("\r\n", "\n").replace("\r", "\n")
    return clean.strip()


def text_to_markup(text: str) -> str:
    """Converts plain text to HTML: paragraphs at empty lines, ``<br>`` at line ends, everything escaped."""
    paragraphs = (block.strip() for block in _PARAGRAPH.split(storable(text)))
    return "".join(
        f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in paragraphs if block
    )


def plain_text(markup: str, *, limit: int = MAX_TITLE_LENGTH) -> str:
    """Converts a title or name to one line of text: removes markup and resolves entities, also if escaped twice.

    Control characters, bidi overrides (Unicode TR9) and invisible format characters are removed, white space becomes
    single spaces, and the text is shortened to ``limit`` characters. The result is text, not HTML: escape it.
    """
    text = storable(markup[: limit * 20])
    if "<" not in text and "&" not in text and text.isprintable():  # a printable text has no invisible characters
        return _shorten(_fold(text), limit)
    for _ in range(3):
        if "<" not in text and "&" not in text:
            break
        stripped = _TITLE_TAG.sub(lambda match: " " if _LINE_BREAKING_TAG.match(match.group()) else "", text)
        resolved = html.unescape(stripped)
        if resolved == text:
            break
        text = resolved
    visible = _INVISIBLE.sub("", storable(_TITLE_TAG.sub("", text) if "<" in text else text))
    return _shorten(_fold(visible), limit)


def markup_text(markup: str) -> str:
    """Returns the text of HTML on one line, without elements; for comparison, not for display."""
    if "<" in markup:
        markup = _ANY_MARKUP.sub(" ", markup)
    if "&" in markup:
        markup = html.unescape(markup)
    return _fold(markup)


def _fold(text: str) -> str:
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
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=relative,
    )


# Creating a cleaner costs as much as cleaning a short text, and most texts have only absolute addresses.
_WITHOUT_BASE = _cleaner("pass_through")


@lru_cache(maxsize=512)
def _resolving_cleaner(base: str) -> nh3.Cleaner:
    """Returns a cleaner that makes addresses absolute; without a usable base it removes relative ones."""
    usable = normalise_url(base)
    return _cleaner(("rewrite_with_base", usable) if usable else "deny")


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


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    start = text[: limit - 1]
    word = start.rfind(" ")
    return (start[:word] if word > limit // 2 else start).rstrip() + "…"
