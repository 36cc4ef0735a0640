"""A digest puts the stories of one event together when it is asked to."""

from __future__ import annotations

import pytest

from aggregator.read_model import ReadModel
from aggregator.settings.feeds_file import DigestSettings, Grouping
from aggregator.settings.settings_file import Configuration
from aggregator.store import stories
from aggregator.store.database import Database
from tests.stored import MINUTE, NOW, add_article, add_feeds

TITLES = (
    "Cracks end the crane of Vessley harbour after a century",
    "Museum opens a garden of herbs and stones",
    "Choir of fishermen sings in the capital",
    "Cracks end the crane of Vessley harbour, engineers say",
)


@pytest.mark.parametrize(
    ("group", "order"),
    [
        pytest.param(Grouping.NONE, ["k3", "k2", "k1", "k0"], id="by age"),
        pytest.param(Grouping.RELATED, ["k3", "k0", "k2", "k1"], id="by event"),
    ],
)
def test_the_order_of_a_page(database: Database, group: Grouping, order: list[str]) -> None:
    for number, title in enumerate(TITLES):
        add_feeds(database, f"feed{number}")
        article_id = add_article(database, f"feed{number}", "a", "So it was.", title=title, now=NOW + number * MINUTE)
        with database.writing() as session:
            stories.create_story(session, article_id, key=f"k{number}", settle_at=NOW, now=NOW, reason="alone")
            stories.publish_settled(session, before=NOW, authority="x.invalid", now=NOW + number * MINUTE)
    digest = DigestSettings(name="digest", group=group)
    library = ReadModel(
        database,
        configuration=lambda: Configuration(digests=(digest,)),
        authority="x.invalid",
        base_url="http://localhost/",
        clock=lambda: NOW,
    )
    page = library.digest("digest", 1)
    assert page is not None
    assert [story.key for story in page.stories] == order
