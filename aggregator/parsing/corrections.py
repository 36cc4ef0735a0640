"""What does feedparser do to a value: a text, an address, a line that names a person?

Only what is certain is done here. Where it is not, ``UnusualError`` says that the document is not
plain (see ``plain``).
"""

from __future__ import annotations

import contextlib
import re
from urllib.parse import urljoin

from aggregator.parsing.mending import LONGEST_NAME

_C1 = re.compile("[\x80-\x9f]")
_WINDOWS = {byte: char for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))}
_ADDRESS = r"(?P<email>[A-Za-z0-9._+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4})"
_NAME = r"(?P<name>[^\s()@<>&?](?:[^()@<>&?]*[^\s()@<>&?])?)"
_PEOPLE = tuple(
    re.compile(form)
    for form in (_ADDRESS, rf"{_ADDRESS} \({_NAME}\)", rf"{_NAME} <{_ADDRESS}>", rf"{_NAME} \({_ADDRESS}\)")
)


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
    return text.translate(_WINDOWS) if _C1.search(text) else text


def person_of(author: str) -> dict[str, str]:
    """The parts of a line that names a person, if there is no doubt what they are."""
    if len(author) >= LONGEST_NAME:
        raise UnusualError
    if "@" not in author:
        return {"name": author}
    for form in _PEOPLE:
        if match := form.fullmatch(author):
            return match.groupdict()
    raise UnusualError
