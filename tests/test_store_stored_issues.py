"""Issues are stored whole and read back newest first; nobody sees more of them than of the feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.publishing import Audience, Issue, IssueCopy, IssueStory, LateStory
from aggregator.store import stored_issues, stories
from aggregator.store.database import Database
from aggregator.store.stored_issues import IssuedStory
from aggregator.store.tables import EditionIssue, IssueMember
from tests.stored import MINUTE, NOW, add_article, add_feeds

HOUR = timedelta(hours=1)
OWNER, EVERYONE = Audience.OWNER, Audience.EVERYONE


@pytest.fixture
def stored(database: Database) -> Database:
    """The feeds one, two and three, and the stories a and b."""
    add_feeds(database, "one", "two", "three")
    for key in ("a", "b"):
        article_id = add_article(database, "one", key, f"text {key}")
        with database.writing() as session:
            stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="alone")
    return database


def copies(*feeds: str) -> tuple[IssueCopy, ...]:
    return tuple(
        IssueCopy(url=f"https://{feed}.example/x", outlet=f"{feed}.example", title=f"Title in {feed}", feed=feed)
        for feed in feeds
    )


def story(key: str, *feeds: str) -> IssueStory:
    return IssueStory(
        key=key,
        uri=f"tag:{key}",
        title=f"Title {key}",
        summary=f"Summary {key}",
        credit="Corvus Wire",
        language="en",
        copies=copies(*feeds),
    )


def late(key: str, issue: str, *feeds: str) -> LateStory:
    return LateStory(key=key, title=f"Title {key}", issue=issue, copies=copies(*feeds))


def issue(key: str, *told: IssueStory, due_at: datetime = NOW, digest: str = "coast", **more: Any) -> Issue:
    values: dict[str, Any] = {
        "digest_name": digest,
        "digest": "The coast",
        "key": key,
        "uri": f"tag:{digest}:{key}",
        "title": f"The coast {key}",
        "since": due_at - HOUR,
        "due_at": due_at,
        "stories": told,
    }
    return Issue(**{**values, **more})


def keep(database: Database, *issues: Issue, audience: Audience = EVERYONE) -> None:
    with database.writing() as session:
        for one in issues:
            stored_issues.store_issue(session, one, audience=audience, now=NOW + 2 * HOUR)


def load(database: Database, *, audience: Audience = OWNER, **more: Any) -> tuple[Issue, ...]:
    with database.reading() as session:
        return stored_issues.load_issues(session, "coast", title="The coast", audience=audience, **more)


def test_an_issue_is_read_as_it_was_stored_with_the_title_that_the_digest_has_now(stored: Database) -> None:
    whole = issue("k", story("a", "one", "two"), story("b", "one"), late=(late("c", "old", "two"),))
    keep(stored, whole)
    assert load(stored) == (whole,)
    assert load(stored, audience=EVERYONE) == (whole,)
    with stored.reading() as session:
        (renamed,) = stored_issues.load_issues(session, "coast", title="The shore", audience=OWNER)
        assert renamed == replace(whole, digest="The shore")
        assert session.scalars(select(col(EditionIssue.made_at))).all() == [NOW + 2 * HOUR]
        assert sorted(session.scalars(select(col(IssueMember.story_id)))) == [1, 2]


def test_issues_come_newest_first_by_pages_or_by_key(stored: Database) -> None:
    keep(stored, *(issue(f"k{n}", due_at=NOW + n * HOUR) for n in (2, 1, 3)), issue("k9", digest="other"))
    assert [one.key for one in load(stored)] == ["k3"], "one issue unless more are wanted"
    assert [one.key for one in load(stored, limit=9)] == ["k3", "k2", "k1"]
    assert [one.key for one in load(stored, offset=1, limit=1)] == ["k2"]
    assert [one.key for one in load(stored, key="k1")] == ["k1"]
    assert load(stored, key="k9") == ()
    with stored.reading() as session:
        assert stored_issues.last_issue_due_at(session, "coast") == NOW + 3 * HOUR
        assert stored_issues.last_issue_due_at(session, "other") == NOW
        assert stored_issues.last_issue_due_at(session, "nothing") is None


def test_everyone_sees_and_counts_the_issues_that_were_made_for_everyone(stored: Database) -> None:
    keep(stored, issue("mine", due_at=NOW + HOUR), audience=OWNER)
    keep(stored, issue("public"), issue("k", digest="other"))
    assert [one.key for one in load(stored, limit=9)] == ["mine", "public"]
    assert [one.key for one in load(stored, limit=9, audience=EVERYONE)] == ["public"]
    with stored.reading() as session:
        assert stored_issues.count_issues(session, "coast", audience=OWNER) == 2
        assert stored_issues.count_issues(session, "coast", audience=EVERYONE) == 1
        assert stored_issues.count_issues(session, "nothing", audience=OWNER) == 0


def test_a_feed_that_became_private_leaves_old_issues_for_everyone_but_the_owner(stored: Database) -> None:
    whole = issue(
        "k",
        story("a", "one", "two"),
        story("b", "two", "three", "one"),
        story("c", "two"),
        late=(late("d", "old", "two"), late("e", "old", "two", "one")),
    )
    keep(stored, whole)
    add_feeds(stored, "two", private=True)
    assert load(stored) == (whole,)
    assert load(stored, audience=EVERYONE) == (
        replace(
            whole,
            stories=(
                replace(story("a", "one")),
                replace(story("b", "three", "one"), title="Title in three", summary=""),
            ),
            late=(late("e", "old", "one"),),
        ),
    )


def test_a_story_was_in_its_first_issue_and_is_known_by_the_outlets_named_since(stored: Database) -> None:
    keep(
        stored,
        issue("k2", story("a", "two"), due_at=NOW + 2 * HOUR, late=(late("b", "k1", "three"),)),
        issue("k1", story("b", "one"), due_at=NOW + HOUR),
        issue("k3", story("a", "three"), due_at=NOW + 3 * HOUR),
        issue("x", story("a", "one"), story("b", "two"), digest="other"),
    )
    with stored.reading() as session:
        a = IssuedStory(issue="k2", outlets=frozenset({"two.example", "three.example"}))
        b = IssuedStory(issue="k1", outlets=frozenset({"one.example", "three.example"}))
        assert stored_issues.issued_stories(session, "coast", ["a", "b", "c"]) == {"a": a, "b": b}
        assert stored_issues.issued_stories(session, "coast", ["a"]) == {"a": a}
        assert stored_issues.issued_stories(session, "coast", ["c"]) == {}
        assert stored_issues.issued_stories(session, "other", ["b"]) == {
            "b": IssuedStory(issue="x", outlets=frozenset({"two.example"}))
        }


def test_a_story_that_a_copy_joined_at_an_instant_or_later_is_named(stored: Database) -> None:
    near = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=Evidence())
    copy = add_article(stored, "two", "a", "text a")
    with stored.writing() as session:
        stories.add_copy(session, copy, 1, verdict=near, against_id=1, now=NOW + MINUTE)
        assert stored_issues.stories_joined_since(session, NOW) == {"a", "b"}
        assert stored_issues.stories_joined_since(session, NOW + MINUTE) == {"a"}
        assert stored_issues.stories_joined_since(session, NOW + 2 * MINUTE) == frozenset()
