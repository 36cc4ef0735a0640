"""An edition: an issue is made when it is due, stays as it was made, and the next one points back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.model.publishing import DigestPage, Issue
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.settings.feeds_file import DigestSettings
from aggregator.steps.edition_issues import make_due_issues
from tests.desk import Desk
from tests.test_digest_rules import BATHS, CRANE, RACE

pytestmark = pytest.mark.anyio

EDITION = "07:00 Europe/Berlin"


def configured(desk: Desk, **settings: Any) -> None:
    digest = DigestSettings.model_validate({"name": "digest", "edition": EDITION, **settings})
    desk.service.configure(digests=(digest,))


def page_of(desk: Desk) -> DigestPage:
    page = desk.service.library.digest("digest", 1)
    assert page is not None
    return page


async def issue_at(desk: Desk, moment: datetime) -> Issue | None:
    """Let time pass until this moment and make what is due; gives the newest issue."""
    desk.service.clock.advance(moment - desk.service.clock())
    await make_due_issues(desk.service.service, {})
    return next(iter(page_of(desk).issues), None)


async def published(desk: Desk, url: str, text: str, title: str) -> None:
    desk.read(url, text, title=title)
    await desk.publish()


@pytest.fixture
async def morning(desk: Desk) -> Desk:
    """Two stories were published before seven, one is carried twice."""
    configured(desk)
    desk.service.clock.advance(datetime(2026, 11, 30, 20, 0, tzinfo=UTC) - desk.service.clock())
    await published(desk, "https://herald.example/crane", CRANE, "Crane comes down")
    desk.read("https://mirror.example/baths", BATHS, title="Baths open")
    await published(desk, "https://wire.example/baths", BATHS, "Baths open")
    return desk


def told(issue: Issue | None) -> list[tuple[str, int]]:
    assert issue is not None
    return [(story.title, len(story.copies)) for story in issue.stories]


SEVEN = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


async def test_an_issue_holds_the_stories_of_its_hours_in_order(morning: Desk) -> None:
    assert await issue_at(morning, SEVEN - timedelta(minutes=1)) is None
    issue = await issue_at(morning, SEVEN + timedelta(minutes=3))
    assert told(issue) == [("Baths open", 2), ("Crane comes down", 1)]
    assert issue is not None
    assert (issue.title, issue.due_at, issue.key) == ("Digest: 1 December 2026, 07:00", SEVEN, "20261201T0600Z")
    (entry,) = digest_document(page_of(morning)).entries
    assert entry.summary == "Baths open · Crane comes down"
    assert 'also carried by <a href="https://wire.example/baths">Wire</a>' in entry.content
    assert entry.url == "http://digest.example/digests/digest/20261201T0600Z"


async def test_an_issue_is_made_once_and_renders_to_the_same_bytes_for_ever(morning: Desk) -> None:
    await issue_at(morning, SEVEN)
    before = [render_feed(digest_document(page_of(morning)), form) for form in FeedFormat]
    await published(morning, "https://mirror.example/crane", CRANE, "Crane comes down")
    morning.read("https://herald.example/crane", CRANE + "\nThe quay stays closed.", title="Crane is down")
    await morning.publish()
    await make_due_issues(morning.service.service, {})
    assert [render_feed(digest_document(page_of(morning)), form) for form in FeedFormat] == before


async def test_late_copies_are_in_the_next_issue_with_a_pointer(morning: Desk) -> None:
    first = await issue_at(morning, SEVEN)
    await published(morning, "https://mirror.example/crane", CRANE, "Crane comes down")
    await published(morning, "https://herald.example/race", RACE, "Boats race")
    second = await issue_at(morning, SEVEN + timedelta(days=1))
    assert first is not None
    assert second is not None
    assert told(second) == [("Boats race", 1)]
    (late,) = second.late
    assert (late.title, late.issue, [copy.outlet for copy in late.copies]) == (
        "Crane comes down",
        first.key,
        ["Mirror"],
    )
    newest = digest_document(page_of(morning)).entries[0]
    assert f'<a href="http://digest.example/digests/digest/{first.key}">Crane comes down</a>: now' in newest.content


async def test_a_story_that_only_later_is_what_the_digest_asks_for_is_in_the_next_issue(morning: Desk) -> None:
    configured(morning, where={"min_copies": 2})
    assert told(await issue_at(morning, SEVEN)) == [("Baths open", 2)]
    await published(morning, "https://mirror.example/crane", CRANE, "Crane comes down")
    assert told(await issue_at(morning, SEVEN + timedelta(days=1))) == [("Crane comes down", 2)]


async def test_missed_hours_make_one_issue_of_them_all(morning: Desk) -> None:
    await issue_at(morning, SEVEN)
    await published(morning, "https://herald.example/race", RACE, "Boats race")
    issue = await issue_at(morning, SEVEN + timedelta(days=3, hours=5))
    assert told(issue) == [("Boats race", 1)]
    assert issue is not None
    assert (issue.since, issue.due_at) == (SEVEN, SEVEN + timedelta(days=3))


async def test_without_stories_there_is_no_issue(morning: Desk) -> None:
    first = await issue_at(morning, SEVEN)
    assert await issue_at(morning, SEVEN + timedelta(days=2)) == first


async def test_a_feed_that_became_private_is_in_no_public_issue(morning: Desk) -> None:
    settings = morning.service.service.configuration.settings
    public = settings.publishing.model_copy(update={"public_url": "https://digest.example"})
    morning.service.configure(settings=settings.model_copy(update={"publishing": public}))
    assert told(await issue_at(morning, SEVEN)) == [("Baths open", 2), ("Crane comes down", 1)]
    morning.make_private("mirror", "herald")
    assert told(page_of(morning).issues[0]) == [("Baths open", 1)]


async def test_an_issue_that_was_the_owners_alone_is_not_shown_to_everyone(morning: Desk) -> None:
    await issue_at(morning, SEVEN)
    settings = morning.service.service.configuration.settings
    public = settings.publishing.model_copy(update={"public_url": "https://digest.example"})
    morning.service.configure(settings=settings.model_copy(update={"publishing": public}))
    assert page_of(morning).issues == ()
    assert morning.service.library.issue("digest", "20261201T0600Z") is None
