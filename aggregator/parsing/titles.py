"""Converts titles and names to one line of text, by the type that the document states.

``plain_text`` is for formats that state no type: it removes markup and resolves entities, also if they were escaped
twice. ``literal_text`` is for text (RFC 4287 section 3.1.1.1, JSON Feed), ``html_title`` for HTML (section 3.1.1.2),
``untyped_title`` for Atom titles without a type, which by the RFC are text, but often are markup.
"""

from __future__ import annotations

import re
from html import unescape

from aggregator.parsing.content.foreign_markup import unwrap_cdata
from aggregator.parsing.sanitise import fold_space, storable

MAX_TITLE_LENGTH = 500
"""Characters of a title, author or category; longer ones are shortened at a word boundary."""

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
_PAIR = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,15})(?:\s[^<>]{0,500})?>[^<>]{0,500}</\1\s*>")
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_BREAK = re.compile(r"<(?:br|wbr|hr|img)\b(?:\s[^<>]{0,500}?)?\s*/?>", re.IGNORECASE)
_DOUBLE_ESCAPE = re.compile(r"&(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|(?!lt;|gt;|amp;|quot;)[A-Za-z][A-Za-z0-9]{1,30});")

# An explicit list, because the tables of unicodedata differ between versions of Python. The joiners
# U+200C and U+200D are not in it: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def plain_text(markup: str, *, limit: int = MAX_TITLE_LENGTH) -> str:
    """Converts a title or name to one line of text: removes markup and resolves entities, also if escaped twice.

    Control characters, bidi overrides (Unicode TR9) and invisible format characters are removed, white space becomes
    single spaces, and the text is shortened to ``limit`` characters. The result is text, not HTML: escape it.
    """
    text = unwrap_cdata(storable(markup[: limit * 20]))
    if "<" not in text and "&" not in text and text.isprintable():  # a printable text has no invisible characters
        return _shorten(fold_space(text), limit)
    for _ in range(3):
        if "<" not in text and "&" not in text:
            break
        stripped = _TITLE_TAG.sub(_replacement, text)
        resolved = unescape(stripped)
        if resolved == text:
            break
        text = resolved
    return literal_text(_TITLE_TAG.sub("", text) if "<" in text else text, limit=limit)


def literal_text(text: str, *, limit: int = MAX_TITLE_LENGTH) -> str:
    """Converts text to one line: nothing in it is markup, so ``<b>`` and ``&amp;`` stay as they are."""
    text = storable(text[: limit * 20])
    return _shorten(fold_space(text if text.isprintable() else _INVISIBLE.sub("", text)), limit)


def html_title(markup: str, *, limit: int = MAX_TITLE_LENGTH) -> str:
    """Converts an HTML title to one line: its elements are removed, and its character references resolved once.

    So ``&lt;a&gt;`` is the text ``<a>``. Other references that remain were escaped twice, and are resolved too.
    """
    text = unwrap_cdata(storable(markup[: limit * 20]))
    text = unescape(_TITLE_TAG.sub(_replacement, text))
    return literal_text(_DOUBLE_ESCAPE.sub(lambda reference: unescape(reference.group()), text), limit=limit)


def untyped_title(text: str, *, limit: int = MAX_TITLE_LENGTH) -> str:
    """Converts an Atom title without a type: text, unless all its tags are pairs or breaks, as in markup."""
    rest = unwrap_cdata(text[: limit * 20])
    if "<" in rest:
        before = None
        while before != rest:
            before, rest = rest, _PAIR.sub("", rest)
        if _ANY_TAG.search(_BREAK.sub("", rest)):
            return literal_text(unwrap_cdata(text), limit=limit)
    return plain_text(text, limit=limit)


def _replacement(tag: re.Match[str]) -> str:
    return " " if _LINE_BREAKING_TAG.match(tag.group()) else ""


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    start = text[: limit - 1]
    word = start.rfind(" ")
    return (start[:word] if word > limit // 2 else start).rstrip() + "…"
