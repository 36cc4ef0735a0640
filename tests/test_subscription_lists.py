"""Subscription lists of other programs, and lists with faults, are read as they were meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.parsing import Unreadable
from aggregator.parsing.subscription_list import Subscriptions
from aggregator.parsing.subscription_reader import read_subscriptions
from aggregator.publishing.opml_writer import render_opml
from aggregator.settings.feeds_file import FeedSettings
from tests.loops import loop_over
from tests.shell import Shell

FEED = "https://a.example/f"


def read(text: str, encoding: str = "utf-8") -> Subscriptions:
    found = read_subscriptions(text.encode(encoding))
    assert isinstance(found, Subscriptions)
    return found


def opml(inside: str, *, root: str = "<opml version='2.0'>") -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{root}<body>{inside}</body></opml>"


def skipped(found: Subscriptions) -> list[tuple[str, str]]:
    return [(part.what, part.reason) for part in found.skipped]


@loop_over(
    ("inside", "feed"),
    [
        ('<outline xmlUrl="https://a.example/f?a=12&format=rss&lang=en"/>', {"url": f"{FEED}?a=12&format=rss&lang=en"}),
        ('<outline text="R&D & co" xmlUrl="https://a.example/f"/>', {"url": FEED, "title": "R&D & co"}),
        ('<outline text="Caf&eacute;&nbsp;X" xmlUrl="https://a.example/f"/>', {"url": FEED, "title": "Caf\u00e9 X"}),
        ('<outline text="a < b" xmlUrl="https://a.example/f"/>', {"url": FEED, "title": "a < b"}),
        ('<outline text="<b>Bold</b>" xmlUrl="https://a.example/f"/>', {"url": FEED, "title": "Bold"}),
        ("<outline text=Plain xmlUrl=https://a.example/f />", {"url": FEED, "title": "Plain"}),
        ("<outline text='A\x0b B' xmlUrl='https://a.example/f'/>", {"url": FEED, "title": "A B"}),
        ("<outline text='A' xmlUrl='https://a.example/f'/></outline>", {"url": FEED, "title": "A"}),
        ("<outline text='W'><outline xmlUrl='https://a.example/f'>", {"url": FEED, "tags": ("W",)}),
        ('<outline xmlUrl="https://a.example/f?a=1&amp;amp;b=2"/>', {"url": f"{FEED}?a=1&b=2"}),
        ("<outline x:y='1' text='A' xmlUrl='https://a.example/f'/>", {"url": FEED, "title": "A"}),
    ],
)
def test_a_small_fault_loses_nothing(inside: str, feed: dict[str, Any]) -> None:
    assert read(opml(inside)).feeds == (feed,)


@pytest.mark.parametrize(
    "text",
    [
        opml("<outline text='Zürich' xmlUrl='https://a.example/f'/>").replace("UTF-8", "ISO-8859-1"),
        "\ufeff\n " + opml("<outline text='Zürich' xmlUrl='https://a.example/f'/>"),
        "Warning: something in line 3\n" + opml("<outline text='Zürich' xmlUrl='https://a.example/f'/>"),
        "<!DOCTYPE opml>" + opml("<outline text='Zürich' xmlUrl='https://a.example/f'/>").partition("\n")[2],
        opml("<outline text='Zürich' xmlUrl='https://a.example/f'/>").replace("opml", "OPML").replace("body", "BODY"),
    ],
    ids=["a wrong encoding", "a byte order mark", "text before it", "a document type", "capitals"],
)
def test_a_fault_around_the_list_loses_nothing(text: str) -> None:
    assert read(text).feeds == ({"url": FEED, "title": "Zürich"},)


def test_legacy_encodings_are_read() -> None:
    text = opml("<outline text='Zürich' xmlUrl='https://a.example/f'/>").replace("UTF-8", "windows-1252")
    assert read(text, "cp1252").feeds == read(text, "utf-16").feeds == ({"url": FEED, "title": "Zürich"},)


@loop_over(
    ("attribute", "expected"),
    [
        ("xmlurl='https://a.example/f'", FEED),
        ("XMLURL='https://a.example/f'", FEED),
        ("xml_url='https://a.example/f'", FEED),
        ("feedUrl='https://a.example/f'", FEED),
        ("type='rss' url='https://a.example/f'", FEED),
        ("xmlUrl=' https://a.example/my feed\n'", "https://a.example/my%20feed"),
        ("xmlUrl='feed://a.example/f'", FEED),
        ("xmlUrl='feed:https://a.example/f'", FEED),
        ("xmlUrl='itpc://a.example/f'", FEED),
        ("xmlUrl='//a.example/f'", FEED),
        ("xmlUrl='www.a.example'", "https://www.a.example"),
        ("xmlUrl='a.example/f'", FEED),
    ],
)
def test_the_url_of_a_feed_is_found_in_every_spelling(attribute: str, expected: str) -> None:
    assert [feed["url"] for feed in read(opml(f"<outline {attribute}/>")).feeds] == [expected]


def test_a_feed_in_two_folders_has_the_tags_of_both() -> None:
    found = read(
        opml(
            "<outline text='News'><outline text='A' xmlUrl='https://a.example/f'/></outline>"
            "<outline text='Coast'><outline text='Other' xmlUrl='HTTPS://A.example/f'/></outline>"
        )
    )
    assert found.feeds == ({"url": FEED, "title": "A", "tags": ("News", "Coast")},)
    assert skipped(found) == [("Other", "the list has this feed twice; it is read once, with the tags of both")]


TINY_TINY_RSS = opml(
    "<outline text='Coast'><outline type='rss' text='A' xmlUrl='https://a.example/f' ttrssSortOrder='0'/></outline>"
    "<outline text='tt-rss-prefs' schema-version='1'><outline pref-name='X' value='true'/></outline>"
    "<outline text='tt-rss-labels' schema-version='1'><outline label-name='l'/></outline>"
    "<outline text='tt-rss-filters'><outline filter-type='2'>{&quot;rules&quot;: []}</outline></outline>"
)
FRESHRSS = opml(
    "<outline text='Coast' frss:opmlUrl='https://x.example/'>"
    "<outline text='A' type='rss' xmlUrl='https://a.example/f' frss:cssFullContent='main, .body' frss:priority='feed'"
    " frss:cssContentFilter='.ad'/>"
    "<outline text='Scraped' type='HTML+XPath' xmlUrl='https://a.example/page' frss:xPathItem='//li'/></outline>",
    root="<opml xmlns:frss='https://freshrss.org/opml' version='2.0'>",
)
THUNDERBIRD = opml(
    "<outline title='Coast' text='Coast'><outline type='rss' title='A' text='A' version='RSS' "
    "xmlUrl='https://a.example/f' fz:quickMode='false' fz:options='{&quot;version&quot;:2}'/></outline>",
    root="<opml version='1.0' xmlns:fz='urn:forumzilla:'>",
)
LIFEREA = opml(
    "<outline title='Coast' text='Coast' id='x' type='folder'><outline title='A' text='A' type='rss' "
    "xmlUrl='https://a.example/f' updateInterval='-1' collapsed='true'/>"
    "<outline title='Run' text='Run' type='rss' xmlUrl='|script'/></outline>"
    "<outline title='Unread' text='Unread' type='vfolder'/>"
)


@loop_over(
    ("text", "feed", "left_out"),
    [
        (
            TINY_TINY_RSS,
            {"url": FEED, "title": "A", "tags": ("Coast",)},
            [
                ("tt-rss-prefs", "these are settings of Tiny Tiny RSS, not feeds"),
                ("tt-rss-labels", "these are settings of Tiny Tiny RSS, not feeds"),
                ("tt-rss-filters", "these are settings of Tiny Tiny RSS, not feeds"),
            ],
        ),
        (
            FRESHRSS,
            {
                "url": FEED,
                "title": "A",
                "tags": ("Coast",),
                "page": {"take": ("main, .body",), "drop": (".ad",)},
            },
            [
                ("Scraped", "FreshRSS makes this feed from a web page; the service reads feeds only"),
                ("settings of FreshRSS", "the service has no such settings: priority (1 feed)"),
            ],
        ),
        (
            THUNDERBIRD,
            {"url": FEED, "title": "A", "tags": ("Coast",)},
            [("settings of Thunderbird", "the service has no such settings: options, quickMode (1 feed)")],
        ),
        (
            LIFEREA,
            {"url": FEED, "title": "A", "tags": ("Coast",)},
            [
                ("Run", "its entries come from a program on the computer, which the service does not run"),
                ("Unread", "it is a search in other feeds; write a digest with where instead"),
            ],
        ),
    ],
    ids=lambda text: text[:20],
)
def test_what_other_programs_add_is_left_out_with_a_reason(
    text: str, feed: dict[str, Any], left_out: list[tuple[str, str]]
) -> None:
    found = read(text)
    assert ({key: found.feeds[0][key] for key in feed}, len(found.feeds)) == (feed, 1)
    assert skipped(found) == left_out


def test_faults_of_the_document_are_told() -> None:
    assert read(opml("<outline xmlUrl='https://a.example/f'/>")).problems == ()
    assert read(opml("<outline xmlUrl='https://a.example/f?a&b'/>")).problems == (
        "it is not well-formed XML; its errors were repaired",
    )
    assert read(opml("<outline xmlUrl='https://a.example/f'>")).problems == (
        "it is not well-formed XML; feeds near its errors may be missing",
    )


URLS = """\
# my feeds
https://a.example/f
https://b.example/f news "harbour and coast" "~The \\"B\\" feed"   # a comment

http://me:secret@c.example/f !
"query:Unread:unread = \\"yes\\"" news
exec:~/bin/feed.sh
"filter:~/bin/clean:https://d.example/f"
http://a.example/f?x=#y
nonsense here
"""


def test_the_urls_file_of_newsboat_is_read_with_its_tags() -> None:
    found = read(URLS)
    assert found.feeds == (
        {"url": FEED},
        {"url": "https://b.example/f", "title": 'The "B" feed', "tags": ("news", "harbour and coast")},
        {"url": "http://me:secret@c.example/f"},
        {"url": "http://a.example/f?x=#y"},
    )
    no_program = "its entries come from a program on the computer, which the service does not run"
    assert skipped(found) == [
        ("line 5, http://c.example/f", "newsboat hides this feed (!); here it is like any other"),
        ('line 6, query:Unread:unread = "yes"', "it is a search in other feeds; write a digest with where instead"),
        ("line 7, exec:~/bin/feed.sh", no_program),
        ("line 8, filter:~/bin/clean:https://d.example/f", no_program),
        ("line 10, nonsense", "'nonsense' is not an http or https URL"),
    ]


@pytest.mark.parametrize(
    "text",
    ["https://a.example/f", "\ufeffhttps://a.example/f\r\n\r\n", "- https://a.example/f\n", "www.a.example/f"],
)
def test_a_list_of_urls_is_read(text: str) -> None:
    (feed,) = read(text).feeds
    assert feed["url"] in (FEED, "https://www.a.example/f")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "<html><a href='https://a.example/'>x</a></html>",
        '["https://a.example/f"]',
        "Dear reader,\nthe feed is at\nhttps://a.example/f\nas ever.",
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    found = read_subscriptions(text.encode())
    assert found == Unreadable(reason="this is neither an OPML document nor a list of feed URLs")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_subscriptions(text.encode("utf-8", "surrogatepass")), Subscriptions | Unreadable)
    assert isinstance(
        read_subscriptions(f"https://a.example/\n{text}".encode("utf-8", "replace")), Subscriptions | Unreadable
    )


def test_titles_of_a_list_for_others_come_back_letter_for_letter() -> None:
    title = "\u00c3\u00a9\u00c3\u00a8\u00c3\u00bc"
    feed = FeedSettings(url=FEED, name="a", title=title)
    body = render_opml([feed], title="x", titles={}, settings=False)
    found = read_subscriptions(body)
    assert isinstance(found, Subscriptions)
    assert [read_feed["title"] for read_feed in found.feeds] == [title]


def test_eighty_feeds_without_names_are_added_without_a_warning(shell: Shell) -> None:
    shell.configured("feeds: []\n")
    inside = "".join(f"<outline text='Feed {number}' xmlUrl='https://a{number}.example/f'/>" for number in range(80))
    (shell.config.parent / "list.opml").write_text(opml(inside))
    code, out, err = shell.types("feeds", "import", "list.opml")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "list.opml: this is an OPML document with 80 feeds"
    assert "80 feeds added" in out.splitlines()[1]


def test_the_report_of_an_import_is_in_sentences(shell: Shell) -> None:
    shell.configured("feeds:\n  - url: https://b.example/f\n    name: b\n")
    (shell.config.parent / "urls").write_text(URLS + "".join(f"mailto:{number}@a.example\n" for number in range(3)))
    code, out, err = shell.types("feeds", "import", "urls", "--dry-run")
    assert (code, out.splitlines()[0]) == (0, "urls: this is a list of URLs with 4 feeds")
    assert "skipped: line 10, nonsense: 'nonsense' is not an http or https URL\n" in err
    assert "skipped: https://b.example/f: already listed, as b\n" in err
    code, out, _ = shell.types("feeds", "import", "urls", "--dry-run", "--json")
    told = json.loads(out)
    assert (told["format"], told["read"], len(told["added"]), told["problems"]) == ("a list of URLs", 4, 3, [])


def test_many_parts_with_one_reason_are_counted(shell: Shell) -> None:
    shell.configured("feeds: []\n")
    (shell.config.parent / "list.opml").write_text(opml("<outline text='An episode'/>" * 40))
    assert shell.types("feeds", "import", "list.opml")[2].splitlines()[-1] == (
        "skipped: 30 more: it has no feed URL (xmlUrl)"
    )
