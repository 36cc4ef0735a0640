"""Corrects markup that is not HTML: marks of CDATA sections, elements of Office programs, and elements of XML.

The text inside stays, except for settings of Word, which no program shows.
"""

from __future__ import annotations

import re

_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|\]\]>\s*\Z", re.DOTALL)
_OFFICE_SIGN = re.compile(r"</?(?:[ovwxmp]|st\d|mml):|<xml\b", re.IGNORECASE)
_SETTINGS = re.compile(
    r"<xml\b[^<>]{0,500}>(?=\s{0,1000}<(?:[owmx]|v):).*?</xml\s*>"
    r"|<w:(?:WordDocument|LatentStyles)\b[^<>]{0,2000}>.*?</w:(?:WordDocument|LatentStyles)\s*>",
    re.DOTALL | re.IGNORECASE,
)
_MATH_TAG = re.compile(r"(</?)(?:m|mml):(math|semantics|annotation|m[a-z]+)(?=[\s/>])")
_OFFICE_TAG = re.compile(r"</?(?:[ovwxmp]|st\d):[^<>]{0,5000}>", re.IGNORECASE)
_BREAK_OF_XML = re.compile(r"(<br\b[^<>]{0,500}>)\s*</br\s*>", re.IGNORECASE)
_EMPTY_OF_XML = re.compile(
    r"<(iframe|script|style|textarea|title|noscript|video|audio|object|xmp|a(?![^<>]{0,2000}\shref\b))"
    r"((?:\s[^<>]{0,5000}?)?(?<![^\s\"'a-z]))/>",
    re.IGNORECASE,
)
_FRAME = re.compile(r"<iframe\b[^<>]{0,5000}>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:--!?>|\Z)", re.DOTALL)


def unwrap_cdata(text: str) -> str:
    """Removes the marks of CDATA sections that are part of a text, because it was escaped twice or nested."""
    return _CDATA.sub(lambda match: match[1] or "", text) if "]]>" in text or "<![CDATA[" in text else text


def remove_foreign_markup(markup: str) -> str:
    """Removes elements of Office programs; prefixed MathML becomes MathML of HTML."""
    if not _OFFICE_SIGN.search(markup):
        return markup
    markup = _COMMENT.sub("", markup)
    markup = _MATH_TAG.sub(r"\1\2", markup) if ":math" in markup else markup
    return _OFFICE_TAG.sub("", _SETTINGS.sub("", markup))


def close_elements(markup: str) -> str:
    """Ends elements where XML ends them.

    HTML parsers read ``<br></br>`` as two breaks, and all text after ``<iframe/>``, or after a frame without an end
    tag, as the content of the frame.
    """
    if "</br" in markup.lower():
        markup = _BREAK_OF_XML.sub(r"\1", markup)
    if "/>" in markup:
        markup = _EMPTY_OF_XML.sub(r"<\1\2></\1>", markup)
    lower = markup.lower()
    if lower.count("<iframe") > lower.count("</iframe"):
        pieces = _FRAME.split(markup)
        tags = _FRAME.findall(markup)
        closed = [piece if "</iframe" in piece.lower() else f"</iframe>{piece}" for piece in pieces[1:]]
        markup = pieces[0] + "".join(tag + piece for tag, piece in zip(tags, closed, strict=True))
    return markup
