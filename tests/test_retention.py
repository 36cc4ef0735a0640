"""What is kept no longer goes as a whole, and never comes back as new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import col

from aggregator.change_detection import DetectedChanges
from aggregator.model.parsing import FreshEntry, ParsedEntry, ParsedFeed
from aggregator.model.publishing import StoryExpired, StoryMoved
from aggregator.parsing.document_reader import ParsedDocument
from aggregator.pipeline import Pipeline
from aggregator.retention import RetentionLimits, expires_before, retention_limits_of
from aggregator.settings.feeds_file import FeedRetention
from aggregator.settings.settings_file import RetentionSettings, Settings
from aggregator.steps.expire_entries import EntryExpiry
from aggregator.steps.ingest import store_document
from aggregator.steps.merge_articles import merge_next
from aggregator.store.database import Database
from aggregator.store.tables import (
    Article,
    ArticleAlias,
    ArticleSketch,
    Copy,
    Entry,
    ExpiredStory,
    IssueMember,
    JudgedPair,
    KeyValue,
    ManualRuling,
    PageLines,
    Revision,
    Story,
    StoryChange,
    Table,
    TextMatch,
    Tombstone,
    sql_table,
)
from tests.desk import Desk
from tests.stored import NOW, entry, origin_of

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
CRANE = (
    "The harbour crane of Vessley, eighty metres high, comes down on Saturday after sixty years.\n"
    "Engineers will lower the boom first and then cut the tower into nine pieces on the quay.\n"
    "Two of the pieces go to the museum of the port, the rest to a foundry in Harnmouth."
)
FERRY = (
    "The night ferry between Harnmouth and the islands stops for the winter, its owner said.\n"
    "Islanders who want to reach the mainland before April have to take the mail boat at noon.\n"
    "A petition with two thousand names was handed to the ministry of transport on Monday."
)
OF_ARTICLES = (
    Revision,
    PageLines,
    ArticleSketch,
    ArticleAlias,
    Copy,
    JudgedPair,
    ManualRuling,
    TextMatch,
    StoryChange,
    IssueMember,
)


def keep(desk: Desk, **retention: Any) -> None:
    """Let the service keep things as this says."""
    settings = desk.service.service.settings
    raw = {**settings.model_dump(exclude_unset=True), "retention": retention}
    desk.service.configure(settings=Settings.model_validate(raw))


async def sweep(desk: Desk, *, after: timedelta) -> None:
    """Let time pass, and let go of what is past."""
    desk.service.clock.advance(after)
    await EntryExpiry(desk.service.service).expire_all(lambda: False)


def take_in(desk: Desk, feed: str, *entries: ParsedEntry) -> DetectedChanges:
    """Take in a document of a feed, as a poll does."""
    items = tuple(FreshEntry(entry=item, digest=f"digest of {item.title} {item.content}") for item in entries)
    document = ParsedDocument(outcome=ParsedFeed(format="atom10", entries=entries), items=items)
    with desk.service.service.database.writing() as session:
        origin, now = origin_of(session, feed), desk.service.clock()
        return store_document(session, desk.service.service, origin, document, now=now)[0]


def count(desk: Desk, table: type[Table]) -> int:
    with desk.service.service.database.reading() as session:
        return session.scalar(select(func.count()).select_from(sql_table(table))) or 0


@pytest.mark.parametrize(
    ("limits", "oldest_counted", "horizon"),
    [
        pytest.param(RetentionLimits(age=None, entries=None), None, None, id="no limit"),
        pytest.param(RetentionLimits(age=90 * DAY, entries=None), None, NOW - 90 * DAY, id="an age"),
        pytest.param(RetentionLimits(age=10 * DAY, entries=None), None, NOW - 30 * DAY, id="never within the window"),
        pytest.param(RetentionLimits(age=None, entries=9), None, None, id="fewer than may be kept"),
        pytest.param(RetentionLimits(age=None, entries=9), NOW - 40 * DAY, NOW - 40 * DAY, id="a number"),
        pytest.param(
            RetentionLimits(age=None, entries=9), NOW - 2 * DAY, NOW - 30 * DAY, id="a number reached within the window"
        ),
        pytest.param(
            RetentionLimits(age=90 * DAY, entries=9), NOW - 40 * DAY, NOW - 40 * DAY, id="whatever is stricter"
        ),
        pytest.param(RetentionLimits(age=60 * DAY, entries=9), NOW - 80 * DAY, NOW - 60 * DAY, id="whichever it is"),
    ],
)
def test_an_entry_is_past_by_age_or_number_but_never_while_a_copy_may_come(
    limits: RetentionLimits, oldest_counted: datetime | None, horizon: datetime | None
) -> None:
    assert expires_before(limits, oldest_counted=oldest_counted, window=30 * DAY, now=NOW) == horizon


def test_what_a_feed_says_counts_before_what_all_are_told() -> None:
    general = RetentionSettings(age=90 * DAY, entries=500)
    own = FeedRetention(age="forever", entries=10)
    assert retention_limits_of(general) == RetentionLimits(age=90 * DAY, entries=500)
    assert retention_limits_of(general, own) == RetentionLimits(age=None, entries=10)
    assert retention_limits_of(RetentionSettings(), FeedRetention()) == RetentionLimits(age=None, entries=None)


async def test_everything_is_kept_unless_somebody_says_otherwise(desk: Desk) -> None:
    desk.read("https://herald.example/crane", CRANE)
    await desk.publish()
    await sweep(desk, after=4000 * DAY)
    assert [story.title for story in desk.service.stories] != []
    assert count(desk, Tombstone) == 0


async def test_a_story_goes_with_all_that_was_kept_of_it_and_its_address_says_so(desk: Desk) -> None:
    keep(desk, age="90d")
    desk.read("https://herald.example/crane", CRANE)
    desk.read("https://mirror.example/crane", CRANE)
    await desk.publish()
    desk.service.clock.advance(DAY)
    desk.read("https://herald.example/crane", CRANE + "\nThe quay stays closed until Monday.")
    await desk.place()
    (story,) = desk.service.stories
    await sweep(desk, after=91 * DAY)
    assert desk.service.stories == ()
    assert desk.service.library.story(story.key) == StoryExpired(key=story.key)
    assert {table.__name__: count(desk, table) for table in (Story, Article, Entry, *OF_ARTICLES)} == dict.fromkeys(
        ("Story", "Article", "Entry", *(table.__name__ for table in OF_ARTICLES)), 0
    )
    await sweep(desk, after=366 * DAY)
    assert (count(desk, ExpiredStory), desk.service.library.story(story.key)) == (0, None)


async def test_a_story_stays_whole_while_one_of_its_copies_is_kept(desk: Desk) -> None:
    keep(desk, age="40d")
    desk.read("https://herald.example/crane", CRANE)
    await desk.publish()
    (before,) = desk.service.stories
    desk.service.clock.advance(29 * DAY)
    desk.read("https://mirror.example/crane", CRANE)
    await desk.place()
    await sweep(desk, after=20 * DAY)
    (after,) = desk.service.stories
    assert (after.uri, len(after.copies)) == (before.uri, 2)
    for _ in range(5):
        await sweep(desk, after=7 * DAY)
    assert desk.service.stories == ()


async def test_a_clock_that_leaps_ahead_by_years_costs_a_week(desk: Desk) -> None:
    keep(desk, age="40d")
    desk.read("https://herald.example/crane", CRANE)
    await desk.publish()
    await sweep(desk, after=30 * DAY)
    desk.service.clock.advance(3650 * DAY)
    for _ in range(2):
        await sweep(desk, after=timedelta(hours=1))
    desk.service.clock.advance(-3650 * DAY)
    await sweep(desk, after=timedelta(hours=1))
    assert len(desk.service.stories) == 1


async def test_an_entry_that_went_is_not_new_while_its_feed_still_shows_it(desk: Desk) -> None:
    keep(desk, age="40d")
    old = [entry("a", url="https://herald.example/a"), entry("b", url="https://herald.example/b", content="same")]
    take_in(desk, "herald", *old)
    await sweep(desk, after=41 * DAY)
    assert (count(desk, Entry), count(desk, Article)) == (0, 0)
    renamed = entry("b2", url="https://herald.example/b", title="Title b", content="same")
    fresh = entry("c", url="https://herald.example/c")
    came = take_in(desk, "herald", old[0], renamed, fresh)
    assert [item.incoming.uid for item in came.new] == ["c"]
    assert take_in(desk, "mirror", old[0]).new != ()


async def test_an_id_that_is_used_again_for_another_article_has_no_tombstone(desk: Desk) -> None:
    keep(desk, age="40d")
    take_in(desk, "herald", entry("now", url="https://herald.example/a", title="A"))
    await sweep(desk, after=41 * DAY)
    again = entry("now", url="https://herald.example/b", title="B")
    assert [item.incoming.entry for item in take_in(desk, "herald", again).new] == [again]


async def test_a_tombstone_outlives_years_in_which_the_feed_stands_still(desk: Desk) -> None:
    keep(desk, age="40d")
    first, second = entry("a", url="https://herald.example/a"), entry("b", url="https://herald.example/b")
    take_in(desk, "herald", first, second)
    await sweep(desk, after=41 * DAY)
    desk.service.clock.advance(1000 * DAY)
    third = entry("c", url="https://herald.example/c")
    assert [item.incoming.uid for item in take_in(desk, "herald", first, third).new] == ["c"]
    assert count(desk, Tombstone) == 2, "the marks of the one that is not shown any more are forgotten"


async def test_the_newest_entries_of_a_feed_are_kept(desk: Desk) -> None:
    keep(desk, entries=2)
    for number in range(5):
        take_in(desk, "herald", entry(f"{number}", url=f"https://herald.example/{number}"))
        desk.service.clock.advance(10 * DAY)
    take_in(desk, "mirror", entry("alone", url="https://mirror.example/alone"))
    await sweep(desk, after=60 * DAY)
    with desk.service.service.database.reading() as session:
        assert set(session.scalars(select(col(Entry.uid)))) == {"3", "4", "alone"}


async def test_an_entry_that_changed_is_as_young_as_its_change(desk: Desk) -> None:
    keep(desk, age="40d")
    take_in(desk, "herald", entry("a", url="https://herald.example/a"))
    desk.service.clock.advance(30 * DAY)
    take_in(desk, "herald", entry("a", url="https://herald.example/a", content="more of it"))
    await sweep(desk, after=20 * DAY)
    assert count(desk, Entry) == 1


async def test_a_story_that_led_to_one_that_went_goes_too(desk: Desk) -> None:
    keep(desk, age="90d")
    desk.read("https://herald.example/crane", CRANE, title="Crane")
    desk.read("https://mirror.example/ferry", FERRY, title="Ferry")
    await desk.publish()
    keys = {story.title: story.key for story in desk.service.stories}
    desk.unite("Crane", "Ferry")
    survivor, moved = keys["Crane"], keys["Ferry"]
    assert desk.service.library.story(moved) == StoryMoved(key=survivor)
    await sweep(desk, after=91 * DAY)
    assert [desk.service.library.story(key) for key in (survivor, moved)] == [
        StoryExpired(key=survivor),
        StoryExpired(key=moved),
    ]


async def test_what_comes_after_is_placed_as_if_nothing_had_been(desk: Desk) -> None:
    """The index in memory still holds what went; nothing may join it."""
    keep(desk, age="31d")
    desk.read("https://herald.example/crane", CRANE)
    await desk.publish()
    (before,) = desk.service.stories
    await sweep(desk, after=32 * DAY)
    desk.read("https://mirror.example/crane", CRANE)
    assert await merge_next(desk.service.service)
    await desk.publish()
    (after,) = desk.service.stories
    assert after.uri != before.uri


async def test_a_pass_rests_for_hours_and_is_due_again_then(desk: Desk) -> None:
    keep(desk, age="40d")
    take_in(desk, "herald", entry("a", url="https://herald.example/a"))
    sweeper = EntryExpiry(desk.service.service)
    await sweeper.expire_all(lambda: False)
    desk.service.clock.advance(timedelta(hours=5))
    assert not await sweeper.expire()
    desk.service.clock.advance(timedelta(hours=2))
    assert await sweeper.expire()


async def test_a_single_run_lets_go_too(desk: Desk) -> None:
    keep(desk, age="40d")
    take_in(desk, "herald", entry("a", url=None))
    desk.service.clock.advance(41 * DAY)
    await Pipeline(desk.service.service).once()
    assert count(desk, Entry) == 0


async def test_a_file_gives_back_the_room_that_nothing_needs(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        session.add_all(KeyValue(name=f"{number}", value="x" * 4000) for number in range(3000))
    with database.writing() as session:
        session.execute(delete(sql_table(KeyValue)))

    def pages() -> tuple[int, int]:
        with database.outside_transactions() as cursor:
            return tuple(cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))

    before, free = pages()
    assert free > 2000
    steps = 0
    while await database.free_unused_space():
        steps += 1
    after, left = pages()
    assert (steps > 1, left <= 1024, after < before - 1000) == (True, True, True)
    await database.update_statistics()
    database.close()
