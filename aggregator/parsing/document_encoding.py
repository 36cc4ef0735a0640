"""Decodes a document's bytes into text, also when its charset labels contradict each other.

The order of evidence: a byte order mark, or the zero bytes of UTF-16 and UTF-32; UTF-8 if the bytes are
valid UTF-8, or more of them are valid than not (text in another encoding almost never is valid by accident); the
charset of HTTP; the XML declaration; a guess. RFC 7303 section 3 puts the charset of HTTP before the evidence of
the bytes, but many servers send a default.

A label counts only if every byte is defined under it and none is a C1 control, which no publisher writes. Where
two labels are possible, a guess from the bytes alone chooses (see ``encoding_detection``). A text that was encoded
twice is decoded twice.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from aggregator.parsing.charset_labels import DOUBLE_BYTE_CODECS, SINGLE_BYTE_DEFAULT, codec_for_label, codecs_to_try
from aggregator.parsing.encoding_detection import choose_label, guess_encoding

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# The first character of a document in markup or JSON is ASCII (XML 1.0 appendix F, RFC 4627 section 3).
_ZERO_BYTES = (
    (re.compile(rb"\0\0\0[\t\n\r -\x7f]"), "utf-32-be"),
    (re.compile(rb"[\t\n\r -\x7f]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0[\t\n\r -\x7f]\0[\t\n\r -\x7f]"), "utf-16-be"),
    (re.compile(rb"[\t\n\r -\x7f]\0[\t\n\r -\x7f]\0"), "utf-16-le"),
)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})\s*[\"']")
_HTTP_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HTTP_DEFAULT = re.compile(r"iso[-_]?8859-1|latin-?1|us-ascii", re.IGNORECASE)
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([IJ])")
_ISO_2022 = "iso2022"
_STRAY_BYTES_HANDLER = "aggregator.stray-bytes"
_MAX_DAMAGE = 0.01
"""The share of characters beyond ASCII that may be damaged under a label that is still used."""

_MAX_STRAY = 0.1
"""The share of invalid bytes among the characters beyond ASCII, up to which a document certainly is UTF-8."""

_WINDOWS_1252_BYTES = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0xA0)}
_CONTINUATION = "[\x80-\xbf" + "".join(_WINDOWS_1252_BYTES) + "]"
# The UTF-8 bytes of a double-encoded sequence: C3 begins its first letter, one of five bytes the next one.
_SEQUENCE_STARTS = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
_DOUBLE_ENCODED = re.compile(
    f"[\xc2-\xdf]{_CONTINUATION}|[\xe0-\xef]{_CONTINUATION}{{2}}|[\xf0-\xf4]{_CONTINUATION}{{3}}"
)
_CONTROL = re.compile("[\x80-\x9f]")
_PUNCTUATION = {
    byte: bytes([byte]).decode("cp1252")
    for byte in b"\x80\x82\x84\x85\x86\x87\x89\x8b\x91\x92\x93\x94\x95\x96\x97\x99\x9b"
}
"""Punctuation that all windows charsets have where ISO 8859 has controls; publishers paste it into ISO 8859 texts."""

_INVALID_BYTE = re.compile("[\udc80-\udcff]")
_MAX_SEQUENCE_LENGTH = 4
_MIN_SEQUENCES = 3
_MAX_OTHER_LETTERS = 0.05
"""Letters outside sequences, per sequence, up to which a text counts as encoded twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodedDocument:
    """The text of a document, without byte order mark, and the problems of its bytes."""

    text: str
    problems: tuple[str, ...] = ()


def decode_document(body: bytes, *, content_type: str | None) -> DecodedDocument:
    """Decodes ``body`` into text; never raises. ``content_type`` is the header's value.

    Undefined bytes become windows-1252 characters in a document that is otherwise UTF-8, and
    U+FFFD in any other. An incomplete character at the end is left out.
    """
    encoding, mark_length = _encoding_of_bytes(body)
    if encoding not in (None, "utf-8"):
        return _decode_with_replacements(body[mark_length:], encoding or "")
    body = body[mark_length:]
    if b"\x1b" in body and body.isascii():
        return _decode_seven_bit(body, _labels(body, content_type))
    text = _decode_strictly(body, "utf-8")
    if text is None:
        return _decode_legacy(body, _labels(body, content_type))
    if _encoded_twice(text, starts=len(_SEQUENCE_STARTS.findall(body))):
        return DecodedDocument(
            text=_DOUBLE_ENCODED.sub(_decode_sequence, text), problems=("was encoded as utf-8 twice",)
        )
    return DecodedDocument(text=text, problems=_contradicted_label(body, content_type))


def _encoding_of_bytes(body: bytes) -> tuple[str | None, int]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return encoding, len(mark)
    for pattern, encoding in _ZERO_BYTES:
        if pattern.match(body):
            return encoding, 0
    return None, 0


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """Returns the codecs of the labels, HTTP's first; its Latin-1 comes last, being the default of RFC 2616."""
    http = _HTTP_CHARSET.search(content_type or "")
    declared = _XML_ENCODING.search(body[:1000])
    http_codec = codec_for_label(http[1]) if http else None
    declared_codec = codec_for_label(declared[1].decode("ascii")) if declared else None
    in_order = (
        (declared_codec, http_codec) if http and _HTTP_DEFAULT.fullmatch(http[1]) else (http_codec, declared_codec)
    )
    return [label for label in dict.fromkeys(in_order) if label is not None]


def _decode_seven_bit(body: bytes, labels: list[str]) -> DecodedDocument:
    """Decodes ASCII with escapes: an ISO 2022 encoding if a label names one or the escapes are those of ISO-2022-JP."""
    named = [label for label in labels if label.startswith(_ISO_2022)]
    encoding = next(iter(named), "iso2022_jp" if _JAPANESE_ESCAPE.search(body) else "utf-8")
    text = next(
        (text for codec in codecs_to_try(encoding) if (text := _decode_strictly(body, codec)) is not None), None
    )
    return _decode_with_replacements(body, encoding) if text is None else DecodedDocument(text=text)


def _decode_legacy(body: bytes, labels: list[str]) -> DecodedDocument:
    """Decodes what is not valid UTF-8: by a label that fits, else by a guess that fits, else with replacements."""
    if _is_damaged_utf_8(body):
        return _decode_with_replacements(body, "utf-8")
    named = [label for label in labels if label != "utf-8"]
    texts = {label: text for label in named if (text := _decode_without_controls(body, label)) is not None}
    if texts:
        label = choose_label(texts, *_guess(body)) if len(texts) > 1 else next(iter(texts))
        return DecodedDocument(
            text=texts[label], problems=(f"declares utf-8, is {label}",) if "utf-8" in labels else ()
        )
    if named and _is_nearly_valid(body, named[0]):
        return _decode_with_replacements(body, named[0])
    guess, text = _guess(body)
    if text is None:
        return _decode_with_replacements(body, named[0] if named else "utf-8")
    declares = f"declares {labels[0]}" if labels else "declares no encoding"
    return DecodedDocument(text=text, problems=(f"{declares}, seems to be {guess}",))


def _is_damaged_utf_8(body: bytes) -> bool:
    """True if the body has more characters that are valid UTF-8 sequences than bytes outside of sequences.

    Pairs of bytes of a double-byte encoding may look like sequences. So where many bytes are outside of sequences,
    the guess must not be a double-byte encoding.
    """
    text = body.decode("utf-8", "surrogateescape")
    strays, characters = len(_INVALID_BYTE.findall(text)), _count_beyond_ascii(text)
    if strays <= _MAX_STRAY * characters or 2 * strays > characters:
        return 2 * strays <= characters
    codec, guess = _guess(body)
    return codec not in DOUBLE_BYTE_CODECS or guess is None


def _guess(body: bytes) -> tuple[str, str | None]:
    """Returns the guessed codec, and the text if all bytes are defined under it."""
    codec = codec_for_label(guess_encoding(body)) or SINGLE_BYTE_DEFAULT
    return codec, _decode_without_controls(body, codec)


def _is_nearly_valid(body: bytes, encoding: str) -> bool:
    """True if hardly any byte is undefined or a control under this encoding."""
    text = body.decode(encoding, "replace").translate(_PUNCTUATION)
    return text.count("\ufffd") + len(_CONTROL.findall(text)) <= _MAX_DAMAGE * _count_beyond_ascii(text)


def _count_beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _decode_without_controls(body: bytes, label: str) -> str | None:
    """Returns the text, or None if a byte is undefined or a control under this label."""
    for codec in codecs_to_try(label):
        text = _decode_strictly(body, codec)
        if text is not None and _CONTROL.search(text):
            text = text.translate(_PUNCTUATION)
        if text is not None and not _CONTROL.search(text):
            return text
    return None


def _decode_strictly(body: bytes, codec: str) -> str | None:
    """Returns the text, or None if a byte is undefined; an incomplete character at the end is left out."""
    try:
        if codec == "utf-8":
            return codecs.utf_8_decode(body, "strict", False)[0]
        return codecs.getincrementaldecoder(codec)("strict").decode(body)
    except UnicodeDecodeError:
        return None


def _contradicted_label(body: bytes, content_type: str | None) -> tuple[str, ...]:
    if body.isascii():
        return ()
    return tuple(f"declares {label}, is utf-8" for label in _labels(body, content_type) if label != "utf-8")[:1]


def _encoded_twice(text: str, *, starts: int) -> bool:
    """True if nearly all characters beyond ASCII are UTF-8 sequences that were decoded as windows-1252.

    In a language that uses these letters themselves, many others occur between them. ``starts`` is the largest possible
    number of sequences; in most documents it is too small, so nothing else is counted.
    """
    if starts < _MIN_SEQUENCES:
        return False
    letters = _count_beyond_ascii(text)
    if letters - _MAX_SEQUENCE_LENGTH * starts > _MAX_OTHER_LETTERS * starts:
        return False
    sequences = _DOUBLE_ENCODED.findall(text)
    others = letters - sum(map(len, sequences))
    return len(sequences) >= _MIN_SEQUENCES and others <= _MAX_OTHER_LETTERS * len(sequences)


def _decode_sequence(match: re.Match[str]) -> str:
    try:
        return bytes(_WINDOWS_1252_BYTES.get(char, ord(char)) for char in match.group()).decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _decode_with_replacements(body: bytes, encoding: str) -> DecodedDocument:
    text = _decode_strictly(body, encoding)
    if text is not None:
        return DecodedDocument(text=text)
    handler = _STRAY_BYTES_HANDLER if encoding == "utf-8" else "replace"
    return DecodedDocument(text=body.decode(encoding, handler), problems=(f"has bytes that are not {encoding}",))


def _stray_bytes(error: UnicodeError) -> tuple[str, int]:
    """Decodes bytes that are not UTF-8 as windows-1252, which they most often are; a codec error handler."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY_BYTES_HANDLER, _stray_bytes)
