"""Repairs CDATA sections that contain the end of a CDATA section: programs wrap a text that has sections itself.

XML ends a section at the first ``]]>``. In an ill-formed document, the section of an element ends where the end tag
of the element follows.
"""

from __future__ import annotations

import re

_SECTION = re.compile(r"<([A-Za-z_][\w:.-]{0,60})(?:\s[^<>]{0,1000})?>\s*<!\[CDATA\[")
_END = "]]>"
_MARK = re.compile(r"<!\[CDATA\[|\]\]>")
_ENTRY_START = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)


def join_nested_sections(text: str) -> str:
    """Removes the marks inside the CDATA section of each element; a section without a certain end stays."""
    pieces: list[str] = []
    done = 0
    while section := _SECTION.search(text, done):
        start = section.end()
        end = _section_end(text, section[1], start)
        pieces += [text[done:start], _MARK.sub("", text[start:end])]
        done = end
    return "".join((*pieces, text[done:]))


def _section_end(text: str, name: str, start: int) -> int:
    """Returns the index of the ``]]>`` before the end tag; of the first one if another entry begins before that."""
    first = text.find(_END, start)
    if first < 0:
        return len(text)
    last = re.compile(rf"\]\]>\s*</{re.escape(name)}\s*>").search(text, first)
    if last is None or _ENTRY_START.search(text, first, last.start()):
        return first
    return last.start()
