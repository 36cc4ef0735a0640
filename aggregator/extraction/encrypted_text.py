"""Detects encrypted text that only a subscriber's browser can read.

Some publishers (WAZ and its sister papers) send the paragraphs behind their paywall to everyone, with each
letter replaced by the next one of the alphabet; a script decrypts them for subscribers. To other rules such
paragraphs look like prose. They are detected here and not decrypted.
"""

from __future__ import annotations

from string import ascii_lowercase

MIN_LETTERS = 60
"""Least number of letters for a decision by letter frequency."""

_AFTER_VOWELS = "bfjpv"
_MAX_SHARE_OF_LETTERS = 0.28
"""Share of the letters that follow a, e, i, o and u in the alphabet.

It is .07 in most lines, .2 in unusual ones, and .35 or more in encrypted text.
"""
_MIN_SHARE_OF_CHARACTERS = 0.1
"""The same as a share of all characters, which include spaces, digits and signs; for a quick check."""


def is_encrypted(text: str) -> bool:
    """True if each letter of a text in Latin script was replaced by the next one of the alphabet."""
    text = text.lower()
    after_vowels = sum(map(text.count, _AFTER_VOWELS))
    if after_vowels <= _MAX_SHARE_OF_LETTERS * MIN_LETTERS or after_vowels <= _MIN_SHARE_OF_CHARACTERS * len(text):
        return False  # nearly every text ends here, without the slower count of letters
    letters = sum(map(text.count, ascii_lowercase))
    return letters >= MIN_LETTERS and after_vowels > _MAX_SHARE_OF_LETTERS * letters
