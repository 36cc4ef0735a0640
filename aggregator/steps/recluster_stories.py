"""What an article brings about among the others of its neighbourhood, when readers know none of them yet.

A newcomer that is more complete than the copies before it, or a copy of two stories, may show that others
belong elsewhere. They are settled anew (``dedup.recluster``), so that the stories do not depend on which
copy came first. A story that readers know is never taken apart: it only grows and unites.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlmodel import Session

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import prepare
from aggregator.dedup.recluster import MOST_SETTLED, settle
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import Relation, Verdict
from aggregator.settings.settings_file import LeadPolicy
from aggregator.steps.canonical_copy import let_best_lead
from aggregator.store import merge_queries, rulings, stories


@dataclass(frozen=True, kw_only=True, slots=True)
class Settling:
    """How stories are founded and led, and by what thresholds texts are judged."""

    thresholds: Thresholds
    policy: LeadPolicy
    settle: timedelta
    now: datetime
    new_key: Callable[[], str]


def settle_around(
    session: Session, article_id: int, story_ids: Collection[int], settling: Settling, *, revised: bool
) -> None:
    """Settle an article that was just placed, and those in these stories with it, anew.

    ``revised`` says that it was placed before, by another text. Stories that readers know are left as they
    are, and so is a neighbourhood that is too large, or where an address binds what texts do not.
    """
    stories_by_article = merge_queries.hidden_members(session, story_ids, most=MOST_SETTLED)
    if article_id not in stories_by_article or len(stories_by_article) < 2:
        return
    ranked = merge_queries.ranked(session, stories_by_article)
    first = min(ranked, key=lambda article: article.order)
    if len(set(stories_by_article.values())) == 1 and first.article_id != article_id and not revised:
        return  # nobody's anchor is another one now
    documents = {
        key: prepare(document) for key, document in merge_queries.documents(session, stories_by_article).items()
    }
    words = rulings.said_among(session, stories_by_article)

    @cache
    def verdict(one: int, other: int) -> Verdict:
        return judge(documents[one], documents[other], thresholds=settling.thresholds)

    groups = settle(ranked, judge=verdict, said=lambda one, other: words.get(frozenset((one, other))))
    _rearrange(session, stories_by_article, groups, verdict, settling)


def _rearrange(
    session: Session,
    before: Mapping[int, int],
    groups: Sequence[Sequence[int]],
    verdict: Callable[[int, int], Verdict],
    settling: Settling,
) -> None:
    """Let the stories be these groups; a story that is all in one group lives on in it."""
    now = settling.now
    current = dict(before)
    taken: set[int] = set()
    for group in groups:
        story_id = _united(session, group, current, now)
        if story_id in taken:
            story_id = None
        for member in group:
            if current[member] != story_id:
                stories.leave_story(session, member, current[member], now=now, reason=f"settled anew with {group[0]}")
                said = verdict(member, group[0])
                if story_id is None:
                    story_id = _found(session, member, settling)
                else:
                    _join(session, member, story_id, said, against_id=group[0], now=now)
                current[member] = story_id
        if story_id is not None:
            taken.add(story_id)
            for founder in merge_queries.founders(session, story_id)[1:]:
                if founder != group[0]:
                    _join(session, founder, story_id, verdict(founder, group[0]), against_id=group[0], now=now)
    for story_id in sorted(set(before.values()) | taken):
        let_best_lead(session, story_id, settling.policy, now=now)


def _united(session: Session, group: Sequence[int], current: dict[int, int], now: datetime) -> int | None:
    """The story a group lives on in: those that are wholly in it as one, else that of its anchor."""
    members = set(group)
    whole = sorted(
        story for story in {current[member] for member in group} if merge_queries.members(session, story) <= members
    )
    if not whole:
        return current[group[0]]
    survivor = whole[0]
    for other in whole[1:]:
        reason = f"both are copies of article {group[0]}"
        survivor = stories.unite_stories(session, survivor, other, now=now, reason=reason)
    for member in group:
        if current[member] in whole:
            current[member] = survivor
    return survivor


def _found(session: Session, article_id: int, settling: Settling) -> int:
    return stories.found_story(
        session,
        article_id,
        key=settling.new_key(),
        settle_at=settling.now + settling.settle,
        now=settling.now,
        reason="settled anew: no copy of it was found",
    )


def _join(session: Session, article_id: int, story_id: int, said: Verdict, *, against_id: int, now: datetime) -> None:
    if not said.relation.merges:  # most of the group speak for it, or a person
        said = Verdict(relation=Relation.NEAR_COPY, rule="copy of most of the story", evidence=said.evidence)
    stories.join_story(session, article_id, story_id, verdict=said, against_id=against_id, now=now)
