"""The digest as RSS."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import feedparser
from hypothesis import given
from lxml import etree

from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import Content, DigestPage
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.entry_content import headline, story_content
from aggregator.publishing.rss import render_rss
from aggregator.publishing.xml_writer import MEDIA, legal_text
from tests.newsstand import ANY_PAGE, CARRIED, copy_view, digest_page, story_view

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
}


def channel_of(page: DigestPage) -> etree._Element:
    channel = etree.fromstring(render_rss(digest_document(page))).find("channel")
    assert channel is not None
    return channel


def item_of(page: DigestPage) -> etree._Element:
    item = channel_of(page).find("item")
    assert item is not None
    return item


def said(holder: etree._Element) -> list[tuple[str, str, dict[str, str]]]:
    """Every child but the items: its name with the usual prefix, its text and its attributes."""
    prefixes = {f"{{{name}}}": f"{prefix}:" for prefix, name in NAMES.items()}
    found = []
    for child in holder.iterchildren("{*}*"):
        tag = child.tag
        for name, prefix in prefixes.items():
            tag = tag.replace(name, prefix)
        if tag != "item":
            found.append(
                (
                    tag,
                    "" if len(child) else child.text or "",
                    {str(key): str(value) for key, value in child.attrib.items()},
                )
            )
    return found


def test_an_item_says_all_that_is_known_of_its_story() -> None:
    assert said(item_of(digest_page(CARRIED))) == [
        ("title", "Island ferry to sail at night again", {}),
        ("link", "https://coastal-times.example/2026/ferry", {}),
        ("guid", "tag:digest.example,2026:story:ferry", {"isPermaLink": "false"}),
        ("pubDate", "Tue, 03 Nov 2026 08:05:00 GMT", {}),
        ("atom:updated", "2026-11-03T09:05:00Z", {}),
        ("dc:creator", "Ida Brandt", {}),
        ("dc:contributor", "Associated Press", {}),
        ("dc:language", "en", {}),
        ("category", "Transport", {}),
        ("category", "Islands", {}),
        (
            "description",
            "HARBOUR TOWN, Nov 3 (AP) - The island ferry will sail at night again from Monday, the port authority "
            "said, ending a pause of eleven months. Two of the three vessels were refitted with quieter engines over "
            "the summer. Fares stay as they are until spring. Residents had collected…",
            {},
        ),
        ("content:encoded", story_content(CARRIED), {}),
        ("source", "coastal-times – World", {"url": "https://coastal-times.example/feed.xml"}),
        (
            "atom:link",
            "",
            {
                "rel": "via",
                "href": "https://apnews.com/2026/ferry",
                "type": "text/html",
                "title": "apnews.com: Night ferry returns",
            },
        ),
        (
            "atom:link",
            "",
            {
                "rel": "related",
                "href": "https://harbour-post.example/2026/ferry",
                "type": "text/html",
                "title": "harbour-post.example: Island ferry to sail at night again",
            },
        ),
    ]


def test_the_channel_says_who_it_is_and_where_its_other_pages_are() -> None:
    assert said(channel_of(digest_page(pages=2, title="A & B"))) == [
        ("title", "A & B", {}),
        ("link", "https://digest.example/", {}),
        ("description", "A &amp; B: every story once, with every outlet that carried it", {}),
        ("lastBuildDate", "Tue, 03 Nov 2026 09:05:00 GMT", {}),
        ("generator", "aggregator", {}),
        (
            "atom:link",
            "",
            {"rel": "self", "href": "https://digest.example/digest.rss", "type": "application/rss+xml"},
        ),
        ("atom:link", "", {"rel": "first", "href": "https://digest.example/digest.rss"}),
        ("atom:link", "", {"rel": "next", "href": "https://digest.example/digest.rss?page=2"}),
        ("atom:link", "", {"rel": "last", "href": "https://digest.example/digest.rss?page=2"}),
    ]


def test_the_first_file_is_the_enclosure_and_the_others_are_media() -> None:
    files = (
        Enclosure(url="https://a.example/a", duration=61),
        Enclosure(url="https://a.example/b.mp3", media_type="audio/mpeg", title="B", duration=62),
    )
    item = item_of(digest_page(story_view(enclosures=files, image="https://a.example/i.png")))
    assert said(item)[-4:] == [
        ("media:thumbnail", "", {"url": "https://a.example/i.png"}),
        ("enclosure", "", {"url": "https://a.example/a", "length": "0", "type": "application/octet-stream"}),
        ("itunes:duration", "61", {}),
        ("media:content", "", {"url": "https://a.example/b.mp3", "type": "audio/mpeg", "duration": "62"}),
    ]
    assert [title.text for title in item.iter(f"{{{MEDIA}}}title")] == ["B"]


def test_the_comments_on_the_leading_copy_are_named() -> None:
    item = item_of(digest_page(story_view(comments_url="https://a.example/c#1")))
    assert ("comments", "https://a.example/c#1", {}) in said(item)


def test_markup_in_a_title_stays_text_in_the_file() -> None:
    written = render_rss(digest_document(digest_page(story_view(title="Fish & <chips>"))))
    assert b"<title>Fish &#x26; &#x3C;chips&gt;</title>" in written


@given(ANY_PAGE)
def test_any_text_in_any_field_gives_a_feed_that_parses_and_keeps_titles_and_content(page: DigestPage) -> None:
    channel = channel_of(page)
    assert [channel.findall(required) != [] for required in ("title", "link", "description")] == [True] * 3
    items = channel.findall("item")
    assert [
        (item.findtext("title"), item.findtext("guid"), item.findtext("content:encoded", "", NAMES)) for item in items
    ] == [(headline(story), legal_text(story.uri), legal_text(story_content(story))) for story in page.stories]


def test_a_feed_reader_finds_the_parts_where_it_looks_for_them() -> None:
    written = BytesIO(render_rss(digest_document(digest_page(CARRIED))))
    read = feedparser.parse(written, response_headers={"content-type": "application/rss+xml"})
    entry = read.entries[0]
    assert (read.bozo, entry.id, entry.guidislink, entry.link, entry.author, entry.source.title) == (
        False,
        "tag:digest.example,2026:story:ferry",
        False,
        "https://coastal-times.example/2026/ferry",
        "Ida Brandt",
        "coastal-times – World",
    )
    assert "Also carried by" in entry.content[0].value


def test_equal_pages_are_equal_bytes() -> None:
    assert render_rss(digest_document(digest_page(CARRIED, story_view()))) == render_rss(
        digest_document(digest_page(CARRIED, story_view()))
    )


def test_an_archive_says_so_and_names_its_neighbours_and_hubs() -> None:
    page = digest_page(archive=date(2026, 11, 2), earlier=date(2026, 10, 30), hubs=("https://hub.example/",))
    own = "https://digest.example/digest.rss"
    assert said(channel_of(page))[5:] == [
        ("atom:link", "", {"rel": "self", "href": f"{own}?archive=2026-11-02", "type": "application/rss+xml"}),
        ("atom:link", "", {"rel": "hub", "href": "https://hub.example/"}),
        ("atom:link", "", {"rel": "current", "href": own}),
        ("atom:link", "", {"rel": "prev-archive", "href": f"{own}?archive=2026-10-30"}),
        ("{http://purl.org/syndication/history/1.0}archive", "", {}),
    ]
    root = etree.fromstring(render_rss(digest_document(page)))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    prefixes = {**NAMES, "fh": "http://purl.org/syndication/history/1.0"}
    assert root.nsmap == prefixes


def test_what_a_story_lacks_has_no_element() -> None:
    bare = story_view(text="", html="", language=None, copies=(copy_view("a.example", feed="", feed_url="u"),))
    assert [tag for tag, _, _ in said(item_of(digest_page(bare, content=Content.LINK)))] == [
        "title",
        "link",
        "guid",
        "pubDate",
        "atom:updated",
        "dc:creator",
        "source",
    ]


def test_a_description_is_escaped_once_more_because_readers_take_it_for_markup() -> None:
    item = item_of(digest_page(story_view(text='Fish & "chips" <b>')))
    assert item.findtext("description") == 'Fish &amp; "chips" &lt;b&gt;'


def test_a_file_of_known_length_says_it_and_three_files_are_all_named() -> None:
    files = tuple(Enclosure(url=f"https://a.example/{number}", length=number) for number in (7, 8, 9))
    assert said(item_of(digest_page(story_view(enclosures=files))))[-3:] == [
        ("enclosure", "", {"url": "https://a.example/7", "length": "7", "type": "application/octet-stream"}),
        ("media:content", "", {"url": "https://a.example/8"}),
        ("media:content", "", {"url": "https://a.example/9"}),
    ]
