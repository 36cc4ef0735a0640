"""Reclusters unpublished stories, independent of arrival order.

Articles arrive in any order, and the first one can be a copy of three paragraphs. ``story_assignment`` decides only
for the new article; this decides again for a whole neighbourhood. The articles are sorted in an order that does not
depend on arrival (``ReclusterArticle``: no roundup, a person's priority, the longest text, the earliest date). Each
article joins the closest group that votes for it, or starts a group. The vote is that of the group's first article,
its anchor, or of most of its first members. So there are no chains here either, and every text is compared with the
most complete one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aggregator.model.dedup import ReclusterArticle, Relation, RulingKind, Verdict

MOST_RECLUSTERED = 24
"""Most articles of a neighbourhood that is reclustered; in a larger one only the new article is assigned."""
VOTING_MEMBERS = 5
"""Number of a group's first members that vote."""

JudgePair = Callable[[int, int], Verdict]
RulingOf = Callable[[int, int], RulingKind | None]
"""Returns the ruling of a person on two articles, or None."""


def recluster(articles: Iterable[ReclusterArticle], *, judge: JudgePair, said: RulingOf) -> tuple[tuple[int, ...], ...]:
    """Groups the articles, each group with its anchor first; the order of the input does not matter."""
    groups: list[list[int]] = []
    for article in sorted(articles, key=lambda article: article.order):
        found = _closest(article.article_id, groups, judge, said)
        if found is None:
            groups.append([article.article_id])
        else:
            found.append(article.article_id)
    return tuple(map(tuple, groups))


def _closest(article: int, groups: Sequence[list[int]], judge: JudgePair, said: RulingOf) -> list[int] | None:
    for group in groups:
        if any(said(article, member) is RulingKind.SAME for member in group):
            return group
    possible = (group for group in groups if all(said(article, member) is not RulingKind.APART for member in group))
    close = [(closeness, group) for group in possible if (closeness := _closeness(article, group, judge)) is not None]
    return max(close, key=lambda pair: pair[0])[1] if close else None


def _closeness(article: int, group: Sequence[int], judge: JudgePair) -> tuple[int, float, float] | None:
    """Returns how close an article is to a group that votes for it; None if the group does not."""
    verdict = judge(article, group[0])
    if not verdict.relation.merges:
        others = [judge(article, member) for member in group[1:VOTING_MEMBERS]]
        votes = [other for other in others if other.relation.merges]
        if 2 * len(votes) <= len(others) + 1:
            return None
        verdict = votes[0]
    evidence = verdict.evidence
    return -list(Relation).index(verdict.relation), evidence.shorter, evidence.longer
