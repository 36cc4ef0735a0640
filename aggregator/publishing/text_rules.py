"""Which texts does a digest ask for by their words?

Pure. What is asked for by feeds, outlets, copies and time is a question to the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aggregator.settings.feeds_file import DigestSettings, Selection
from aggregator.stored_keys import text_rule_key
from aggregator.text_patterns import TooSlow, words_pattern


def text_rules(digests: Iterable[DigestSettings]) -> Mapping[str, Selection]:
    """What the digests ask of texts, each once, by name."""
    return {rule: digest.where for digest in digests if (rule := text_rule_key(digest.where)) is not None}


def holds(where: Selection, *, title: str, text: str) -> bool:
    """Whether an article says what a selection asks for; a search that takes too long has found nothing."""
    whole = f"{title}\n{text}"
    try:
        return (
            (not where.words or words_pattern(where.words).found_in(whole))
            and (where.title is None or where.title.found_in(title))
            and (where.text is None or where.text.found_in(whole))
        )
    except TooSlow:
        return False
