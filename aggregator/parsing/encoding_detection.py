"""In which legacy encoding is a text that does not say so, or says two things?

What Firefox guesses for pages without a label (chardetng), which knows the letters and the habits of
the languages that were written in each encoding. Single letters between ASCII say little: of an
English text with one accent the guess is windows-1252, the encoding most such texts are in. UTF-8 is
never guessed, nor are the encodings that browsers do not know, such as those of the Macintosh.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from chardetng_py import EncodingDetector

from aggregator.parsing.charset_labels import SINGLE_BYTE_DEFAULT

_LOOKED_AT = 200_000
"""Bytes a guess is made from; more of them no longer change it."""

_CONTEXT = 200
_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile("[^\0-\x7f]")
_BEYOND_LATIN = "\u0250"
_NEARLY_ALL = 0.9


def guessed(body: bytes) -> str:
    """The label of the encoding that ``body``, which is neither ASCII nor UTF-8, is likeliest written in.

    The bytes may still mean nothing in it.
    """
    first = _HIGH.search(body)
    start = max(first.start() - _CONTEXT, 0) if first else 0
    detector = EncodingDetector()
    # Not the last bytes: a character that is cut in two is no evidence against an encoding.
    detector.feed(body[start : start + _LOOKED_AT], last=False)
    return str(detector.guess(tld=None, allow_utf8=False))


def settled(readings: Mapping[str, str], codec: str, guess: str | None) -> str:
    """Which of several labels that could all be right is, ``readings`` holding the text under each.

    It is the first, unless the ``guess``, the text as read with ``codec``, is more like another. Of two
    Latin alphabets it must be just the other and hardly the first: a guess tells scripts from each other
    better than accents, and windows-1252 is what is guessed when little is known.
    """
    first, *others = readings
    if guess is None:
        return first
    if not (_is_latin(guess) and _is_latin(readings[first])):
        return max(readings, key=lambda label: _likeness(readings[label], guess))
    if codec == SINGLE_BYTE_DEFAULT or _in_common(readings[first], guess) > _NEARLY_ALL:
        return first
    return next((label for label in others if readings[label] == guess), first)


def _likeness(text: str, guess: str) -> tuple[bool, float]:
    return _is_latin(text) == _is_latin(guess), _in_common(text, guess)


def _is_latin(text: str) -> bool:
    letters: list[str] = [char for char in _BEYOND_ASCII.findall(text) if char.isalpha()]
    return 2 * sum(char < _BEYOND_LATIN for char in letters) > len(letters)


def _in_common(text: str, guess: str) -> float:
    """The share of what is not ASCII in a guess that stands in another reading too, in whatever order."""
    wanted = Counter(_BEYOND_ASCII.findall(guess))
    return (wanted & Counter(_BEYOND_ASCII.findall(text))).total() / max(wanted.total(), 1)
