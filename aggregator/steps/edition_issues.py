"""Makes the issues of editions when they are due, from the stories published since the last issue.

A service that was down makes one issue when it runs again, for all the times it missed, dated by the last of them. An
issue without stories is not made.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from aggregator.dedup.canonical import choose_canonical_copy
from aggregator.edition_schedule import EditionTimetable
from aggregator.model.publishing import Issue
from aggregator.publishing.audience import audience_of_digest
from aggregator.publishing.entry_content import digest_title
from aggregator.publishing.issue_entries import issue_key, issue_story, issue_title, late_story
from aggregator.settings.feeds_file import DigestSettings
from aggregator.steps.service import Service
from aggregator.store import digest_queries, stored_issues
from aggregator.store.database import lock_merging

log = structlog.get_logger()

_MAX_AGE = timedelta(days=7)
"""The greatest age of a story that matches a digest only now, for example after another copy joined it."""
_MOST_LATE = 50
_MOST_CONSIDERED = 10_000


async def make_due_issues(service: Service, done: dict[str, datetime]) -> None:
    """Makes the due issue of every edition.

    ``done`` maps a digest name to the last due time that was handled, with or without an issue; it is updated.
    """
    now = service.clock()
    for digest in service.configuration.digests:
        if digest.edition is None:
            continue
        due_at = digest.edition.last_due(now)
        if done.get(digest.name) == due_at:
            continue
        issue = await service.database.write(_make_issue, service, digest, digest.edition, due_at)
        done[digest.name] = due_at
        if issue is not None:
            log.info("issue.made", digest=digest.name, issue=issue.key, stories=len(issue.stories))


def _make_issue(
    session: Session, service: Service, digest: DigestSettings, edition: EditionTimetable, due_at: datetime
) -> Issue | None:
    lock_merging(session)  # no copy joins now, and no other worker makes the issue
    last = stored_issues.last_issue_due_at(session, digest.name)
    since = last or edition.previous_due(due_at)
    if since >= due_at:
        return None
    audience = audience_of_digest(digest, service.settings)
    considered = digest_queries.select_stories(
        session,
        digest.where,
        audience=audience,
        now=due_at,
        choose_lead=choose_canonical_copy,
        sort=digest.sort,
        offset=0,
        limit=_MOST_CONSIDERED,
        between=(min(since, due_at - _MAX_AGE), due_at),
    ).stories
    grown = stored_issues.stories_joined_since(session, since)
    issued = stored_issues.issued_stories(session, digest.name, [story.key for story in considered])
    fresh = [
        story
        for story in considered
        if story.key not in issued and (story.visible_at > since or (last is not None and story.key in grown))
    ]
    late_copies = (
        late_story(story, known=issued[story.key].outlets, issue=issued[story.key].issue)
        for story in considered
        if story.key in issued and story.key in grown
    )
    title = digest_title(digest.name, digest.title)
    issue = Issue(
        digest_name=digest.name,
        digest=title,
        key=issue_key(due_at),
        uri=f"tag:{service.authority}:digest/{digest.name}/{issue_key(due_at)}",
        title=issue_title(title, due_at, edition.zone),
        since=since,
        due_at=due_at,
        stories=tuple(issue_story(story) for story in fresh[: digest.limit]),
        late=tuple(story for story in late_copies if story is not None)[:_MOST_LATE],
    )
    if not issue.stories:
        return None
    stored_issues.store_issue(session, issue, audience=audience, now=service.clock())
    return issue
