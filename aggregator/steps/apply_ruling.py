"""Applies a ruling: a user's decision that articles belong to one story or to different ones.

Each function is one short transaction under the lock that serialises merging, so it works while the service runs. The
ruling is stored, and all later merging follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from aggregator.dedup.ruling_effects import RULED_SAME_RULE
from aggregator.errors import AggregatorError
from aggregator.model.dedup import Evidence, Relation, RulingKind, Verdict
from aggregator.settings.settings_file import LeadPolicy
from aggregator.steps.canonical_copy import update_canonical_copy
from aggregator.store import merge_queries, rulings, stories
from aggregator.store.database import lock_merging
from aggregator.store.name_lookup import find_article, find_story


@dataclass(frozen=True, kw_only=True, slots=True)
class RulingResult:
    """The result of a ruling: the key of the story that remains, and of the one that was created or withdrawn.

    ``replaced`` counts earlier contrary rulings that it replaced.
    """

    story: str
    other: str
    replaced: int


def separate_article(
    session: Session, key: str, name: str, *, policy: LeadPolicy, now: datetime, new_key: Callable[[], str]
) -> RulingResult:
    """Moves an article to a story of its own; it never shares a story with the remaining copies again.

    ``key`` is the key of the story, ``name`` the id or URL of the article. Raises ``AggregatorError`` if there is no
    such story, the article is not in it, or no copy would remain.
    """
    lock_merging(session)
    story_id = _story(session, key)
    article_id = find_article(session, name)
    members = merge_queries.story_article_ids(session, story_id)
    if article_id not in members:
        raise AggregatorError(f"{name} is not a copy of story {key}; type: aggregator stories show {key}")
    remaining = members - {article_id}
    if not remaining:
        raise AggregatorError(f"story {key} has only this copy, so it cannot be split")
    replaced = rulings.store_rulings(session, article_id, sorted(remaining), RulingKind.APART, now=now)
    stories.remove_copy(session, article_id, story_id, now=now, reason="a person said it is another story")
    reason = "a person took it out of another story"
    created = stories.create_story(session, article_id, key=new_key(), settle_at=now, now=now, reason=reason)
    update_canonical_copy(session, story_id, policy, now=now)
    return RulingResult(
        story=stories.story_key(session, story_id), other=stories.story_key(session, created), replaced=replaced
    )


def merge_stories(session: Session, key: str, other_key: str, *, policy: LeadPolicy, now: datetime) -> RulingResult:
    """Merges two stories; their canonical copies stay in one story from then on.

    A published story remains rather than an unpublished one, else the older one. Raises ``AggregatorError`` if there
    is no such story, or both keys mean the same one.
    """
    lock_merging(session)
    first, second = _story(session, key), _story(session, other_key)
    if first == second:
        raise AggregatorError(f"{key} and {other_key} are already one story")
    leads = [stories.story_lead(session, story_id).lead_id for story_id in (first, second)]
    one, other = (merge_queries.story_article_ids(session, story_id) for story_id in (first, second))
    replaced = rulings.delete_rulings_between(session, one, other, RulingKind.APART)
    rulings.store_rulings(session, leads[0], leads[1:], RulingKind.SAME, now=now)
    keys = [stories.story_key(session, story_id) for story_id in (first, second)]
    survivor = stories.merge_two_stories(session, first, second, now=now, reason="a person said they are one")
    joining, against = (leads[1], leads[0]) if survivor == first else (leads[0], leads[1])
    verdict = Verdict(relation=Relation.NEAR_COPY, rule=RULED_SAME_RULE, evidence=Evidence())
    stories.add_copy(session, joining, survivor, verdict=verdict, against_id=against, now=now)
    update_canonical_copy(session, survivor, policy, now=now)
    remaining = stories.story_key(session, survivor)
    return RulingResult(story=remaining, other=next(name for name in keys if name != remaining), replaced=replaced)


def withdraw_ruling(session: Session, name: str, other_name: str) -> None:
    """Deletes the ruling about two articles, given by id or URL; raises ``AggregatorError`` if there is none."""
    found = [find_article(session, each) for each in (name, other_name)]
    for each, article_id in zip((name, other_name), found, strict=True):
        if article_id is None:
            raise AggregatorError(f"there is no article {each!r}; type: aggregator stories rulings")
    one, other = (article_id or 0 for article_id in found)
    if not rulings.delete_ruling(session, one, other):
        raise AggregatorError(f"there is no ruling about {name} and {other_name}; type: aggregator stories rulings")


def _story(session: Session, key: str) -> int:
    story_id = find_story(session, key)
    if story_id is None:
        raise AggregatorError(f"there is no story {key!r}; type: aggregator stories list")
    return story_id
