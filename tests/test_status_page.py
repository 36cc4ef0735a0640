"""What the service did by the hour, and how it is drawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree, html

from aggregator.demo.server import DemoNewsroom
from aggregator.model.operations import HourlyActivity
from aggregator.store.database import Database
from aggregator.store.hourly_activity import count_by_hour
from aggregator.store.tables import Poll, row_id
from aggregator.web.explanations import format_bytes
from aggregator.web.html_pages import render_status
from aggregator.web.plots import HEIGHT, WIDTH, draw_plot
from tests.newsstand import MORNING, stocked
from tests.running import configuration, running
from tests.stored import NOW, add_feeds, feed_row
from tests.test_pipeline import demo_feeds

HOUR = timedelta(hours=1)


def words(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def hour(number: int = 0, *, articles: int = 0, **polls: int) -> HourlyActivity:
    return HourlyActivity(begins_at=MORNING + number * HOUR, polls=polls, wire_bytes=0, articles=articles, merged=0)


def test_polls_are_counted_in_their_hour_and_the_hours_without_are_there(database: Database) -> None:
    add_feeds(database, "one")
    with database.writing() as session:
        feed_id = row_id(feed_row(session, "one").id)
        for minutes, outcome in [(0, "read"), (-1, "read"), (-59, "unchanged"), (-60, "read"), (-60 * 5, "read")]:
            at = NOW + timedelta(minutes=minutes)
            session.add(Poll(feed_id=feed_id, at=at, outcome=outcome, reason="", wire_bytes=100))
    with database.reading() as session:
        hours = count_by_hour(session, hours=4, now=NOW + timedelta(minutes=30))
    assert [found.begins_at for found in hours] == [NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR, NOW]
    assert [dict(found.polls) for found in hours] == [{}, {}, {"read": 2, "unchanged": 1}, {"read": 1}]
    assert [found.wire_bytes for found in hours] == [0, 0, 300, 100]


@pytest.mark.anyio
async def test_the_hour_of_the_newsroom_has_its_articles_and_copies(database_url: str) -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        async with running(configuration(database_url, *demo_feeds(newsroom))) as service:
            await service.once()
            health = service.library.health()
            hours, feeds = service.library.activity(), len(newsroom.feed_urls)
    assert len(hours) == 48
    assert (hours[-1].articles, hours[-1].merged) == (health.articles, health.copies_merged)
    assert dict(hours[-1].polls) == {"read": feeds}
    assert all(not (found.articles or found.merged or found.polls) for found in hours[:-1])


def test_bars_are_stacked_and_the_highest_is_as_high_as_the_drawing() -> None:
    hours = [hour(0, read=1, failed=3), hour(1), hour(2, read=2)]
    drawn = draw_plot("Polls", hours, lambda each: [(kind, each.polls.get(kind, 0)) for kind in ("read", "failed")])
    first, second, third = drawn.columns
    assert [(bar.kind, bar.y, bar.height) for bar in first.bars] == [("read", 90, 30), ("failed", 0, 90)]
    assert second.bars == ()
    assert [(bar.y, bar.height) for bar in third.bars] == [(HEIGHT / 2, HEIGHT / 2)]
    assert third.x + third.width == WIDTH
    assert (first.said.partition(": ")[2], third.said.partition(": ")[2]) == ("1 read, 3 failed", "2 read")
    assert drawn.summary == "6 in 3 hours, at most 4 in one."


def test_nothing_is_drawn_of_nothing() -> None:
    drawn = draw_plot("New articles", [hour(0), hour(1)], lambda each: [("articles", each.articles)])
    assert [column.bars for column in drawn.columns] == [(), ()]
    assert drawn.summary == "0 in 2 hours, at most 0 in one."
    assert draw_plot("Polls", [], lambda _: []).columns == ()


def test_the_page_counts_every_outcome_and_says_what_cannot_be_stored() -> None:
    library = stocked()
    hours = [hour(0, read=2, unreadable=1, gone=1, offline=3)]
    page = html.fromstring(render_status(library.stock(), hours, trouble="the disk is <full>", root="/news"))
    polls = page.cssselect("figure.plot")[0]
    assert [rect.get("class") for rect in polls.cssselect("g rect")] == ["hour", "read", "waited", "failed"]
    assert words(polls.cssselect("g title")[0]).endswith("2 read, 3 waited, 2 failed")
    assert words(page.cssselect("[role=alert]")[0]) == "The database is unavailable: the disk is <full>"
    assert page.cssselect("nav a[aria-current]")[0].get("href") == "/news/status"
    assert "8 feeds, 1 failing" in words(page.cssselect(".facts")[0])
    assert not page.cssselect("[style], script")


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (21_000_000, "21.0 MB"), (4_200_000_000, "4.2 GB")],
)
def test_bytes_are_said_in_the_unit_that_suits_them(number: int, said: str) -> None:
    assert format_bytes(number) == said
