"""What does feedparser do to a value: a text, an address, a line that names a person?

Only what is certain is done here. Where it is not, ``UnusualError`` says that the document is not
plain (see ``plain``).
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

from aggregator.parsing.xml_repair import LONGEST_NAME

_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # in UTF-8, where they are found in half the time
_WINDOWS = {byte: char for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))}


class UnusualError(Exception):
    """Raised where a document stops being plain."""


def settle_href(link: dict[str, str]) -> None:
    """Whatever the attribute is called that holds the address, it becomes ``href``."""
    address = link.get("url", link.get("uri", link.get("href")))
    if address:
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = address


def sound(address: str, *, base: str = "") -> str:
    """An address against ``xml:base``, if there is one; feedparser takes out slashes that are too many."""
    if ":///" in address:
        raise UnusualError
    if not base:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def repaired(text: str) -> str:
    """The text as feedparser repairs it: what was encoded twice, and C1 controls that are windows-1252."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_WINDOWS) if _C1.search(text.encode()) else text


@dataclass(frozen=True, slots=True)
class _Line:
    """As much of a parser as feedparser needs to take a line apart."""

    context: dict[str, Any]

    def _get_context(self) -> dict[str, Any]:
        return self.context


@lru_cache(maxsize=512)  # an author of one entry is mostly the author of the next
def person_of(author: str) -> Mapping[str, str]:
    """The parts of a line that names a person: if it may hold an e-mail address, feedparser is asked for them."""
    if len(author) >= LONGEST_NAME:
        raise UnusualError
    if "@" not in author:
        return {"name": author}
    person: dict[str, str] = {}
    StrictFeedParser._sync_author_detail(_Line({"author": author, "authors": [person]}))
    return person
