"""Converts the texts of RSS and Atom to HTML, by their types (RFC 4287 sections 3.1 and 4.1.3).

The ``detail`` of a text is feedparser's value with the type, language, base and value of the text. A type that the
publisher stated is believed. Without one, a text of Atom is plain by its specification, but many publishers leave the
type out and write markup; so such a text is HTML if it certainly holds markup.
"""

from __future__ import annotations

import base64
import html
import re
from typing import Any

from aggregator.parsing.content.foreign_markup import unwrap_cdata
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.sanitise import break_lines
from aggregator.parsing.unsanitised_entry import Markup

_HTML = "text/html"
_XHTML = "application/xhtml+xml"
_PLAIN = "text/plain"
_XML = re.compile(r".*[/+]xml")
_MARKUP = re.compile(
    r"</(?:a|abbr|b|blockquote|code|dd|del|div|dl|dt|em|figure|h[1-6]|i|iframe|ins|li|ol|p|pre|q|s|small|span|strong|sub|"
    r"sup|table|td|th|tr|u|ul|video|audio)\s*>|<(?:br|hr)\s*/?>|<(?:img|p)\s[^<>]*>",
    re.IGNORECASE,
)
"""Markup that no plain text contains by chance: an end tag, or an empty element."""

_BASE64 = re.compile(r"[A-Za-z0-9+/=_\s-]*")


def text_to_html(detail: dict[str, Any], *, is_atom: bool, base: str, page: str | None = None) -> Markup:
    """Returns a text as HTML that is not sanitised yet; an empty one if it is no text.

    ``base`` is the base URL of its relative links, ``page`` the page of its entry. RSS has no rule for line ends: a
    text without elements keeps them.
    """
    value, media_type = decoded_value(detail), _value(detail.get("type")) or _HTML
    if not is_readable_type(media_type):
        media_type = _PLAIN
    value = unwrap_cdata(value)
    if media_type == _XHTML and "<" not in value and _MARKUP.search(unescaped := html.unescape(value)):
        return Markup(unescaped, base, page)  # escaped HTML that was declared as XHTML
    if media_type == _HTML or _XML.fullmatch(media_type):
        is_text = not is_atom and "\n" in value and "<" not in value
        return Markup(break_lines(value) if is_text else value, base, page)
    if is_atom and detail.get("stated", True):
        return Markup.of_text(value)
    is_markup = _MARKUP.search(value) if is_atom else "<" in value and media_type == _PLAIN
    return Markup(value, base, page) if is_markup else Markup.of_text(value)


def decoded_value(detail: dict[str, Any]) -> str:
    """Returns the value of a text, decoded if it is base64; "" if it is no text then.

    Base64 is what Atom 0.3 calls so (``mode``), and in Atom 1.0 any type that is neither text nor XML
    (RFC 4287 section 4.1.3.3).
    """
    value, media_type = _value(detail.get("value")), _value(detail.get("type")) or _HTML
    is_readable = is_readable_type(media_type)
    if is_readable and detail.get("encoding") != "base64":
        return value
    return _decoded(value, guess_encoding=is_readable)


def is_readable_type(media_type: str) -> bool:
    """True if a text of this type is neither base64 nor a file: text, XML, or no media type at all."""
    return media_type.startswith("text/") or "/" not in media_type or _XML.fullmatch(media_type) is not None


def is_page_type(media_type: str) -> bool:
    """True if the content behind a link (RFC 4287 section 4.1.3.2) is a page to read; else it is a file."""
    return not media_type or media_type.startswith("text/") or "html" in media_type or "/" not in media_type


def _decoded(value: str, *, guess_encoding: bool) -> str:
    """Decodes base64; "" if that is no text. A text in a legacy encoding needs ``guess_encoding``."""
    if not _BASE64.fullmatch(value):
        return value
    try:
        content = base64.b64decode("".join(value.split()) + "==", altchars=b"-_" if {"-", "_"} & set(value) else None)
        return content.decode()
    except UnicodeDecodeError:
        return decode_document(content, content_type=None).text if guess_encoding else ""
    except ValueError:
        return ""


def _value(value: object) -> str:
    return value if isinstance(value, str) else ""
