"""Which text do a document's bytes hold, when its labels disagree?

The order of belief: a byte order mark or the NULs of UTF-16 and UTF-32; UTF-8 if the bytes are
valid UTF-8, or more of them are than are not (other encodings almost never are by accident); the HTTP
charset; the XML declaration; a guess. RFC 7303 section 3 puts the HTTP charset before the bytes' own
evidence, but servers send a default of theirs.

A label counts only if every byte means something under it: none is undefined, and none a C1 control,
which no publisher writes. Where two labels could both be right, the guess is asked which one is. It is
made from the bytes alone (see ``guessing``). A text that was encoded twice is decoded twice.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from aggregator.parsing.charset_labels import OF_TWO_BYTES, SINGLE_BYTE_DEFAULT, codec_of, with_sibling
from aggregator.parsing.encoding_detection import guessed, settled

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
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
_HTTP_DEFAULT = re.compile(r"iso[-_]?8859-1|latin-?1|us-ascii", re.IGNORECASE)
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([IJ])")
_ESCAPING = "iso2022"
_STRAY = "aggregator.stray-bytes"
_DAMAGED = 0.01
"""The share of characters that may be damaged before a label is no longer believed."""

_FEW = 0.1
"""The share of stray bytes that leaves no doubt of UTF-8."""

_BYTES = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0xA0)}
_NEXT = "[\x80-\xbf" + "".join(_BYTES) + "]"
# In UTF-8 C3 leads in each letter that starts a sequence, and one of five bytes what may go on with it.
_SEQUENCE_STARTS = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
_TWICE = re.compile(f"[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}}")
_CONTROL = re.compile("[\x80-\x9f]")
_PUNCTUATION = {
    byte: bytes([byte]).decode("cp1252")
    for byte in b"\x80\x82\x84\x85\x86\x87\x89\x8b\x91\x92\x93\x94\x95\x96\x97\x99\x9b"
}
"""What the windows charsets have in common where the ISO 8859 ones have controls; it is pasted into either."""

_UNDECODED = re.compile("[\udc80-\udcff]")
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
    UTF-8, and U+FFFD in the others. A character that is cut off at the end is left out.
    """
    encoding, mark = _evident(body)
    if encoding not in (None, "utf-8"):
        return _leniently(body[mark:], encoding or "")
    body = body[mark:]
    if b"\x1b" in body and body.isascii():
        return _escaped(body, _labels(body, content_type))
    text = _strictly(body, "utf-8")
    if text is None:
        return _legacy(body, _labels(body, content_type))
    if _encoded_twice(text, starts=len(_SEQUENCE_STARTS.findall(body))):
        return Decoded(text=_TWICE.sub(_decoded_again, text), problems=("was encoded as utf-8 twice",))
    return Decoded(text=text, problems=_disagreement(body, content_type))


def _evident(body: bytes) -> tuple[str | None, int]:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding, len(mark)
    for pattern, encoding in _NULS:
        if pattern.match(body):
            return encoding, 0
    return None, 0


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """HTTP's label and the document's own; a server's Latin-1 yields, as it is the default of RFC 2616."""
    http = _CHARSET.search(content_type or "")
    declared = _DECLARED.search(body[:1000])
    first = codec_of(http[1]) if http else None
    second = codec_of(declared[1].decode("ascii")) if declared else None
    pair = (second, first) if http and _HTTP_DEFAULT.fullmatch(http[1]) else (first, second)
    return [label for label in dict.fromkeys(pair) if label is not None]


def _escaped(body: bytes, labels: list[str]) -> Decoded:
    """ASCII with escapes: an encoding of seven bits, if it says so or the escapes are those of ISO-2022-JP."""
    named = [label for label in labels if label.startswith(_ESCAPING)]
    encoding = next(iter(named), "iso2022_jp" if _JAPANESE_ESCAPE.search(body) else "utf-8")
    text = next((text for codec in with_sibling(encoding) if (text := _strictly(body, codec)) is not None), None)
    return _leniently(body, encoding) if text is None else Decoded(text=text)


def _legacy(body: bytes, labels: list[str]) -> Decoded:
    """Not UTF-8, or damaged: the label that fits, else a guess that does, else the likeliest reading, damaged."""
    if _is_damaged_utf_8(body):
        return _leniently(body, "utf-8")
    named = [label for label in labels if label != "utf-8"]
    readings = {label: text for label in named if (text := _readable(body, label)) is not None}
    if readings:
        label = settled(readings, *_guess(body)) if len(readings) > 1 else next(iter(readings))
        return Decoded(text=readings[label], problems=(f"declares utf-8, is {label}",) if "utf-8" in labels else ())
    if named and _is_nearly(body, named[0]):
        return _leniently(body, named[0])
    guess, text = _guess(body)
    if text is None:
        return _leniently(body, named[0] if named else "utf-8")
    declares = f"declares {labels[0]}" if labels else "declares no encoding"
    return Decoded(text=text, problems=(f"{declares}, seems to be {guess}",))


def _is_damaged_utf_8(body: bytes) -> bool:
    """Whether more characters are sequences of UTF-8 than bytes are in none.

    In encodings of two bytes, which may look like a sequence, that happens; so where many bytes are in none
    it must not be one of those.
    """
    text = body.decode("utf-8", "surrogateescape")
    strays, others = len(_UNDECODED.findall(text)), _beyond_ascii(text)
    if strays <= _FEW * others or 2 * strays > others:
        return 2 * strays <= others
    codec, guess = _guess(body)
    return codec not in OF_TWO_BYTES or guess is None


def _guess(body: bytes) -> tuple[str, str | None]:
    """The codec that is guessed, and the text if that is possible."""
    codec = codec_of(guessed(body)) or SINGLE_BYTE_DEFAULT
    return codec, _readable(body, codec)


def _is_nearly(body: bytes, encoding: str) -> bool:
    """Whether hardly a byte is undefined under a label, or a control."""
    text = body.decode(encoding, "replace").translate(_PUNCTUATION)
    return text.count("\ufffd") + len(_CONTROL.findall(text)) <= _DAMAGED * _beyond_ascii(text)


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _readable(body: bytes, label: str) -> str | None:
    """The text if every byte has a meaning under a label; None if one is undefined or a control."""
    for codec in with_sibling(label):
        text = _strictly(body, codec)
        if text is not None and _CONTROL.search(text):
            text = text.translate(_PUNCTUATION)
        if text is not None and not _CONTROL.search(text):
            return text
    return None


def _strictly(body: bytes, codec: str) -> str | None:
    """The text if all bytes are defined; a character that is cut off at the end is no fault."""
    try:
        if codec == "utf-8":
            return codecs.utf_8_decode(body, "strict", False)[0]
        return codecs.getincrementaldecoder(codec)("strict").decode(body)
    except UnicodeDecodeError:
        return None


def _disagreement(body: bytes, content_type: str | None) -> tuple[str, ...]:
    if body.isascii():
        return ()
    return tuple(f"declares {label}, is utf-8" for label in _labels(body, content_type) if label != "utf-8")[:1]


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


def _leniently(body: bytes, encoding: str) -> Decoded:
    text = _strictly(body, encoding)
    if text is not None:
        return Decoded(text=text)
    handler = _STRAY if encoding == "utf-8" else "replace"
    return Decoded(text=body.decode(encoding, handler), problems=(f"has bytes that are not {encoding}",))


def _stray_bytes(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: the bytes that are not UTF-8 are most often pasted windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY, _stray_bytes)
