"""The digest as Atom."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import feedparser
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import DigestPage
from aggregator.publishing.atom import render_atom
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.entry_content import headline, story_content
from aggregator.publishing.xml_writer import legal_text
from tests.newsstand import ANY_PAGE, CARRIED, digest_page, story_view

NAMES = {"a": "http://www.w3.org/2005/Atom", "media": "http://search.yahoo.com/mrss/"}
ENTRY = """<entry xml:lang="en">
    <id>tag:digest.example,2026:story:ferry</id>
    <title type="text">Island ferry to sail at night again</title>
    <published>2026-11-03T08:05:00Z</published>
    <updated>2026-11-03T09:05:00Z</updated>
    <author>
      <name>Ida Brandt</name>
    </author>
    <contributor>
      <name>Associated Press</name>
    </contributor>
    <category term="Transport"/>
    <category term="Islands"/>
    <link rel="alternate" href="https://coastal-times.example/2026/ferry" type="text/html"/>
    <link rel="via" href="https://apnews.com/2026/ferry" type="text/html" title="apnews.com: Night ferry returns"/>
    <link rel="related" href="https://harbour-post.example/2026/ferry" type="text/html" \
title="harbour-post.example: Island ferry to sail at night again"/>
    <summary type="text">Boats.</summary>
    <content type="html">{content}</content>
    <source>
      <id>https://coastal-times.example/feed.xml</id>
      <title type="text">coastal-times – World</title>
      <updated>2026-11-03T08:05:00Z</updated>
      <link rel="self" href="https://coastal-times.example/feed.xml"/>
    </source>
  </entry>"""


def parsed(page: DigestPage) -> etree._Element:
    return etree.fromstring(render_atom(digest_document(page)))


def assert_rfc_4287(feed: etree._Element) -> None:
    """What sections 4.1.1 and 4.1.2 require of a feed and its entries."""
    for holder in (feed, *feed.findall("a:entry", NAMES)):
        for required in ("id", "title", "updated"):
            assert len(holder.findall(f"a:{required}", NAMES)) == 1, required
        assert holder.findall("a:author/a:name", NAMES)
        alternates = [link for link in holder.findall("a:link", NAMES) if link.get("rel") == "alternate"]
        assert len({(link.get("type"), link.get("hreflang")) for link in alternates}) == len(alternates) == 1
    assert [link.get("rel") for link in feed.findall("a:link", NAMES)].count("self") == 1


def test_an_entry_says_all_that_is_known_of_its_story() -> None:
    story = story_view(
        **{name: getattr(CARRIED, name) for name in ("copies", "authors", "credit", "categories")},
        text="Boats.",
        html="<p>Boats.</p>",
    )
    feed = render_atom(digest_document(digest_page(story))).decode()
    content = story_content(story).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert ENTRY.format(content=content) in feed


def test_the_feed_says_who_it_is_and_where_its_other_pages_are() -> None:
    feed = parsed(digest_page(page=2, pages=3))
    assert feed.findtext("a:id", namespaces=NAMES) == "tag:digest.example,2026:digest:digest"
    assert feed.findtext("a:updated", namespaces=NAMES) == "2026-11-03T09:05:00Z"
    assert {link.get("rel"): link.get("href") for link in feed.findall("a:link", NAMES)} == {
        "self": "https://digest.example/digest.atom?page=2",
        "alternate": "https://digest.example/",
        "first": "https://digest.example/digest.atom",
        "previous": "https://digest.example/digest.atom",
        "next": "https://digest.example/digest.atom?page=3",
        "last": "https://digest.example/digest.atom?page=3",
    }


FEED = """<?xml version='1.0' encoding='utf-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" \
xmlns:media="http://search.yahoo.com/mrss/">
  <id>tag:digest.example,2026:digest:digest</id>
  <title type="text">Morning digest</title>
  <updated>2026-11-03T09:05:00Z</updated>
  <author>
    <name>Morning digest</name>
  </author>
  <generator>aggregator</generator>
  <icon>https://digest.example/favicon.svg</icon>
  <link rel="self" href="https://digest.example/digest.atom?archive=2026-11-03" type="application/atom+xml"/>
  <link rel="alternate" href="https://digest.example/" type="text/html"/>
  <link rel="hub" href="https://hub.example/"/>
  <link rel="hub" href="https://other.example/"/>
  <link rel="current" href="https://digest.example/digest.atom"/>
  <link rel="prev-archive" href="https://digest.example/digest.atom?archive=2026-11-01"/>
  <fh:archive/>
</feed>
"""


def test_an_archive_without_entries_is_all_about_itself() -> None:
    page = digest_page(
        archive=date(2026, 11, 3), earlier=date(2026, 11, 1), hubs=("https://hub.example/", "https://other.example/")
    )
    assert render_atom(digest_document(page)).decode().rstrip() == FEED.rstrip()


def test_an_entry_without_a_part_has_no_empty_element() -> None:
    bare = story_view(text="", html="", language=None, image=None, authors=("Ida", "Ole"))
    entry = parsed(digest_page(bare)).find("a:entry", NAMES)
    assert entry is not None
    names = [etree.QName(element).localname for element in entry]
    assert names == ["id", "title", "published", "updated", "author", "author", "link", "source"]
    assert entry.keys() == []
    assert parsed(digest_page()).find("fh:archive", {"fh": "http://purl.org/syndication/history/1.0"}) is None


def test_files_the_picture_and_the_comments_are_named() -> None:
    files = (
        Enclosure(url="https://a.example/a.mp3", media_type="audio/mpeg", length=7),
        Enclosure(url="https://a.example/b", title="B"),
    )
    story = story_view(enclosures=files, image="https://a.example/i.png", comments_url="https://a.example/c#1")
    entry = parsed(digest_page(story)).find("a:entry", NAMES)
    assert entry is not None
    links = [dict(link.attrib) for link in entry.findall("a:link", NAMES)]
    assert links[1:] == [
        {"rel": "replies", "href": "https://a.example/c#1", "type": "text/html"},
        {"rel": "enclosure", "href": "https://a.example/a.mp3", "type": "audio/mpeg", "length": "7"},
        {"rel": "enclosure", "href": "https://a.example/b", "title": "B"},
    ]
    assert entry.find("media:thumbnail", NAMES).attrib == {"url": "https://a.example/i.png"}  # type: ignore[union-attr]


@given(ANY_PAGE)
def test_any_text_in_any_field_gives_a_feed_that_parses_and_keeps_titles_and_content(page: DigestPage) -> None:
    feed = parsed(page)
    assert_rfc_4287(feed)
    entries = feed.findall("a:entry", NAMES)
    assert [(e.findtext("a:title", namespaces=NAMES), e.findtext("a:content", "", NAMES)) for e in entries] == [
        (headline(story), legal_text(story_content(story))) for story in page.stories
    ]


# feedparser takes a run of Latin-1 letters that could be UTF-8 for mojibake and "repairs" it.
UNREPAIRED = st.characters(exclude_categories=("Cs", "Cc", "Cn")).filter(lambda letter: not "\x80" <= letter <= "\xff")


@given(st.text(UNREPAIRED, min_size=1))
@example("Fête & <b>Ärger</b> &amp; so")
def test_a_feed_reader_shows_the_title_as_it_was(title: str) -> None:
    page = digest_page(story_view(title=title))
    read = feedparser.parse(
        BytesIO(render_atom(digest_document(page))), response_headers={"content-type": "application/atom+xml"}
    )
    assert (read.bozo, read.entries[0].title) == (False, headline(page.stories[0]))


def test_a_feed_reader_finds_the_parts_where_it_looks_for_them() -> None:
    read = feedparser.parse(
        BytesIO(render_atom(digest_document(digest_page(CARRIED)))),
        response_headers={"content-type": "application/atom+xml"},
    )
    entry = read.entries[0]
    assert (entry.id, entry.link, entry.author, entry.source.title, entry.content[0].language) == (
        "tag:digest.example,2026:story:ferry",
        "https://coastal-times.example/2026/ferry",
        "Ida Brandt",
        "coastal-times – World",
        "en",
    )


def test_equal_pages_are_equal_bytes() -> None:
    assert render_atom(digest_document(digest_page(CARRIED, story_view()))) == render_atom(
        digest_document(digest_page(CARRIED, story_view()))
    )
