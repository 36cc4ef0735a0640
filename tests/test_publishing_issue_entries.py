"""An issue of an edition: its name, its title, its stories, and its entry in every detail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aggregator.model.publishing import IssueCopy, IssueStory, LateStory
from aggregator.publishing.issue_entries import (
    issue_content,
    issue_entry,
    issue_key,
    issue_story,
    issue_title,
    late_story,
)
from aggregator.publishing.published_entries import PublishedEntry
from tests.newsstand import CARRIED, MORNING, coast_issue, copy_view, story_view


def copies(*outlets: str) -> tuple[IssueCopy, ...]:
    return tuple(
        IssueCopy(url=f"https://{outlet}.example/?a=1&b", outlet=f"{outlet} & co", title=f"T {outlet}", feed=outlet)
        for outlet in outlets
    )


def issued(key: str = "k", *outlets: str, **more: Any) -> IssueStory:
    values: dict[str, Any] = {
        "key": key,
        "uri": f"tag:{key}",
        "title": f"Title <{key}>",
        "summary": f"Summary of <{key}>",
        "credit": "",
        "language": "en",
        "copies": copies(*(outlets or ("herald",))),
    }
    return IssueStory(**{**values, **more})


def test_an_issue_is_named_by_its_time_in_utc_and_titled_by_its_time_at_home() -> None:
    due_at = datetime(2026, 11, 3, 6, 5, 59, tzinfo=UTC)
    assert issue_key(due_at) == "20261103T0605Z"
    assert issue_title("The\n coast", due_at, ZoneInfo("Europe/Berlin")) == "The coast: 3 November 2026, 07:05"
    assert issue_title("Coast", due_at, ZoneInfo("America/New_York")) == "Coast: 3 November 2026, 01:05"


def test_a_story_of_an_issue_has_one_copy_of_each_outlet_the_canonical_one_first() -> None:
    story = story_view(
        title="A \n title",
        text="Some words.",
        credit="Corvus\nWire",
        language="de-AT",
        copies=(
            copy_view("b.example", feed_name="b", title="In\nb"),
            copy_view("a.example", feed_name="a"),
            copy_view("b.example", url="https://b.example/again"),
        ),
    )
    assert issue_story(story) == IssueStory(
        key="ferry",
        uri="tag:digest.example,2026:story:ferry",
        title="A title",
        summary="Some words.",
        credit="Corvus Wire",
        language="de-AT",
        copies=(
            IssueCopy(url="https://b.example/2026/ferry", outlet="b.example", title="In b", feed="b"),
            IssueCopy(
                url="https://a.example/2026/ferry",
                outlet="a.example",
                title="Island ferry to sail at night again",
                feed="a",
            ),
        ),
    )
    assert issue_story(story_view(credit=None)).credit == ""


def test_a_late_story_has_the_outlets_that_no_issue_named() -> None:
    late = late_story(CARRIED, known={"apnews.com"}, issue="20261102T0600Z")
    assert late is not None
    assert (late.key, late.title, late.issue) == ("ferry", "Island ferry to sail at night again", "20261102T0600Z")
    assert [copy.outlet for copy in late.copies] == ["coastal-times.example", "harbour-post.example"]
    every_outlet = {"apnews.com", "coastal-times.example", "harbour-post.example"}
    assert late_story(CARRIED, known=every_outlet, issue="k") is None


def test_an_issue_is_one_entry_with_its_stories_for_programs_too() -> None:
    issue = coast_issue(
        issued("one", "herald", "mirror", credit="Corvus Wire"),
        issued("two"),
        since=MORNING - timedelta(hours=24),
        due_at=MORNING,
    )
    entry = issue_entry(issue, url="https://d.example/i", path="https://d.example/digests/coast", query="?token=x")
    assert entry == PublishedEntry(
        uri="tag:x.invalid,2026:1",
        url="https://d.example/i",
        title="Coast: 3 November 2026, 07:00",
        published_at=MORNING,
        updated_at=MORNING,
        authors=("Coast",),
        summary="Title <one> · Title <two>",
        content=issue_content(issue, path="https://d.example/digests/coast", query="?token=x"),
        extension={
            "issue": "20261103T0600Z",
            "stories": [
                {
                    "story_id": "one",
                    "title": "Title <one>",
                    "credit": "Corvus Wire",
                    "copies": [
                        {"url": "https://herald.example/?a=1&b", "outlet": "herald & co", "title": "T herald"},
                        {"url": "https://mirror.example/?a=1&b", "outlet": "mirror & co", "title": "T mirror"},
                    ],
                },
                {
                    "story_id": "two",
                    "title": "Title <two>",
                    "credit": None,
                    "copies": [{"url": "https://herald.example/?a=1&b", "outlet": "herald & co", "title": "T herald"}],
                },
            ],
            "from": "2026-11-02T08:05:00Z",
        },
    )


@pytest.mark.parametrize(
    ("number", "summary"),
    [
        (0, ""),
        (1, "Title <0>"),
        (3, "Title <0> · Title <1> · Title <2>"),
        (4, "Title <0> · Title <1> · Title <2> · and 1 more"),
        (5, "Title <0> · Title <1> · Title <2> · and 2 more"),
    ],
)
def test_the_summary_of_an_issue_is_its_first_three_headlines(number: int, summary: str) -> None:
    issue = coast_issue(*(issued(str(place)) for place in range(number)))
    assert issue_entry(issue, url="u", path="p").summary == summary


def test_the_content_of_an_issue_is_its_stories_in_order_then_what_came_late() -> None:
    issue = coast_issue(
        issued("one", "herald", "mirror", "wire", credit="A & B"),
        issued("two", "herald", "mirror"),
        issued("three", summary="", copies=(IssueCopy(url="javascript:x", outlet="<bad>", title="", feed="x"),)),
        late=(
            LateStory(key="l", title="Late & lost", issue="20261102T0600Z", copies=copies("wire")),
            LateStory(key="m", title="More", issue="20261101T0600Z", copies=copies("a", "b", "c")),
        ),
    )

    def link(outlet: str) -> str:
        return f'<a href="https://{outlet}.example/?a=1&amp;b">{outlet} &amp; co</a>'

    expected = [
        '<h3 dir="auto"><a href="https://herald.example/?a=1&amp;b">Title &lt;one&gt;</a></h3>',
        '<p dir="auto">Summary of &lt;one&gt;</p>',
        f"<p><small>herald &amp; co · Credit: A &amp; B · also carried by {link('mirror')} and {link('wire')}"
        "</small></p>",
        '<h3 dir="auto"><a href="https://herald.example/?a=1&amp;b">Title &lt;two&gt;</a></h3>',
        '<p dir="auto">Summary of &lt;two&gt;</p>',
        f"<p><small>herald &amp; co · also carried by {link('mirror')}</small></p>",
        '<h3 dir="auto">Title &lt;three&gt;</h3>',
        "<p><small>&lt;bad&gt;</small></p>",
        "<hr>",
        "<h3>In earlier issues</h3>",
        "<ul>",
        f'<li><a href="/p/20261102T0600Z?token=x">Late &amp; lost</a>: now also carried by {link("wire")}</li>',
        f'<li><a href="/p/20261101T0600Z?token=x">More</a>: now also carried by {link("a")}, {link("b")} and '
        f"{link('c')}</li>",
        "</ul>",
    ]
    assert issue_content(issue, path="/p", query="?token=x") == "\n".join(expected)
    assert "<hr>" not in issue_content(coast_issue(issued()), path="/p")
    assert 'href="/p/20261102T0600Z"' in issue_content(coast_issue(late=issue.late), path="/p")
