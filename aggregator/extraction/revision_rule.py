"""Decides if a later text of a page may replace the stored text.

A page that is fetched again often has less text than before: it is behind a paywall after a day, or it is an
error page or a stub with a link to an archive. Such a page is no revision of its article.
"""

from __future__ import annotations

from aggregator.model.extraction import TextSource

_MIN_SHARE = 0.5
"""Least share of the stored words that a revision has; a correction seldom removes half of a text."""


def may_replace(*, before: TextSource, words_before: int, now: TextSource, words_now: int) -> bool:
    """True if a text with this source and number of words may replace the stored one."""
    if now is not TextSource.PAGE:
        return False
    return before is not TextSource.PAGE or words_now >= _MIN_SHARE * words_before
