"""Maps charset labels of documents and servers to Python's codecs.

For many labels, publishers mean a larger charset that contains the named one; and they write labels that
Python does not know. Both are mapped as in the Encoding Standard (https://encoding.spec.whatwg.org, section 4.2).
Only charsets that documents are written in count: Python also has codecs named hex, punycode and UTF-7.
"""

from __future__ import annotations

import codecs
import re

SINGLE_BYTE_DEFAULT = "cp1252"
"""The codec for ISO-8859-1, and for a document whose charset cannot be guessed."""

DOUBLE_BYTE_CODECS = frozenset({"big5hkscs", "cp932", "cp949", "euc_jp", "gb18030"})
"""The codecs that encode nearly all characters beyond ASCII as pairs of bytes."""

_LARGER_CODECS = {
    "iso8859-1": SINGLE_BYTE_DEFAULT, "iso8859-9": "cp1254",
    "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_LABELS_UNKNOWN_TO_PYTHON = {
    "dos-874": "cp874", "windows-874": "cp874",
    "iso-8859-8-e": "iso8859-8", "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8",
    "koi8-ru": "koi8-u", "x-mac-cyrillic": "mac-cyrillic", "x-mac-roman": "mac-roman",
    "gb_2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "x-x-big5": "big5hkscs",
    "windows-31j": "cp932", "x-sjis": "cp932", "x-euc-jp": "euc_jp", "windows-949": "cp949",
    "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8",
}  # fmt: skip
_WINDOWS_LABEL = re.compile(r"(?:x-)?(?:cp|win(?:dows)?)[-_]?(125\d)")
_FALLBACK_CODECS = {
    "big5hkscs": "cp950", "cp932": "shift_jis_2004", "euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
_DOCUMENT_CODEC = re.compile(r"utf-8$|iso8859|iso2022|cp\d|koi8|mac|gb18030|big5|euc_|shift_|johab|tis|ptcp|kz1048")


def codec_for_label(label: str) -> str | None:
    """Returns the codec for ``label``, or None for an unknown label and for ASCII, UTF-16 and UTF-32.

    A document in one of these three shows it in its bytes; for any other document such a label is wrong.
    """
    label = label.lower()
    windows = _WINDOWS_LABEL.fullmatch(label)
    try:
        name = codecs.lookup(f"cp{windows[1]}" if windows else _LABELS_UNKNOWN_TO_PYTHON.get(label, label)).name
    except LookupError:
        return None
    codec = _LARGER_CODECS.get(name, name)
    return codec if _DOCUMENT_CODEC.match(codec) and b"<".decode(codec) == "<" else None


def codecs_to_try(codec: str) -> tuple[str, ...]:
    """Returns the codec, then the one to try next: it also decodes characters that vendors added to the charset."""
    return (codec, _FALLBACK_CODECS[codec]) if codec in _FALLBACK_CODECS else (codec,)
