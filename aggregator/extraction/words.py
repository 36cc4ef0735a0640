"""What are the words of a text, whatever its script?

Scripts that are written without spaces (Han, Kana, Hangul syllables, Thai) give one word per
character: exact enough for counting and comparing. It is not the tokeniser of copy recognition.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)


@lru_cache(maxsize=4096)  # each line of a page is asked for by seven rules and witnesses
def words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in order, case folded."""
    return tuple(_WORDS.findall(text.casefold()))
