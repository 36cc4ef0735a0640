"""A story as an entry, with as much of its text as the digest shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import Content
from aggregator.publishing.entry_content import link_content, story_content, summary_content
from aggregator.publishing.published_entries import EntryLink, PublishedEntry, PublishedSource, story_entry
from tests.newsstand import MORNING, copy_view, story_view

FILE = Enclosure(url="https://a.example/a.mp3", media_type="audio/mpeg", length=7)
STORY = story_view(
    title="A\ntitle",
    text="Some words.\nMore of them.",
    html="<p>Some words.</p>",
    authors=("Ada", " Ada ", "Bo"),
    credit="Corvus\nWire",
    language="de-AT",
    categories=("Ports", "Ports", " "),
    comments_url="https://a.example/c",
    image="https://a.example/i.png",
    enclosures=(FILE,),
    update_note="1 paragraph\nadded",
    copies=(
        copy_view("a.example", feed="The\nA", title="In\na", relation="first", similarity=1.0),
        copy_view("b.example", similarity=0.123456, title="In b", published_at=MORNING + timedelta(hours=1)),
    ),
)


def test_a_story_is_an_entry_with_everything_that_is_known_of_it() -> None:
    assert story_entry(STORY) == PublishedEntry(
        uri="tag:digest.example,2026:story:ferry",
        url="https://a.example/2026/ferry",
        title="A title",
        published_at=MORNING,
        updated_at=MORNING + timedelta(hours=1),
        authors=("Ada", "Bo"),
        summary="Some words. More of them.",
        content=story_content(STORY),
        contributor="Corvus Wire",
        language="de-AT",
        categories=("Ports",),
        links=(EntryLink(relation="related", url="https://b.example/2026/ferry", title="b.example: In b"),),
        comments_url="https://a.example/c",
        origin=PublishedSource(url="https://a.example/feed.xml", title="The A", updated_at=MORNING),
        image="https://a.example/i.png",
        enclosures=(FILE,),
        extension={
            "story_id": "ferry",
            "copies": [
                {
                    "url": "https://a.example/2026/ferry",
                    "outlet": "a.example",
                    "feed": "The\nA",
                    "title": "In a",
                    "published": "2026-11-03T08:05:00Z",
                    "verdict": "first",
                    "similarity": 1.0,
                },
                {
                    "url": "https://b.example/2026/ferry",
                    "outlet": "b.example",
                    "feed": "b – World",
                    "title": "In b",
                    "published": "2026-11-03T09:05:00Z",
                    "verdict": "near-copy",
                    "similarity": 0.1235,
                },
            ],
            "credit": "Corvus Wire",
            "first_seen": "2026-11-03T08:07:00Z",
            "update_note": "1 paragraph added",
        },
    )


def test_the_amount_of_text_decides_summary_and_content_alone() -> None:
    whole = story_entry(STORY)
    assert story_entry(STORY, Content.FULL) == whole
    assert story_entry(STORY, Content.SUMMARY) == replace(whole, content=summary_content(STORY))
    assert story_entry(STORY, Content.LINK) == replace(whole, summary="", content=link_content(STORY))
    assert len({whole.content, summary_content(STORY), link_content(STORY)}) == 3


def test_what_a_story_lacks_its_entry_lacks() -> None:
    entry = story_entry(story_view(copies=(copy_view("a.example", feed="\n"),)))
    assert (entry.contributor, entry.links, entry.authors) == ("", (), ("a.example",))
    assert entry.origin is not None
    assert entry.origin.title == "a.example", "a feed without a title is known by its outlet"
    assert entry.extension is not None
    assert (entry.extension["credit"], entry.extension["update_note"]) == (None, None)
