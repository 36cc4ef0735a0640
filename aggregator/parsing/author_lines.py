"""Splits lines that name people into names.

RSS writes ``mail@host (Name)``, Dublin Core ``Name``, and publishers write both, ``Name <mail@host>``, and several
people in one element. A line that is not certainly several people stays one name.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_MAX_LENGTH = 1_000
"""Characters of a line that are read."""

# An addr-spec of RFC 5322 section 3.4.1 without comments and quotes; any top-level domain.
_ADDRESS = re.compile(
    r"(?:mailto:)?([^\s<>()\[\],;:\"@]{1,64}@(?:[^\s<>()\[\],;:\"@.?]{1,63}(?:\.[^\s<>()\[\],;:\"@.?]{1,63}){1,9}"
    r"|\[[0-9a-fA-F:.]{2,60}\]))(?:\?subject=\S{0,200})?",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_BETWEEN_ADDRESSES = re.compile(r"\s*[,;]\s*(?![^()<>]*[)>])|\s+(?:and|&)\s+(?![^()<>]*[)>])")
_BETWEEN_LINES = re.compile(r"\s*[;\n]\s*")
_BETWEEN_NAMES = re.compile(r"\s*,\s*(?:and\s+|&\s+)?|\s+(?:and|&|und|et|y|og|och|en)\s+")
_EDGES = ' \t\r\n,;:-–—"“”'
_NAME = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]{0,30})(?:\s(?:de|da|di|du|del|der|den|van|von|vom|zu|la|le|el|al|bin|ibn|ben|dos))?"
    r"(?:\s[^\W\d_a-z][\w.'’-]{0,30}){1,3}"
)
_NO_NAME = re.compile(
    r"\b(?:agency|association|bureau|center|centre|college|columnist|committee|company|contributor|correspondent|critic|"
    r"department|desk|director|editor|editorial|foundation|group|inc|institute|journal|journalist|ltd|magazine|media|"
    r"ministry|network|news|office|photographer|press|producer|reporter|school|service|services|society|staff|studio|"
    r"team|times|university|writer)s?\b",
    re.IGNORECASE,
)
"""Words of jobs and organisations: a comma before them does not separate two people."""


def people_of_line(line: str) -> Iterator[str]:
    """Returns the people that a line names: each by name, or by e-mail address if it has no name."""
    text = html.unescape(line[:_MAX_LENGTH]) if "&" in line else line[:_MAX_LENGTH]
    if "@" not in text:
        yield from _names(text)
        return
    several = len(_ADDRESS.findall(text)) > 1
    for part in (_BETWEEN_ADDRESSES if several else _BETWEEN_LINES).split(text):
        address = _ADDRESS.search(part)
        if address is None:
            yield from _names(part)
        else:
            yield _without_address(part) or address[1]


def _names(text: str) -> Iterator[str]:
    for line in _BETWEEN_LINES.split(text):
        parts = _BETWEEN_NAMES.split(line.strip())
        are_people = len(parts) > 1 and all(_NAME.fullmatch(part) and not _NO_NAME.search(part) for part in parts)
        yield from parts if are_people else (line.strip(),)


def _without_address(part: str) -> str:
    name = _EMPTY_BRACKETS.sub(" ", _ADDRESS.sub("", part)).strip(_EDGES)
    while name[:1] + name[-1:] in ("()", "<>", "[]", "''"):
        name = name[1:-1].strip(_EDGES)
    return name
