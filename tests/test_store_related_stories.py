"""Related stories are looked for among those of the same hours that the audience may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.dedup.related_reports import RELATED_WITHIN
from aggregator.model.publishing import Audience
from aggregator.read_model import related_stories
from aggregator.store import feeds, stories
from aggregator.store.database import Database
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
