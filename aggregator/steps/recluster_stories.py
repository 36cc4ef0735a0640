"""Reclusters the unpublished stories around an article that was just merged.

A new article that is more complete than earlier copies, or a copy of two stories, may show that other articles belong
to another story. ``dedup.recluster`` groups them again, so that stories do not depend on the order of arrival. A
published story is never split: it only grows or merges with another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlmodel import Session

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import prepare_text
from aggregator.dedup.recluster import MOST_RECLUSTERED, recluster
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import Relation, Verdict
from aggregator.settings.settings_file import LeadPolicy
from aggregator.steps.canonical_copy import update_canonical_copy
from aggregator.store import merge_queries, rulings, stories


@dataclass(frozen=True, kw_only=True, slots=True)
class ReclusterParameters:
    """The parameters of a recluster: thresholds, canonical copy policy, hold of new stories."""

    thresholds: Thresholds
    policy: LeadPolicy
    hold: timedelta
    now: datetime
    new_key: Callable[[], str]


def recluster_around(
    session: Session, article_id: int, story_ids: Collection[int], parameters: ReclusterParameters, *, revised: bool
) -> None:
    """Reclusters an article that was just merged, together with the articles of these stories.

    ``revised`` is True if it was merged before, with another text. Unchanged are published stories, neighbourhoods
    that are too large, and neighbourhoods with articles that are related by an address and not by their texts.
    """
    stories_by_article = merge_queries.unpublished_members(session, story_ids, most=MOST_RECLUSTERED)
    if article_id not in stories_by_article or len(stories_by_article) < 2:
        return
    ranked = merge_queries.recluster_ranks(session, stories_by_article)
    first = min(ranked, key=lambda article: article.order)
    if len(set(stories_by_article.values())) == 1 and first.article_id != article_id and not revised:
        return  # no article has a different anchor now
    documents = {
        key: prepare_text(document)
        for key, document in merge_queries.load_documents(session, stories_by_article).items()
    }
    said = rulings.rulings_among(session, stories_by_article)

    @cache
    def verdict(one: int, other: int) -> Verdict:
        return judge(documents[one], documents[other], thresholds=parameters.thresholds)

    groups = recluster(ranked, judge=verdict, said=lambda one, other: said.get(frozenset((one, other))))
    _apply_groups(session, stories_by_article, groups, verdict, parameters)


def _apply_groups(
    session: Session,
    before: Mapping[int, int],
    groups: Sequence[Sequence[int]],
    verdict: Callable[[int, int], Verdict],
    parameters: ReclusterParameters,
) -> None:
    """Changes the stories to these groups; a story whose members are all in one group continues in it."""
    now = parameters.now
    current = dict(before)
    used: set[int] = set()
    for group in groups:
        story_id = _story_of_group(session, group, current, now)
        if story_id in used:
            story_id = None
        for member in group:
            if current[member] != story_id:
                stories.remove_copy(
                    session, member, current[member], now=now, reason=f"reclustered with article {group[0]}"
                )
                said = verdict(member, group[0])
                if story_id is None:
                    story_id = _create_story(session, member, parameters)
                else:
                    _add(session, member, story_id, said, against_id=group[0], now=now)
                current[member] = story_id
        if story_id is not None:
            used.add(story_id)
            for first_member in merge_queries.first_members(session, story_id)[1:]:
                if first_member != group[0]:
                    _add(session, first_member, story_id, verdict(first_member, group[0]), against_id=group[0], now=now)
    for story_id in sorted(set(before.values()) | used):
        update_canonical_copy(session, story_id, parameters.policy, now=now)


def _story_of_group(session: Session, group: Sequence[int], current: dict[int, int], now: datetime) -> int | None:
    """Returns the story that the group continues.

    It is the merger of all stories whose members are all in the group; if there is none, the story of its anchor.
    """
    members = set(group)
    complete = sorted(
        story
        for story in {current[member] for member in group}
        if merge_queries.story_article_ids(session, story) <= members
    )
    if not complete:
        return current[group[0]]
    survivor = complete[0]
    for other in complete[1:]:
        reason = f"both are copies of article {group[0]}"
        survivor = stories.merge_two_stories(session, survivor, other, now=now, reason=reason)
    for member in group:
        if current[member] in complete:
            current[member] = survivor
    return survivor


def _create_story(session: Session, article_id: int, parameters: ReclusterParameters) -> int:
    return stories.create_story(
        session,
        article_id,
        key=parameters.new_key(),
        settle_at=parameters.now + parameters.hold,
        now=parameters.now,
        reason="reclustered: no copy of it was found",
    )


def _add(session: Session, article_id: int, story_id: int, said: Verdict, *, against_id: int, now: datetime) -> None:
    if not said.relation.merges:  # it is in the group by majority or by a ruling
        said = Verdict(relation=Relation.NEAR_COPY, rule="copy of most of the story", evidence=said.evidence)
    stories.add_copy(session, article_id, story_id, verdict=said, against_id=against_id, now=now)
