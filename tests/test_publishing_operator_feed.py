"""The feed of alerts: what is wrong, since when, and when it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model.operations import Alert, AlertKind, RecordedAlert
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.operator_feed import operator_feed
from aggregator.publishing.published_entries import PublishedEntry
from tests.newsstand import MORNING

ALERT = Alert(kind=AlertKind.FAILING, subject="herald", title="herald\nfails", text="503 <Service> & more")
OPEN = RecordedAlert(number=7, alert=ALERT, began_at=MORNING, ended_at=None)
ENDED = replace(OPEN, number=8, ended_at=MORNING + timedelta(hours=2))


def test_the_feed_says_who_it_is_and_when_anything_changed_last() -> None:
    feed = operator_feed((OPEN, ENDED), authority="x.invalid,2026", base_url="https://d.example/news/", token="t")
    assert (feed.uri, feed.title, feed.home_url, feed.icon_url) == (
        "tag:x.invalid,2026:operator",
        "Aggregator: alerts",
        "https://d.example/news/feeds",
        "https://d.example/news/favicon.svg",
    )
    assert feed.description == "Problems that need a person; an entry says when its alert ended"
    assert feed.address.own(FeedFormat.ATOM) == "https://d.example/news/operator.atom?token=t"
    assert (feed.updated_at, feed.archive, feed.hubs) == (MORNING + timedelta(hours=2), False, ())
    assert [entry.uri for entry in feed.entries] == [f"tag:x.invalid,2026:situation/{number}" for number in (7, 8)]
    empty = operator_feed((), authority="x.invalid", base_url="https://d.example")
    assert (empty.entries, empty.updated_at) == ((), datetime(2000, 1, 1, tzinfo=UTC))
    assert empty.address.own(FeedFormat.JSON) == "https://d.example/operator.json"


def test_an_alert_is_one_entry_that_says_so_when_it_ended() -> None:
    open_entry, ended = operator_feed((OPEN, ENDED), authority="x", base_url="https://d.example").entries
    assert open_entry == PublishedEntry(
        uri="tag:x:situation/7",
        url="https://d.example/feeds",
        title="herald fails",
        published_at=MORNING,
        updated_at=MORNING,
        authors=("aggregator",),
        summary="503 <Service> & more",
        content="<p>503 &lt;Service&gt; &amp; more</p>\n<p><small>Since 3 November 2026, 08:05 UTC.</small></p>",
        categories=("failing",),
        extension={"kind": "failing", "subject": "herald"},
    )
    told = "This ended 3 November 2026, 10:05 UTC. It was: 503 <Service> & more"
    assert ended == replace(
        open_entry,
        uri="tag:x:situation/8",
        title="Ended: herald fails",
        updated_at=MORNING + timedelta(hours=2),
        summary=told,
        content="<p>This ended 3 November 2026, 10:05 UTC. It was: 503 &lt;Service&gt; &amp; more</p>\n"
        "<p><small>Since 3 November 2026, 08:05 UTC.</small></p>",
    )
