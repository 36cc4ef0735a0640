"""Related stories are looked for among those of the same hours that the audience may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlmodel import col

from aggregator.dedup.related_reports import RELATED_WITHIN
from aggregator.model.dedup import StoryBeginning
from aggregator.model.publishing import Audience
from aggregator.read_model import related_stories
from aggregator.store import feeds, stories
from aggregator.store.database import Database
from aggregator.store.related_stories import StoryOpening, stories_near
from aggregator.store.tables import Article, Story, sql_table
from tests.stored import MINUTE, NOW, add_article, wanted

TITLE = "Cracks end the crane of Vessley harbour after a century"
LATER = {
    "near": 30 * MINUTE,
    "private": 40 * MINUTE,
    "late": RELATED_WITHIN + MINUTE,
    "hidden": 50 * MINUTE,
    "else": MINUTE,
}


@pytest.fixture
def told(database: Database) -> Database:
    """A story, and others of the same headline: near, late, private, withdrawn; and one of something else."""
    with database.writing() as session:
        feeds.apply_configured_feeds(
            session, [wanted("one"), *(wanted(name, private=name == "private") for name in LATER)], now=NOW
        )
    for name, later in {"one": timedelta(), **LATER}.items():
        title = "Museum opens a garden of herbs and stones" if name == "else" else TITLE
        article_id = add_article(database, name, "a", f"{name} says so.", title=title, now=NOW + later)
        with database.writing() as session:
            stories.create_story(session, article_id, key=name, settle_at=NOW, now=NOW + later, reason="alone")
    with database.writing() as session:
        stories.publish_settled(
            session, before=NOW + MINUTE, authority="x.invalid", now=NOW + RELATED_WITHIN + RELATED_WITHIN
        )
        stories.remove_copy(session, 5, 5, now=NOW + RELATED_WITHIN, reason="gone")
    return database


@pytest.mark.parametrize(
    ("key", "audience", "keys"),
    [
        pytest.param("one", Audience.EVERYONE, {"near"}, id="of the same hours, and in view"),
        pytest.param("one", Audience.OWNER, {"near", "private"}, id="the owner sees the private one"),
        pytest.param("private", Audience.EVERYONE, set(), id="what is private is related to nothing for others"),
        pytest.param("else", Audience.OWNER, set(), id="another event"),
    ],
)
def test_who_is_related(told: Database, key: str, audience: Audience, keys: set[str]) -> None:
    with told.reading() as session:
        found = related_stories(session, key, audience=audience)
    assert {other.key for other in found} == keys
    assert all((other.title, other.outlet) == (TITLE, f"{other.key}.example") for other in found)


def near(database: Database, key: str = "one", *, within: timedelta = RELATED_WITHIN) -> list[str]:
    with database.reading() as session:
        found = stories_near(session, key, within=within, audience=Audience.OWNER)
        return [opening.telling.key for opening in found]


def test_stories_of_the_same_time_are_read_newest_first_with_the_story_itself(told: Database) -> None:
    assert near(told) == ["else", "private", "near", "one"]
    assert near(told, within=30 * MINUTE) == ["else", "near", "one"]
    assert near(told, within=30 * MINUTE - timedelta(seconds=1)) == ["else", "one"]
    assert near(told, "near", within=30 * MINUTE) == ["else", "private", "near", "one"]
    with told.writing() as session:
        story = session.scalars(select(Story).where(col(Story.key) == "near")).one()
        story.visible_at = NOW + RELATED_WITHIN * 3
    assert near(told) == ["near", "else", "private", "one"]
    with told.writing() as session:
        session.scalars(select(Story).where(col(Story.key) == "near")).one().visible_at = None
    assert near(told) == ["else", "private", "one"]


def test_the_beginning_of_a_text_is_six_hundred_characters(told: Database) -> None:
    with told.writing() as session:
        session.get_one(Article, 1).text = "x" * 599 + "yz"
    with told.reading() as session:
        (opening,) = stories_near(session, "one", within=timedelta(0), audience=Audience.OWNER)
    assert opening == StoryOpening(
        telling=StoryBeginning(key="one", title=TITLE, text="x" * 599 + "y"), outlet="one.example"
    )


def test_at_most_three_hundred_stories_are_read(database: Database) -> None:
    with database.writing() as session:
        feeds.apply_configured_feeds(session, [wanted("one")], now=NOW)
    article_id = add_article(database, "one", "a", "text")
    times = dict.fromkeys(("founded_at", "settle_at", "first_seen_at", "published_at", "visible_at"), NOW)
    rows = [{"key": f"k{number}", "lead_article_id": article_id, "lead_rule": "", **times} for number in range(301)]
    with database.writing() as session:
        session.execute(insert(sql_table(Story)), rows)
    assert len(near(database, "k0")) == 300
