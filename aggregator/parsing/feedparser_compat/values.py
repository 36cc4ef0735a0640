"""Repairs single values as feedparser does: texts and URLs.

Only cases with a certain result are handled. For any other, ``NotPlainError`` reports that the document is
not plain (see ``fast_parser``).
"""

from __future__ import annotations

import contextlib
import re
from urllib.parse import urljoin

XHTML_TYPE = "application/xhtml+xml"
_SHORT_TYPES = frozenset({"text", "plain", "html", "xhtml"})

_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # the C1 controls in UTF-8: a search in bytes takes half the time
_WINDOWS_1252 = {byte: char for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))}


class NotPlainError(Exception):
    """Raised for a construct that makes a document not plain."""


def set_href(link: dict[str, str]) -> None:
    """Moves a link's address to ``href``, from ``url`` or ``uri`` if one of them is present."""
    address = link.get("url", link.get("uri", link.get("href")))
    if address:
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = address


def resolve_address(address: str, *, base: str = "") -> str:
    """Resolves an address against ``xml:base``, if there is one; an invalid result is "".

    Raises ``NotPlainError`` for ``:///``: feedparser removes the extra slashes.
    """
    if ":///" in address:
        raise NotPlainError
    if not base:
        return address
    return join_address(base, address)


def repair_text(text: str) -> str:
    """Repairs a text as feedparser does: UTF-8 encoded twice, and C1 controls that are windows-1252 characters."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_WINDOWS_1252) if _C1.search(text.encode()) else text


def join_address(base: str, address: str) -> str:
    """Resolves an address; an invalid result is ""."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def usual_type(stated: str) -> str:
    """Returns the ``type`` of a text without parameters, in lower case; "" for a word that is no type.

    Any XML is XHTML: feedparser would take its elements for elements of the feed.
    """
    media_type = stated.partition(";")[0].strip().lower()
    if "/" not in media_type:
        return media_type if media_type in _SHORT_TYPES else ""
    return XHTML_TYPE if media_type.endswith(("/xml", "+xml")) else media_type
