"""Maps charset labels of documents and servers to Python's codecs.

The Encoding Standard (https://encoding.spec.whatwg.org, section 4.2) says which encoding each name means;
webencodings holds its table. Names that the table lacks mean what they mean to Python. Codecs that no
document is written in are left out: Python also has codecs named hex, punycode and UTF-7.
"""

from __future__ import annotations

import codecs
import re

import webencodings

SINGLE_BYTE_DEFAULT = "cp1252"
"""The codec for ISO-8859-1."""

DOUBLE_BYTE_CODECS = frozenset({"big5hkscs", "cp932", "cp949", "euc_jp", "gb18030"})
"""The codecs that encode nearly all characters beyond ASCII as pairs of bytes."""

_DECODED_AS = {"gbk": "gb18030"}
"""Section 10.1.1: the decoder of GBK is that of gb18030. Python's codec for GBK is smaller."""

_NO_CHARSETS = frozenset({"replacement", "x-user-defined"})
"""Encodings of the standard that decode no text; the standard refuses ISO-2022-KR under the first."""

_LABELS_IN_NEITHER = {"utf8mb4": "utf-8"}
_WINDOWS = re.compile(r"(?:x-)?(?:cp|win(?:dows)?)[-_]?(125\d)")
_FALLBACK_CODECS = {
    "big5hkscs": "cp950", "cp932": "shift_jis_2004", "euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
_DOCUMENT_CODEC = re.compile(r"utf-8$|iso8859|iso2022|cp\d|koi8|mac|gb18030|big5|euc_|shift_|johab|tis|ptcp|kz1048")
_UTF_16 = "utf-16"


def codec_for_label(label: str) -> str | None:
    """Returns the codec for a label of a feed; None for unknown ones, and for ASCII, UTF-16 and UTF-32.

    Whether a document is in one of those three shows in its bytes, so for any other the label says nothing.
    """
    codec = None if _python_codec(label.lower()) == "ascii" else browser_codec(label)
    return None if codec is not None and codec.startswith(_UTF_16) else codec


def browser_codec(label: str) -> str | None:
    """Returns the codec with which a browser decodes a label; None for unknown ones and UTF-32."""
    label = label.lower()
    if windows := _WINDOWS.fullmatch(label):
        label = f"windows-{windows[1]}"
    codec = _standard_codec(label)
    if codec is None and (named := _python_codec(label)) is not None:
        codec = _standard_codec(named.replace("_", "-")) or named
    if codec is None or codec.startswith(_UTF_16):
        return codec
    return codec if _DOCUMENT_CODEC.match(codec) and b"<".decode(codec) == "<" else None


def _standard_codec(label: str) -> str | None:
    found = webencodings.lookup(label)
    if found is None or found.name in _NO_CHARSETS:
        return None
    name: str = found.codec_info.name
    return _DECODED_AS.get(name, name)


def _python_codec(label: str) -> str | None:
    try:
        return codecs.lookup(_LABELS_IN_NEITHER.get(label, label)).name
    except LookupError:
        return None


def codecs_to_try(codec: str) -> tuple[str, ...]:
    """Returns the codec, then the one to try next: it also decodes characters that vendors added to the charset."""
    return (codec, _FALLBACK_CODECS[codec]) if codec in _FALLBACK_CODECS else (codec,)
