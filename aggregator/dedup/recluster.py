"""Who belongs together among articles that readers do not know yet, whatever order they came in?

Articles arrive in any order, and the first of them may be a copy cut to three paragraphs. Placing decides for
the newcomer alone; this decides for a whole neighbourhood anew. In an order that does not depend on arrival
(``Ranked``: no roundup, a person's priority, the longest text, the earliest date) each article joins the
closest group that speaks for it, or begins one. A group speaks by its first article, its anchor, or by most
of its first members; so there are no chains here either, and every text is compared with the most complete one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aggregator.model.dedup import Ranked, Relation, Said, Verdict

MOST_SETTLED = 24
"""Articles of one neighbourhood that are settled anew; in a larger one the newcomer alone is placed."""
SPEAKERS = 5
"""First members of a group of whom most may speak for it."""

Judge = Callable[[int, int], Verdict]
Word = Callable[[int, int], Said | None]
"""What a person said of two articles."""


def settle(articles: Iterable[Ranked], *, judge: Judge, said: Word) -> tuple[tuple[int, ...], ...]:
    """The groups of these articles, each with its anchor first, the same in whatever order they are given."""
    groups: list[list[int]] = []
    for article in sorted(articles, key=lambda article: article.order):
        found = _closest(article.article_id, groups, judge, said)
        if found is None:
            groups.append([article.article_id])
        else:
            found.append(article.article_id)
    return tuple(map(tuple, groups))


def _closest(article: int, groups: Sequence[list[int]], judge: Judge, said: Word) -> list[int] | None:
    for group in groups:
        if any(said(article, member) is Said.SAME for member in group):
            return group
    open_to_it = (group for group in groups if all(said(article, member) is not Said.APART for member in group))
    close = [(closeness, group) for group in open_to_it if (closeness := _closeness(article, group, judge)) is not None]
    return max(close, key=lambda pair: pair[0])[1] if close else None


def _closeness(article: int, group: Sequence[int], judge: Judge) -> tuple[int, float, float] | None:
    """How close an article is to a group that speaks for it; None when it does not."""
    verdict = judge(article, group[0])
    if not verdict.relation.merges:
        others = [judge(article, member) for member in group[1:SPEAKERS]]
        speaking = [other for other in others if other.relation.merges]
        if 2 * len(speaking) <= len(others) + 1:
            return None
        verdict = speaking[0]
    evidence = verdict.evidence
    return -list(Relation).index(verdict.relation), evidence.shorter, evidence.longer
