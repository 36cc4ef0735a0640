"""A story gets its lead: the step that merging and people's rulings share."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from aggregator.dedup.canonical import choose_lead
from aggregator.settings.settings_file import LeadPolicy
from aggregator.store import merge_queries, stories


def let_best_lead(
    session: Session, story_id: int, policy: LeadPolicy, *, now: datetime, part: int | None = None
) -> None:
    """Let the best copy lead; after publication only when the lead left, or when the policy says so.

    A lead that is but a ``part`` of a copy at its own address gives way too: its article has its whole text now.
    """
    contenders = merge_queries.contenders(session, story_id)
    if not contenders:
        return
    standing = stories.standing_of(session, story_id)
    still_there = any(contender.article_id == standing.lead_id for contender in contenders)
    stands = still_there and standing.lead_id != part
    if standing.published and stands and policy is LeadPolicy.KEEP:
        return
    stories.set_lead(session, story_id, choose_lead(contenders), now=now)
