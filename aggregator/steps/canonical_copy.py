"""Chooses the canonical copy of a story, for merging and for rulings."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from aggregator.dedup.canonical import choose_canonical_copy, may_lead
from aggregator.settings.settings_file import LeadPolicy
from aggregator.store import merge_queries, stories


def update_canonical_copy(
    session: Session, story_id: int, policy: LeadPolicy, *, now: datetime, part: int | None = None
) -> None:
    """Makes the best copy of a story its canonical copy.

    After publication it changes only if the canonical copy left the story or ``policy`` allows it. It also changes if
    the canonical copy is ``part``, an article that holds only a part of another copy at the same address, or if it
    links to the page of another outlet whose copy is here now.
    """
    contenders = merge_queries.canonical_candidates(session, story_id)
    if not contenders:
        return
    standing = stories.story_lead(session, story_id)
    stands = standing.lead_id in may_lead(contenders) and standing.lead_id != part
    if standing.published and stands and policy is LeadPolicy.KEEP:
        return
    stories.set_lead(session, story_id, choose_canonical_copy(contenders), now=now)
