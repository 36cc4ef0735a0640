"""The pages beside the digest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from lxml import html

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.extraction import TextSource
from aggregator.model.operations import FeedHealth
from aggregator.model.publishing import CopyDetail, RelatedStory, StoryDetail, StoryView
from aggregator.web.html_pages import render_error, render_feeds, render_story
from tests.newsstand import ANY_STORY, CARRIED, feed_health, story_detail, story_view

EVIL = '"><script>alert(1)</script>&'


def parsed(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_story_says_of_each_copy_why_it_was_merged() -> None:
    copies = parsed(render_story(story_detail())).xpath("//article[@class='copy']")
    said = [words(copy).partition("Compare")[0].strip() for copy in copies]
    assert said[0] == (
        "coastal-times.example leads 3 November 2026, 08:05 UTC Island ferry to sail at night again "
        "It leads because its feed has the highest priority. Text from the article's page: the page gave more than "
        "the feed. Its text was revised once since it was first seen."
    )
    assert said[1] == (
        "apnews.com from the feed apnews – World 3 November 2026, 08:05 UTC Night ferry returns "
        "The same text with small changes. 53 words in common: 91 % of the shorter text and 86 % of the longer. "
        "Decided by the rule “covered by the longer”. Text from the feed. "
        "Longest passage in common: Fares stay as they are until spring. "
        "What differs in otherwise equal text: 11 ≠ 12"
    )


def test_what_a_copy_changed_stands_side_by_side() -> None:
    table = parsed(render_story(story_detail())).xpath("//table")[0]
    rows = [[words(cell) for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")]
    assert rows == [
        ["coastal-times.example (lead)", "apnews.com"],
        [
            "HARBOUR TOWN, Nov 3 (AP) - The island ferry will sail at night again from Monday, the port authority "
            "said, ending a pause of eleven months.",
            "The island ferry will sail at night again from Monday, the harbour office said, ending a break of "
            "eleven months.",
        ],
        ["2 paragraphs the same"],
        ["Residents had collected 4,000 signatures for the late crossing.", "not here"],
        ["not here", "Our readers can plan their crossing with the timetable in Saturday's paper."],
    ]
    assert [words(each) for each in table.xpath(".//del")][:3] == [
        "HARBOUR TOWN, Nov 3 (AP) -",
        "port authority",
        "pause",
    ]
    assert [words(each) for each in table.xpath(".//ins")][:2] == ["harbour office", "break"]


def test_a_copy_with_the_same_text_has_nothing_to_compare() -> None:
    detail = story_detail()
    lead, other, _ = detail.copies
    page = parsed(render_story(replace(detail, copies=(lead, replace(other, text=lead.text)))))
    assert page.xpath("//table") == []
    assert "Its text equals the canonical copy, word for word." in words(page)


def test_the_text_is_shown_as_it_was_sanitised() -> None:
    page = parsed(render_story(story_detail(story_view(html="<p>Some <em>stress</em>.</p>"))))
    assert page.xpath("string(//div[@class='prose']//em)") == "stress"
    assert "One copy so far" in words(page)


@pytest.mark.parametrize(
    ("story", "pictures"),
    [
        pytest.param(story_view(image="https://a.example/i.png"), ["https://a.example/i.png"], id="shown"),
        pytest.param(
            story_view(image="https://a.example/i.png", html='<img src="https://a.example/j.png">'),
            ["https://a.example/j.png"],
            id="not beside the text's own",
        ),
        pytest.param(story_view(image="javascript:alert(1)"), [], id="never from an odd address"),
    ],
)
def test_a_picture_is_shown_once(story: StoryView, pictures: list[str]) -> None:
    assert parsed(render_story(story_detail(story))).xpath("//img/@src") == pictures


def test_markup_in_a_plain_field_is_shown_and_never_obeyed() -> None:
    evil = replace(
        CARRIED,
        key=EVIL,
        title=EVIL,
        html="",
        text=EVIL,
        credit=EVIL,
        lead_rule=EVIL,
        authors=(EVIL,),
        copies=tuple(replace(copy, outlet=EVIL, feed=EVIL, title=EVIL, url=EVIL) for copy in CARRIED.copies),
    )
    verdict = Verdict(
        relation=Relation.NEAR_COPY, rule=EVIL, evidence=Evidence(shared=3, passage=EVIL, conflicts=(EVIL,))
    )
    copies = tuple(
        CopyDetail(
            article_id=1,
            view=view,
            text=f"{EVIL} {number}",
            text_source=TextSource.PAGE,
            text_reason=EVIL,
            verdict=verdict,
            revisions=2,
        )
        for number, view in enumerate(evil.copies)
    )
    page = parsed(render_story(StoryDetail(story=evil, copies=copies)))
    assert page.xpath("//script") == []
    assert page.xpath("//article//a") == []
    assert words(page.xpath("//h1")[0]) == EVIL


@given(ANY_STORY)
def test_any_text_in_any_field_gives_a_page(story: StoryView) -> None:
    assert render_story(story_detail(story)).decode().rstrip().endswith("</html>")


def test_the_feeds_are_a_table_of_their_health() -> None:
    failing = feed_health(
        "post",
        title="",
        url="ftp://x",
        tags=("a", "b"),
        failures=3,
        last_outcome="http error",
        reason="503",
        problems=("no dates",),
        next_poll_at=None,
    )
    page = parsed(render_feeds((feed_health(), failing)))
    assert [[words(cell) for cell in row.xpath("./th|./td")] for row in page.xpath("//tbody/tr")] == [
        [
            "Coastal Times coastal-times.example · coastal-times · #coast",
            "Working ok last polls: ok ×2",
            "1,204",
            "3 November 2026, 08:05 UTC",
            "3 November 2026, 09:05 UTC",
        ],
        [
            "post coastal-times.example · post · #a · #b",
            "Failed 3 times in a row http error: 503 last polls: ok ×2 moved from "
            "https://coastal-times.example/feed.xml no dates",
            "1,204",
            "3 November 2026, 08:05 UTC",
            "none planned",
        ],
    ]
    assert page.xpath("//tbody//a/@href") == ["https://coastal-times.example/feed.xml"]


@pytest.mark.parametrize("feeds", [pytest.param((), id="none"), pytest.param((feed_health(title=EVIL),), id="evil")])
def test_the_feeds_page_holds_no_script(feeds: tuple[FeedHealth, ...]) -> None:
    assert parsed(render_feeds(feeds)).xpath("//script") == []


def test_without_feeds_the_page_says_where_to_add_one() -> None:
    assert "config/feeds.yaml" in words(parsed(render_feeds(())))


def test_an_error_says_what_happened_and_leads_back() -> None:
    page = parsed(render_error("Not Found", "Nothing <here>.", root="/news"))
    assert words(page.xpath("//main")[0]) == "Not Found Nothing <here>. Back to the stories"
    assert page.xpath("//main//a/@href") == ["/news/"]


def test_a_story_leads_to_those_that_may_tell_of_the_same_event() -> None:
    assert not parsed(render_story(story_detail())).xpath("//section[@aria-labelledby='related']")
    others = (RelatedStory(key="raft one", title=EVIL, outlet="apnews.com"),)
    page = parsed(render_story(replace(story_detail(), related=others), root="/news"))
    (link,) = page.xpath("//section[@aria-labelledby='related']//a")
    assert (link.get("href"), words(link), words(link.getparent())) == (
        "/news/stories/raft%20one",
        EVIL,
        f"{EVIL} apnews.com",
    )
