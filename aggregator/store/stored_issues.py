"""Stores the issues of editions, and reads what the next issue needs.

An issue is stored completely, as it was made, and does not change. The one exception: if a feed becomes private,
readers for whom it is not see the issue without that feed's copies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from aggregator.model.publishing import Audience, Issue, IssueCopy, IssueStory, LateStory
from aggregator.store.tables import Copy, EditionIssue, Feed, IssueMember, Story, row_id


def last_issue_due_at(session: Session, digest: str) -> datetime | None:
    """Returns when the last issue of a digest was due; None if there is none."""
    of_digest = select(col(EditionIssue.due_at)).where(col(EditionIssue.digest) == digest)
    return session.scalar(of_digest.order_by(col(EditionIssue.due_at).desc()).limit(1))


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedStory:
    """The first issue that had a story, and the outlets that issues named for it."""

    issue: str
    outlets: frozenset[str]


def issued_stories(session: Session, digest: str, keys: Collection[str]) -> Mapping[str, IssuedStory]:
    """Returns those of the stories that were in an issue, by key."""
    members = (
        select(col(Story.key), col(EditionIssue.key))
        .join(IssueMember, col(IssueMember.story_id) == col(Story.id))
        .join(EditionIssue, col(EditionIssue.id) == col(IssueMember.issue_id))
        .where(col(EditionIssue.digest) == digest, col(Story.key).in_(keys))
        .order_by(col(EditionIssue.due_at))
    )
    first: dict[str, str] = {}
    for story, issue in session.execute(members):
        first.setdefault(story, issue)
    outlets: defaultdict[str, set[str]] = defaultdict(set)
    since = select(func.min(col(EditionIssue.due_at))).where(
        col(EditionIssue.digest) == digest, col(EditionIssue.key).in_(first.values())
    )
    contents = select(col(EditionIssue.stories), col(EditionIssue.late)).where(
        col(EditionIssue.digest) == digest, col(EditionIssue.due_at) >= since.scalar_subquery()
    )
    for stories, late in session.execute(contents):
        for story in (*stories, *late):
            outlets[story["key"]].update(copy["outlet"] for copy in story["copies"])
    return {story: IssuedStory(issue=issue, outlets=frozenset(outlets[story])) for story, issue in first.items()}


def stories_joined_since(session: Session, since: datetime) -> frozenset[str]:
    """Returns the keys of the stories that a copy joined at an instant or after it."""
    rows = select(col(Story.key)).join(Copy, col(Copy.story_id) == col(Story.id)).where(col(Copy.joined_at) >= since)
    return frozenset(session.scalars(rows))


def store_issue(session: Session, issue: Issue, *, audience: Audience, now: datetime) -> None:
    """Stores an issue."""
    row = EditionIssue(
        digest=issue.digest_name,
        key=issue.key,
        uri=issue.uri,
        title=issue.title,
        since=issue.since,
        due_at=issue.due_at,
        made_at=now,
        audience=audience,
        stories=[asdict(story) for story in issue.stories],
        late=[asdict(story) for story in issue.late],
    )
    session.add(row)
    session.flush()
    keys = [story.key for story in issue.stories]
    ids = session.scalars(select(col(Story.id)).where(col(Story.key).in_(keys))).all()
    session.add_all(IssueMember(issue_id=row_id(row.id), story_id=row_id(story_id)) for story_id in ids)


def load_issues(
    session: Session, digest: str, *, title: str, audience: Audience, offset: int = 0, limit: int = 1, key: str = ""
) -> tuple[Issue, ...]:
    """Returns the issues of a digest, newest first, as the audience may see them.

    ``key`` selects one of them.
    """
    rows = _shown(digest, audience).order_by(col(EditionIssue.due_at).desc()).offset(offset).limit(limit)
    if key:
        rows = rows.where(col(EditionIssue.key) == key)
    private: frozenset[str] = frozenset()
    if audience is Audience.EVERYONE:
        private = frozenset(session.scalars(select(col(Feed.name)).where(col(Feed.private).is_(True))))
    return tuple(_issue(row, title, private) for row in session.scalars(rows))


def count_issues(session: Session, digest: str, *, audience: Audience) -> int:
    """Counts the issues of a digest that the audience may see."""
    return session.scalar(_shown(digest, audience).with_only_columns(func.count())) or 0


def _shown(digest: str, audience: Audience) -> Select[EditionIssue]:
    rows = select(EditionIssue).where(col(EditionIssue.digest) == digest)
    return rows if audience is Audience.OWNER else rows.where(col(EditionIssue.audience) == Audience.EVERYONE)


def _issue(row: EditionIssue, title: str, private: Collection[str]) -> Issue:
    stories = (_story(story, private) for story in row.stories)
    late = (LateStory(**{**story, "copies": _copies(story, private)}) for story in row.late)
    return Issue(
        digest_name=row.digest,
        digest=title,
        key=row.key,
        uri=row.uri,
        title=row.title,
        since=row.since,
        due_at=row.due_at,
        stories=tuple(story for story in stories if story.copies),
        late=tuple(story for story in late if story.copies),
    )


def _story(stored: dict[str, Any], private: Collection[str]) -> IssueStory:
    """A stored story; if its first copy is of a feed that became private, title and summary are replaced."""
    copies = _copies(stored, private)
    story = IssueStory(**{**stored, "copies": copies})
    if copies and copies[0].feed != stored["copies"][0]["feed"]:
        return replace(story, title=copies[0].title, summary="")
    return story


def _copies(stored: dict[str, Any], private: Collection[str]) -> tuple[IssueCopy, ...]:
    copies: Sequence[dict[str, Any]] = stored["copies"]
    return tuple(IssueCopy(**copy) for copy in copies if copy["feed"] not in private)
