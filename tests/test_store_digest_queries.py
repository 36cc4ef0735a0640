"""What readers see of the stories: whole, newest first, chosen by the digest's rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session
from sqlmodel import select as select_rows

from aggregator.dedup.canonical import choose_canonical_copy
from aggregator.model.dedup import Evidence as Proof
from aggregator.model.dedup import Relation, Verdict
from aggregator.model.publishing import Audience, CopyView, StoryDetail, StoryMoved
from aggregator.settings.feeds_file import StorySelection
from aggregator.store import digest_queries, feeds, stories
from aggregator.store.database import Database
from aggregator.store.digest_queries import SelectedStories
from aggregator.store.tables import Entry
from tests.stored import MINUTE, NOW, add_article, wanted

NEAR = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=Proof(shorter=0.91234, longer=0.7))
EVERYTHING = StorySelection()


@pytest.fixture
def stored(database: Database) -> Database:
    """Two published stories, "a" with two copies and "b" with one, and one that has not settled."""
    with database.writing() as session:
        feeds.apply_configured_feeds(
            session,
            [
                wanted("one", tags=("world",), title="The One"),
                wanted("two", tags=("world", "local")),
                wanted("three", tags=("sport",)),
            ],
            now=NOW,
        )
    first = add_article(database, "one", "a", "first text", title="First", credit="Corvus Wire")
    copy = add_article(database, "two", "a", "first text, cut", title="First, cut", now=NOW + MINUTE)
    second = add_article(database, "three", "b", "second text", title="Second", language="de-AT", now=NOW + 2 * MINUTE)
    third = add_article(database, "three", "c", "third text", title="Third", now=NOW + 3 * MINUTE)
    with database.writing() as session:
        a = found(session, first, "a")
        stories.add_copy(session, copy, a, verdict=NEAR, against_id=first, now=NOW)
        found(session, second, "b")
        publish(session, NOW + 10 * MINUTE)
        found(session, third, "c")
    return database


def found(session: Session, article_id: int, key: str) -> int:
    return stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="alone")


def publish(session: Session, at: datetime) -> None:
    stories.publish_settled(session, before=at, authority="x.invalid,2026-03-01", now=at)


def select(
    database: Database, where: StorySelection = EVERYTHING, *, offset: int = 0, limit: int = 10
) -> SelectedStories:
    with database.reading() as session:
        return digest_queries.select_stories(
            session,
            where,
            audience=Audience.OWNER,
            now=NOW,
            choose_lead=choose_canonical_copy,
            offset=offset,
            limit=limit,
        )


def test_published_stories_are_shown_newest_first_and_others_not(stored: Database) -> None:
    shown = select(stored)
    assert [story.key for story in shown.stories] == ["b", "a"]
    assert (shown.total, shown.updated_at) == (2, NOW + 10 * MINUTE)


def test_a_story_has_the_files_of_all_its_copies(stored: Database) -> None:
    with stored.writing() as session:
        for entry in session.scalars(select_rows(Entry)):
            entry.enclosures = [{"url": f"{entry.url}.mp3", "media_type": "audio/mpeg", "length": 9}]
    files = {story.key: [file.url for file in story.enclosures] for story in select(stored).stories}
    assert files["a"] == ["https://one.example/a.mp3", "https://two.example/a.mp3"]
    assert files["b"] == ["https://three.example/b.mp3"]


def test_a_story_published_later_stands_first_however_old_it_is(stored: Database) -> None:
    with stored.writing() as session:
        publish(session, NOW + 20 * MINUTE)
    assert [story.key for story in select(stored).stories] == ["c", "b", "a"]


def test_pages_follow_one_another(stored: Database) -> None:
    assert [story.key for story in select(stored, offset=1, limit=1).stories] == ["a"]
    assert select(stored, offset=1, limit=1).total == 2


def test_a_story_names_its_lead_first_and_everyone_who_carried_it(stored: Database) -> None:
    story = select(stored).stories[1]
    assert (story.title, story.text, story.credit, story.uri) == (
        "First",
        "first text",
        "Corvus Wire",
        "tag:x.invalid,2026-03-01:story/a",
    )
    assert story.copies == (
        CopyView(
            url="https://one.example/a",
            outlet="one.example",
            feed="The One",
            feed_url="https://one.example/feed",
            feed_name="one",
            title="First",
            published_at=NOW,
            relation="first",
            similarity=1.0,
        ),
        CopyView(
            url="https://two.example/a",
            outlet="two.example",
            feed="two",
            feed_url="https://two.example/feed",
            feed_name="two",
            title="First, cut",
            published_at=NOW + MINUTE,
            relation="near-copy",
            similarity=0.912,
        ),
    )


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param(StorySelection(), ["b", "a"], id="everything"),
        pytest.param(StorySelection(tags=("local",)), ["a"], id="a tag of any copy's feed"),
        pytest.param(StorySelection(tags=("world", "sport")), ["b", "a"], id="any of several tags"),
        pytest.param(StorySelection(feeds=("three",)), ["b"], id="a feed by name"),
        pytest.param(StorySelection(outlets=("two.example",)), ["a"], id="an outlet of any copy"),
        pytest.param(StorySelection(tags=("world",), feeds=("three",)), [], id="every key has to hold"),
        pytest.param(StorySelection(tags=("nothing",)), [], id="a tag nobody has"),
        pytest.param(StorySelection(language="de"), ["b"], id="a language takes its regions"),
        pytest.param(StorySelection(language="en"), ["a"], id="a language"),
        pytest.param(StorySelection(min_copies=2), ["a"], id="carried by two outlets"),
        pytest.param(StorySelection(min_copies=3), [], id="carried by three outlets"),
    ],
)
def test_which_stories_a_selection_takes(stored: Database, where: StorySelection, expected: list[str]) -> None:
    assert [story.key for story in select(stored, where).stories] == expected


def test_a_story_in_detail_tells_the_texts_and_why_they_were_merged(stored: Database) -> None:
    with stored.reading() as session:
        detail = digest_queries.story_detail(session, "a", audience=Audience.OWNER, choose_lead=choose_canonical_copy)
    assert isinstance(detail, StoryDetail)
    assert [(copy.text, copy.verdict, copy.revisions) for copy in detail.copies] == [
        ("first text", None, 0),
        ("first text, cut", NEAR, 0),
    ]


def test_a_story_that_was_united_points_to_the_survivor_and_an_unpublished_one_is_nowhere(stored: Database) -> None:
    with stored.writing() as session:
        stories.merge_two_stories(session, 1, 2, now=NOW + 30 * MINUTE, reason="one text")
    with stored.reading() as session:
        assert digest_queries.story_detail(
            session, "b", audience=Audience.OWNER, choose_lead=choose_canonical_copy
        ) == StoryMoved(key="a")
        assert (
            digest_queries.story_detail(session, "c", audience=Audience.OWNER, choose_lead=choose_canonical_copy)
            is None
        )
        assert (
            digest_queries.story_detail(session, "nothing", audience=Audience.OWNER, choose_lead=choose_canonical_copy)
            is None
        )
    assert [story.key for story in select(stored).stories] == ["a"]


def test_an_empty_shelf_has_no_time(database: Database) -> None:
    assert select(database) == SelectedStories(stories=(), total=0, updated_at=None)


def test_what_is_stored_and_what_waits_is_counted(stored: Database) -> None:
    with stored.reading() as session:
        health = digest_queries.service_health(session, now=NOW)
    assert (health.feeds, health.entries, health.articles, health.stories, health.copies_merged) == (3, 4, 4, 3, 1)
    assert (health.due_feeds, health.pages_waiting, health.articles_waiting) == (3, 0, 4)


def test_no_address_is_shown_with_its_password(database: Database) -> None:
    with database.writing() as session:
        feeds.apply_configured_feeds(session, [wanted("one", url="https://me:secret@one.example/feed")], now=NOW)
    article = add_article(database, "one", "a", "first text")
    with database.writing() as session:
        found(session, article, "a")
        publish(session, NOW + 10 * MINUTE)
    with database.reading() as session:
        health = feeds.feed_health(session)
    assert [feed.url for feed in health] == ["https://one.example/feed"]
    assert [copy.feed_url for story in select(database).stories for copy in story.copies] == [
        "https://one.example/feed"
    ]
