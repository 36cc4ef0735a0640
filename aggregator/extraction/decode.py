"""In which charset is this page written? Decided from its BOM, its header, its bytes and its meta tag.

It does not guess: when nothing that is declared fits, the caller's ``guess`` is asked. The order is
the one of the HTML standard (section 13.2.3.2) but for one thing: bytes that are valid UTF-8 and not
plain ASCII are UTF-8 whatever was declared, because legacy text is practically never valid UTF-8 and
servers often declare a charset for documents that have another.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence

from aggregator.parsing.charsets import browser_codec

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)", re.IGNORECASE)

_PRESCAN = 8192
"""Bytes searched for a declaration. The standard says 1,024; real pages put scripts before the tag."""

_SEVEN_BIT = "iso2022_jp"
"""The charset whose bytes are all ASCII, so that every document in it is valid UTF-8 too."""

_UNREADABLE = 0.01
"""Share of replacement characters above which a declared charset is disbelieved."""

Guess = Callable[[bytes], Sequence[str]]


def decode(body: bytes, *, content_type: str | None, guess: Guess) -> str:
    """The characters of an HTML document.

    ``content_type`` is the header as the server sent it; ``guess`` gives names of charsets, the
    likeliest first, and is asked only when nothing else fits. Bytes that no charset explains become
    U+FFFD; nothing is raised.
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
        if text.count("�") <= _UNREADABLE * len(text):
            return text
    for charset in guess(body):
        if (text := _strictly(body, charset)) is not None:
            return text
    return body.decode("utf-8", errors="replace")


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    start = body[:_PRESCAN]
    labels = (
        _HEADER.search(content_type or ""),
        _META.search(start),
        _XML.search(start),
    )
    for match in labels:
        label = match[1] if match else ""
        if charset := _known(label if isinstance(label, str) else label.decode("ascii")):
            yield charset


def _known(label: str) -> str | None:
    """Returns the codec for a label, or None; a declared UTF-16 that was readable as ASCII is UTF-8."""
    codec = browser_codec(label.strip())
    return "utf-8" if codec is not None and codec.startswith("utf-16") else codec


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (LookupError, UnicodeError):
        return None
