"""The digest as JSON Feed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given

from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import Content, DigestPage
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.entry_content import headline, story_content
from aggregator.publishing.json_feed_writer import render_json
from aggregator.publishing.xml_writer import legal_text
from tests.newsstand import ANY_PAGE, CARRIED, digest_page, story_view


def read(page: DigestPage) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads(render_json(digest_document(page)))
    return feed


def assert_version_1_1(feed: dict[str, Any]) -> None:
    """What the specification requires, and that nothing is null."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert None not in feed.values()
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "content_html" in item or "content_text" in item
        assert None not in item.values()
        assert all({"url", "mime_type"} <= attachment.keys() for attachment in item.get("attachments", ()))
        assert all("name" in author for author in item["authors"])


def test_an_item_says_all_that_is_known_of_its_story() -> None:
    [item] = read(digest_page(CARRIED))["items"]
    item.pop("summary")
    assert item == {
        "id": "tag:digest.example,2026:story:ferry",
        "url": "https://coastal-times.example/2026/ferry",
        "title": "Island ferry to sail at night again",
        "content_html": story_content(CARRIED),
        "date_published": "2026-11-03T08:05:00Z",
        "date_modified": "2026-11-03T09:05:00Z",
        "authors": [{"name": "Ida Brandt"}],
        "tags": ["Transport", "Islands"],
        "language": "en",
        "_aggregator": {
            "story_id": "ferry",
            "copies": [
                {
                    "url": "https://coastal-times.example/2026/ferry",
                    "outlet": "coastal-times.example",
                    "feed": "coastal-times – World",
                    "title": "Island ferry to sail at night again",
                    "published": "2026-11-03T08:05:00Z",
                    "verdict": "exact",
                    "similarity": 1.0,
                },
                {
                    "url": "https://apnews.com/2026/ferry",
                    "outlet": "apnews.com",
                    "feed": "apnews – World",
                    "title": "Night ferry returns",
                    "published": "2026-11-03T08:05:00Z",
                    "verdict": "near-copy",
                    "similarity": 0.96,
                },
                {
                    "url": "https://harbour-post.example/2026/ferry",
                    "outlet": "harbour-post.example",
                    "feed": "harbour-post – World",
                    "title": "Island ferry to sail at night again",
                    "published": "2026-11-03T08:45:00Z",
                    "verdict": "near-copy",
                    "similarity": 0.96,
                },
            ],
            "credit": "Associated Press",
            "first_seen": "2026-11-03T08:07:00Z",
        },
    }


def test_the_feed_says_who_it_is_and_where_the_older_stories_are() -> None:
    feed = read(digest_page(pages=2))
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Morning digest",
        "home_page_url": "https://digest.example/",
        "feed_url": "https://digest.example/digest.json",
        "next_url": "https://digest.example/digest.json?page=2",
        "icon": "https://digest.example/favicon.svg",
        "favicon": "https://digest.example/favicon.svg",
        "items": [],
    }


def test_the_last_page_has_no_next_one() -> None:
    assert "next_url" not in read(digest_page(page=2, pages=2))


def test_files_and_the_picture_are_named() -> None:
    files = (
        Enclosure(url="https://a.example/a.mp3", media_type="audio/mpeg", length=7, duration=61),
        Enclosure(url="https://a.example/b", title="B"),
    )
    [item] = read(digest_page(story_view(enclosures=files, image="https://a.example/i.png")))["items"]
    assert item["image"] == "https://a.example/i.png"
    assert item["attachments"] == [
        {"url": "https://a.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 7, "duration_in_seconds": 61},
        {"url": "https://a.example/b", "mime_type": "application/octet-stream", "title": "B"},
    ]


@given(ANY_PAGE)
def test_any_text_in_any_field_gives_a_feed_that_parses_and_keeps_titles_and_content(page: DigestPage) -> None:
    feed = read(page)
    assert_version_1_1(feed)
    assert [(item["id"], item["title"], item["content_html"]) for item in feed["items"]] == [
        (legal_text(story.uri), headline(story), legal_text(story_content(story))) for story in page.stories
    ]


def test_equal_pages_are_equal_bytes() -> None:
    assert render_json(digest_document(digest_page(CARRIED, story_view()))) == render_json(
        digest_document(digest_page(CARRIED, story_view()))
    )


def test_an_archive_leads_to_the_one_before_and_a_page_to_the_next() -> None:
    hubs = ("https://hub.example/", "https://other.example/")
    archive = digest_page(archive=date(2026, 11, 2), earlier=date(2026, 10, 30), pages=1, hubs=hubs)
    feed = read(archive)
    assert feed["next_url"] == "https://digest.example/digest.json?archive=2026-10-30"
    assert feed["feed_url"] == "https://digest.example/digest.json?archive=2026-11-02"
    assert feed["hubs"] == [{"type": "WebSub", "url": hub} for hub in hubs]
    assert "next_url" not in read(digest_page(archive=date(2026, 11, 2)))
    assert read(digest_page(earlier=date(2026, 10, 30), pages=2))["next_url"].endswith("digest.json?page=2")


def test_what_a_story_lacks_is_absent_but_for_its_credit() -> None:
    bare = story_view(text="", html="", language=None)
    [item] = read(digest_page(bare, content=Content.LINK))["items"]
    assert item.keys() == {
        "id",
        "url",
        "title",
        "content_html",
        "date_published",
        "date_modified",
        "authors",
        "_aggregator",
    }
    assert (item["content_html"], item["_aggregator"]["credit"]) == ("", None)
    assert "update_note" not in item["_aggregator"]
    [full] = read(digest_page(CARRIED))["items"]
    assert full["summary"].startswith("HARBOUR TOWN, Nov 3 (AP)")


def test_the_document_is_indented_utf_8_with_a_line_end() -> None:
    written = render_json(digest_document(digest_page(story_view(title="Fähre"))))
    assert written.startswith(b'{\n "version"')
    assert written.endswith(b"}\n")
    assert "Fähre".encode() in written
