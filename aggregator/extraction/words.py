"""Splits a text in any script into words.

Scripts that are written without spaces (Han, Kana, Hangul syllables, Thai) give one word per character,
which is exact enough for counting and comparing. ``dedup.tokens`` has the tokeniser for syndicated copies.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)


@lru_cache(maxsize=4096)  # rules and features split the same line of a page about seven times
def words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in order, case-folded."""
    return tuple(_WORDS.findall(text.casefold()))
