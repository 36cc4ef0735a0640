"""What are the tokens of a text, so that the same report looks the same in every outlet?

One rule for any script. Compatibility forms (NFKC), letter case, apostrophes, punctuation,
invisible characters, optional vowel points and the shape of digits do not count, and
Traditional Chinese counts as Simplified. A run of letters is a token, a number is a token;
where words are written without spaces (Han, Hiragana, Hangul, Thai, Lao, Khmer, Burmese) every
character is one, save that a run of Katakana is one. Datelines and furniture lines are left out.

It does not stem, does not drop stop words and does not know languages.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from opencc import OpenCC

from aggregator.dedup.boilerplate import is_furniture
from aggregator.dedup.datelines import dateline_of

_SINGLE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Hangul
    "\u3005-\u3007\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Hiragana, Han
)
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff"
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0900-\u0903\u093a-\u094f\u0962\u0963\u0980-\u0983\u09bc-\u09cd\u0a00-\u0a03"
    "\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3b-\u0d4d"
)
_LETTER = rf"[^\W\d_{_SINGLE}{_KATAKANA}]"
_STOPS = '.!?;:\n"“”«»„。'
_TOKEN = re.compile(
    rf"{_LETTER}+(?:'{_LETTER}+|[{_MARKS}]+{_LETTER}*)*|\d+(?:[.,]\d+)*|[{_SINGLE}]|[{_KATAKANA}]+|[{_STOPS}]"
)
_APOSTROPHE = re.compile("[’‘ʼʻ`´＇‛]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_DATELINE_LINES = 3
_DATELINE_ENDS = 60


class Kind(IntEnum):
    """What a token is; NAME is a word with a capital that does not begin a sentence."""

    WORD = 1
    NAME = 2
    NUMBER = 3
    SINGLE = 4
    RUN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """The tokens of a text in order, and the kind of each as one byte.

    ``text`` is what was read: NFKC, without dateline and furniture; these are ``left_out``.
    """

    text: str
    words: tuple[str, ...]
    kinds: bytes
    left_out: tuple[str, ...] = ()

    def spans(self) -> tuple[tuple[int, int], ...]:
        """From which to before which character of the text each token reaches."""
        return tuple(match.span() for match in _TOKEN.finditer(self.text) if match[0] not in _STOPS)

    def quote(self, start: int, stop: int, *, longest: int) -> str:
        """The tokens from ``start`` to before ``stop`` as printed, on one line of at most ``longest`` characters."""
        if start >= stop:
            return ""
        spans = self.spans()
        line = " ".join(self.text[spans[start][0] : spans[stop - 1][1]].split())
        return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


class _Classes(dict[str, int]):
    """The kind of a token by its first character, learnt as characters come; 0 is a stop, a capital a NAME."""

    def __missing__(self, char: str) -> int:
        if char in _STOPS:
            kind = 0
        elif char.isdecimal():
            kind = Kind.NUMBER
        elif re.match(f"[{_SINGLE}]", char):
            kind = Kind.SINGLE
        elif re.match(f"[{_KATAKANA}]", char):
            kind = Kind.RUN
        else:
            kind = Kind.NAME if char.isupper() else Kind.WORD
        self[char] = int(kind)
        return int(kind)


_CLASSES = _Classes()


def tokenise(text: str) -> Tokens:
    """Read a text into tokens; "" gives none."""
    read, left_out = _reported(text)
    found = _TOKEN.findall(read)
    classes = bytes([_CLASSES[token[0]] for token in found])
    joined = "\n".join([token for token, kind in zip(found, classes, strict=True) if kind]).casefold().replace("'", "")
    if not joined.isascii():
        joined = joined.translate(_folding())
    joined = _GROUPED.sub(lambda match: _plain_number(match[0]), joined)
    words = tuple(joined.split("\n")) if joined else ()
    kinds = _OPENING.sub(_as_word, b"\0" + classes).replace(b"\0", b"")
    return Tokens(text=read, words=words, kinds=kinds, left_out=left_out)


_GROUPED = re.compile(r"\d+(?:[.,]\d+)+")
_OPENING = re.compile(rb"\0\x02")


def _as_word(_: re.Match[bytes]) -> bytes:
    """A capital after a stop says nothing: the token is a word."""
    return bytes((0, Kind.WORD))


def _reported(text: str) -> tuple[str, tuple[str, ...]]:
    """The text in NFKC without invisible characters, furniture lines and the dateline, and what of it these were.

    When nothing would be left, every line stays: a text made of furniture alone must not
    equal every other such text.
    """
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKC", _APOSTROPHE.sub("'", _INVISIBLE.sub("", text)))
    lines = [line for line in (line.strip() for line in plain.split("\n")) if line]
    kept = [line for line in lines if not is_furniture(line)] or lines
    left_out = [line for line in lines if is_furniture(line)] if len(kept) < len(lines) else []
    for number, line in enumerate(kept[:_DATELINE_LINES]):
        dateline = dateline_of(line)
        if dateline is not None and dateline.length < len(line):
            kept[number] = line[dateline.length :]
            left_out.insert(0, line[: dateline.length].strip())
        if dateline is not None or len(line) > _DATELINE_ENDS:
            break
    return "\n".join(kept), tuple(left_out)


def _plain_number(number: str) -> str:
    """A number without separators of thousands: 1,234 and 1.234 are 1234; 3.5 and 3,5 are 3.5."""
    *heads, last = re.split("[.,]", number)
    whole = "".join(heads)
    return whole + last if len(last) == 3 else f"{whole}.{last}"


@cache
def _folding() -> dict[int, str | int | None]:
    """After tokenising: vowel points and tatweel go, digits become ASCII, Traditional Chinese Simplified.

    Made once from OpenCC's own answers, character by character: 150 ms, and then some
    twenty-five times faster than converting each text; and a character that means two
    things always becomes the same one, in both copies.
    """
    table: dict[int, str | int | None] = dict.fromkeys(
        (*range(0x0591, 0x05C8), *range(0x0610, 0x061B), 0x0640, *range(0x064B, 0x0660), 0x0670)
    )
    table |= {
        point: str(unicodedata.digit(chr(point)))
        for point in range(0x80, sys.maxunicode)
        if unicodedata.category(chr(point)) == "Nd"
    }
    han = [chr(point) for point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simplified = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return table | {ord(before): after for before, after in zip(han, simplified, strict=True) if before != after}
