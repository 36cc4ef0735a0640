"""Checks the header fields that a user adds to requests, and recognises secret ones.

The service itself sets framing, codings, conditions and the User-Agent. A name or a value with a line end is
rejected, and no error message repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]{1,8000}")
_SET_BY_SERVICE = frozenset({
    "a-im", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "range", "te",
    "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
_NOT_SECRET = frozenset({"accept", "accept-language", "cache-control", "dnt", "pragma", "referer", "sec-gpc"})


def check_header_name(name: str) -> str:
    """Returns the name of a header field (RFC 9110 section 5.1); raises ValueError if it may not be added."""
    if not _NAME.fullmatch(name):
        raise ValueError("this is not the name of a header field")
    if name.lower() == "user-agent":
        raise ValueError("use the key user_agent of the feed")
    if name.lower() in _SET_BY_SERVICE or name.lower().startswith("proxy-"):
        raise ValueError(f"the service sets {name} itself")
    return name


def check_header_value(value: str) -> str:
    """Returns a value without surrounding spaces (RFC 9110 section 5.5); raises ValueError that does not repeat it."""
    value = value.strip()
    if not _VALUE.fullmatch(value):
        raise ValueError("the value of a header field is one line of 1 to 8000 characters of Latin-1")
    return value


def may_be_secret(names: Iterable[str]) -> bool:
    """True if one of these header fields may be secret: all except a few known ones may."""
    return any(name.lower() not in _NOT_SECRET for name in names)
