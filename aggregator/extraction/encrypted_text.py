"""Is this text enciphered, so that only a subscriber's browser can read it?

Some publishers send the paragraphs behind their wall to everybody, each letter replaced by the next one
of the alphabet, and let a program put them right for those who paid (WAZ and its sister papers do). To a
machine they look like prose. They are not deciphered here, only told.
"""

from __future__ import annotations

from string import ascii_lowercase

FEWEST_LETTERS = 60
"""Letters from which their frequencies tell a language from a cipher."""

_AFTER_VOWELS = "bfjpv"
_TOO_MANY = 0.28
"""Share of the letters that follow a, e, i, o and u: .07 in most lines, .2 in an odd one, .35 and more in a cipher."""
_RARE = 0.1
"""The same as a share of all characters; ciphers have spaces, figures and signs as other texts have."""


def is_enciphered(text: str) -> bool:
    """Whether the letters of a text are those that come after the letters of a language in Latin script."""
    text = text.lower()
    after_vowels = sum(map(text.count, _AFTER_VOWELS))
    if after_vowels <= _TOO_MANY * FEWEST_LETTERS or after_vowels <= _RARE * len(text):
        return False  # as good as always, and not counted any further
    letters = sum(map(text.count, ascii_lowercase))
    return letters >= FEWEST_LETTERS and after_vowels > _TOO_MANY * letters
