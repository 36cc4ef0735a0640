"""What readers see of the stories: whole, newest first, chosen by the digest's rule."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session
from sqlmodel import select as select_rows

from aggregator.dedup.canonical import choose_canonical_copy
from aggregator.model.dedup import Evidence as Proof
from aggregator.model.dedup import Relation, Verdict
from aggregator.model.extraction import RemovedLine, TextSource
from aggregator.model.operations import ServiceHealth
from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import (
    Audience,
    CopyDetail,
    CopyView,
    StoryDetail,
    StoryExpired,
    StoryMoved,
    StoryView,
)
from aggregator.settings.feeds_file import StoryOrder, StorySelection
from aggregator.store import digest_queries, feeds, stories
from aggregator.store.database import Database
from aggregator.store.digest_queries import SelectedStories
from aggregator.store.tables import (
    Article,
    ArticleState,
    Copy,
    Entry,
    ExpiredStory,
    Feed,
    Host,
    Story,
    Table,
    TextMatch,
)
from aggregator.stored_keys import text_rule_key
from tests.stored import MINUTE, NOW, add_article, add_entries, add_feeds, entry, feed_row, wanted

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
    database: Database,
    where: StorySelection = EVERYTHING,
    *,
    now: datetime = NOW,
    offset: int = 0,
    limit: int = 10,
    **more: Any,
) -> SelectedStories:
    with database.reading() as session:
        return digest_queries.select_stories(
            session,
            where,
            audience=Audience.OWNER,
            now=now,
            choose_lead=choose_canonical_copy,
            offset=offset,
            limit=limit,
            **more,
        )


def keys(database: Database, where: StorySelection = EVERYTHING, **more: Any) -> list[str]:
    return [story.key for story in select(database, where, **more).stories]


def change(database: Database, table: type[Table], key: object, **values: Any) -> None:
    """Sets columns of one row."""
    with database.writing() as session:
        for name, value in values.items():
            setattr(session.get_one(table, key), name, value)


def details(database: Database, key: str) -> StoryDetail | StoryMoved | StoryExpired | None:
    with database.reading() as session:
        return digest_queries.story_detail(session, key, audience=Audience.OWNER, choose_lead=choose_canonical_copy)


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


def test_stories_of_one_instant_are_sorted_by_their_first_copy_then_by_the_newer_story(stored: Database) -> None:
    with stored.writing() as session:
        publish(session, NOW + 10 * MINUTE)
    assert keys(stored) == ["c", "b", "a"], "their copies came one after the other"
    for story_id in (1, 2, 3):
        change(stored, Story, story_id, published_at=NOW)
    assert keys(stored) == ["c", "b", "a"], "the story that was created last"
    change(stored, Story, 2, published_at=NOW + MINUTE)
    assert keys(stored) == ["b", "c", "a"]
    change(stored, Story, 1, visible_at=NOW + 11 * MINUTE)
    assert keys(stored) == ["a", "b", "c"]


def test_the_order_by_coverage_counts_outlets_and_then_the_time(stored: Database) -> None:
    with stored.writing() as session:
        publish(session, NOW + 20 * MINUTE)
    assert keys(stored, sort=StoryOrder.COVERAGE) == ["a", "c", "b"]
    change(stored, Article, 2, outlet="one.example")
    assert keys(stored, sort=StoryOrder.COVERAGE) == ["c", "b", "a"], "two copies of one outlet are one"


def test_the_stories_between_two_instants_were_published_after_the_first_and_by_the_second(stored: Database) -> None:
    change(stored, Story, 2, visible_at=NOW + 20 * MINUTE)
    for since, until, expected in (
        (9, 20, ["b", "a"]),
        (10, 20, ["b"]),
        (9, 19, ["a"]),
        (19, 21, ["b"]),
        (20, 30, []),
    ):
        between = NOW + since * MINUTE, NOW + until * MINUTE
        chosen = select(stored, between=between)
        assert ([story.key for story in chosen.stories], chosen.total) == (expected, len(expected)), (since, until)


def test_a_digest_changed_when_a_story_of_it_was_published_or_updated_last(stored: Database) -> None:
    change(stored, Story, 1, updated_at=NOW + 30 * MINUTE)
    assert select(stored).updated_at == NOW + 30 * MINUTE
    assert select(stored, StorySelection(feeds=("three",))).updated_at == NOW + 10 * MINUTE
    change(stored, Story, 3, visible_at=NOW + 40 * MINUTE, withdrawn_at=NOW)
    assert select(stored).updated_at == NOW + 30 * MINUTE, "a withdrawn story is in no digest"


def test_the_newest_day_before_an_instant_with_a_story_of_the_selection(stored: Database) -> None:
    change(stored, Story, 1, visible_at=NOW - timedelta(days=2))

    def day(before: datetime, where: StorySelection = EVERYTHING) -> date | None:
        with stored.reading() as session:
            return digest_queries.latest_day_before(session, where, audience=Audience.OWNER, now=NOW, before=before)

    assert day(NOW + 11 * MINUTE) == date(2026, 3, 1)
    assert day(NOW + 10 * MINUTE) == date(2026, 2, 27)
    assert day(NOW + 11 * MINUTE, StorySelection(feeds=("one",))) == date(2026, 2, 27)
    assert day(NOW - timedelta(days=2)) is None


@pytest.mark.parametrize(
    ("language", "wanted_language", "matches"),
    [
        ("de-AT", "DE", True),
        ("DE", "de", True),
        ("de-AT", "de-at", True),
        ("de-AT", "de-a", False),
        ("de-AT", "d", False),
        ("de-AT", "d_", False),
        ("den", "de", False),
        ("de", "de-AT", False),
        (None, "de", False),
    ],
)
def test_a_language_contains_its_regions_in_any_case(
    stored: Database, language: str | None, wanted_language: str, matches: bool
) -> None:
    change(stored, Article, 3, language=language)
    change(stored, Article, 1, language=None)
    change(stored, Article, 2, language=wanted_language)  # a copy that is not canonical counts for nothing
    assert keys(stored, StorySelection(language=wanted_language)) == (["b"] if matches else [])


def test_words_are_looked_for_in_the_canonical_copy_alone(stored: Database) -> None:
    where = StorySelection(words=("text",))
    assert keys(stored, where) == []
    with stored.writing() as session:
        session.add_all(TextMatch(rule=text_rule_key(where) or "", article_id=number) for number in (2, 3))
        session.add(TextMatch(rule="another rule", article_id=1))
    assert keys(stored, where) == ["b"]
    assert keys(stored, StorySelection(words=("text",), tags=("world",))) == []


def test_a_credit_of_any_copy_counts_by_any_name_of_its_agency(stored: Database) -> None:
    change(stored, Article, 2, credit="Associated Press")
    change(stored, Article, 3, credit="Reuters")
    assert keys(stored, StorySelection(credit=("AP",))) == ["a"]
    assert keys(stored, StorySelection(credit=("Corvus Wire",))) == ["a"]
    assert keys(stored, StorySelection(credit=("Reuters", "AP"))) == ["b", "a"]
    assert keys(stored, StorySelection(credit=("dpa",))) == []


def test_the_age_of_a_story_is_counted_from_the_full_hour(stored: Database) -> None:
    change(stored, Story, 1, visible_at=NOW)
    change(stored, Story, 2, visible_at=NOW - timedelta(microseconds=1))
    three_hours = StorySelection(age=timedelta(hours=3))
    late = timedelta(minutes=59, seconds=59, microseconds=999_999)
    assert keys(stored, three_hours, now=NOW + timedelta(hours=2) + late) == ["a", "b"]
    assert keys(stored, three_hours, now=NOW + timedelta(hours=3)) == ["a"]
    assert keys(stored, three_hours, now=NOW + timedelta(hours=3) + late) == ["a"]
    assert keys(stored, three_hours, now=NOW + timedelta(hours=4)) == []


def test_a_feed_stands_for_the_one_that_it_was_merged_into(stored: Database) -> None:
    with stored.writing() as session:
        names = [wanted("one"), wanted("two"), wanted("three", tags=("sport",)), wanted("four", tags=("old",))]
        feeds.apply_configured_feeds(session, names, now=NOW)
        four, three = feed_row(session, "four"), feed_row(session, "three")
        assert keys(stored, StorySelection(feeds=("four",))) == []
        four.merged_into_id = three.id
    assert keys(stored, StorySelection(feeds=("four",))) == ["b"]
    assert keys(stored, StorySelection(tags=("old",))) == ["b"]
    assert keys(stored, StorySelection(outlets=("four.example",))) == ["b"]
    assert keys(stored, StorySelection(feeds=("two",))) == ["a"]


def test_a_copy_that_rules_drop_is_seen_by_nobody(stored: Database) -> None:
    change(stored, Entry, 2, dropped_by="a rule")
    change(stored, Entry, 3, dropped_by="a rule")
    (story,) = select(stored).stories
    assert (story.key, [copy.outlet for copy in story.copies]) == ("a", ["one.example"])
    assert select(stored).total == 1
    assert keys(stored, StorySelection(feeds=("two", "three"))) == []
    assert keys(stored, StorySelection(min_copies=2)) == []
    assert details(stored, "b") is None
    change(stored, Entry, 1, dropped_by="a rule")
    change(stored, Entry, 2, dropped_by=None)
    change(stored, Story, 1, update_note="1 paragraph added")
    (story,) = select(stored).stories
    assert (story.title, story.lead_rule, story.update_note) == ("First, cut", "only copy", "")


def test_stories_are_counted_as_they_are_selected(stored: Database) -> None:
    with stored.reading() as session:
        for where, number in ((EVERYTHING, 2), (StorySelection(min_copies=2), 1), (StorySelection(tags=("x",)), 0)):
            count = digest_queries.count_stories(session, where, audience=Audience.OWNER, now=NOW)
            assert count == number


def test_the_copies_after_the_canonical_one_are_sorted_by_their_time(stored: Database) -> None:
    for number, hours in enumerate((3, 1, 2, 1)):
        article_id = add_article(stored, "three", f"x{number}", "first text", now=NOW)
        change(stored, Article, article_id, published_at=NOW + timedelta(hours=hours), outlet=f"outlet{number}")
        with stored.writing() as session:
            stories.add_copy(session, article_id, 1, verdict=NEAR, against_id=1, now=NOW)
    change(stored, Story, 1, lead_article_id=5)
    outlets = ["outlet0", "one.example", "two.example", "outlet1", "outlet3", "outlet2"]
    assert [copy.outlet for copy in select(stored).stories[1].copies] == outlets
    found_details = details(stored, "a")
    assert isinstance(found_details, StoryDetail)
    assert [copy.view.outlet for copy in found_details.copies] == outlets


def test_a_story_is_shown_with_the_fields_of_its_article_or_else_those_of_its_entry(stored: Database) -> None:
    own: dict[str, Any] = {"authors": ["Ada"], "language": "en-GB", "image": "https://one.example/a.png"}
    change(stored, Article, 1, **own)
    change(
        stored,
        Entry,
        1,
        title="Entry title",
        authors=["Bo"],
        language="fr",
        image="https://one.example/e.png",
        categories=["Ports"],
        enclosures=[{"url": "https://one.example/a.mp3", "media_type": "audio/mpeg", "length": 7}],
        comments_url="https://one.example/a#comments",
    )
    change(stored, Story, 1, updated_at=NOW + 20 * MINUTE, update_note="1 paragraph added", lead_rule="origin")
    story = select(stored).stories[1]
    assert replace(story, copies=()) == StoryView(
        key="a",
        uri="tag:x.invalid,2026-03-01:story/a",
        title="First",
        text="first text",
        html="<p>first text</p>",
        lead_rule="origin",
        published_at=NOW,
        updated_at=NOW + 20 * MINUTE,
        visible_at=NOW + 10 * MINUTE,
        first_seen_at=NOW,
        copies=(),
        authors=("Ada",),
        credit="Corvus Wire",
        language="en-GB",
        image="https://one.example/a.png",
        categories=("Ports",),
        enclosures=(Enclosure(url="https://one.example/a.mp3", media_type="audio/mpeg", length=7),),
        comments_url="https://one.example/a#comments",
        update_note="1 paragraph added",
    )
    change(stored, Article, 1, title="", authors=[], language=None, image=None)
    change(stored, Story, 1, updated_at=None, update_note=None, uri=None)
    bare = select(stored).stories[1]
    assert (bare.title, bare.copies[0].title, bare.authors) == ("Entry title", "Entry title", ("Bo",))
    assert (bare.language, bare.image) == ("fr", "https://one.example/e.png")
    assert (bare.updated_at, bare.update_note, bare.uri) == (NOW, "", "")


def test_a_story_credits_the_agency_of_its_canonical_copy_or_else_of_the_first_copy_with_one(stored: Database) -> None:
    change(stored, Article, 2, credit="Reuters")
    assert select(stored).stories[1].credit == "Corvus Wire"
    change(stored, Article, 1, credit=None)
    assert select(stored).stories[1].credit == "Reuters"
    change(stored, Article, 2, credit="")
    assert select(stored).stories[1].credit is None


def test_a_copy_without_a_url_leads_to_the_site_of_its_feed(stored: Database) -> None:
    change(stored, Article, 3, url=None)
    change(stored, Feed, 3, site_url="https://three.example/home", url="https://me:pw@three.example/feed")
    assert select(stored).stories[0].copies[0].url == "https://three.example/home"
    change(stored, Feed, 3, site_url=None)
    (copy,) = select(stored).stories[0].copies
    assert (copy.url, copy.feed_url) == ("https://three.example/feed", "https://three.example/feed")


def test_the_similarity_of_a_copy_is_the_share_of_the_shorter_text_in_three_digits(stored: Database) -> None:
    for evidence, similarity in (({"shorter": 0.12345}, 0.123), ({"shorter": 0}, 0.0), ({}, 1.0), (None, 1.0)):
        change(stored, Copy, 2, evidence=evidence)
        assert [copy.similarity for copy in select(stored).stories[1].copies] == [1.0, similarity]
    change(stored, Copy, 2, relation=None, evidence={"shorter": 0.5})
    assert [(copy.relation, copy.similarity) for copy in select(stored).stories[1].copies] == [("first", 1.0)] * 2


def test_a_copy_in_detail_has_the_metadata_of_its_page(stored: Database) -> None:
    cut = {"text": "Read more", "reason": "repeated", "after": 1}
    change(stored, Article, 3, modified_at=NOW, section="Ports", paywalled=True, live=True, cuts=[cut], revisions=2)
    story = details(stored, "b")
    assert isinstance(story, StoryDetail)
    assert story.copies == (
        CopyDetail(
            article_id=3,
            view=story.story.copies[0],
            text="second text",
            text_source=TextSource.PAGE,
            text_reason="the page gave it",
            verdict=None,
            revisions=2,
            modified_at=NOW,
            section="Ports",
            paywalled=True,
            live=True,
            cuts=(RemovedLine(text="Read more", reason="repeated", after=1),),
        ),
    )


def test_a_story_that_is_not_to_be_seen_has_no_page(stored: Database) -> None:
    with stored.writing() as session:
        session.add(ExpiredStory(key="old", expired_at=NOW))
    assert details(stored, "old") == StoryExpired(key="old")
    change(stored, Story, 2, survivor_id=1, withdrawn_at=NOW)
    assert details(stored, "b") == StoryMoved(key="a")
    change(stored, Story, 1, withdrawn_at=NOW)
    assert details(stored, "a") is None
    assert details(stored, "b") is None
    change(stored, Story, 1, withdrawn_at=None, visible_at=None)
    assert details(stored, "a") is None


def test_the_health_of_the_service_counts_what_is_stored_and_what_waits(stored: Database) -> None:
    add_entries(stored, "one", entry("w", url="https://one.example/w"), entry("x", url="https://one.example/x"))
    add_feeds(stored, "one", "two", "five")
    for article_id in (1, 2, 3):
        change(stored, Article, article_id, state=ArticleState.PLACED)
    change(stored, Story, 3, withdrawn_at=NOW)
    change(stored, Feed, 1, next_poll_at=NOW + MINUTE, last_poll_at=NOW - MINUTE)
    change(stored, Feed, 2, last_poll_at=NOW - 2 * MINUTE)
    for number, host in enumerate(("one.example", "two.example"), start=1):
        change(
            stored,
            Host,
            host,
            requests=number,
            unchanged=10 * number,
            wire_bytes=100 * number,
            saved_bytes=1000 * number,
        )
    with stored.reading() as session:
        health = digest_queries.service_health(session, now=NOW)
    assert health == ServiceHealth(
        feeds=3,
        entries=6,
        articles=6,
        stories=2,
        copies_merged=2,
        due_feeds=2,
        pages_waiting=2,
        articles_waiting=1,
        last_poll_at=NOW - MINUTE,
        requests=3,
        unchanged=30,
        wire_bytes=300,
        saved_bytes=3000,
    )


def test_an_empty_database_counts_nothing(database: Database) -> None:
    with database.reading() as session:
        health = digest_queries.service_health(session, now=NOW)
        assert digest_queries.count_stories(session, EVERYTHING, audience=Audience.OWNER, now=NOW) == 0
    assert set(asdict(health).values()) == {0, None}
