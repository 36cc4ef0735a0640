"""What needs a person is told once, and when it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from aggregator.alert_rules import alerts_for
from aggregator.model.operations import AlertKind, FeedCondition
from aggregator.model.polling import FeedState
from aggregator.publishing.published_entries import PublishedFeed
from aggregator.steps.update_alerts import update_alerts
from aggregator.store import feeds
from aggregator.store.tables import Article, Feed, Poll, row_id
from tests.desk import Desk
from tests.stored import NOW, add_entries, entry

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
PASSED = FeedCondition(
    name="herald", state=FeedState.ACTIVE, reason="", url="https://a.example/f", configured_url="https://a.example/f"
)


@pytest.mark.parametrize(
    ("feed", "kinds"),
    [
        pytest.param(PASSED, [], id="well"),
        pytest.param(replace(PASSED, state=FeedState.GONE), [AlertKind.GONE], id="gone"),
        pytest.param(replace(PASSED, url="https://b.example/f"), [AlertKind.MOVED], id="moved"),
        pytest.param(replace(PASSED, state=FeedState.MERGED, merged_into="x"), [AlertKind.MERGED], id="merged"),
        pytest.param(replace(PASSED, state=FeedState.REMOVED, url="https://b.example/"), [], id="removed by a person"),
        pytest.param(replace(PASSED, failing_since=NOW - 6 * DAY), [], id="failing, not yet a week"),
        pytest.param(replace(PASSED, failing_since=NOW - 7 * DAY), [AlertKind.FAILING], id="failing for a week"),
        pytest.param(replace(PASSED, read=10, textless=9), [AlertKind.TEXTLESS], id="no texts"),
        pytest.param(replace(PASSED, read=9, textless=9), [], id="too few articles to tell"),
        pytest.param(replace(PASSED, read=20, textless=17), [], id="some texts"),
    ],
)
def test_what_needs_a_person(feed: FeedCondition, kinds: list[AlertKind]) -> None:
    assert [situation.kind for situation in alerts_for([feed], now=NOW)] == kinds


def shown(desk: Desk, token: str | None = None) -> PublishedFeed:
    feed = desk.service.library.operator_feed(token)
    assert feed is not None
    return feed


async def test_a_situation_is_one_entry_from_beginning_to_end(desk: Desk) -> None:
    database, clock = desk.service.service.database, desk.service.clock
    assert shown(desk).entries == ()
    with database.writing() as session:
        row = feeds.feed_by_name(session, "herald")
        row.state, row.failures, row.reason = FeedState.FAILING, 2, "503 from the server"
        for days, outcome in ((9, "read"), (8, "failed"), (1, "failed")):
            session.add(Poll(feed_id=row_id(row.id), at=clock() - days * DAY, outcome=outcome))
    for _ in range(2):
        await update_alerts(desk.service.service)
        clock.advance(timedelta(hours=1))
    (began,) = shown(desk).entries
    assert began.title == "Feed herald has failed for a week"
    assert "result of the last: 503 from the server." in began.content
    with database.writing() as session:
        row = feeds.feed_by_name(session, "herald")
        row.state, row.failures = FeedState.ACTIVE, 0
    await update_alerts(desk.service.service)
    (ended,) = shown(desk).entries
    assert (ended.uri, ended.published_at, ended.updated_at) == (began.uri, began.published_at, clock())
    assert ended.title == "Ended: Feed herald has failed for a week"


async def test_a_feed_whose_pages_give_nothing_is_told(desk: Desk) -> None:
    database, now = desk.service.service.database, desk.service.clock()
    add_entries(database, "herald", *(entry(f"e{n}", url=f"https://herald.example/{n}") for n in range(12)), now=now)
    with database.writing() as session:
        for article in session.scalars(select(Article)):
            article.text_at, article.text_source = now, "title"
    await update_alerts(desk.service.service)
    assert [e.title for e in shown(desk).entries] == ["Feed herald has no article text"]


async def test_others_need_the_token(desk: Desk) -> None:
    settings = desk.service.service.settings
    public = settings.publishing.model_copy(update={"public_url": "https://digest.example"})
    desk.service.configure(settings=settings.model_copy(update={"publishing": public}))
    library = desk.service.library
    assert library.operator_feed(None) is None
    web = settings.web.model_copy(update={"token": SecretStr("a-long-secret-word")})
    desk.service.configure(settings=settings.model_copy(update={"publishing": public, "web": web}))
    assert (library.operator_feed(None), library.operator_feed("guessed")) == (None, None)
    assert shown(desk, "a-long-secret-word").address.here == "?token=a-long-secret-word"


async def test_a_merged_feed_names_the_other(desk: Desk) -> None:
    with desk.service.service.database.writing() as session:
        other = session.scalars(select(Feed).where(col(Feed.name) == "mirror")).one()
        row = feeds.feed_by_name(session, "herald")
        row.state, row.merged_into_id = FeedState.MERGED, row_id(other.id)
    await update_alerts(desk.service.service)
    assert [e.title for e in shown(desk).entries] == ["Feed herald now redirects to mirror"]
