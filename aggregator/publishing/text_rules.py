"""Matches texts against the text conditions of digests.

Pure. The store selects by feeds, outlets, copies and time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aggregator.settings.feeds_file import DigestSettings, StorySelection
from aggregator.stored_keys import text_rule_key
from aggregator.text_patterns import PhrasePattern, SearchTimeout


def text_rules_by_key(digests: Iterable[DigestSettings]) -> Mapping[str, StorySelection]:
    """Returns the selections with text conditions, each once, by key."""
    return {rule: digest.where for digest in digests if (rule := text_rule_key(digest.where)) is not None}


def matches_text(where: StorySelection, *, title: str, text: str) -> bool:
    """Returns True if an article matches the text conditions; a search that takes too long does not match."""
    whole = f"{title}\n{text}"
    try:
        return (
            (not where.words or PhrasePattern(where.words).found_in(whole))
            and (where.title is None or where.title.found_in(title))
            and (where.text is None or where.text.found_in(whole))
        )
    except SearchTimeout:
        return False
