"""Which text do a document's bytes hold, when its labels disagree?

The order of belief: a byte order mark or the NULs of UTF-16 and UTF-32; UTF-8 if the bytes are
valid UTF-8 (other encodings almost never are by accident); the HTTP charset; the XML declaration;
UTF-8 with stray bytes read as windows-1252. RFC 7303 section 3 puts the HTTP charset before the
bytes' own evidence, but servers send a default of theirs. A text that was encoded twice is decoded
twice. Nothing is guessed from language.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first character of a document in markup or JSON is ASCII (XML 1.0 appendix F, RFC 4627 section 3).
_NULS = (
    (re.compile(rb"\0\0\0[\t\n\r -\x7f]"), "utf-32-be"),
    (re.compile(rb"[\t\n\r -\x7f]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0[\t\n\r -\x7f]\0[\t\n\r -\x7f]"), "utf-16-be"),
    (re.compile(rb"[\t\n\r -\x7f]\0[\t\n\r -\x7f]\0"), "utf-16-le"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})\s*[\"']")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)

# What publishers mean by a label is the larger sibling (WHATWG Encoding, section 4.2).
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_SINGLE_BYTE_DEFAULT = "cp1252"
# Python also calls hex, punycode and UTF-7 encodings; these are the ones that documents are written in.
_WRITTEN = re.compile(r"utf-8$|iso8859|iso2022|cp\d|koi8|mac|gb18030|big5|euc_|shift_|johab|tis|ptcp|kz1048")
_ESCAPING = "iso2022"
_STRAY = "aggregator.stray-bytes"

_BYTES = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0xA0)}
_NEXT = "[\x80-\xbf" + "".join(_BYTES) + "]"
# In UTF-8 C3 leads in each letter that starts a sequence, and one of five bytes what may go on with it.
_SEQUENCE_STARTS = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
_TWICE = re.compile(f"[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}}")
_LONGEST_SEQUENCE = 4
_FEWEST_SEQUENCES = 3
_OTHERS = 0.05
"""Letters beside each sequence that leave it likely that the text was encoded twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """The text of a document, without byte order mark, and what was wrong with its bytes."""

    text: str
    problems: tuple[str, ...] = ()


def decode(body: bytes, *, content_type: str | None) -> Decoded:
    """Turn ``body`` into text whatever its labels say; never raises.

    Bytes that fit no label become windows-1252 characters in a document that is otherwise
    UTF-8, and U+FFFD in the others.
    """
    encoding, start = _evident(body)
    if encoding is not None:
        return _lenient(body[start:], encoding)
    if b"\x1b" in body and body.isascii():
        labels = [label for label in _labels(body, content_type) if label.startswith(_ESCAPING)]
        return _lenient(body, labels[0] if labels else "utf-8")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _labelled(body, _labels(body, content_type))
    if _encoded_twice(text, starts=len(_SEQUENCE_STARTS.findall(body))):
        return Decoded(text=_TWICE.sub(_decoded_again, text), problems=("is utf-8 encoded twice",))
    return Decoded(text=text, problems=_disagreement(body, content_type))


def _evident(body: bytes) -> tuple[str | None, int]:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding, len(mark)
    for pattern, encoding in _NULS:
        if pattern.match(body):
            return encoding, 0
    return None, 0


def _labelled(body: bytes, labels: list[str]) -> Decoded:
    """Not UTF-8: the first label under which every byte means something, else the first one leniently."""
    legacy = [label for label in labels if label != "utf-8"]
    for encoding in legacy:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Decoded(text=text, problems=(f"says utf-8, is {encoding}",) if "utf-8" in labels else ())
    if "utf-8" in labels or not legacy:
        return _lenient(body, "utf-8")
    return _lenient(body, legacy[0])


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """HTTP's label and the document's own; a server's Latin-1 yields, as it is the default of RFC 2616."""
    http = _CHARSET.search(content_type or "")
    declared = _DECLARED.search(body[:1000])
    first = _codec(http[1]) if http else None
    second = _codec(declared[1].decode("ascii")) if declared else None
    pair = (second, first) if first == _SINGLE_BYTE_DEFAULT else (first, second)
    return [label for label in dict.fromkeys(pair) if label is not None]


def _codec(label: str) -> str | None:
    """The name of the codec meant by ``label``; None for unknown ones and for those this body cannot be in."""
    try:
        found = codecs.lookup(label).name
    except LookupError:
        return None
    meant = _MEANT.get(found, found)
    return meant if _WRITTEN.match(meant) and b"<".decode(meant) == "<" else None


def _disagreement(body: bytes, content_type: str | None) -> tuple[str, ...]:
    if body.isascii():
        return ()
    return tuple(f"says {label}, is utf-8" for label in _labels(body, content_type) if label != "utf-8")[:1]


def _encoded_twice(text: str, *, starts: int) -> bool:
    """Whether nearly all that is not ASCII are UTF-8 sequences which somebody took for windows-1252.

    A language that uses these letters by themselves never leaves so few others; ``starts`` is how many
    sequences there are at most, and of most documents tells that there are too few.
    """
    if starts < _FEWEST_SEQUENCES:
        return False
    letters = len(text) - len(text.encode("ascii", "ignore"))
    if letters - _LONGEST_SEQUENCE * starts > _OTHERS * starts:
        return False
    sequences = _TWICE.findall(text)
    others = letters - sum(map(len, sequences))
    return len(sequences) >= _FEWEST_SEQUENCES and others <= _OTHERS * len(sequences)


def _decoded_again(match: re.Match[str]) -> str:
    try:
        return bytes(_BYTES.get(char, ord(char)) for char in match.group()).decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _lenient(body: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(text=body.decode(encoding))
    except UnicodeDecodeError:
        handler = _STRAY if encoding == "utf-8" else "replace"
        return Decoded(text=body.decode(encoding, handler), problems=(f"has bytes that are not {encoding}",))


def _stray_bytes(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: the bytes that are not UTF-8 are most often pasted windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY, _stray_bytes)
