"""What everyone sees of stories that private feeds carry: nothing of theirs, and the rest as a whole."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlmodel import Session

from aggregator.dedup.canonical import choose_canonical_copy
from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.publishing import Audience, StoryDetail, StoryExpired, StoryMoved, StoryView
from aggregator.settings.feeds_file import StorySelection
from aggregator.store import digest_queries, feeds, stories
from aggregator.store.database import Database
from aggregator.store.digest_queries import SelectedStories
from tests.stored import MINUTE, NOW, add_article, add_entries, entry, wanted

PROOF = Evidence(shorter=0.9, longer=0.8, shared=40, passage="quoted words", conflicts=("11 ≠ 12",))
NEAR = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=PROOF)


@pytest.fixture
def mixed(database: Database) -> Database:
    """Story "a" has private and public copies and a private lead, "b" is private, "c" is public; "d" became "b"."""
    with database.writing() as session:
        feeds.apply_configured_feeds(
            session,
            [
                wanted("secret", private=True, tags=("hidden",), priority=9),
                wanted("locked", url="https://me:pw@locked.example/feed", private=True),
                wanted("open", tags=("world",)),
                wanted("late", tags=("world",)),
            ],
            now=NOW,
        )
    lead = add_article(
        database, "secret", "a", "hidden text", title="Hidden title", credit="Hidden Wire", language="fr"
    )
    longer = add_article(database, "late", "a", "open text, whole", title="Late title", now=NOW + 2 * MINUTE)
    shorter = add_article(database, "open", "a", "open text, whole too", title="Open title", now=NOW + MINUTE)
    private = add_article(database, "locked", "b", "locked text", title="Locked title")
    also = add_article(database, "secret", "d", "locked text", title="Locked title too")
    public = add_article(database, "open", "c", "third text", title="Third title", now=NOW + 3 * MINUTE)
    with database.writing() as session:
        a = found(session, lead, "a")
        stories.add_copy(session, longer, a, verdict=NEAR, against_id=lead, now=NOW)
        stories.add_copy(session, shorter, a, verdict=NEAR, against_id=longer, now=NOW)
        b, d = found(session, private, "b"), found(session, also, "d")
        found(session, public, "c")
        stories.publish_settled(session, before=NOW + 9 * MINUTE, authority="x.invalid", now=NOW + 10 * MINUTE)
        stories.merge_two_stories(session, b, d, now=NOW + 20 * MINUTE, reason="one text")
    return database


def found(session: Session, article_id: int, key: str) -> int:
    return stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="alone")


def select(
    database: Database, where: StorySelection | None = None, audience: Audience = Audience.EVERYONE
) -> SelectedStories:
    with database.reading() as session:
        return digest_queries.select_stories(
            session,
            where or StorySelection(),
            audience=audience,
            now=NOW,
            choose_lead=choose_canonical_copy,
            offset=0,
            limit=10,
        )


def story_a(database: Database, audience: Audience = Audience.EVERYONE) -> StoryView:
    return next(story for story in select(database, audience=audience).stories if story.key == "a")


def detail(
    database: Database, key: str, audience: Audience = Audience.EVERYONE
) -> StoryDetail | StoryMoved | StoryExpired | None:
    with database.reading() as session:
        return digest_queries.story_detail(session, key, audience=audience, choose_lead=choose_canonical_copy)


def test_the_owner_sees_everything(mixed: Database) -> None:
    assert {story.key for story in select(mixed, audience=Audience.OWNER).stories} == {"a", "b", "c"}
    story = story_a(mixed, Audience.OWNER)
    assert (story.title, [copy.outlet for copy in story.copies]) == (
        "Hidden title",
        ["secret.example", "open.example", "late.example"],
    )


def test_everyone_sees_stories_that_have_a_public_copy_and_of_them_no_other(mixed: Database) -> None:
    shown = select(mixed)
    assert (shown.total, {story.key for story in shown.stories}) == (2, {"a", "c"})
    for story in shown.stories:
        told = str(asdict(story)).lower()
        assert [word for word in ("hidden", "secret", "locked") if word in told] == []


def test_the_best_public_copy_leads_in_the_place_of_a_private_one(mixed: Database) -> None:
    story = story_a(mixed)
    assert (story.title, story.text, story.lead_rule, story.credit, story.language) == (
        "Open title",
        "open text, whole too",
        "completeness",
        None,
        "en",
    )
    assert [copy.outlet for copy in story.copies] == ["open.example", "late.example"]
    assert story.uri == story_a(mixed, Audience.OWNER).uri
    assert story == story_a(mixed)


def test_a_private_copy_that_does_not_lead_is_left_out_and_the_lead_stays(mixed: Database) -> None:
    with mixed.writing() as session:
        feeds.apply_configured_feeds(
            session, [wanted("open", private=True), wanted("late"), wanted("secret", private=False)], now=NOW
        )
    story = story_a(mixed)
    assert (story.title, [copy.outlet for copy in story.copies]) == ("Hidden title", ["secret.example", "late.example"])
    assert story.lead_rule == story_a(mixed, Audience.OWNER).lead_rule


@pytest.mark.parametrize(
    ("where", "owner", "everyone"),
    [
        pytest.param(StorySelection(min_copies=2), {"a", "b"}, {"a"}, id="two public outlets"),
        pytest.param(StorySelection(min_copies=3), {"a"}, set(), id="three outlets, one of them private"),
        pytest.param(StorySelection(tags=("hidden",)), {"a", "b"}, set(), id="the tag of a private feed"),
        pytest.param(
            StorySelection(tags=("hidden", "world")), {"a", "b", "c"}, {"a", "c"}, id="one tag of a public one"
        ),
        pytest.param(StorySelection(feeds=("locked",)), {"b"}, set(), id="the name of a private feed"),
        pytest.param(StorySelection(outlets=("secret.example",)), {"a", "b"}, set(), id="its outlet"),
        pytest.param(StorySelection(language="fr"), {"a"}, set(), id="the language of a private lead"),
        pytest.param(
            StorySelection(language="en"), {"b", "c"}, {"a", "c"}, id="the language of who leads in its place"
        ),
    ],
)
def test_only_public_copies_count_for_what_a_digest_takes(
    mixed: Database, where: StorySelection, owner: set[str], everyone: set[str]
) -> None:
    assert {story.key for story in select(mixed, where, Audience.OWNER).stories} == owner
    public = select(mixed, where)
    assert ({story.key for story in public.stories}, public.total) == (everyone, len(everyone))


def test_a_lead_that_everyone_sees_speaks_for_the_language_of_its_story(mixed: Database) -> None:
    with mixed.writing() as session:
        feeds.apply_configured_feeds(
            session, [wanted("secret", private=False), wanted("open"), wanted("late")], now=NOW
        )
    assert {story.key for story in select(mixed, StorySelection(language="en")).stories} == {"b", "c"}
    assert {story.key for story in select(mixed, StorySelection(language="fr")).stories} == {"a"}


def test_the_page_of_a_private_story_is_nowhere_and_nothing_leads_to_it(mixed: Database) -> None:
    assert isinstance(detail(mixed, "b", Audience.OWNER), StoryDetail)
    assert detail(mixed, "d", Audience.OWNER) == StoryMoved(key="b")
    assert detail(mixed, "b") is None
    assert detail(mixed, "d") is None


def test_a_verdict_does_not_quote_a_copy_that_is_not_shown(mixed: Database) -> None:
    shown = detail(mixed, "a")
    assert isinstance(shown, StoryDetail)
    verdicts = {copy.view.outlet: copy.verdict for copy in shown.copies}
    assert verdicts["open.example"] == NEAR
    hidden = Evidence(shorter=0.9, longer=0.8, shared=40)
    assert verdicts["late.example"] == Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=hidden)
    assert "hidden" not in str(asdict(shown)).lower()


def test_an_article_that_a_public_feed_carries_too_is_public_and_named_after_that_feed(mixed: Database) -> None:
    with mixed.writing() as session:
        feeds.apply_configured_feeds(
            session, [wanted("secret", private=True), wanted("open", outlet="secret.example")], now=NOW
        )
    others = {"authors": ("Ada",), "categories": ("open",), "language": "de", "image": "https://open.example/i.png"}
    shown = entry("again", url="https://secret.example/a", title="Public title", **others)
    add_entries(mixed, "open", shown)
    story = story_a(mixed)
    assert story.copies[0].url == "https://secret.example/a"
    assert {copy.feed for copy in story.copies} == {"open", "late"}
    assert (story.title, story.text, story.html, story.credit) == ("Public title", "", "", None)
    assert (story.authors, story.categories) == (("Ada",), ("open",))
    assert (story.language, story.image) == ("de", "https://open.example/i.png")


def test_a_feed_is_private_from_the_start_and_says_so(mixed: Database) -> None:
    with mixed.reading() as session:
        assert {feed.name: feed.private for feed in feeds.feed_health(session)} == {
            "secret": True,
            "locked": True,
            "open": False,
            "late": False,
        }
