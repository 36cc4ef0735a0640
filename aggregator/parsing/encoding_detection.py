"""Guesses the legacy encoding of a text without a usable charset label, and chooses between two labels.

The guess is Firefox's for pages without a label (chardetng). It knows the letters and the letter frequencies of the
languages that were written in each encoding. A few letters between ASCII are weak evidence: for an English text
with one accent the guess is windows-1252, the encoding of most such texts. It never guesses UTF-8, nor encodings that
browsers do not know, such as those of the Macintosh.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from chardetng_py import EncodingDetector

from aggregator.parsing.charset_labels import SINGLE_BYTE_DEFAULT

_MAX_SAMPLE = 200_000
"""Bytes that a guess is made from; more do not change it."""

_BYTES_BEFORE = 200
_BEYOND_ASCII_BYTE = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile("[^\0-\x7f]")
_FIRST_BEYOND_LATIN = "\u0250"
_MIN_SAME_LETTERS = 0.9


def guess_encoding(body: bytes) -> str:
    """Returns the label of the likeliest encoding of ``body``, which is neither ASCII nor UTF-8.

    Some of the bytes may be undefined in this encoding.
    """
    first = _BEYOND_ASCII_BYTE.search(body)
    start = max(first.start() - _BYTES_BEFORE, 0) if first else 0
    detector = EncodingDetector()
    # ``last=False``: an incomplete character at the end is no evidence against an encoding.
    detector.feed(body[start : start + _MAX_SAMPLE], last=False)
    return str(detector.guess(tld=None, allow_utf8=False))


def choose_label(readings: Mapping[str, str], codec: str, guess: str | None) -> str:
    """Returns the right one of several possible labels; ``readings`` is the text under each, in order of trust.

    ``guess`` is the text as decoded with the guessed ``codec``. The result is the first label, unless the guess is more
    similar to another text. Between two Latin alphabets the guess must equal the other text and differ clearly from the
    first: a guess distinguishes scripts better than accents, and windows-1252 is guessed when there is little evidence.
    """
    first, *others = readings
    if guess is None:
        return first
    if not (_is_latin(guess) and _is_latin(readings[first])):
        return max(readings, key=lambda label: _similarity(readings[label], guess))
    if codec == SINGLE_BYTE_DEFAULT or _shared_letters(readings[first], guess) > _MIN_SAME_LETTERS:
        return first
    return next((label for label in others if readings[label] == guess), first)


def _similarity(text: str, guess: str) -> tuple[bool, float]:
    return _is_latin(text) == _is_latin(guess), _shared_letters(text, guess)


def _is_latin(text: str) -> bool:
    letters: list[str] = [char for char in _BEYOND_ASCII.findall(text) if char.isalpha()]
    return 2 * sum(char < _FIRST_BEYOND_LATIN for char in letters) > len(letters)


def _shared_letters(text: str, guess: str) -> float:
    """Returns the share of the guess's characters beyond ASCII that ``text`` has too, in any order."""
    letters = Counter(_BEYOND_ASCII.findall(guess))
    return (letters & Counter(_BEYOND_ASCII.findall(text))).total() / max(letters.total(), 1)
