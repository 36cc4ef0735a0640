"""Decodes the bytes of a page with the charset from its BOM, header, bytes or meta tag.

If no declared charset fits, the caller's ``guess`` is used. The order is that of the HTML standard (section
13.2.3.2), with one exception: bytes that are valid UTF-8 and not plain ASCII are UTF-8 whatever is declared.
Text in a legacy charset is almost never valid UTF-8, and servers often declare a wrong charset.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence

from aggregator.parsing.charset_labels import browser_codec

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)", re.IGNORECASE)

_PRESCAN_BYTES = 8192
"""Number of bytes searched for a declaration. The standard says 1,024; real pages have scripts before the tag."""

_SEVEN_BIT = "iso2022_jp"
"""The charset whose bytes are all ASCII, so that every document in it is also valid UTF-8."""

_MAX_REPLACEMENTS = 0.01
"""Largest share of replacement characters with which a declared charset is accepted."""

CharsetGuess = Callable[[bytes], Sequence[str]]


def decode_page(body: bytes, *, content_type: str | None, guess: CharsetGuess) -> str:
    """Decodes an HTML document.

    ``content_type`` is the header as sent. ``guess`` returns names of charsets, the likeliest first; it is
    called only if no declared charset fits. Bytes that no charset can decode become U+FFFD. It raises
    nothing.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, errors="replace")
    declared = tuple(_declared(body, content_type))
    if _SEVEN_BIT not in declared and (text := _strictly(body, "utf-8")) is not None:
        return text
    for charset in declared:
        if (text := _strictly(body, charset)) is not None:
            return text
    for charset in declared:
        text = body.decode(charset, errors="replace")
        if text.count("�") <= _MAX_REPLACEMENTS * len(text):
            return text
    for charset in guess(body):
        if (text := _strictly(body, charset)) is not None:
            return text
    return body.decode("utf-8", errors="replace")


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    start = body[:_PRESCAN_BYTES]
    labels = (
        _HEADER.search(content_type or ""),
        _META.search(start),
        _XML.search(start),
    )
    for match in labels:
        label = match[1] if match else ""
        if charset := _codec_name(label if isinstance(label, str) else label.decode("ascii")):
            yield charset


def _codec_name(label: str) -> str | None:
    """Returns the codec for a label, or None; a declared UTF-16 that was readable as ASCII is UTF-8."""
    codec = browser_codec(label.strip())
    return "utf-8" if codec is not None and codec.startswith("utf-16") else codec


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (LookupError, UnicodeError):
        return None
