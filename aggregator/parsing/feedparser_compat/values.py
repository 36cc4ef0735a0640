"""Repairs single values as feedparser does: texts, URLs, lines that name an author.

Only cases with a certain result are handled. For any other, ``NotPlainError`` reports that the document is
not plain (see ``fast_parser``).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from feedparser.api import StrictFeedParser

from aggregator.parsing.xml_repair import MAX_AUTHOR_LENGTH

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
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def repair_text(text: str) -> str:
    """Repairs a text as feedparser does: UTF-8 encoded twice, and C1 controls that are windows-1252 characters."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_WINDOWS_1252) if _C1.search(text.encode()) else text


@dataclass(frozen=True, slots=True)
class _AuthorContext:
    """The part of a feedparser object that ``_sync_author_detail`` uses."""

    context: dict[str, Any]

    def _get_context(self) -> dict[str, Any]:
        return self.context


@lru_cache(maxsize=512)  # consecutive entries often have the same author
def split_author(author: str) -> Mapping[str, str]:
    """Splits a line that names a person into ``name`` and ``email``; feedparser splits lines with ``@``.

    Raises ``NotPlainError`` for a line that ``xml_repair`` would shorten.
    """
    if len(author) >= MAX_AUTHOR_LENGTH:
        raise NotPlainError
    if "@" not in author:
        return {"name": author}
    person: dict[str, str] = {}
    StrictFeedParser._sync_author_detail(_AuthorContext({"author": author, "authors": [person]}))
    return person
