"""The digest as a web page."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from jinja2 import UndefinedError
from lxml import html

from aggregator.model.publishing import DigestPage
from aggregator.publishing.html_page import STYLE_SOURCE, page_templates, render_html
from aggregator.publishing.issue_entries import issue_story
from tests.newsstand import ANY_PAGE, CARRIED, coast_issue, copy_view, digest_page, story_view

EVIL = '"><script>alert(1)</script>&'


def parsed(page: DigestPage, *, root: str | None = None, digests: tuple[str, ...] = ()) -> html.HtmlElement:
    return html.document_fromstring(render_html(page, root=root, digests=digests).decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_story_shows_its_title_its_first_lines_its_outlets_and_its_credit() -> None:
    [story] = parsed(digest_page(CARRIED)).xpath("//article")
    assert words(story) == (
        "coastal-times.example 3 November 2026, 08:05 UTC Island ferry to sail at night again "
        "HARBOUR TOWN, Nov 3 (AP) - The island ferry will sail at night again from Monday, the port authority said, "
        "ending a pause of eleven months. Two of the three vessels were refitted with quieter engines over the "
        "summer. Fares stay as they are until spring. Residents had collected 4,000 signatures for the late crossing. "
        "Credit: Associated Press Carried by 3 outlets: coastal-times.example apnews.com harbour-post.example"
    )
    assert story.xpath("string(.//time/@datetime)") == "2026-11-03T08:05:00Z"


@pytest.mark.parametrize(
    ("root", "address"),
    [
        pytest.param(None, "https://digest.example/stories/ferry", id="a file links to the service"),
        pytest.param("", "/stories/ferry", id="the service links within itself"),
        pytest.param("/news", "/news/stories/ferry", id="mounted below a path"),
    ],
)
def test_the_title_links_to_the_page_of_the_story(root: str | None, address: str) -> None:
    assert parsed(digest_page(CARRIED), root=root).xpath("//h2/a/@href") == [address]


def test_the_three_feeds_are_offered_to_feed_readers() -> None:
    links = parsed(digest_page(), root="").xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("href"), link.get("title")) for link in links] == [
        ("application/atom+xml", "/digest.atom", "Morning digest (Atom)"),
        ("application/rss+xml", "/digest.rss", "Morning digest (RSS)"),
        ("application/feed+json", "/digest.json", "Morning digest (JSON)"),
    ]


def test_pages_link_to_newer_and_older_ones() -> None:
    page = parsed(digest_page(name="coast", page=2, pages=3), root="")
    assert page.xpath("//nav[@class='paging']/a/@href") == ["/digests/coast", "/digests/coast?page=3"]
    assert page.xpath("//title/text()") == ["Morning digest, page 2"]


def test_other_digests_are_offered_when_there_are_some() -> None:
    page = parsed(digest_page(), root="", digests=("digest", "coast"))
    assert page.xpath("//nav[@class='digests']//a/@href") == ["/", "/digests/coast"]
    assert parsed(digest_page(), digests=("digest",)).xpath("//nav[@class='digests']") == []


def test_a_digest_without_stories_says_so() -> None:
    assert "No stories yet" in words(parsed(digest_page()))


def test_markup_in_a_plain_field_is_shown_and_never_obeyed() -> None:
    evil = story_view(
        key=EVIL,
        title=EVIL,
        text=EVIL,
        credit=EVIL,
        copies=(copy_view(EVIL, title=EVIL), copy_view("b.example", url="javascript:alert(1)")),
    )
    page = parsed(digest_page(evil, title=EVIL), digests=(EVIL, "b"))
    assert page.xpath("//script") == []
    assert page.xpath("//a[starts-with(@href, 'javascript:')]") == []
    assert words(page.xpath("//h2")[0]) == EVIL


def test_the_policy_names_the_stylesheet_as_it_stands_in_the_page() -> None:
    style = parsed(digest_page()).xpath("string(//style)")
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" == STYLE_SOURCE


@given(ANY_PAGE)
def test_any_text_in_any_field_gives_a_page_with_every_story(page: DigestPage) -> None:
    assert len(parsed(page).xpath("//article")) == len(page.stories)


def test_equal_pages_are_equal_bytes() -> None:
    assert render_html(digest_page(CARRIED)) == render_html(digest_page(CARRIED))


def test_a_page_in_a_folder_links_without_a_doubled_slash_and_keeps_its_token() -> None:
    page = digest_page(CARRIED, name="coast", base_url="https://d.example/news/", token="t", page=2, pages=3)
    found = parsed(page)
    assert found.xpath("//h2/a/@href") == ["https://d.example/news/stories/ferry"]
    assert found.xpath("//link[@rel='alternate']/@href") == [
        f"https://d.example/news/digests/coast.{suffix}?token=t" for suffix in ("atom", "rss", "json")
    ]
    assert found.xpath("//h1/a/@href") == ["https://d.example/news/digests/coast"]
    assert found.xpath("//link[@rel='prev' or @rel='next']/@href") == [
        "https://d.example/news/digests/coast?token=t",
        "https://d.example/news/digests/coast?token=t&page=3",
    ]
    assert [(item.text, item.get("type")) for item in found.xpath("//ul[@class='subscribe']//a")] == [
        ("Atom", "application/atom+xml"),
        ("RSS", "application/rss+xml"),
        ("JSON", "application/feed+json"),
    ]


def test_a_file_without_a_service_links_to_the_articles_and_to_no_other_page() -> None:
    page = digest_page(CARRIED, story_view("x", title="Other", copies=(copy_view(url="javascript:x"),)))
    static = html.document_fromstring(render_html(page, static=True).decode())
    assert static.xpath("//h2/a/@href") == ["https://coastal-times.example/2026/ferry"]
    assert static.xpath("//nav[@aria-label='Pages'] | //link[@rel='icon']") == []
    empty = html.document_fromstring(render_html(digest_page(), static=True).decode())
    assert empty.xpath("//div[@class='nothing']//a") == []
    assert parsed(digest_page(), root="").xpath("//div[@class='nothing']//a/@href") == ["/feeds"]
    dynamic = parsed(digest_page(), root="")
    assert dynamic.xpath("//nav[@aria-label='Pages']//a/@href") == ["/", "/feeds", "/status"]
    assert dynamic.xpath("//nav[@aria-label='Pages']//a[@aria-current='page']/@href") == ["/"]
    assert dynamic.xpath("//link[@rel='icon']/@href") == ["/favicon.svg"]


def test_the_issues_of_an_edition_link_to_their_pages() -> None:
    stories = [issue_story(story_view(f"s{number}", title=f"Title {number}")) for number in range(6)]
    page = parsed(digest_page(name="coast", issues=(coast_issue(*stories),), token="t"), root="")
    [issue] = page.xpath("//article")
    assert issue.xpath("h2/a/@href") == ["/digests/coast/20261103T0600Z?token=t"]
    assert words(issue) == ("Coast: 3 November 2026, 07:00 Title 0 Title 1 Title 2 Title 3 Title 4 and 1 more")


def test_a_story_has_its_language_an_excerpt_and_times_for_machines() -> None:
    shown = story_view(language="de-AT", text="word " * 100, credit=None)
    [story] = parsed(digest_page(shown)).xpath("//article")
    assert story.get("lang") == "de-AT"
    assert len(story.xpath("string(p[@class='excerpt'])")) == 320
    assert story.xpath(".//div[@class='carried']") == []
    [unknown] = parsed(digest_page(story_view(language="?"))).xpath("//article")
    assert unknown.get("lang") is None
    times = parsed(digest_page(shown)).xpath("//time/@datetime")
    assert times == ["2026-11-03T09:05:00Z", "2026-11-03T08:05:00Z"]


def test_markup_stands_on_lines_of_its_own_without_indentation() -> None:
    rendered = render_html(digest_page(CARRIED)).decode()
    assert rendered.startswith('<!doctype html>\n<html lang="en">\n<head>\n')
    assert "\n\n<" not in rendered.partition("<style>")[0]


def test_a_template_that_names_what_is_not_there_fails() -> None:
    with pytest.raises(UndefinedError):
        page_templates().from_string("{{ nothing }}").render()
    assert page_templates().from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
