"""Matches texts against the text conditions of digests.

Pure. The store selects by feeds, outlets, copies and time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from aggregator.settings.feeds_file import DigestSettings, Selection
from aggregator.text_patterns import TooSlow, words_pattern


def text_rule(where: Selection) -> str | None:
    """Returns a key for the text conditions of a selection; None if it has none."""
    if not where.words and where.title is None and where.text is None:
        return None
    asked = repr((where.words, str(where.title or ""), str(where.text or "")))
    return sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text_rules(digests: Iterable[DigestSettings]) -> Mapping[str, Selection]:
    """Returns the selections with text conditions, each once, by key."""
    return {rule: digest.where for digest in digests if (rule := text_rule(digest.where)) is not None}


def holds(where: Selection, *, title: str, text: str) -> bool:
    """Returns True if an article matches the text conditions; a search that takes too long does not match."""
    whole = f"{title}\n{text}"
    try:
        return (
            (not where.words or words_pattern(where.words).found_in(whole))
            and (where.title is None or where.title.found_in(title))
            and (where.text is None or where.text.found_in(whole))
        )
    except TooSlow:
        return False
