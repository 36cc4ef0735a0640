"""Which of Python's codecs is meant when a document or a server names a charset?

Publishers mean the larger sibling of many a name, and write names that Python does not know; both are
as the Encoding Standard has them (https://encoding.spec.whatwg.org, section 4.2). Only what documents
are written in counts: Python calls hex, punycode and UTF-7 codecs too.
"""

from __future__ import annotations

import codecs
import re

SINGLE_BYTE_DEFAULT = "cp1252"
"""What is meant by ISO-8859-1."""

OF_TWO_BYTES = frozenset({"big5hkscs", "cp932", "cp949", "euc_jp", "gb18030"})
"""The codecs in which nearly all that is not ASCII are pairs of bytes."""

_MEANT = {
    "iso8859-1": SINGLE_BYTE_DEFAULT, "iso8859-9": "cp1254",
    "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_UNKNOWN_TO_PYTHON = {
    "dos-874": "cp874", "windows-874": "cp874",
    "iso-8859-8-e": "iso8859-8", "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8",
    "koi8-ru": "koi8-u", "x-mac-cyrillic": "mac-cyrillic", "x-mac-roman": "mac-roman",
    "gb_2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "x-x-big5": "big5hkscs",
    "windows-31j": "cp932", "x-sjis": "cp932", "x-euc-jp": "euc_jp", "windows-949": "cp949",
    "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8",
}  # fmt: skip
_WINDOWS = re.compile(r"(?:x-)?(?:cp|win(?:dows)?)[-_]?(125\d)")
_SIBLINGS = {
    "big5hkscs": "cp950", "cp932": "shift_jis_2004", "euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
_WRITTEN = re.compile(r"utf-8$|iso8859|iso2022|cp\d|koi8|mac|gb18030|big5|euc_|shift_|johab|tis|ptcp|kz1048")


def codec_of(label: str) -> str | None:
    """The name of the codec meant by ``label``; None for unknown ones, and for ASCII, UTF-16 and UTF-32.

    Whether a document is in one of those three shows in its bytes, so for any other the label says nothing.
    """
    label = label.lower()
    windows = _WINDOWS.fullmatch(label)
    try:
        found = codecs.lookup(f"cp{windows[1]}" if windows else _UNKNOWN_TO_PYTHON.get(label, label)).name
    except LookupError:
        return None
    meant = _MEANT.get(found, found)
    return meant if _WRITTEN.match(meant) and b"<".decode(meant) == "<" else None


def with_sibling(codec: str) -> tuple[str, ...]:
    """The codec, and the one to try next where it lacks what vendors put into the gaps of its charset."""
    return (codec, _SIBLINGS[codec]) if codec in _SIBLINGS else (codec,)
