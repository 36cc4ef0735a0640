"""Which header fields may a person add to requests, and which of them are secrets?

What a request is about stays ours: framing, codings, conditions, the User-Agent. A name or a value
that would end its line is refused, and no refusal repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]{1,8000}")
_OURS = frozenset({
    "a-im", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "range", "te",
    "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
_HARMLESS = frozenset({"accept", "accept-language", "cache-control", "dnt", "pragma", "referer", "sec-gpc"})


def check_name(name: str) -> str:
    """The name of a header field (RFC 9110 section 5.1) that may be added; raises ValueError in words for people."""
    if not _NAME.fullmatch(name):
        raise ValueError("this is not the name of a header field")
    if name.lower() == "user-agent":
        raise ValueError("write user_agent, beside headers")
    if name.lower() in _OURS or name.lower().startswith("proxy-"):
        raise ValueError(f"the service says itself what stands in {name}")
    return name


def check_value(value: str) -> str:
    """A value without spaces around it (RFC 9110 section 5.5); raises ValueError, which does not repeat it."""
    value = value.strip()
    if not _VALUE.fullmatch(value):
        raise ValueError("the value of a header field is one line of 1 to 8000 characters of Latin-1")
    return value


def hold_secrets(names: Iterable[str]) -> bool:
    """Whether header fields of these names may hold what nobody else should see: all but a few known ones do."""
    return any(name.lower() not in _HARMLESS for name in names)
