"""May what a page says now take the place of what it said before?

A page that is seen again is often less than it was: behind a wall after a day, an error page, a stub that
leads to an archive. Such a page is no revision of its article.
"""

from __future__ import annotations

from aggregator.model.extraction import TextSource

_LEAST = 0.5
"""Share of the words that a revised text still has; what is corrected is seldom halved."""


def may_replace(*, before: TextSource, words_before: int, now: TextSource, words_now: int) -> bool:
    """Whether a text, by its source and its number of words, may replace the one that is stored."""
    if now is not TextSource.PAGE:
        return False
    return before is not TextSource.PAGE or words_now >= _LEAST * words_before
