"""A reader that was away finds in the archives what the digest no longer holds (RFC 5005 section 4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.read_model import ReadModel
from aggregator.settings.feeds_file import DigestSettings, StorySelection
from aggregator.settings.settings_file import Configuration
from aggregator.store import stories
from aggregator.store.database import Database
from tests.stored import NOW, add_article, add_feeds

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def library(database: Database) -> ReadModel:
    """Ten stories: three on each of three days, none on the day after, one today."""
    add_feeds(database, "one")
    for number, days_ago in enumerate([4] * 3 + [3] * 3 + [2] * 3 + [0]):
        at = NOW - days_ago * DAY
        article_id = add_article(database, "one", f"a{number}", f"Text {number}.", title=f"Title {number}", now=at)
        with database.writing() as session:
            stories.create_story(session, article_id, key=f"k{number}", settle_at=at, now=at, reason="alone")
            stories.publish_settled(session, before=at, authority="x.invalid", now=at)
    return library_of(database, DigestSettings(name="digest", limit=2))


def library_of(database: Database, *digests: DigestSettings) -> ReadModel:
    return ReadModel(
        database,
        configuration=lambda: Configuration(digests=digests),
        authority="x.invalid",
        base_url="http://localhost/",
        clock=lambda: NOW,
    )


def test_following_the_archives_nothing_is_missed(library: ReadModel) -> None:
    page = library.digest("digest", 1)
    seen: list[str] = []
    days: list[date | None] = []
    while page is not None:
        seen += [story.key for story in page.stories]
        days.append(page.archive)
        page = library.digest("digest", 1, archive=page.earlier) if page.earlier else None
    assert set(seen) == {f"k{number}" for number in range(10)}
    assert days == [None, TODAY - 2 * DAY, TODAY - 3 * DAY, TODAY - 4 * DAY]


def test_an_archive_is_the_same_whenever_it_is_asked_for(library: ReadModel, database: Database) -> None:
    before = library.digest("digest", 1, archive=TODAY - 3 * DAY)
    article_id = add_article(database, "one", "late", "A late text.", title="Late", now=NOW)
    with database.writing() as session:
        stories.create_story(session, article_id, key="late", settle_at=NOW, now=NOW, reason="alone")
        stories.publish_settled(session, before=NOW, authority="x.invalid", now=NOW)
    assert before is not None
    assert len(before.stories) == 3
    assert library.digest("digest", 1, archive=TODAY - 3 * DAY) == before


@pytest.mark.parametrize("days_ago", [0, 1, -1], ids=["today", "a day without stories", "tomorrow"])
def test_a_day_that_is_not_over_or_empty_has_no_archive(library: ReadModel, days_ago: int) -> None:
    assert library.digest("digest", 1, archive=TODAY - days_ago * DAY) is None


def test_a_digest_that_forgets_has_no_archives(library: ReadModel, database: Database) -> None:
    recent = library_of(database, DigestSettings(name="digest", where=StorySelection(age=2 * DAY)))
    page = recent.digest("digest", 1)
    assert page is not None
    assert (page.earlier, recent.digest("digest", 1, archive=TODAY - 2 * DAY)) == (None, None)


@pytest.mark.parametrize(("given", "may"), [(None, False), ("wrong", False), ("a-long-secret-word", True)])
def test_a_token_opens_a_digest(library: ReadModel, database: Database, given: str | None, may: bool) -> None:
    secret = DigestSettings.model_validate({"name": "mine", "token": "a-long-secret-word"})
    both = library_of(database, DigestSettings(name="digest"), secret)
    assert (both.may_read("mine", given), both.may_read("digest", given)) == (may, True)
    assert both.digest_names() == ("digest",)
    assert "a-long-secret-word" not in f"{secret!r} {both.digest('mine', 1)!r}"
