"""Folds texts for comparison: one form for letters, quotes, blanks and case that people read as the same.

Publishers and people type the same words in different characters: a letter and its accent as one character or as
two, straight or typographic apostrophes, full-width letters, soft hyphens. A comparison of folded texts finds them
all. The folded form is for comparison only; it is never stored or shown, and offsets in it mean nothing elsewhere.
"""

from __future__ import annotations

import re
import unicodedata

_SINGLE_QUOTES = (
    "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bb\u02bc\u02bd\u0060\u00b4\u055a\u05f3\ua78b\ua78c"
)
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u05f4\u301d\u301e\u301f\u2e42"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_UNIFIED = str.maketrans(
    dict.fromkeys(_SINGLE_QUOTES, "'") | dict.fromkeys(_DOUBLE_QUOTES, '"') | dict.fromkeys(_HYPHENS, "-")
)
# The characters that Unicode calls Default_Ignorable_Code_Point (DerivedCoreProperties.txt): soft hyphen, zero-width
# characters, direction marks, variation selectors, tags.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# The tonos is not written on capitals ("ΑΘΗΝΑ", "Αθήνα").
_GREEK_TONOS = re.compile("(?<=[αεηιουω])[\u0301\u0342]|(?<=[ιυ]\u0308)[\u0301\u0342]")


def unify_characters(text: str) -> str:
    """Returns the text with one form of each character, and with its case.

    The result is in Unicode's form NFKC (UAX 15): composed letters, no ligatures, no full-width forms, plain blanks.
    Quotes and apostrophes are straight, dashes are hyphens, invisible characters are removed.
    """
    if text.isascii():
        return text.replace("`", "'")
    unified = unicodedata.normalize("NFKC", _IGNORABLE.sub("", text.translate(_UNIFIED)))
    return unified.translate(_UNIFIED)  # some compatibility characters contain quotes


def fold_text(text: str) -> str:
    """Returns the form of a text in which equal words are equal in any case; also ß and ss, İ, ı and i, ς and σ."""
    unified = unify_characters(text).casefold()
    if unified.isascii():
        return unified
    parts = unicodedata.normalize("NFKD", unified).replace("ı", "i").replace("i\u0307", "i")
    return unicodedata.normalize("NFKC", _GREEK_TONOS.sub("", parts))
