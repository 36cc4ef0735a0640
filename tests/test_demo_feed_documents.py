from __future__ import annotations

import io
import json
from calendar import timegm
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from aggregator.demo.feed_documents import render_outlet_feed
from aggregator.demo.outlets import OUTLETS, DemoOutlet, OutletFeedFormat, outlet_named
from tests.demo_printed import ADDRESSES, SECOND, printed_by

VERSIONS = {
    OutletFeedFormat.RSS_FULL: "rss20",
    OutletFeedFormat.RSS_SUMMARY: "rss20",
    OutletFeedFormat.RDF: "rss10",
    OutletFeedFormat.ATOM_FULL: "atom10",
    OutletFeedFormat.ATOM_SUMMARY: "atom10",
}
XML = [pytest.param(outlet, id=outlet.slug) for outlet in OUTLETS if outlet.feed_format in VERSIONS]


def parsed(outlet: DemoOutlet) -> Any:
    return feedparser.parse(io.BytesIO(render_outlet_feed(outlet, printed_by(outlet), ADDRESSES).encode()))


@pytest.mark.parametrize("outlet", XML)
def test_a_feed_is_read_back_without_complaint_in_the_format_of_the_house(outlet: DemoOutlet) -> None:
    feed = parsed(outlet)
    assert (feed.bozo, feed.version, feed.feed.title) == (False, VERSIONS[outlet.feed_format], outlet.name)


@pytest.mark.parametrize("outlet", XML)
def test_a_feed_lists_every_article_with_headline_address_author_and_time(outlet: DemoOutlet) -> None:
    assert [
        (entry.title, entry.link, entry.author, datetime.fromtimestamp(timegm(_time(entry)), UTC))
        for entry in parsed(outlet).entries
    ] == [
        (article.headline, ADDRESSES.link(article), article.byline, article.published_at)
        for article in printed_by(outlet)
    ]


@pytest.mark.parametrize("outlet", XML)
def test_a_feed_carries_whole_texts_or_summaries_as_the_house_does(outlet: DemoOutlet) -> None:
    full = outlet.feed_format in (OutletFeedFormat.RSS_FULL, OutletFeedFormat.ATOM_FULL)
    for entry, article in zip(parsed(outlet).entries, printed_by(outlet), strict=True):
        assert entry.summary == article.story.summary
        content = entry.content[0].value if "content" in entry else ""
        assert all((f"<p>{paragraph}</p>" in content) == full for paragraph in _plain(article.paragraphs))


def test_the_json_feed_says_the_same_as_its_articles() -> None:
    outlet = outlet_named("northlight")
    assert outlet is not None
    feed = json.loads(render_outlet_feed(outlet, printed_by(outlet), ADDRESSES))
    assert (feed["version"], feed["feed_url"]) == (
        "https://jsonfeed.org/version/1.1",
        "http://northlight.localhost:8650/feed.json",
    )
    assert [(item["url"], item["title"], item["date_published"]) for item in feed["items"]] == [
        (ADDRESSES.article(article), article.headline, article.published_at.isoformat())
        for article in printed_by(outlet)
    ]
    assert all(item["content_html"].count("<p>") > 4 for item in feed["items"])


def test_a_revised_entry_keeps_its_id_and_shows_its_update() -> None:
    entries = {entry.id: entry for entry in parsed(OUTLETS[0]).entries}
    revised = entries["tag:corvus.localhost,2020:battery"]
    assert (revised.published, revised.updated) == ("2026-03-03T08:14:00Z", "2026-03-03T09:30:00Z")


def test_ids_are_unique_within_a_feed() -> None:
    for outlet in OUTLETS:
        if outlet.feed_format is not OutletFeedFormat.JSON_FEED:
            ids = [entry.id for entry in parsed(outlet).entries]
            assert len(set(ids)) == len(ids) == len(printed_by(outlet, SECOND))


def _time(entry: Any) -> Any:
    return entry.get("published_parsed") or entry.updated_parsed


def _plain(paragraphs: tuple[str, ...]) -> list[str]:
    """Those without an apostrophe, which HTML may write in more ways than one."""
    return [paragraph for paragraph in paragraphs if "'" not in paragraph]
