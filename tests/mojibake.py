"""Which pieces of a text look as if it had been decoded wrongly, once or twice?

A piece that can be written in some legacy encoding, and then is valid UTF-8 of several characters, is UTF-8
that was read in that encoding: real words practically never are, in any script. A word that is nothing
but letters of Latin-1 beyond ASCII is another legacy text that was read as Latin-1. U+FFFD and C1
controls speak for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LATIN = ("cp1252", "latin-1", "cp1250", "cp1254")
_OTHERS = ("cp1251", "cp1253", "cp1256", "koi8-r", "gb18030", "big5", "cp932", "euc_jp", "cp949")
_LOST = re.compile("[\ufffd\x80-\x9f]|锟斤拷|ï¿½")
_RUN = re.compile(r"[^\x00-\x7f]{2,}")
_LATIN_ONLY = re.compile("(?<![^\\W\\d_])[À-ÖØ-öø-ÿ]{5,}(?![^\\W\\d_])")
_ALPHABETS_END = "\u2e80"
"""Behind it are the scripts of East Asia, one character of which may be an accident: é, no-break space, »."""


def signs(text: str) -> Iterator[str]:
    """The pieces of ``text`` that are garbled."""
    yield from _LOST.findall(text)
    yield from (word for word in _LATIN_ONLY.findall(text) if len(set(word)) > 2)
    for run in _RUN.findall(text):
        if any(_meant(run, codec, fewest=1) for codec in _LATIN) or any(
            _meant(run, codec, fewest=4) for codec in _OTHERS
        ):
            yield run


def _meant(run: str, codec: str, *, fewest: int) -> bool:
    """Whether the run is UTF-8 of several characters that was read with ``codec``."""
    try:
        found = set(run.encode(codec).decode("utf-8"))
    except UnicodeError:
        return False
    return len(found) >= fewest and (len(found) > 1 or min(found) < _ALPHABETS_END)
